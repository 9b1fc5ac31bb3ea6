"""Ways through the latent space against the formula by hand."""

import math

import numpy as np
import pytest

from sketch_rnn_tf.generation import analogy, interpolation
from sketch_rnn_tf.generation.interpolation import lerp, slerp


def test_slerp_on_a_quarter_circle():
    for share in (0.0, 0.25, 0.5, 1.0):
        angle = share * math.pi / 2
        np.testing.assert_allclose(
            slerp([1, 0], [0, 1], share), [math.cos(angle), math.sin(angle)], atol=1e-6
        )


def test_slerp_of_vectors_of_unlike_length():
    """60 degrees apart, lengths 2 and 3: sin(theta / 2) / sin(theta) = 1 / sqrt(3) of each at the middle."""
    a, b = np.array([2.0, 0.0]), 3 * np.array([0.5, math.sqrt(3) / 2])
    np.testing.assert_allclose(slerp(a, b, 0.5), (a + b) / math.sqrt(3), rtol=1e-6)


@pytest.mark.parametrize(
    "a, b",
    [
        ([0, 0, 0], [1, 2, 3]),
        ([1, 2, 3], [0, 0, 0]),
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3], [2, 4, 6]),
        ([1, 2, 3], [-1, -2, -3]),
        ([0, 0, 0], [0, 0, 0]),
        ([1e-30, 0, 0], [0, 1e-30, 0]),
    ],
)
def test_slerp_falls_back_where_the_arc_is_undefined(a, b):
    result = slerp(a, b, 0.25)
    assert np.isfinite(result).all()
    if np.linalg.norm(np.cross(a, b)) == 0:
        np.testing.assert_allclose(result, 0.75 * np.array(a) + 0.25 * np.array(b), atol=1e-6)


def test_path_stops_at_every_point():
    points = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    stops = interpolation.path(points, 6)
    assert stops.shape == (16, 5) and stops.dtype == np.float32
    np.testing.assert_allclose(stops[::5], points, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(interpolation.path(points[:2], 3, "lerp")[1], points[:2].mean(0), rtol=1e-6)


def test_grid_has_its_corners_and_edges():
    corners = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    grid = interpolation.grid(corners, 3, 5)
    assert grid.shape == (3, 5, 3)
    for place, (row, col) in enumerate([(0, 0), (0, -1), (-1, 0), (-1, -1)]):
        np.testing.assert_allclose(grid[row, col], corners[place], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(grid[0, 2], slerp(corners[0], corners[1], 0.5), rtol=1e-5)
    np.testing.assert_allclose(grid[1, 0], slerp(corners[0], corners[2], 0.5), rtol=1e-5)
    middle = slerp(slerp(corners[0], corners[1], 0.25), slerp(corners[2], corners[3], 0.25), 0.5)
    np.testing.assert_allclose(grid[1, 1], middle, rtol=1e-5)


def test_shares_are_bilinear():
    shares = interpolation.shares_on_grid(3, 3)
    np.testing.assert_allclose(shares[1, 1], [0.25] * 4)
    np.testing.assert_allclose(shares[0, 1], [0.5, 0.5, 0, 0])
    np.testing.assert_allclose(shares.sum(-1), 1)
    np.testing.assert_allclose(interpolation.shares_on_path(3, 3)[3], [0, 0.5, 0.5])


def test_sweep():
    z = np.array([1.0, 2.0, 3.0])
    swept = interpolation.sweep(z, 1, 5, -2, 2)
    np.testing.assert_allclose(swept[:, 1], [0, 1, 2, 3, 4])
    np.testing.assert_allclose(swept[:, [0, 2]], [[1, 3]] * 5)
    np.testing.assert_allclose(interpolation.sweep(z, [1, 0, -1], 3, 0, 1)[-1], [2, 2, 2])


def test_most_used_dimensions():
    """KL from the prior is 0.5 (mu^2 + var - 1 - log var): 2 for mu 2 and var 1, 0 for the prior, 0.81 for var 0.1."""
    mu = np.array([[0.0, 0.0, 2.0], [0.0, 0.0, -2.0]])
    log_var = np.log([[1.0, 0.1, 1.0]] * 2)
    assert interpolation.most_used_dimensions(mu, log_var).tolist() == [2, 1, 0]


def test_weighted_sum():
    z = np.array([[1.0, 2.0], [3.0, 5.0], [10.0, 20.0]])
    np.testing.assert_allclose(analogy.weighted_sum([1, -1, 1], z), [8, 17])
    np.testing.assert_allclose(analogy.weighted_sum([0.5, 0.25, 0], z), [1.25, 2.25])


def test_classes_of_an_analogy():
    """Pig - pig + cat is a cat; half of each is half of each; nothing left is the last term's class."""
    pig, cat = 0, 1
    np.testing.assert_allclose(analogy.class_shares([1, -1, 1], [pig, pig, cat], 2), [0, 1])
    np.testing.assert_allclose(analogy.class_shares([0.5, 0.5], [pig, cat], 2), [0.5, 0.5])
    np.testing.assert_allclose(analogy.class_shares([1, -2], [cat, cat], 2), [0, 1])


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: slerp([1, 2], [1, 2, 3], 0.5), "shapes"),
        (lambda: lerp([1, np.nan], [1, 2], 0.5), "finite"),
        (lambda: interpolation.path([[1, 2]], 3), "1 sketches to walk between"),
        (lambda: interpolation.path([[1, 2], [3, 4]], 1), "num is 1"),
        (lambda: interpolation.path([[1, 2], [3, 4]], 2, "cubic"), "method is 'cubic'"),
        (lambda: interpolation.grid([[1, 2]] * 3, 3, 3), "3 sketches for the corners"),
        (lambda: interpolation.grid([[1, 2]] * 4, 1, 3), "rows is 1"),
        (lambda: interpolation.sweep([1, 2], 2, 3), "latent dimension is 2; expected 0 to 1"),
        (lambda: interpolation.sweep([1, 2], [1, 2, 3], 3), "shapes"),
        (lambda: analogy.weighted_sum([1, 2], [[1, 2]]), "2 weights for 1 sketches"),
        (lambda: analogy.weighted_sum([np.inf], [[1, 2]]), "finite weights"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call()
