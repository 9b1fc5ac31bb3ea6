"""From data units to normalised units, as Magenta's loader does it: clamp, length filter, one scale for all."""

from collections.abc import Mapping, Sequence

import numpy as np

LIMIT = 1000


def clamp(sketch: np.ndarray, limit: int = LIMIT) -> np.ndarray:
    """Returns the sketch with every number within +-`limit` data units, pens included, in its own dtype."""
    low, high = -limit, limit
    if sketch.dtype.kind in "iu":  # int8 cannot hold the limit itself
        info = np.iinfo(sketch.dtype)
        low, high = max(low, info.min), min(high, info.max)
    return np.clip(sketch, *np.array([low, high], sketch.dtype))


def scale_factor(train_sketches: Sequence[np.ndarray]) -> float:
    """Returns the population standard deviation of the pooled dx and dy after the clamp, in data units.

    Offsets are divided by it; their mean is not subtracted, and the training split's factor serves all splits, as in Magenta
    (Ha & Eck 2017, A.1). 0 where all offsets are equal.

    Args:
        train_sketches: stroke-3 `[N, 3]` of the training split, at least one.

    Raises:
        ValueError: there is no sketch.
    """
    if len(train_sketches) == 0:
        raise ValueError("there are no sketches to compute a scale factor from; give at least one")
    offsets = np.concatenate([sketch[:, :2] for sketch in train_sketches])
    return float(np.std(clamp(offsets), dtype=np.float64))


def longest(splits: Mapping[str, Sequence[np.ndarray]]) -> int:
    """Returns the points of the longest sketch over all splits (Nmax), 0 where there is none."""
    return max((len(sketch) for sketches in splits.values() for sketch in sketches), default=0)


def within_length(sketches: Sequence[np.ndarray], max_length: int) -> np.ndarray:
    """Returns the places of the sketches of at most `max_length` points, int64; all where it is 0.

    Magenta's filter never applies, because its limit is the longest sketch; this one is a limit of the user's.

    Raises:
        ValueError: `max_length` is negative.
    """
    if max_length < 0:
        raise ValueError(f"max_length is {max_length}; expected a number of points, or 0 for no limit")
    lengths = np.array([len(sketch) for sketch in sketches], np.int64)
    return np.flatnonzero(lengths <= max_length) if max_length else np.arange(len(lengths))
