"""Fewer points with nearly the same line: Ramer-Douglas-Peucker, one tolerance or as much as a limit asks for.

Written here because the libraries at hand measure the distance to the segment between two kept points; QuickDraw's published
drawings come from the distance to the whole line through them, and only that reproduces them.
"""

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import Polylines

# The steps of the published recipe for sketches of at most 200 points (hardmaru's quickdraw-ndjson-to-npz).
EPSILON_STEP = 0.25
EPSILON_END = 2.25


def rdp(points: np.ndarray, epsilon: float) -> np.ndarray:
    """Returns the points of a line that Ramer-Douglas-Peucker keeps (Douglas & Peucker 1973).

    Args:
        points: `[P, 2]`, P at least 1.
        epsilon: a point stays if it is farther than this from the line through its kept neighbours, in the points' units; at
            least 0.
    """
    x, y = np.ascontiguousarray(points[:, 0], float), np.ascontiguousarray(points[:, 1], float)
    keep = np.zeros(len(points), bool)
    keep[[0, -1]] = True
    waiting = [(0, len(points) - 1)]
    while waiting:
        begin, end = waiting.pop()
        if end - begin < 2:
            continue
        across, down = x[end] - x[begin], y[end] - y[begin]
        length = np.hypot(across, down)
        dx, dy = x[begin + 1 : end] - x[begin], y[begin + 1 : end] - y[begin]
        distance = np.abs(dx * down - dy * across) / length if length else np.hypot(dx, dy)
        farthest = int(distance.argmax())
        if distance[farthest] > epsilon:
            middle = begin + 1 + farthest
            keep[middle] = True
            waiting += [(begin, middle), (middle, end)]
    return points[keep]


def resample(points: np.ndarray, step: float = 1.0) -> np.ndarray:
    """Returns points every `step` units along a line, its first and last point included.

    Args:
        points: float64 `[P, 2]`, P at least 1.
        step: above 0, in the points' units.
    """
    lengths = np.hypot(*np.diff(points, axis=0).T)
    place = np.concatenate([[0.0], np.cumsum(lengths)])
    if not place[-1]:
        return points[[0, -1]]
    moves = np.concatenate([[True], lengths > 0])
    at = np.arange(0.0, place[-1], step)
    between = [np.interp(at, place[moves], points[moves, axis]) for axis in (0, 1)]
    return np.concatenate([np.stack(between, axis=1), points[-1:]])


def simplify(lines: Polylines, epsilon: float) -> Polylines:
    """Returns lines that were each simplified by `rdp`.

    Args:
        lines: list of `[P, 2]`, each of at least one point.
        epsilon: as `rdp` takes it.

    Raises:
        ValueError: epsilon is negative or NaN.
    """
    checks.at_least("epsilon", epsilon, 0)
    return [rdp(line, epsilon) for line in lines]


def simplify_to(lines: Polylines, max_points: int, epsilon: float = EPSILON_STEP) -> Polylines:
    """Simplifies by no more than it takes to fit `max_points`, as the published recipe does.

    The recipe begins at 0.25 and rises by 0.25 up to 2.25. It also drops lines of two points and sketches of fewer than 20;
    this does not.

    Args:
        lines: list of `[P, 2]`, each of at least one point.
        max_points: rows of the sketch they make, one fewer than their points; at least 1.
        epsilon: the first tolerance, in the lines' units.

    Returns:
        lines, of more points where the largest tolerance was not enough.

    Raises:
        ValueError: `max_points` is below 1, or epsilon negative or NaN.
    """
    checks.at_least("max_points", max_points, 1)
    lines = simplify(lines, epsilon)
    while sum(map(len, lines)) - 1 > max_points and epsilon < EPSILON_END:
        epsilon = min(epsilon + EPSILON_STEP, EPSILON_END)
        lines = simplify(lines, epsilon)
    return lines
