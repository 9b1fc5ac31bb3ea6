"""From sketches to a figure: pure geometry."""

import math
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.rendering import colors, text
from sketch_rnn_tf.rendering.drawings import Pens, in_rows
from sketch_rnn_tf.rendering.figure import Figure, Line, Rule, Text

CELL_SIZE = 128
STROKE_WIDTH = 2.0
MARGIN = 0.09  # of a cell, on each side
CAPTION_HEIGHT = 22
PADDING = 6
SMALLEST_CELL, LARGEST_CELL = 8, 8192


def grid(
    drawings,
    *,
    columns: int | None = None,
    cell_size: int = CELL_SIZE,
    stroke_width: float = STROKE_WIDTH,
    color: str | Sequence[str] | Sequence[Sequence[str]] | None = None,
    color_by_order: bool = False,
    given: int | Sequence[int] = 0,
    given_color: str = colors.GIVEN,
    draw_first_segment: bool = True,
    captions: Sequence[str] | None = None,
    column_titles: Sequence[str] | None = None,
    row_titles: Sequence[str] | None = None,
    theme: str = "light",
    background: str | None = "theme",
    rules: bool = True,
    title: str | None = None,
) -> Figure:
    """Lays out drawings in rows, each scaled to fit its cell with its aspect kept, and centred.

    The origin counts as part of a drawing, as in Magenta's `get_bounds`, where the first segment is drawn.

    Args:
        drawings: one stroke-3 sketch `[N, 3]`, a list of them, or a list of rows of them (rows may differ in length). A
            drawing without points leaves its cell empty; a line without length is a dot.
        columns: cells a row; near square where None; not with rows.
        cell_size: pixels, 8 to 8192.
        stroke_width: pixels, above 0 and at most a quarter of a cell.
        color: of all lines, or one entry for each drawing (of all rows in turn), which is a colour or a list of one for each
            stroke; CSS names or #rrggbb. The theme's ink where None.
        color_by_order: colour the lines of a drawing by their order, from blue over red to orange, instead.
        given: how many leading points (rows) of each drawing, or of all, are drawn in `given_color`, as the human part of
            a completion in Figure 7 of the paper.
        given_color: their colour.
        draw_first_segment: False leaves out the segment from the origin to the first point, as Magenta's notebook does.
        captions: a text under each drawing, cut to its cell; "" for none.
        column_titles: a text above each column.
        row_titles: a text left of each row.
        theme: "light" or "dark": ink, background, rules and texts.
        background: a colour, "theme" for the theme's own, or None for a transparent picture.
        rules: whether hairlines stand between cells.
        title: what the picture shows, for those who cannot see it; "9 sketches" or so where None.

    Raises:
        ValueError: a drawing is malformed or huge, or an option does not fit the others or is out of range.
    """
    rows, columns = in_rows(drawings, columns)
    flat = [sketch for row in rows for sketch in row]
    _check_sizes(cell_size, stroke_width)
    _check_count("captions", captions, len(flat), "drawings")
    _check_count("column_titles", column_titles, columns, "columns")
    _check_count("row_titles", row_titles, len(rows), "rows")
    palette = colors.theme_named(theme)
    options = {"by_order": color_by_order, "given": given, "given_color": given_color, "theme": palette}
    pens = Pens(color, len(flat), **options)
    background = palette.background if background == "theme" else background
    row_titles = [text.shortened(text.clean(t), text.CAPTION_SIZE, 2 * cell_size) for t in row_titles or ()]
    widest = max([text.width(row_title, text.CAPTION_SIZE) for row_title in row_titles], default=0)
    left = math.ceil(widest) + PADDING if widest else 0
    top = CAPTION_HEIGHT if column_titles else 0
    row_height = cell_size + (CAPTION_HEIGHT if captions else 0)
    placed, texts = [], []
    for y, row in enumerate(rows):
        for x, sketch in enumerate(row):
            place = len(placed)
            corner = np.array([left + x * cell_size, top + y * row_height], np.float64)
            lines = pens.lines(sketch, place, draw_first_segment)
            placed.append(fitted(lines, corner + cell_size / 2, cell_size * (1 - 2 * MARGIN) - stroke_width))
            if captions:
                texts.append(_centred(captions[place], corner[0], corner[1] + cell_size - 3, cell_size))
    texts += [_centred(t, left + x * cell_size, 0, cell_size) for x, t in enumerate(column_titles or ())]
    for y, row_title in enumerate(row_titles):
        middle = top + y * row_height + cell_size / 2 + text.CAPTION_SIZE / 3
        texts.append(Text(row_title, PADDING, middle, text.CAPTION_SIZE, "start"))
    return Figure(
        width=math.ceil(left + columns * cell_size),
        height=math.ceil(top + len(rows) * row_height),
        drawings=placed,
        rules=_rules(left, top, columns, len(rows), cell_size, row_height) if rules else [],
        texts=[caption for caption in texts if caption.text],
        stroke_width=stroke_width,
        background=None if background is None else colors.to_hex(background, "background"),
        title=text.clean(title) if title else "a sketch" if len(flat) == 1 else f"{len(flat)} sketches",
        text_color=palette.text,
        rule_color=palette.rule,
    )


def fitted(lines: Sequence[Line], centre: np.ndarray, room: float | np.ndarray) -> list[Line]:
    """Scales lines so that they just fit a box, keeping their aspect, and centres them.

    Args:
        lines: of one drawing, at least one point each.
        centre: of the box, `[2]`.
        room: width and height of the box, one number or `[2]`.
    """
    if not lines:
        return []
    points = np.concatenate([line.points for line in lines])
    low, high = points.min(axis=0), points.max(axis=0)
    extent = ((high - low) / room).max()
    # A drawing that is a single dot has no extent and needs no scale.
    middle, extent = low + (high - low) / 2, extent or 1.0
    return [line._replace(points=(line.points - middle) / extent + centre) for line in lines]


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
