"""The ways a sketch is written down: stroke-3, stroke-5 and polylines, and how each becomes another.

stroke-3 `[N, 3]` holds offsets `(dx, dy, pen_lifted_after_this_point)`. The pen starts at the origin and is down: the first
row is a drawn segment, as in the published QuickDraw, sheep and kanji files. A row whose predecessor lifted the pen moves
without drawing.
"""

from collections.abc import Sequence

import numpy as np

Polylines = list[np.ndarray]


def check_sketch(sketch, name: str, allow_empty: bool = False) -> np.ndarray:
    """Returns a sketch as an array after looking at its shape, type and values.

    Args:
        sketch: stroke-3 `[N, 3]`, in any units.
        name: what messages call it.
        allow_empty: whether N may be 0.

    Raises:
        ValueError: it is not `[N, 3]`, not numeric or empty, an offset is NaN or infinite, or a pen is neither 0 nor 1.
    """
    sketch = np.asarray(sketch)
    if sketch.ndim != 2 or sketch.shape[1] != 3:
        raise ValueError(
            f"{name} has shape {list(sketch.shape)}; expected [N, 3] rows of (dx, dy, pen lifted)"
        )
    if sketch.dtype.kind not in "iuf":
        raise ValueError(f"{name} holds {sketch.dtype}; expected integers or floats")
    if len(sketch) == 0 and not allow_empty:
        raise ValueError(f"{name} is empty; expected at least one point, leave it out")
    bad = ~np.isfinite(sketch[:, :2]).all(axis=1)
    if bad.any():
        raise ValueError(
            f"{name} has a NaN or infinite offset in row {bad.argmax()}; mend it or leave the sketch out"
        )
    bad = (sketch[:, 2] != 0) & (sketch[:, 2] != 1)
    if bad.any():
        row = bad.argmax()
        raise ValueError(f"{name} has pen {sketch[row, 2]} in row {row}; expected 0 (down) or 1 (lifted)")
    return sketch


def to_stroke5(sketch, length: int | None = None) -> np.ndarray:
    """Turns stroke-3 into stroke-5, without a start token.

    Args:
        sketch: stroke-3 `[N, 3]`; N may be 0.
        length: rows of the result, at least N; N where None.

    Returns:
        `[length, 5]`, rows past the end (0, 0, 0, 0, 1); float32, or float64 where float32 could not hold the input.

    Raises:
        ValueError: the sketch is not stroke-3, or longer than `length`.
    """
    sketch = check_sketch(sketch, "the sketch", allow_empty=True)
    count = len(sketch)
    length = count if length is None else length
    if count > length:
        raise ValueError(
            f"the sketch has {count} points, more than the length {length}; give a larger length"
        )
    strokes = np.zeros([length, 5], np.result_type(sketch.dtype, np.float32))
    strokes[:count, :2] = sketch[:, :2]
    strokes[:count, 2] = 1 - sketch[:, 2]
    strokes[:count, 3] = sketch[:, 2]
    strokes[count:, 4] = 1
    return strokes


def to_stroke3(strokes) -> np.ndarray:
    """Turns stroke-5 into stroke-3, cut at the first row whose p3 is 1; all rows where there is none.

    Magenta keeps everything where the first row already ends the sketch; here that is an empty sketch.

    Args:
        strokes: stroke-5 `[T, 5]` without a start token.

    Returns:
        `[N, 3]` of the same dtype.

    Raises:
        ValueError: `strokes` is not `[T, 5]`.
    """
    strokes = np.asarray(strokes)
    if strokes.ndim != 2 or strokes.shape[1] != 5:
        raise ValueError(
            f"stroke-5 has shape {list(strokes.shape)}; expected [T, 5] rows of (dx, dy, p1, p2, p3)"
        )
    ended = strokes[:, 4] == 1
    count = int(ended.argmax()) if ended.any() else len(strokes)
    return strokes[:count, [0, 1, 3]]


def to_polylines(sketch) -> Polylines:
    """Turns stroke-3 into absolute polylines.

    The first polyline starts at the origin, and an unfinished last line is kept; Magenta drops both.

    Args:
        sketch: stroke-3 `[N, 3]`; N may be 0.

    Returns:
        list of float64 `[P, 2]`, in the sketch's units; empty for an empty sketch. A line of one row (the pen comes down
        and is lifted at once) has one point, or two where it is the first and starts at the origin.

    Raises:
        ValueError: the sketch is not stroke-3.
    """
    sketch = check_sketch(sketch, "the sketch", allow_empty=True)
    if len(sketch) == 0:
        return []
    points = np.concatenate([np.zeros([1, 2]), np.cumsum(sketch[:, :2], axis=0, dtype=np.float64)])
    ends = np.flatnonzero(sketch[:-1, 2] == 1) + 2
    return np.split(points, ends)


def from_polylines(polylines: Sequence) -> np.ndarray:
    """Turns absolute polylines into stroke-3; the inverse of `to_polylines`.

    The drawing is moved so that its first point is the origin, which stroke-3 implies and does not store (the published
    QuickDraw files do the same; Magenta stores the first point as an offset, which would draw a line to it). The pen is
    lifted after the last point of every line, so an unfinished last line comes back finished.

    Args:
        polylines: list of `[P, 2]`, each of at least one point.

    Returns:
        float32 `[N, 3]`: exact for coordinates that are integers up to 2^24. A first line of one point becomes the row
        (0, 0, 1), a dot.

    Raises:
        ValueError: a line is empty, is not `[P, 2]`, or holds NaN or infinity.
    """
    lines = [np.asarray(line, np.float64) for line in polylines]
    for place, line in enumerate(lines):
        if line.ndim != 2 or line.shape[1] != 2 or len(line) == 0:
            raise ValueError(
                f"polyline {place} has shape {list(line.shape)}; expected [P, 2] with P at least 1"
            )
        if not np.isfinite(line).all():
            raise ValueError(f"polyline {place} holds NaN or infinity; mend it or leave it out")
    if not lines:
        return np.zeros([0, 3], np.float32)
    if len(lines[0]) == 1:
        lines[0] = np.repeat(lines[0], 2, axis=0)
    points = np.concatenate(lines)
    sketch = np.zeros([len(points) - 1, 3], np.float32)
    sketch[:, :2] = np.diff(points, axis=0)
    sketch[np.cumsum([len(line) for line in lines]) - 2, 2] = 1
    return sketch


def bounds(sketch) -> tuple[float, float, float, float]:
    """Returns `(min_x, max_x, min_y, max_y)` of a drawing; the origin always lies inside, as in Magenta.

    Args:
        sketch: stroke-3 `[N, 3]`; N may be 0.

    Raises:
        ValueError: the sketch is not stroke-3.
    """
    points = np.concatenate([np.zeros([1, 2]), *to_polylines(sketch)])
    (min_x, min_y), (max_x, max_y) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return min_x, max_x, min_y, max_y
