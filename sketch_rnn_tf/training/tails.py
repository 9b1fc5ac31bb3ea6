"""How far past the end of each sketch training goes (`loss.tail`, `loss.tail_share`)."""

import tensorflow as tf


def steps_past_end(rows: tf.Tensor, tail: int, share: float, n_max: int, seed: tf.Tensor) -> tf.Tensor:
    """Returns how many steps past its end the pen loss of each row counts, int32 `[rows]`: `tail`, or `n_max` for some.

    Those that go on are dealt evenly over the batch, from a random first one, so that every part of it has its own.

    Args:
        rows: scalar int32, sketches of the joint batch.
        tail: steps of most rows, at least 1.
        share: of the rows that go on, 0 to 1; the mean over batches where it makes no whole number of them.
        n_max: Nmax, steps of those.
        seed: int32 `[2]`.
    """
    first = tf.random.stateless_uniform([], seed, alg="philox")
    dealt = tf.floor(tf.range(rows + 1, dtype=tf.float32) * share + first)
    return tf.where(dealt[1:] > dealt[:-1], n_max, tail)
