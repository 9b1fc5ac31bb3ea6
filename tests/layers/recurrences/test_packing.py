"""Packing: every real step once, step by step, the longest rows first; and back."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.layers import noise
from sketch_rnn_tf.layers.recurrences import packing

MASK = np.array([[1, 1, 0, 0, 0], [1, 0, 1, 1, 1], [0, 0, 0, 0, 0], [0, 1, 1, 0, 0]], bool)


def values_of(mask):
    rows, steps = np.indices(mask.shape)
    return tf.constant(np.stack([rows, steps], -1), tf.float32)  # each step says where it is


@pytest.mark.parametrize("backwards", [False, True])
def test_steps_come_in_the_order_of_a_scan(backwards):
    where = packing.of_mask(tf.constant(MASK), backwards)
    met = [[(row, step) for step in np.flatnonzero(MASK[row])[:: -1 if backwards else 1]] for row in range(4)]
    order = [1, 0, 3, 2]  # by length; equal ones as they stand
    expected = [met[row][s] for s in range(4) for row in order if s < len(met[row])]
    np.testing.assert_array_equal(where.pack(values_of(MASK)), expected)
    np.testing.assert_array_equal(where.counts, [3, 3, 1, 1])
    np.testing.assert_array_equal(where.starts, [0, 3, 6, 7])
    np.testing.assert_array_equal(where.rows, order)
    np.testing.assert_array_equal(
        where.sort(tf.constant([[10.0], [11], [12], [13]])), [[11], [10], [13], [12]]
    )
    np.testing.assert_array_equal(where.restore(where.sort(values_of(MASK)[:, 0])), values_of(MASK)[:, 0])


def test_unpacking_undoes_it_and_leaves_zeros():
    where, values = packing.of_mask(tf.constant(MASK)), values_of(MASK) + 1
    np.testing.assert_array_equal(where.unpack(where.pack(values)), values * MASK[..., None])
    reversed_in_time = where.unpack(where.pack(values), reverse=True)
    np.testing.assert_array_equal(reversed_in_time, (values * MASK[..., None])[:, ::-1])


def test_gradients_go_back_to_where_values_came_from():
    where, values = packing.of_mask(tf.constant(MASK)), values_of(MASK)
    with tf.GradientTape() as tape:
        tape.watch(values)
        loss = tf.reduce_sum(tf.square(where.unpack(tf.square(where.pack(values)))))
    np.testing.assert_allclose(tape.gradient(loss, values), 4 * values.numpy() ** 3 * MASK[..., None])


def test_sums_over_the_steps_of_each_row():
    where = packing.of_mask(tf.constant(MASK))
    sums = where.restore(where.sum_steps(where.pack(values_of(MASK))))
    np.testing.assert_allclose(sums, (values_of(MASK).numpy() * MASK[..., None]).sum(1))


def test_lengths_are_prefixes_and_nothing_may_be_real():
    where = packing.of_lengths(tf.constant([2, 0, 3]), 4)
    np.testing.assert_array_equal(where.pack(values_of(np.ones((3, 4))))[:, 0], [2, 0, 2, 0, 2])
    empty = packing.of_lengths(tf.constant([0, 0]), 4)
    assert empty.pack(tf.ones([2, 4, 3])).shape == (0, 3)
    np.testing.assert_array_equal(empty.unpack(tf.zeros([0, 3])), np.zeros((2, 4, 3)))


def test_dropout_multipliers_keep_the_mean_and_the_rate():
    multipliers = noise.keep_multipliers([301, 333], 0.1, tf.constant([1, 2])).numpy()
    kept = multipliers > 0
    np.testing.assert_allclose(multipliers[kept], 1 / 0.9, rtol=1e-4)
    assert kept.mean() == pytest.approx(0.9, abs=0.004)
    assert np.corrcoef(kept.ravel()[:-1], kept.ravel()[1:])[0, 1] == pytest.approx(0, abs=0.01)
    np.testing.assert_array_equal(noise.keep_multipliers([5, 3], 0.0, tf.constant([1, 2])), np.ones((5, 3)))
