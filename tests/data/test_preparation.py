"""Whole numbers from drawings in any units."""

import numpy as np
import pytest

from sketch_rnn_tf.data.drawing import Drawing, from_points
from sketch_rnn_tf.data.preparation import Preparation, prepare
from sketch_rnn_tf.data.strokes import from_polylines, to_polylines


def drawing(*lines, raw=False):
    return Drawing(from_points(np.concatenate(lines).astype(float), [len(line) for line in lines]), raw=raw)


LINES = [np.array([[10, 20], [40, 20], [40, 80]]), np.array([[0, 0], [5, 5]]), np.array([[7, 7]])]


def test_from_points_is_from_polylines():
    for lines in (LINES, LINES[::-1], LINES[2:]):
        sketch = from_points(np.concatenate(lines).astype(float), [len(line) for line in lines])
        assert np.array_equal(sketch, from_polylines(lines)) and sketch.dtype == np.float64


def test_whole_numbers_stay_as_they_are():
    for dtype in (np.int8, np.int16, np.int64, np.float16, np.float32):
        sketch = np.array(
            [[3, -4, 0], [0, 0, 1], [100, 2, 0]], dtype
        )  # an unfinished last line stays unfinished
        result = prepare(Drawing(sketch.astype(float)), Preparation(max_points=3))
        assert result.dtype == np.int16 and np.array_equal(result, sketch)


def test_fit():
    result = prepare(drawing(*LINES), Preparation(fit=255))
    points = np.concatenate([line for line in to_polylines(result)])
    expected = np.rint(np.concatenate(LINES) * 255 / 80)
    assert np.array_equal(points, expected - expected[0])
    assert prepare(drawing(np.array([[5, 5]])), Preparation(fit=255)).tolist() == [[0, 0, 1]]


def test_scale_and_small_units():
    tiny = np.array([[0, 0], [0.5, 0.25], [1, 1]])
    with pytest.raises(ValueError, match="its longer side is 1 units .* give a larger --scale, or --fit=255"):
        prepare(drawing(tiny), Preparation())
    assert prepare(drawing(tiny), Preparation(scale=100)).tolist() == [[50, 25, 0], [50, 75, 1]]
    with pytest.raises(ValueError, match="offsets beyond 32767; give a smaller --scale"):
        prepare(drawing(tiny), Preparation(scale=100_000))
    with pytest.raises(ValueError, match="above 1e15"):
        prepare(drawing(tiny), Preparation(scale=1e300))


def test_rounding_does_not_add_up():
    line = np.stack([np.arange(300) * 0.4, np.arange(300) * 0.0], axis=1)
    assert prepare(drawing(line), Preparation())[:, 0].sum() == round(299 * 0.4)


def test_max_points_leaves_short_ones_alone():
    line = np.stack([np.arange(100), np.zeros(100)], axis=1)
    assert len(prepare(drawing(line), Preparation(max_points=99))) == 99
    assert len(prepare(drawing(line), Preparation(max_points=98))) == 1
    assert len(prepare(drawing(line), Preparation(max_points=99, epsilon=0.1))) == 1


def test_raw_options():
    angle = np.linspace(0, 6, 200)
    raw = drawing(500 * np.stack([np.cos(angle), np.sin(angle)], axis=1), raw=True)
    google, fine, small = (
        prepare(raw, how) for how in (Preparation(), Preparation(epsilon=0.5), Preparation(fit=100))
    )
    assert len(fine) > len(google)
    sides = [np.ptp(np.concatenate(to_polylines(sketch)), axis=0).max() for sketch in (google, small)]
    assert sides == pytest.approx([255, 100], abs=2)  # the outermost points may go
    assert 10 < len(prepare(raw, Preparation(max_points=30))) <= 30
