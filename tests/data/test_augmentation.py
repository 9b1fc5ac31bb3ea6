"""Random scale and point dropping against a plain loop written from Magenta's description."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.data.augmentation import drop_points, may_drop, merge_dropped, scale_at_random

SEED = tf.constant([5, 7], tf.int32)


def random_batch(seed, rows=12, steps=40, lift=0.12):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=[rows, steps, 3]).astype(np.float32)
    points[..., 2] = rng.random([rows, steps]) < lift
    lengths = rng.integers(1, steps + 1, rows).astype(np.int32)
    lengths[:2] = 1, steps
    points[np.arange(steps) >= lengths[:, None]] = 0
    return points, lengths


def drop_by_loop(sketch, uniforms, rate):
    """Magenta's law: candidate and last kept point have the pen down, run count above 2, uniform below the rate."""
    kept, last_pen, count = [], 1, 0
    for (dx, dy, pen), uniform in zip(sketch.tolist(), uniforms.tolist(), strict=True):
        count = 0 if pen == 1 or last_pen == 1 else count + 1
        if pen == 0 and last_pen == 0 and count > 2 and uniform < rate:
            kept[-1][0] += dx
            kept[-1][1] += dy
        else:
            kept.append([dx, dy, pen])
            last_pen = pen
    return np.array(kept)


@pytest.mark.parametrize("lift", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.99])
def test_dropping_equals_the_loop(rate, lift):
    points, lengths = random_batch(int(100 * rate + 1000 * lift), lift=lift)
    uniforms = tf.random.stateless_uniform(points.shape[:2], SEED, alg="philox").numpy()
    dropped, left = drop_points(points, lengths, rate, SEED)
    for row, length in enumerate(lengths):
        expected = drop_by_loop(points[row, :length], uniforms[row, :length], rate)
        assert left[row] == len(expected)
        np.testing.assert_allclose(dropped[row, : len(expected)], expected, rtol=0, atol=1e-5)
        np.testing.assert_array_equal(dropped[row, len(expected) :], 0)


def test_dropping_drops_the_asked_fraction():
    points = np.zeros([50, 400, 3], np.float32)
    _, left = drop_points(points, np.full(50, 400, np.int32), 0.1, SEED)
    share = 1 - float(np.mean(left)) / 397
    assert 0.09 < share < 0.11  # five standard deviations


@pytest.mark.parametrize("lift", [0.0, 0.1, 0.4])
def test_dropping_keeps_displacement_and_pen_lifts(lift):
    points, lengths = random_batch(3, lift=lift)
    dropped, left = drop_points(points, lengths, 0.6, SEED)
    assert np.sum(left) < np.sum(lengths)
    np.testing.assert_allclose(tf.reduce_sum(dropped, axis=1), points.sum(axis=1), atol=1e-4)


def test_dropping_all_keeps_three_and_the_last_of_each_line():
    lines = [1, 2, 3, 4, 9, 5]
    pens = np.concatenate([[0] * (n - 1) + [1] for n in lines])
    points = np.stack([np.arange(1, len(pens) + 1), np.ones(len(pens)), pens], axis=1).astype(np.float32)[
        None
    ]
    uniforms_below = tf.ones([1, len(pens)], tf.bool) & may_drop(tf.constant(points[..., 2]))
    kept, left = merge_dropped(tf.constant(points), tf.constant([len(pens)]), uniforms_below)
    kept = kept.numpy()[0, : int(left[0])]
    assert len(kept) == sum(min(n, 4) for n in lines)
    np.testing.assert_array_equal(np.diff(np.flatnonzero(np.r_[1, kept[:, 2]])), [min(n, 4) for n in lines])
    start = 0
    for line, ends in zip(lines, np.flatnonzero(kept[:, 2]), strict=True):
        original = points[0, start : start + line]
        np.testing.assert_array_equal(kept[ends], original[-1])
        np.testing.assert_array_equal(kept[ends - min(line, 4) + 1], original[0])
        start += line


def test_an_unfinished_last_line_may_lose_its_end():
    points = np.ones([1, 8, 3], np.float32) * [1, 1, 0]
    kept, left = merge_dropped(tf.constant(points, tf.float32), tf.constant([8]), may_drop(tf.zeros([1, 8])))
    assert int(left[0]) == 3
    np.testing.assert_array_equal(kept[0, :3, 0], [1, 1, 6])


def test_no_dropping_at_rate_0():
    points, lengths = random_batch(1)
    same, left = drop_points(tf.constant(points), tf.constant(lengths), 0.0, SEED)
    np.testing.assert_array_equal(same, points)
    np.testing.assert_array_equal(left, lengths)


def test_scale_takes_one_factor_an_axis_and_sketch():
    points, _ = random_batch(2, rows=500, steps=6, lift=0.3)
    points[:, 0] = 1, 1, 0
    scaled = scale_at_random(tf.constant(points), 0.15, SEED).numpy()
    factors = scaled[:, 0, :2]
    np.testing.assert_allclose(scaled[..., :2], points[..., :2] * factors[:, None], rtol=1e-6)
    np.testing.assert_array_equal(scaled[..., 2], points[..., 2])
    assert factors.min() >= 0.85 and factors.max() <= 1.15
    assert abs(factors.mean() - 1) < 0.01 and abs(factors.std() - 0.3 / 12**0.5) < 0.005
    assert abs(np.corrcoef(factors.T)[0, 1]) < 0.1


def test_both_are_functions_of_the_seed():
    points, lengths = random_batch(4)
    other = tf.constant([5, 8], tf.int32)
    np.testing.assert_array_equal(scale_at_random(points, 0.1, SEED), scale_at_random(points, 0.1, SEED))
    np.testing.assert_array_equal(
        drop_points(points, lengths, 0.4, SEED)[0], drop_points(points, lengths, 0.4, SEED)[0]
    )
    assert np.any(scale_at_random(points, 0.1, SEED) != scale_at_random(points, 0.1, other))
    assert np.any(drop_points(points, lengths, 0.4, SEED)[1] != drop_points(points, lengths, 0.4, other)[1])
