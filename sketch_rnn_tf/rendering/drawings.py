"""What callers give to be drawn: one sketch, a list or rows of them, checked and turned into coloured lines."""

import itertools
import math

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import check_sketch, to_polylines
from sketch_rnn_tf.rendering import colors
from sketch_rnn_tf.rendering.figure import Line

LARGEST_EXTENT = 1e9


def in_rows(drawings, columns: int | None) -> tuple[list[list[np.ndarray]], int]:
    """Returns the checked drawings in rows, and the number of columns; at least one of each.

    Args:
        drawings: one stroke-3 sketch `[N, 3]`, a list of them, or a list of rows of them.
        columns: of a list; near square where None.

    Raises:
        ValueError: a drawing is malformed or huge, or `columns` does not fit.
    """
    depth = _depth(drawings)
    if not 2 <= depth <= 4:
        raise ValueError(
            f"drawings is {drawings!r:.40}; expected stroke-3 [N, 3], a list of it, or a list of rows"
        )
    if depth == 4 and columns is not None:
        raise ValueError(f"columns is {columns} for drawings that come in rows; leave it out")
    if depth == 4:
        rows = [list(row) for row in drawings]
        columns = max(map(len, rows))
    else:
        one = depth == 2 and (isinstance(drawings, np.ndarray) or len(drawings))
        flat = [drawings] if one else list(drawings)
        if columns is None:
            columns = math.ceil(math.sqrt(len(flat)))
        else:
            checks.at_least("columns", columns, 1)
        columns = max(1, min(columns, len(flat)))
        rows = [flat[start : start + columns] for start in range(0, len(flat), columns)] or [[]]
    places = itertools.count()
    return [[checked(sketch, f"drawing {next(places)}") for sketch in row] for row in rows], columns


def checked(sketch, name: str) -> np.ndarray:
    """Returns a sketch as an array; N may be 0.

    Raises:
        ValueError: it is not stroke-3, or larger than can be drawn.
    """
    if isinstance(sketch, (list, tuple)):
        if len(sketch) == 0:
            return np.zeros([0, 3])
        if len(set(map(np.size, sketch))) != 1:
            raise ValueError(
                f"{name} has rows of different lengths; expected [N, 3] rows of (dx, dy, pen lifted)"
            )
    sketch = check_sketch(sketch, name, allow_empty=True)
    with np.errstate(over="ignore"):
        extent = np.abs(sketch[:, :2].astype(np.float64)).sum()
    if not extent <= LARGEST_EXTENT:
        raise ValueError(
            f"{name} has offsets that add up to {extent:.3g}; expected at most {LARGEST_EXTENT:.0e}, leave it out"
        )
    return sketch


class Pens:
    """Decides the colour of every line.

    Args:
        color: of all lines (the theme's ink where None), or one entry for each drawing: a colour, or a list of one for
            each of its strokes.
        count: number of drawings.
        by_order: colours lines by their order instead.
        given: how many leading points of each drawing (or of all) are drawn in `given_color`.
        theme: of ink and order.

    Raises:
        ValueError: the number of colours or counts is wrong, or one is no colour or below 0.
    """

    def __init__(self, color, count: int, *, by_order: bool, given, given_color: str, theme: colors.Theme):
        color = theme.ink if color is None else color
        if isinstance(color, str) or all(isinstance(entry, str) for entry in color):
            self.colors = colors.for_each(color, count, "drawings")
        elif len(color) != count:
            raise ValueError(
                f"color has {len(color)} entries for {count} drawings; give one, or one for each"
            )
        else:
            self.colors = list(color)
        self.given = [given] * count if np.ndim(given) == 0 else list(given)
        if len(self.given) != count:
            raise ValueError(f"given has {len(self.given)} entries for {count} drawings; give one for each")
        for points in self.given:
            checks.at_least("given", points, 0)
        self.given_color = colors.to_hex(given_color, "given_color")
        self.by_order, self.theme = by_order, theme

    def lines(self, sketch: np.ndarray, place: int, draw_first_segment: bool) -> list[Line]:
        """Returns the lines of the drawing at `place`, in its own units; a stroke given in part becomes two lines."""
        strokes = to_polylines(sketch)
        if self.by_order:
            hues = colors.by_order(len(strokes), self.theme)
        else:
            hues = colors.for_each(self.colors[place], len(strokes), f"strokes of drawing {place}")
        lines, left = [], self.given[place] + 1 if self.given[place] else 0  # the origin is a point as well
        for points, hue in zip(strokes, hues):
            if left >= len(points):
                lines.append(Line(points, self.given_color))
            elif left > 1:
                lines += [Line(points[:left], self.given_color), Line(points[left - 1 :], hue)]
            else:
                lines.append(Line(points, hue))
            left = max(0, left - len(points))
        if lines and not draw_first_segment:
            lines[0] = lines[0]._replace(points=lines[0].points[1:])
        return lines


def _depth(drawings) -> int:
    """Returns 2 for one sketch, 3 for a list of them, 4 for a list of rows; an empty list inside is an empty sketch."""
    if isinstance(drawings, np.ndarray) and drawings.dtype == object:
        drawings = list(drawings)
    if isinstance(drawings, (list, tuple)):
        return 1 + max(map(_depth, drawings), default=1)
    return np.ndim(drawings)
