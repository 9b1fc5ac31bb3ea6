"""Bootstrap confidence intervals."""

from collections.abc import Callable

import numpy as np

from sketch_rnn_tf.extras import require

RESAMPLES = 500
CONFIDENCE = 0.95


def measured(value: float, low: float, high: float, real=None, **more) -> dict:
    """Returns a measure as `sketch_rnn_measure --json` gives it; `real` is the same measure on real drawings."""
    return {"value": value, "low": low, "high": high, "real": real, **more}


def absent(reason: str) -> dict:
    """Returns a measure that this model or these data cannot have."""
    return {**measured(None, None, None), "reason": reason}


def mean(values, seed: int) -> tuple[float, float, float]:
    """Returns the mean of `[K]` values and the ends of its 95 % percentile interval over RESAMPLES resamples."""
    values = np.asarray(values, np.float64)
    if len(values) < 2 or np.ptp(values) == 0:
        middle = float(values.mean())
        return middle, middle, middle
    return _interval((values,), np.mean, seed, method="percentile", vectorized=True)


def ratio(values, reals, seed: int) -> tuple[float, float, float] | tuple[None, None, None]:
    """Returns the ratio of two means with its interval; Nones where the second is 0."""
    values, reals = np.asarray(values, np.float64), np.asarray(reals, np.float64)
    if not reals.mean() > 0:
        return None, None, None
    if np.ptp(values) == 0 and np.ptp(reals) == 0:
        fixed = float(values.mean() / reals.mean())
        return fixed, fixed, fixed

    def statistic(first, second, axis=-1):
        return first.mean(axis=axis) / np.maximum(second.mean(axis=axis), 1e-12)

    return _interval((values, reals), statistic, seed, method="percentile", vectorized=True)


def of_sample(statistic: Callable[[np.ndarray], float], count: int, seed: int, resamples: int = 100):
    """Returns a statistic of a sample and its 95 % interval, for statistics that resampling biases, such as FID.

    The percentile interval of the resamples, moved so that their mean is the value: it tells how the value of a sample of this
    size varies, and not what that of an endless one would be. The lower end is at least 0.

    Args:
        statistic: takes places in the sample, int `[count]`.
        count: size of the sample.
        seed: of the resampling.
        resamples: how many.
    """
    rng = np.random.default_rng(seed)
    value = float(statistic(np.arange(count)))
    found = np.array([statistic(rng.integers(count, size=count)) for _ in range(resamples)])
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(found, [tail, 1 - tail]) - found.mean() + value
    return value, max(0.0, float(low)), max(0.0, float(high))


def _interval(samples, statistic, seed: int, **options) -> tuple[float, float, float]:
    stats = require("scipy.stats")
    found = stats.bootstrap(
        samples,
        statistic,
        n_resamples=RESAMPLES,
        confidence_level=CONFIDENCE,
        random_state=np.random.default_rng(seed),
        batch=50,
        **options,
    )
    value = float(statistic(*samples))
    return value, float(found.confidence_interval.low), float(found.confidence_interval.high)
