"""Both augmentations of Magenta's loader, for a whole batch at once; the noise is a function of a seed."""

import tensorflow as tf


def scale_at_random(points: tf.Tensor, amount: float, seed: tf.Tensor) -> tf.Tensor:
    """Multiplies the dx of each sketch by one uniform factor from 1 +- amount, and its dy by another.

    Args:
        points: float32 `[B, T, 3]`.
        amount: at least 0, below 1.
        seed: int32 `[2]`.
    """
    if amount == 0:
        return points
    shape = [tf.shape(points)[0], 1, 2]
    factors = tf.random.stateless_uniform(shape, seed, 1.0 - amount, 1.0 + amount, alg="philox")
    return tf.concat([points[..., :2] * factors, points[..., 2:]], axis=-1)


def drop_points(
    points: tf.Tensor, lengths: tf.Tensor, rate: float, seed: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Drops inner points of lines; each dropped offset is added to the last kept point.

    The law of Magenta's `augment_strokes`: a point may go if its own pen and that of the last kept point are down and it
    is at least the third after the line's first. A dropped point has its pen down and follows one with the pen down, so
    the last kept pen is always the pen of the point before: the rule needs no loop.

    Args:
        points: float32 `[B, T, 3]`, zero past `lengths`.
        lengths: int32 `[B]`.
        rate: fraction dropped of the points that may go.
        seed: int32 `[2]`.

    Returns:
        float32 `[B, T, 3]` and int32 `[B]`, the points left.
    """
    if rate == 0:
        return points, lengths
    rows, steps = tf.unstack(tf.shape(points)[:2])
    uniforms = tf.random.stateless_uniform([rows, steps], seed, alg="philox")
    return merge_dropped(points, lengths, (uniforms < rate) & may_drop(points[..., 2]))


def may_drop(pen: tf.Tensor) -> tf.Tensor:
    """Returns which points may be dropped, bool `[B, T]`, from the pen column `[B, T]`.

    They are the points that stand, like the two before them, behind a point with the pen down and have it down themselves:
    the third such point in a row has Magenta's run count of 3.
    """
    down = pen < 0.5
    inside = down & _shifted(down, 1)
    return inside & _shifted(inside, 1) & _shifted(inside, 2)


def merge_dropped(points: tf.Tensor, lengths: tf.Tensor, dropped: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Removes points, adding their offsets to the last kept one before; arguments as in `drop_points`."""
    rows, steps = tf.unstack(tf.shape(points)[:2])
    real = tf.sequence_mask(lengths, steps)
    kept = real & ~dropped
    target = tf.cumsum(tf.cast(kept, tf.int32), axis=1) - 1 + tf.range(rows)[:, None] * steps
    target = tf.where(real, target, -1)  # a negative segment is left out of the sum
    flat = tf.math.unsorted_segment_sum(tf.reshape(points, [-1, 3]), tf.reshape(target, [-1]), rows * steps)
    return tf.reshape(flat, [rows, steps, 3]), tf.reduce_sum(tf.cast(kept, tf.int32), axis=1)


def _shifted(values: tf.Tensor, places: int) -> tf.Tensor:
    """Returns bool `[B, T]` moved right along time, False where nothing comes in."""
    steps = tf.shape(values)[1]
    return tf.pad(values, [[0, 0], [places, 0]])[:, :steps]
