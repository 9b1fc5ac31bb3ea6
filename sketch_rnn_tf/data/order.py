"""Which sketches each training step sees, as a pure function of (seed, step)."""

import tensorflow as tf

from sketch_rnn_tf import seeds

BLOCK_BATCHES = 20  # with bucketing, sketches are sorted by length within blocks of this many batches


def shuffled_index(first: tf.Tensor, num: int, count: int, seed: int) -> tf.Tensor:
    """Returns a stretch of an endless sequence of fresh permutations.

    Args:
        first: scalar int64, where the stretch begins.
        num: int, its length.
        count: int, number of sketches.
        seed: of the run.

    Returns:
        int64 `[num]`, 0 to count - 1.
    """
    first_pass = first // count
    pieces = []
    for k in range((num - 2) // count + 2):  # as many passes as `num` consecutive places may touch
        start = (first_pass + k) * count
        low, high = tf.maximum(first, start), tf.minimum(first + num, start + count)
        places = tf.range(low, tf.maximum(high, low + 1)) - start  # index_shuffle wants one place at least
        piece = shuffled(places, seeds.fold(seed, first_pass + k, seeds.ORDER), count)
        pieces.append(piece[: tf.maximum(high - low, 0)])
    return tf.ensure_shape(tf.concat(pieces, axis=0), [num])


def plain_batch(step: tf.Tensor, batch_size: int, count: int, seed: int) -> tf.Tensor:
    """Returns the sketches of a step, int64 `[B]`."""
    return shuffled_index(step * batch_size, batch_size, count, seed)


def bucketed_batch(step: tf.Tensor, batch_size: int, lengths: tf.Tensor, seed: int) -> tf.Tensor:
    """Returns the sketches of a step, int64 `[B]`, all of similar length.

    The sketches of 20 plain batches are sorted by length and cut into 20 batches, which come in a shuffled order: each
    sketch comes exactly as often as without bucketing.

    Args:
        step: scalar int64.
        batch_size: B.
        lengths: int32 `[K]`.
        seed: of the run.
    """
    block, place = step // BLOCK_BATCHES, step % BLOCK_BATCHES
    size = BLOCK_BATCHES * batch_size
    whole = shuffled_index(block * size, size, lengths.shape[0], seed)
    by_length = tf.gather(whole, tf.argsort(tf.gather(lengths, whole), stable=True))
    chosen = shuffled(place, seeds.fold(seed, block, seeds.BLOCK), BLOCK_BATCHES)
    return tf.reshape(by_length, [BLOCK_BATCHES, batch_size])[chosen]


def shuffled(place: tf.Tensor, seed: tf.Tensor, count: int) -> tf.Tensor:
    """Returns where each place (int64, any shape, 0 to count - 1) goes in the permutation of a stateless seed."""
    return tf.random.experimental.index_shuffle(place, seed, tf.constant(count - 1, tf.int64))
