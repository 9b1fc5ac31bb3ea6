"""Where every line of a figure stands, in pixels: pure geometry that SVG and PNG share."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data.strokes import to_polylines

CELL_SIZE = 128
MARGIN = 0.08  # of a cell, on each side
GAP = 24  # pixels between groups
CAPTION_HEIGHT = 28
LARGEST_COORDINATE = 1e9

# Strokes by order: hue moves from violet over blue and green to orange at a lightness that stands out on white.
ORDER_COLORS = ("#5e3c99", "#3366cc", "#1b85b8", "#1b9e77", "#66a61e", "#b8860b", "#e07b00", "#d62728")
INK = "#1a1a1a"


class Line(NamedTuple):
    """One drawn line: `points` float64 `[P, 2]` in pixels, and its colour as #rrggbb."""

    points: np.ndarray
    color: str


class Caption(NamedTuple):
    """A text whose baseline starts at (x, y)."""

    text: str
    x: float
    y: float


class Frame(NamedTuple):
    """A cell's outline."""

    x: float
    y: float
    size: float


class Figure(NamedTuple):
    """All that a picture shows."""

    width: int
    height: int
    lines: list[Line]
    captions: list[Caption]
    frames: list[Frame]


def as_list(drawings) -> list[np.ndarray]:
    """Returns one sketch or a list of them as a list of arrays `[N, 3]`.

    Raises:
        ValueError: a drawing is not `[N, 3]`, or not finite.
    """
    if isinstance(drawings, np.ndarray) and drawings.ndim == 2:
        drawings = [drawings]
    arrays = [np.asarray(drawing) for drawing in drawings]
    for place, array in enumerate(arrays):
        if array.dtype.kind not in "iuf" or array.ndim != 2 or array.shape[1] != 3:
            raise ValueError(f"drawing {place} has shape {array.shape}; expected stroke-3 numbers [N, 3]")
        if not np.isfinite(array).all() or np.abs(array[:, :2].astype(np.float64)).sum() > LARGEST_COORDINATE:
            raise ValueError(f"drawing {place} holds NaN, infinite or huge offsets; leave it out")
    return arrays


def near_square(count: int) -> int:
    """Returns the number of columns that makes a grid of `count` cells nearly square."""
    return max(1, int(np.ceil(np.sqrt(count))))


def grid(
    drawings,
    *,
    columns: int | None = None,
    cell_size: int = CELL_SIZE,
    color: str = INK,
    color_by_order: bool = False,
    draw_first_segment: bool = True,
) -> Figure:
    """Lays out drawings in rows.

    Args:
        drawings: one stroke-3 sketch `[N, 3]` or a list of them; an empty one leaves its cell empty.
        columns: cells a row; nearly square where None.
        cell_size: pixels.
        color: of all lines, as #rrggbb.
        color_by_order: colour the lines of a drawing by their order instead.
        draw_first_segment: False leaves out the segment from the origin to the first point, as Magenta's notebook does.

    Raises:
        ValueError: a drawing is malformed, or a number is out of range.
    """
    arrays = as_list(drawings)
    if cell_size < 8 or (columns is not None and columns < 1):
        raise ValueError(f"cell_size is {cell_size} and columns {columns}; expected at least 8 and 1")
    columns = columns or near_square(len(arrays))
    columns = min(columns, max(1, len(arrays)))
    rows = -(-len(arrays) // columns)
    lines, frames = [], []
    for place, array in enumerate(arrays):
        row, column = divmod(place, columns)
        corner = np.array([column, row], np.float64) * cell_size
        frames.append(Frame(corner[0], corner[1], cell_size))
        placed = _placed(_polylines(array, draw_first_segment), corner, cell_size)
        colors = _order_colors(len(placed)) if color_by_order else [color] * len(placed)
        lines += [Line(points, line_color) for points, line_color in zip(placed, colors)]
    return Figure(columns * cell_size, max(1, rows) * cell_size, lines, [], frames)


def side_by_side(groups: Sequence[tuple[str, Sequence[np.ndarray]]], **options) -> Figure:
    """Lays out titled grids from left to right, for instance real sketches and drawings by a model.

    Args:
        groups: titles and their drawings.
        **options: as in `grid`.

    Raises:
        ValueError: there is no group, or a drawing is malformed.
    """
    if not groups:
        raise ValueError("there is nothing to lay out; give at least one titled group of drawings")
    x, height = 0, 0
    lines, captions, frames = [], [], []
    for title, drawings in groups:
        figure = grid(drawings, **options)
        captions.append(Caption(title, x + 2, CAPTION_HEIGHT - 9))
        lines += [Line(line.points + [x, CAPTION_HEIGHT], line.color) for line in figure.lines]
        frames += [Frame(frame.x + x, frame.y + CAPTION_HEIGHT, frame.size) for frame in figure.frames]
        height = max(height, figure.height)
        x += figure.width + GAP
    return Figure(x - GAP, height + CAPTION_HEIGHT, lines, captions, frames)


def _polylines(array: np.ndarray, draw_first_segment: bool) -> list[np.ndarray]:
    lines = [line.astype(np.float64) for line in to_polylines(array)]
    if lines and not draw_first_segment:
        lines[0] = lines[0][1:]
    return lines


def _placed(lines: list[np.ndarray], corner: np.ndarray, cell_size: float) -> list[np.ndarray]:
    """Scales lines into the cell at `corner`, keeping their aspect, and centres them."""
    if not lines:
        return []
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = max(float((high - low).max()), 1e-9)
    scale = cell_size * (1 - 2 * MARGIN) / extent
    if len(np.unique(points, axis=0)) == 1:
        scale = 1.0  # a dot stays a dot
    middle = (low + high) / 2
    return [(line - middle) * scale + corner + cell_size / 2 for line in lines]


def _order_colors(count: int) -> list[str]:
    if count <= 1:
        return [ORDER_COLORS[0]] * count
    places = np.linspace(0, len(ORDER_COLORS) - 1, count)
    return [ORDER_COLORS[round(place)] for place in places]
