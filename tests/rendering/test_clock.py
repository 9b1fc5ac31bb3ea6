"""When the pen is where, by arithmetic."""

import numpy as np
import pytest

from sketch_rnn_tf.rendering.clock import LIFTED_SPEED, clocks, until
from sketch_rnn_tf.rendering.layout import grid

# 30 right, 30 right through the air, 60 right: a line takes 30, the way between 30 / LIFTED_SPEED, the last 60.
DASHED = np.array([[30, 0, 1], [30, 0, 0], [60, 0, 1]], np.float32)


def test_steady_pen():
    (pen,) = clocks(grid(DASHED), 10.0, "length")
    total = 90 + 30 / LIFTED_SPEED
    np.testing.assert_allclose(pen[0], [0, 300 / total])
    np.testing.assert_allclose(pen[1], [10 * (30 + 30 / LIFTED_SPEED) / total, 10])


def test_a_beat_for_every_point():
    (pen,) = clocks(grid(DASHED), 6.0, "points")
    np.testing.assert_allclose(np.concatenate(pen), [0, 2, 4, 6])


def test_shorter_drawings_end_earlier_at_the_same_speed():
    short = np.array([[120, 0, 0], [0, 0, 1]], np.float32)
    figure = grid([DASHED, short, []])
    pens = clocks(figure, 10.0, "length")
    speeds = [
        np.ptp(lines[0].points[:, 0]) / pen[0][-1] for lines, pen in zip(figure.drawings, pens) if lines
    ]
    # Both are as wide as their cells, so the one without a break takes longer.
    np.testing.assert_allclose(speeds[0], speeds[1])
    assert pens[1][0][-1] == 10 and pens[0][-1][-1] < 10 and pens[2] == []


def test_what_stands_at_a_time():
    figure = grid(DASHED)
    (lines,), (pen,) = figure.drawings, clocks(figure, 10.0, "length")
    assert [len(line.points) for line in until(lines, pen, 0.0)] == [2]
    half = until(lines, pen, pen[0][1] / 2)
    np.testing.assert_allclose(half[0].points[-1], lines[0].points.mean(axis=0))
    between = until(lines, pen, (pen[0][1] + pen[1][0]) / 2)
    assert len(between) == 1
    np.testing.assert_array_equal(between[0].points, lines[0].points)
    whole = until(lines, pen, np.inf)
    for line, drawn in zip(lines, whole, strict=True):
        np.testing.assert_array_equal(line.points, drawn.points)


def test_the_rest_of_a_given_stroke_follows_at_once():
    sketch = np.array([[10, 0, 0], [10, 0, 0], [10, 0, 1]], np.float32)
    (pen,) = clocks(grid(sketch, given=1), 3.0, "points")
    np.testing.assert_allclose(np.concatenate(pen), [0, 1, 1, 2, 3])


def test_dots_take_no_time():
    pens = clocks(grid([np.zeros([1, 3]), np.array([[0, 0, 1]])]), 2.0, "length")
    assert all(np.isfinite(line).all() for pen in pens for line in pen)


def test_errors():
    with pytest.raises(ValueError, match="seconds is 0"):
        clocks(grid(DASHED), 0, "length")
    with pytest.raises(ValueError, match="timing is 'speed'; expected length or points"):
        clocks(grid(DASHED), 1, "speed")
