"""Coverage of pixels, against distances computed one by one."""

import numpy as np
import pytest

from sketch_rnn_tf.rendering.coverage import TILE, tiles_of


def drawn(lines, width, shape):
    """Returns the coverage of a whole picture of one layer."""
    layers, widths = np.zeros(len(lines), int), np.full(len(lines), float(width))
    _, tile, coverage = tiles_of(lines, layers, widths, shape)
    assert len(np.unique(tile)) == len(tile)
    canvas = np.zeros([shape[0] * shape[1], TILE * TILE], np.float32)
    canvas[tile] = coverage
    return canvas.reshape(*shape, TILE, TILE).transpose(0, 2, 1, 3).reshape(shape[0] * TILE, shape[1] * TILE)


def distance(point, start, end):
    across = end - start
    squared = across @ across
    share = np.clip((point - start) @ across / squared, 0, 1) if squared else 0.0
    return np.linalg.norm(point - start - share * across)


@pytest.mark.parametrize("width", [0.4, 1, 2.5, 9])
def test_every_pixel_against_its_distance(width):
    rng = np.random.default_rng(0)
    lines = [rng.uniform(-4, 36, [count, 2]) for count in (1, 2, 5)]
    picture = drawn(lines, width, (4, 4))
    for y in range(32):
        for x in range(32):
            point = np.array([x, y]) + 0.5
            nearest = min(
                distance(point, start, end)
                for line in lines
                for start, end in zip(line, [*line[1:], line[-1]][: max(1, len(line) - 1)])
            )
            inside = np.clip(0.5 + width / 2 - nearest, 0, 1) - np.clip(0.5 - width / 2 - nearest, 0, 1)
            assert picture[y, x] == pytest.approx(inside, abs=2e-4)


def test_layers_stay_apart():
    lines = [np.array([[1.0, 4], [30, 4]]), np.array([[1.0, 4], [30, 4]]), np.array([[1.0, 20], [3, 20]])]
    layer, tile, coverage = tiles_of(lines, np.array([0, 3, 3]), np.full(3, 2.0), (4, 4))
    first, second = layer == 0, (layer == 3) & (tile < 8)
    np.testing.assert_array_equal(tile[first], tile[second])
    np.testing.assert_array_equal(coverage[first], coverage[second])
    assert (tile[layer == 3] >= 8).any() and (np.diff(layer) >= 0).all()


def test_nothing_to_draw_and_ink_outside():
    for lines in ([], [np.array([[-50.0, -50], [-40, -50]])], [np.array([[500.0, 5]])]):
        layer, tile, coverage = tiles_of(lines, np.zeros(len(lines), int), np.ones(len(lines)), (2, 2))
        assert len(layer) == len(tile) == len(coverage) == 0


def test_many_pairs_are_computed_in_parts(monkeypatch):
    rng = np.random.default_rng(1)
    lines = [rng.uniform(0, 64, [40, 2])]
    whole = drawn(lines, 3, (8, 8))
    monkeypatch.setattr("sketch_rnn_tf.rendering.coverage.CHUNK", 7)
    np.testing.assert_array_equal(drawn(lines, 3, (8, 8)), whole)
