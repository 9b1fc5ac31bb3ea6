"""The divergence of the encoder's belief from the prior (Ha & Eck 2017, eq. 10)."""

import tensorflow as tf


def kl_divergence(mu: tf.Tensor, log_var: tf.Tensor, literal: bool = False) -> tf.Tensor:
    """Returns L_KL of each sketch: the mean over the dimensions of z, in nats.

    Args:
        mu, log_var: float32 `[B, Z]`.
        literal: put sigma where the log-variance belongs, as eq. 14 of Cao et al. 2019 is printed; that is no divergence.

    Returns:
        float32 `[B]`.
    """
    if literal:
        log_var = tf.exp(log_var / 2.0)
    return -0.5 * tf.reduce_mean(1.0 + log_var - tf.square(mu) - tf.exp(log_var), axis=-1)


def floored(kl: tf.Tensor, kl_tolerance: float) -> tf.Tensor:
    """Returns max(L_KL, KL_min) of eq. 15, on the mean over the batch as in Magenta; its gradient is 0 below the floor."""
    return tf.maximum(kl, kl_tolerance)
