"""Dropout whose masks are functions of a seed: nothing random is stateful, so a resumed run repeats itself exactly."""

import tensorflow as tf


def fresh_seed(seed: tf.Tensor | None) -> tf.Tensor:
    """Returns `seed` int32 `[2]`; where none is given, one from TensorFlow's global generator (`tf.random.set_seed`).

    Training always passes its own; the fallback is for layers used alone in somebody else's model.
    """
    if seed is None:
        return tf.random.uniform([2], minval=tf.int32.min, maxval=tf.int32.max, dtype=tf.int32)
    return tf.convert_to_tensor(seed, tf.int32)


def keep_multipliers(shape: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Returns a tensor of `shape` with 0 where dropped (a fraction `rate`, to the next 1 / 65536) and 1 / (1 - rate) elsewhere.

    Each random word decides two values, since making random numbers is what dropout costs.
    """
    dropped = round(rate * 2**16)
    count = tf.reduce_prod(shape)
    words = tf.random.stateless_uniform(
        [count // 2 + 1], seed, minval=None, maxval=None, dtype=tf.uint32, alg="philox"
    )
    halves = tf.reshape(tf.bitcast(words, tf.uint16), [-1])[:count]
    kept = tf.cast(halves >= tf.constant(dropped, tf.uint16), tf.float32)
    return tf.reshape(kept * (2**16 / (2**16 - dropped)), shape)


def dropout(inputs: tf.Tensor, rate: float, seed: tf.Tensor) -> tf.Tensor:
    """Drops single values of `inputs` at `rate` and scales the rest up; identity at rate 0."""
    if rate == 0.0:
        return inputs
    return inputs * keep_multipliers(tf.shape(inputs), rate, seed)
