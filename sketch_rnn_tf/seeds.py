"""Seeds of everything random, as pure functions of (run seed, step, stream)."""

import tensorflow as tf

# One number for each use, so that no two uses share their noise.
ORDER, SCALE, DROP, MODEL, EVALUATION, BLOCK, FILES = range(7)
_NUM_STREAMS = 16


def fold(seed: int, step: tf.Tensor, stream: int) -> tf.Tensor:
    """Returns a stateless seed, int32 `[2]`; the same on every TensorFlow line.

    Args:
        seed: of the run, 0 to 2^31 - 1.
        step: scalar, the training step (or epoch, or block) it is for.
        stream: one of this module's constants.
    """
    key = tf.stack([tf.constant(seed * _NUM_STREAMS + stream, tf.int64), tf.cast(step, tf.int64)])
    return tf.random.stateless_uniform([2], key, minval=None, maxval=None, dtype=tf.int32, alg="philox")
