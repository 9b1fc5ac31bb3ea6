"""Ramer-Douglas-Peucker against a plain recursive one, resampling, and QuickDraw's own simplified drawings."""

import json

import numpy as np
import pytest

from sketch_rnn_tf.data.ndjson import from_json
from sketch_rnn_tf.data.preparation import Preparation, prepare
from sketch_rnn_tf.data.simplify import rdp, resample, simplify, simplify_to
from sketch_rnn_tf.data.strokes import to_polylines


def reference_rdp(points, epsilon):
    """The textbook's recursion, with the distance from a line by its normal form."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    distances = []
    for x, y in points[1:-1]:
        if (x1, y1) == (x2, y2):
            distances.append(np.hypot(x - x1, y - y1))
        else:
            distances.append(
                abs((y2 - y1) * x - (x2 - x1) * y + x2 * y1 - y2 * x1) / np.hypot(x2 - x1, y2 - y1)
            )
    place = int(np.argmax(distances)) + 1
    if distances[place - 1] <= epsilon:
        return [points[0], points[-1]]
    return reference_rdp(points[: place + 1], epsilon)[:-1] + reference_rdp(points[place:], epsilon)


@pytest.mark.parametrize("epsilon", [0.0, 0.7, 2.0, 30.0])
def test_rdp_against_the_textbook(epsilon):
    rng = np.random.default_rng(0)
    for _ in range(20):
        points = np.cumsum(rng.normal(0, 3, (rng.integers(1, 40), 2)), axis=0)
        assert np.array_equal(
            rdp(points, epsilon), reference_rdp([tuple(point) for point in points], epsilon)
        )


def test_rdp_of_closed_lines_and_repeated_points():
    square = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], float)
    assert np.array_equal(rdp(square, 2.0), square)
    assert np.array_equal(rdp(np.array([[5, 5]] * 4, float), 1.0), [[5, 5], [5, 5]])
    assert np.array_equal(rdp(np.array([[5.0, 5.0]]), 1.0), [[5, 5]])


def test_rdp_takes_a_long_line():
    points = np.stack([np.arange(100_000), np.arange(100_000) % 2], axis=1).astype(float)
    assert len(rdp(points, 2.0)) == 2 and len(rdp(points[:5000], 0.1)) > 4000


def test_resample():
    line = np.array([[0, 0], [0, 0], [3, 0], [3, 2.5]])
    expected = [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1], [3, 2], [3, 2.5]]
    assert np.allclose(resample(line), expected)
    assert np.allclose(resample(line, 5.0), [[0, 0], [3, 2], [3, 2.5]])
    assert np.allclose(resample(np.array([[4.0, 4.0]])), [[4, 4], [4, 4]])


def test_rising_epsilon():
    angle = np.linspace(0, 2 * np.pi, 400)
    lines = [100 * np.stack([np.cos(angle), np.sin(angle)], axis=1)]
    sizes = [len(simplify_to(lines, limit)[0]) - 1 for limit in (300, 100, 40, 25)]
    # A chord of a circle of radius r lies within epsilon of it if it spans 2 acos(1 - epsilon / r).
    smallest = [2 * np.pi / (2 * np.arccos(1 - epsilon / 100)) for epsilon in (0.25, 0.25, 0.5, 2.25)]
    assert all(size <= limit for size, limit in zip(sizes, (300, 100, 40, 25), strict=True))
    assert all(size >= least - 1 for size, least in zip(sizes, smallest, strict=True))
    assert len(simplify_to(lines, 2)[0]) > 3  # the recipe ends at 2.25
    assert np.array_equal(simplify_to(lines, 300)[0], simplify(lines, 0.25)[0])
    for arguments in ((lines, 0), (lines, 10, -1.0), (lines, 10, float("nan"))):
        with pytest.raises(ValueError, match="expected at least"):
            simplify_to(*arguments)


def test_raw_drawings_become_googles_own(shared_data):
    pairs = [
        json.loads(line) for line in open(shared_data / "raw" / "raw_and_simplified.jsonl", encoding="utf-8")
    ]
    assert len(pairs) == 400
    same = near = 0
    for pair in pairs:
        sketch = prepare(from_json({"drawing": pair["raw"]}), Preparation())
        lines = to_polylines(sketch)
        expected = [np.array(stroke).T for stroke in pair["simplified"]]
        moved = [line - lines[0][0] + expected[0][0] for line in lines]
        same += len(moved) == len(expected) and all(map(np.array_equal, moved, expected))
        near += len(moved) == len(expected) and abs(sum(map(len, moved)) - sum(map(len, expected))) <= 2
    assert same >= 0.93 * 400, same
    assert near >= 0.99 * 400, near
