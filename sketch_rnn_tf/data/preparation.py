"""From a drawing in any units to a sketch of whole numbers."""

from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data.drawing import Drawing, from_points
from sketch_rnn_tf.data.simplify import EPSILON_STEP, resample, simplify, simplify_to
from sketch_rnn_tf.data.strokes import Polylines, to_polylines

# QuickDraw's own preparation of raw drawings.
RAW_SIDE = 255.0
RAW_EPSILON = 2.0
# A drawing with fractions that is smaller than this would lose its shape when rounded.
MIN_SIDE = 64
INT16 = np.iinfo(np.int16)


class Preparation(NamedTuple):
    """What to do with every drawing.

    Attributes:
        epsilon: tolerance of Ramer-Douglas-Peucker in the units written; None for none, or Google's 2.0 for raw drawings.
        max_points: rise from `epsilon`, or 0.25, until a sketch has at most so many; 0 for no limit.
        fit: align each drawing to the top left and scale its longer side to this; 0 not to, or Google's 255 for raw ones.
        scale: multiply all coordinates by this; not together with `fit`.
    """

    epsilon: float | None = None
    max_points: int = 0
    fit: float = 0.0
    scale: float = 1.0


def prepare(drawing: Drawing, how: Preparation) -> np.ndarray:
    """Aligns, scales, simplifies and rounds a drawing.

    Args:
        drawing: from a reader. Raw ones are resampled at 1 unit first, as Google does.
        how: what to do.

    Returns:
        int16 stroke-3 `[N, 3]`; N is above `max_points` where the largest tolerance was not enough. A drawing with nothing to
        scale or simplify keeps its rows as they are.

    Raises:
        ValueError: its offsets do not fit int16, or rounding would destroy it.
    """
    fit, epsilon = how.fit, how.epsilon
    if drawing.raw:
        fit = fit or (RAW_SIDE if how.scale == 1 else 0.0)
        epsilon = RAW_EPSILON if epsilon is None and not how.max_points else epsilon
    is_long = 0 < how.max_points < len(drawing.sketch)
    if not (drawing.raw or fit or epsilon or is_long or how.scale != 1) and _is_whole(drawing.sketch):
        return _to_int16(drawing.sketch)
    lines = _placed(to_polylines(drawing.sketch), fit, how.scale)
    if drawing.raw:
        lines = [resample(line) for line in lines]
    if how.max_points and (is_long or epsilon):
        lines = simplify_to(lines, how.max_points, EPSILON_STEP if epsilon is None else epsilon)
    elif epsilon:
        lines = simplify(lines, epsilon)
    return _to_int16(_rounded(lines))


def as_read(drawing: Drawing) -> np.ndarray:
    """Returns a drawing as stroke-3 float64 `[N, 3]` in its own units; a raw one prepared as Google does."""
    return prepare(drawing, Preparation()).astype(np.float64) if drawing.raw else drawing.sketch


def _placed(lines: Polylines, fit: float, scale: float) -> Polylines:
    """Returns lines aligned to the top left and scaled to fit, or scaled only."""
    if not fit:
        return lines if scale == 1 else [line * scale for line in lines]
    points = np.concatenate(lines)
    corner = points.min(axis=0)
    side = (points.max(axis=0) - corner).max()
    factor = fit / side if side else 1.0
    return [(line - corner) * factor for line in lines]


def _rounded(lines: Polylines) -> np.ndarray:
    """Returns lines as stroke-3 of whole numbers.

    Raises:
        ValueError: rounding would destroy the drawing.
    """
    points = np.concatenate(lines)
    if not _is_whole(points):
        side = np.ptp(points, axis=0).max()
        if side < MIN_SIDE:
            raise ValueError(
                f"its longer side is {side:.4g} units and it has fractions, which rounding to whole numbers would destroy; "
                "give a larger --scale, or --fit=255"
            )
    return from_points(np.rint(points), [len(line) for line in lines])


def _is_whole(array: np.ndarray) -> bool:
    return bool((array == np.rint(array)).all())


def _to_int16(sketch: np.ndarray) -> np.ndarray:
    if not (sketch.min() >= INT16.min and sketch.max() <= INT16.max):
        raise ValueError(
            f"it has offsets beyond {INT16.max}; give a smaller --scale, or --fit=255 to fit each drawing"
        )
    return sketch.astype(np.int16)
