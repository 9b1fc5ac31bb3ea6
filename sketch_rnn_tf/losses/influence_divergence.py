"""What AI-Sketcher adds to the loss (Cao et al. 2019, eq. 14 and the autoencoder's)."""

import tensorflow as tf


def influence_divergence(mu_a: tf.Tensor, lengths: tf.Tensor, literal: bool = False) -> tf.Tensor:
    """Returns l_a of each sketch: the divergence of a_d from N(0, 1), the mean over its dimensions and real decoding steps.

    sigma_a = exp(tanh(mu_a) / 2), so its log-variance is tanh(mu_a). Eq. 14 as printed has sigma_a where a log-variance belongs,
    which is no divergence: it is least at another sigma_a than 1.

    Args:
        mu_a: float32 `[B, T, A]`.
        lengths: int32 `[B]`, the steps that draw a real point.
        literal: as printed.

    Returns:
        float32 `[B]`, nats.
    """
    log_var = tf.tanh(mu_a)
    if literal:
        log_var = tf.exp(log_var / 2.0)
    terms = -0.5 * tf.reduce_mean(1.0 + log_var - tf.square(mu_a) - tf.exp(log_var), axis=-1)  # [B, T]
    real = tf.sequence_mask(lengths, tf.shape(mu_a)[1], tf.float32)
    return tf.math.divide_no_nan(tf.reduce_sum(terms * real, axis=1), tf.reduce_sum(real, axis=1))


def image_distance(made: tf.Tensor, real: tf.Tensor) -> tf.Tensor:
    """Returns the squared distance of images `[B, H, W, 1]`, the mean over their pixels, `[B]`; the paper's is their sum."""
    return tf.reduce_mean(tf.square(made - real), axis=[1, 2, 3])
