"""The divergence of the encoder's belief from the prior (Ha & Eck 2017, eq. 10)."""

import tensorflow as tf


def kl_divergence(mu: tf.Tensor, log_var: tf.Tensor) -> tf.Tensor:
    """Returns L_KL of each sketch: the mean over the dimensions of z, in nats.

    Args:
        mu, log_var: float32 `[B, Z]`.

    Returns:
        float32 `[B]`.
    """
    return -0.5 * tf.reduce_mean(1.0 + log_var - tf.square(mu) - tf.exp(log_var), axis=-1)


def floored(kl: tf.Tensor, kl_tolerance: float) -> tf.Tensor:
    """Returns max(L_KL, KL_min) of eq. 15, on the mean over the batch as in Magenta; its gradient is 0 below the floor."""
    return tf.maximum(kl, kl_tolerance)
