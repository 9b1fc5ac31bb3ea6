"""Bivariate Gaussian mixture over (dx, dy) and a categorical over the pen state (Ha & Eck 2017, eq. 3 to 8).

Pure functions over `MixtureParams`. Everything stays in log space: Magenta multiplies densities and takes log(p + 1e-6),
which caps the loss of a point at 13.8 and stops its gradient; here the mixture goes through logsumexp.
"""

import math

import tensorflow as tf

from sketch_rnn_tf.types import MixtureParams

TEMPERATURE_MODES = ("paper", "magenta", "js")

# Beyond these the density is numerically a point or a plane; inside them float32 neither overflows nor loses a gradient.
LOG_SIGMA_LIMIT = 12.0
RHO_LOGIT_LIMIT = 9.0
STANDARDISED_LIMIT = 1e9

MAGENTA_EPSILON = 1e-6


def num_outputs(num_mixtures: int) -> int:
    """Returns how many numbers a decoder puts out for one point: 6 M + 3 (eq. 4)."""
    return 6 * num_mixtures + 3


def split_outputs(outputs: tf.Tensor) -> MixtureParams:
    """Splits raw decoder outputs into mixture parameters (eq. 5).

    The order is Magenta's: three pen logits first, then blocks of M for pi, mu1, mu2, log sigma1, log sigma2, atanh rho.

    Args:
        outputs: float32 `[..., 6 M + 3]`.

    Returns:
        `MixtureParams` with log sigma within +-12 and atanh rho within +-9, which bounds every later gradient.

    Raises:
        ValueError: the last axis is not 6 M + 3 wide for a whole M of at least 1.
    """
    width = outputs.shape[-1]
    if width is None or width < 9 or (width - 3) % 6:
        raise ValueError(f"the last axis holds {width} numbers; expected 6 * num_mixtures + 3, at least 9")
    pen_logits, mixture = tf.split(outputs, [3, width - 3], axis=-1)
    pi_logits, mu1, mu2, log_sigma1, log_sigma2, rho_logits = tf.split(mixture, 6, axis=-1)
    return MixtureParams(
        pi_logits,
        mu1,
        mu2,
        tf.clip_by_value(log_sigma1, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT),
        tf.clip_by_value(log_sigma2, -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT),
        tf.clip_by_value(rho_logits, -RHO_LOGIT_LIMIT, RHO_LOGIT_LIMIT),
        pen_logits,
    )


def probabilities(params: MixtureParams) -> dict[str, tf.Tensor]:
    """Returns the parameters as people read them: pi, mu1, mu2, sigma1, sigma2, rho, pen (eq. 6 and 7).

    Args:
        params: mixture parameters `[..., M]` and `[..., 3]`.

    Returns:
        dict of float32 `[..., M]`, and `pen` `[..., 3]`; `pi` and `pen` sum to one.
    """
    return {
        "pi": tf.nn.softmax(params.pi_logits),
        "mu1": params.mu1,
        "mu2": params.mu2,
        "sigma1": tf.exp(params.log_sigma1),
        "sigma2": tf.exp(params.log_sigma2),
        "rho": tf.tanh(params.rho_logits),
        "pen": tf.nn.softmax(params.pen_logits),
    }


def offset_log_prob(params: MixtureParams, offsets: tf.Tensor, magenta_epsilon: bool = False) -> tf.Tensor:
    """Returns log p(dx, dy) under the mixture (the bracket of eq. 9), by logsumexp.

    With rho = tanh(r), the exponent of the bivariate normal is
    Q = [(z1 - z2)^2 (1 + exp(2 r)) + (z1 + z2)^2 (1 + exp(-2 r))] / 4 and log sqrt(1 - rho^2) = -log cosh(r):
    the same numbers as Graves 2013, eq. 24 and 25, without the cancellation in 1 - rho^2.

    Args:
        params: mixture parameters, `[..., M]`.
        offsets: float32 `[..., 2]`, (dx, dy) in normalised units.
        magenta_epsilon: return log(p + 1e-6) as Magenta's code does.

    Returns:
        float32 `[...]`, in nats.
    """
    r = params.rho_logits
    z1 = _standardise(offsets[..., 0:1], params.mu1, params.log_sigma1)  # [..., M]
    z2 = _standardise(offsets[..., 1:2], params.mu2, params.log_sigma2)  # [..., M]
    quadratic = (
        tf.square(z1 - z2) * (1.0 + tf.exp(2.0 * r)) + tf.square(z1 + z2) * (1.0 + tf.exp(-2.0 * r))
    ) / 4.0
    log_cosh_r = tf.abs(r) + tf.math.softplus(-2.0 * tf.abs(r)) - math.log(2.0)
    log_normal = (
        -math.log(2.0 * math.pi) - params.log_sigma1 - params.log_sigma2 + log_cosh_r - quadratic / 2.0
    )
    log_density = tf.reduce_logsumexp(tf.nn.log_softmax(params.pi_logits) + log_normal, axis=-1)
    if magenta_epsilon:
        floor = math.log(MAGENTA_EPSILON)
        return floor + tf.math.softplus(log_density - floor)
    return log_density


def pen_log_prob(params: MixtureParams, pen: tf.Tensor) -> tf.Tensor:
    """Returns log q of the observed pen state (the inner sum of L_p, eq. 9).

    Args:
        params: mixture parameters; only `pen_logits` `[..., 3]` is read.
        pen: float32 `[..., 3]`, one-hot (p1, p2, p3).

    Returns:
        float32 `[...]`, in nats.
    """
    return -tf.nn.softmax_cross_entropy_with_logits(labels=pen, logits=params.pen_logits)


def at_temperature(params: MixtureParams, temperature: tf.Tensor, mode: str = "paper") -> MixtureParams:
    """Sharpens or loosens the distribution (eq. 8).

    Args:
        params: mixture parameters, `[B, M]` and `[B, 3]`.
        temperature: float32 `[B]` or scalar, above 0.
        mode: "paper" (sigma^2 * tau, logits / tau), "magenta" (its Python code scales sigma by tau, so sigma^2 * tau^2),
            or "js" (sigma^2 * tau, logits / (0.5 + 0.5 tau), the default of the browser ports).

    Returns:
        `MixtureParams` of the tempered distribution.

    Raises:
        ValueError: `mode` is none of the three.
    """
    if mode not in TEMPERATURE_MODES:
        raise ValueError(f"temperature_mode is {mode!r}; expected one of {', '.join(TEMPERATURE_MODES)}")
    tau = tf.reshape(temperature, [-1, 1])
    softmax_tau = 0.5 + 0.5 * tau if mode == "js" else tau
    log_scale = tf.math.log(tau) * (1.0 if mode == "magenta" else 0.5)
    return params._replace(
        pi_logits=params.pi_logits / softmax_tau,
        pen_logits=params.pen_logits / softmax_tau,
        log_sigma1=params.log_sigma1 + log_scale,
        log_sigma2=params.log_sigma2 + log_scale,
    )


def sample(
    params: MixtureParams,
    uniforms: tf.Tensor,
    normals: tf.Tensor,
    temperature: tf.Tensor,
    mode: str = "paper",
) -> tf.Tensor:
    """Draws one stroke-5 point a row; at temperature 0 the most likely one.

    The noise is an argument, so that a drawing is a function of its own seed. Greedy rows take the mean of the heaviest
    component and the likeliest pen state, as Magenta's `greedy_mode` does.

    Args:
        params: mixture parameters, `[B, M]` and `[B, 3]`.
        uniforms: float32 `[B, 2]` in [0, 1): picks the component and the pen state by inverse CDF.
        normals: float32 `[B, 2]`, standard normal.
        temperature: float32 `[B]`, 0 or more.
        mode: as in `at_temperature`.

    Returns:
        float32 `[B, 5]`, normalised units.
    """
    greedy = temperature <= 0.0  # [B]
    tempered = at_temperature(params, tf.where(greedy, tf.ones_like(temperature), temperature), mode)
    component = tf.where(
        greedy,
        tf.argmax(params.pi_logits, axis=-1, output_type=tf.int32),
        _inverse_cdf(tempered.pi_logits, uniforms[:, 0]),
    )
    pen = tf.where(
        greedy,
        tf.argmax(params.pen_logits, axis=-1, output_type=tf.int32),
        _inverse_cdf(tempered.pen_logits, uniforms[:, 1]),
    )

    shape = [tempered.mu1, tempered.mu2, tempered.log_sigma1, tempered.log_sigma2, tempered.rho_logits]
    picked = tf.gather(tf.stack(shape, axis=1), component, axis=-1, batch_dims=1)  # [B, 5]
    mean, sigma, rho_logits = picked[:, :2], tf.exp(picked[:, 2:4]), picked[:, 4:]
    first, second = tf.split(tf.where(greedy[:, None], tf.zeros_like(normals), normals), 2, axis=-1)
    # 1 / cosh(r) is sqrt(1 - rho^2).
    correlated = tf.tanh(rho_logits) * first + second / tf.cosh(rho_logits)
    offset = mean + sigma * tf.concat([first, correlated], axis=-1)
    return tf.concat([offset, tf.one_hot(pen, 3)], axis=-1)


def _standardise(value: tf.Tensor, mean: tf.Tensor, log_sigma: tf.Tensor) -> tf.Tensor:
    standardised = (value - mean) * tf.exp(-log_sigma)
    return tf.clip_by_value(standardised, -STANDARDISED_LIMIT, STANDARDISED_LIMIT)


def _inverse_cdf(logits: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """Returns the first category whose cumulated probability passes `uniform`, int32 `[B]`."""
    cumulated = tf.cumsum(tf.nn.softmax(logits), axis=-1)  # [B, K]
    threshold = uniform[:, None] * cumulated[:, -1:]
    index = tf.reduce_sum(tf.cast(cumulated <= threshold, tf.int32), axis=-1)
    return tf.minimum(index, logits.shape[-1] - 1)
