"""From sketches to a figure: pure geometry."""

import itertools
import math
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import check_sketch, to_polylines
from sketch_rnn_tf.rendering import colors, text
from sketch_rnn_tf.rendering.figure import Figure, Line, Rule, Text

CELL_SIZE = 128
STROKE_WIDTH = 2.0
MARGIN = 0.09  # of a cell, on each side
CAPTION_HEIGHT = 22
PADDING = 6
LARGEST_EXTENT = 1e9
SMALLEST_CELL, LARGEST_CELL = 8, 8192


def grid(
    drawings,
    *,
    columns: int | None = None,
    cell_size: int = CELL_SIZE,
    stroke_width: float = STROKE_WIDTH,
    color: str | Sequence[str] = colors.INK,
    color_by_order: bool = False,
    draw_first_segment: bool = True,
    captions: Sequence[str] | None = None,
    column_titles: Sequence[str] | None = None,
    row_titles: Sequence[str] | None = None,
    background: str | None = colors.BACKGROUND,
) -> Figure:
    """Lays out drawings in rows, each scaled to fit its cell with its aspect kept, and centred.

    The origin counts as part of a drawing, as in Magenta's `get_bounds`, where the first segment is drawn.

    Args:
        drawings: one stroke-3 sketch `[N, 3]`, a list of them, or a list of rows of them (rows may differ in length). A
            drawing without points leaves its cell empty; a line without length is a dot.
        columns: cells a row; near square where None; not with rows.
        cell_size: pixels, 8 to 8192.
        stroke_width: pixels, above 0 and at most a quarter of a cell.
        color: of all lines, or one for each drawing (of all rows in turn); CSS names or #rrggbb.
        color_by_order: colour the lines of a drawing by their order, from blue over red to orange, instead.
        draw_first_segment: False leaves out the segment from the origin to the first point, as Magenta's notebook does.
        captions: a text under each drawing, cut to its cell; "" for none.
        column_titles: a text above each column.
        row_titles: a text left of each row.
        background: colour; None is transparent.

    Raises:
        ValueError: a drawing is malformed or huge, or an option does not fit the others or is out of range.
    """
    rows, columns = _rows(drawings, columns)
    flat = [sketch for row in rows for sketch in row]
    _check_sizes(cell_size, stroke_width)
    _check_count("captions", captions, len(flat), "drawings")
    _check_count("column_titles", column_titles, columns, "columns")
    _check_count("row_titles", row_titles, len(rows), "rows")
    line_colors = colors.for_each(color, len(flat), "drawings")
    background = None if background is None else colors.to_hex(background, "background")
    row_titles = [text.shortened(text.clean(t), text.CAPTION_SIZE, 2 * cell_size) for t in row_titles or ()]
    widest = max([text.width(title, text.CAPTION_SIZE) for title in row_titles], default=0)
    left = math.ceil(widest) + PADDING if widest else 0
    top = CAPTION_HEIGHT if column_titles else 0
    row_height = cell_size + (CAPTION_HEIGHT if captions else 0)
    placed, texts = [], []
    for y, row in enumerate(rows):
        for x, sketch in enumerate(row):
            place = len(placed)
            corner = np.array([left + x * cell_size, top + y * row_height], np.float64)
            lines = _placed(_polylines(sketch, draw_first_segment), corner, cell_size, stroke_width)
            hues = colors.by_order(len(lines)) if color_by_order else [line_colors[place]] * len(lines)
            placed.append([Line(points, hue) for points, hue in zip(lines, hues)])
            if captions:
                texts.append(_centred(captions[place], corner[0], corner[1] + cell_size - 3, cell_size))
    texts += [_centred(t, left + x * cell_size, 0, cell_size) for x, t in enumerate(column_titles or ())]
    for y, title in enumerate(row_titles):
        middle = top + y * row_height + cell_size / 2 + text.CAPTION_SIZE / 3
        texts.append(Text(title, PADDING, middle, text.CAPTION_SIZE, "start"))
    return Figure(
        width=math.ceil(left + columns * cell_size),
        height=math.ceil(top + len(rows) * row_height),
        drawings=placed,
        rules=_rules(left, top, columns, len(rows), cell_size, row_height),
        texts=[caption for caption in texts if caption.text],
        stroke_width=stroke_width,
        background=background,
        title="a sketch" if len(flat) == 1 else f"{len(flat)} sketches",
    )


def _rows(drawings, columns: int | None) -> tuple[list[list[np.ndarray]], int]:
    """Returns the checked drawings in rows, and the number of columns; at least one of each."""
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
    return [[_checked(sketch, f"drawing {next(places)}") for sketch in row] for row in rows], columns


def _depth(drawings) -> int:
    """Returns 2 for one sketch, 3 for a list of them, 4 for a list of rows; an empty list inside is an empty sketch."""
    if isinstance(drawings, np.ndarray) and drawings.dtype == object:
        drawings = list(drawings)
    if isinstance(drawings, (list, tuple)):
        return 1 + max(map(_depth, drawings), default=1)
    return np.ndim(drawings)


def _checked(sketch, name: str) -> np.ndarray:
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


def _polylines(sketch: np.ndarray, draw_first_segment: bool) -> list[np.ndarray]:
    lines = to_polylines(sketch)
    if lines and not draw_first_segment:
        lines[0] = lines[0][1:]
    return lines


def _placed(
    lines: list[np.ndarray], corner: np.ndarray, cell_size: float, stroke_width: float
) -> list[np.ndarray]:
    """Scales lines into the cell at `corner`, ink and all, keeping their aspect, and centres them."""
    if not lines:
        return []
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    # A drawing that is a single dot has no extent and needs no scale.
    extent = (high - low).max() or 1.0
    room = cell_size * (1 - 2 * MARGIN) - stroke_width
    middle = low + (high - low) / 2
    return [(line - middle) / extent * room + corner + cell_size / 2 for line in lines]


def _rules(left, top, columns: int, rows: int, cell_size, row_height) -> list[Rule]:
    """Hairlines between cells, on half pixels so that they are sharp."""
    right, bottom = left + columns * cell_size, top + rows * row_height
    upright = [left + x * cell_size - 0.5 for x in range(1, columns)]
    level = [top + y * row_height - 0.5 for y in range(1, rows)]
    return [Rule(x, top, x, bottom) for x in upright] + [Rule(left, y, right, y) for y in level]


def _centred(content: str, x: float, y: float, cell_size: float) -> Text:
    """Places a text in the band of CAPTION_HEIGHT that starts at `y`, centred on a cell that starts at `x`."""
    content = text.shortened(text.clean(content), text.CAPTION_SIZE, cell_size - PADDING)
    return Text(content, x + cell_size / 2, y + CAPTION_HEIGHT - 8, text.CAPTION_SIZE, "middle")


def _check_sizes(cell_size, stroke_width) -> None:
    checks.between("cell_size", cell_size, SMALLEST_CELL, LARGEST_CELL)
    checks.positive("stroke_width", stroke_width)
    checks.between("stroke_width", stroke_width, 0, cell_size / 4)


def _check_count(name: str, labels, count: int, what: str) -> None:
    if labels is not None and (isinstance(labels, str) or len(labels) != count):
        came = repr(labels) if isinstance(labels, str) else f"{len(labels)} texts"
        raise ValueError(f"{name} is {came:.60}; expected a list of {count}, one for each of the {what}")
