"""Layer normalisation inside a scan: forward, and its gradient by hand.

With x^ = (x - mean) / s and s = sqrt(variance + epsilon), the gradient of x is (d - mean(d) - x^ mean(d x^)) / s for d the
gradient of x^ (Ba et al. 2016, eq. 4, differentiated).
"""

import tensorflow as tf

EPSILON = 1e-3


def standardise(values: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns (x - mean) / s and 1 / s over the last axis; epsilon 1e-3 inside the root, as in Magenta.

    Args:
        values: float32 `[..., H]`.

    Returns:
        float32 `[..., H]` and `[..., 1]`.
    """
    centred = values - tf.reduce_mean(values, axis=-1, keepdims=True)
    inverse = tf.math.rsqrt(tf.reduce_mean(tf.square(centred), axis=-1, keepdims=True) + EPSILON)
    return centred * inverse, inverse


def standardise_back(
    d_standard: tf.Tensor, standard: tf.Tensor, inverse: tf.Tensor, along: tf.Tensor
) -> tf.Tensor:
    """Returns the gradient of what was standardised.

    Args:
        d_standard: gradient of the standardised values, `[..., H]`.
        standard, inverse: what `standardise` returned.
        along: mean over the last axis of d_standard * standard, `[..., 1]`.
    """
    mean = tf.reduce_mean(d_standard, axis=-1, keepdims=True)
    return (d_standard - mean - standard * along) * inverse
