"""Learn-to-draw sheets: a drawing built up step by step, what is new in each step in colour."""

import math
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import to_polylines
from sketch_rnn_tf.rendering import colors, text
from sketch_rnn_tf.rendering.drawings import checked
from sketch_rnn_tf.rendering.figure import Figure, Line, Rule, Text, moved, scaled
from sketch_rnn_tf.rendering.layout import CELL_SIZE, LARGEST_CELL, MARGIN, SMALLEST_CELL, fitted
from sketch_rnn_tf.rendering.pages import CAPTION_MM, page_size

FEWEST_STEPS, MOST_STEPS = 4, 6  # unless told
LARGEST_NUMBER_OF_STEPS = 100
NUMBER_ROOM = 18
RULE_MM = 0.25


def lesson(
    sketch,
    *,
    steps: int | None = None,
    columns: int | None = None,
    cell_size: int = CELL_SIZE,
    stroke_width: float = 2.0,
    new_color: str = colors.GIVEN,
    theme: str = "light",
    background: str | None = "theme",
    title: str | None = None,
) -> Figure:
    """Shows how a drawing comes to be: numbered panels, each with one more piece of it than the last.

    Args:
        sketch: stroke-3 `[N, 3]`, at least one point.
        steps: number of panels, 1 to 100; where None as many as it has strokes, but 4 to 6. Short strokes that follow each
            other share a step, and long ones are drawn in several, as the number asks. A drawing may have too few points
            for so many.
        columns: panels a row; near square where None.
        cell_size: pixels of a panel, 8 to 8192.
        stroke_width: pixels, above 0 and at most a quarter of a panel.
        new_color: of what is new in a panel.
        theme, background: as in `layout.grid`.
        title: what the picture shows, for those who cannot see it.

    Raises:
        ValueError: the sketch is malformed or empty, or an option is out of range.
    """
    sketch = checked(sketch, "the sketch")
    if not len(sketch):
        raise ValueError("the sketch is empty; give one with points")
    if steps is not None:
        checks.between("steps", steps, 1, LARGEST_NUMBER_OF_STEPS)
    checks.between("cell_size", cell_size, SMALLEST_CELL, LARGEST_CELL)
    checks.positive("stroke_width", stroke_width)
    checks.between("stroke_width", stroke_width, 0, cell_size / 4)
    palette = colors.theme_named(theme)
    new_color = colors.to_hex(new_color, "new_color")
    strokes = to_polylines(sketch)
    pieces = _pieces(strokes, steps or min(max(len(strokes), FEWEST_STEPS), MOST_STEPS))
    count = len(pieces)
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    checks.at_least("columns", columns, 1)
    rows = math.ceil(count / columns)
    lines = [Line(line, palette.ink) for piece in pieces for line in piece]
    ends = np.cumsum([len(piece) for piece in pieces])
    drawings, texts = [], []
    for step in range(count):
        corner = np.array([step % columns, step // columns]) * cell_size
        panel = fitted(lines, corner + cell_size / 2, cell_size * (1 - 2 * MARGIN) - stroke_width)
        fresh = range(ends[step] - len(pieces[step]), ends[step])
        drawings.append(
            [
                line._replace(color=new_color if i in fresh else line.color)
                for i, line in enumerate(panel[: ends[step]])
            ]
        )
        texts.append(Text(str(step + 1), corner[0] + 6, corner[1] + 15, text.CAPTION_SIZE, "start"))
    width, height = columns * cell_size, rows * cell_size
    rules = [Rule(x * cell_size - 0.5, 0, x * cell_size - 0.5, height) for x in range(1, columns)]
    rules += [Rule(0, y * cell_size - 0.5, width, y * cell_size - 0.5) for y in range(1, rows)]
    if background is not None:
        background = palette.background if background == "theme" else colors.to_hex(background, "background")
    return Figure(
        width=width,
        height=height,
        drawings=drawings,
        rules=rules,
        texts=texts if cell_size >= 3 * NUMBER_ROOM else [],
        stroke_width=stroke_width,
        background=background,
        title=text.clean(title) if title else f"a sketch in {count} steps",
        text_color=palette.text,
        rule_color=palette.rule,
    )


def lesson_pages(
    sketches: Sequence,
    *,
    titles: Sequence[str] | None = None,
    page: str | tuple[float, float] = "a4",
    margin: float = 15.0,
    background: str | None = "theme",
    theme: str = "light",
    **options,
) -> list[Figure]:
    """Gives each sketch a page on which it is built up step by step.

    Args:
        sketches: stroke-3 `[N, 3]` each.
        titles: a text above each lesson; "" for none.
        page, margin: as in `pages.pattern_pages`.
        theme, background: as in `layout.grid`.
        **options: of `lesson`.

    Returns:
        figures in mm.

    Raises:
        ValueError: a sketch or an option is malformed, or the margins leave no room.
    """
    width, height = page_size(page)
    checks.at_least("margin", margin, 0)
    if titles is not None and (isinstance(titles, str) or len(titles) != len(sketches)):
        raise ValueError(f"titles is {titles!r:.60}; expected a list of {len(sketches)}, one for each sketch")
    head = 4 * CAPTION_MM if titles else 0.0
    room = np.array([width - 2 * margin, height - 2 * margin - head])
    if not room.min() > 0:
        raise ValueError(
            f"margins of {margin} mm leave no room on a page of {width:g} x {height:g} mm; take smaller ones"
        )
    pages = []
    for place, sketch in enumerate(sketches):
        title = text.clean(titles[place]) if titles else ""
        figure = lesson(sketch, theme=theme, background=background, **options)
        factor = float((room / [figure.width, figure.height]).min())
        figure = scaled(figure, factor)
        left, top = (width - figure.width) / 2, margin + head + (room[1] - figure.height) / 2
        figure = moved(figure, left, top)
        texts = list(figure.texts)
        if title:
            shown = text.shortened(title, 12, (width - 2 * margin) / (2 * CAPTION_MM) * 12)
            texts.append(Text(shown, width / 2, margin + 2 * CAPTION_MM, 2 * CAPTION_MM, "middle"))
        pages.append(
            figure._replace(width=width, height=height, texts=texts, unit="mm", title=title or figure.title)
        )
    return pages


def _pieces(strokes: Sequence[np.ndarray], count: int) -> list[list[np.ndarray]]:
    """Cuts a drawing into `count` pieces of one or more lines each, in its order; fewer where it has too few points."""
    pieces = [[stroke] for stroke in strokes]
    while len(pieces) < count:
        longest = max(range(len(pieces)), key=lambda i: (len(pieces[i][0]) > 2) * _length(pieces[i]))
        (line,) = pieces[longest]
        if len(line) < 3:
            break
        along = np.cumsum(np.hypot(*np.diff(line, axis=0).T))
        middle = 1 + int(np.argmin(np.abs(along[:-1] - along[-1] / 2)))
        pieces[longest : longest + 1] = [[line[: middle + 1]], [line[middle:]]]
    while len(pieces) > count:
        lengths = [_length(piece) for piece in pieces]
        shortest = int(np.argmin(np.add(lengths[:-1], lengths[1:])))
        pieces[shortest : shortest + 2] = [pieces[shortest] + pieces[shortest + 1]]
    return pieces


def _length(piece: Sequence[np.ndarray]) -> float:
    return sum(float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in piece)
