"""Pages in millimetres: patterns for textile, wallpaper and plotters, and booklets with a drawing a page."""

from collections.abc import Sequence
from xml.etree import ElementTree

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.rendering import colors, text
from sketch_rnn_tf.rendering.drawings import Pens, in_rows
from sketch_rnn_tf.rendering.figure import Figure, Text
from sketch_rnn_tf.rendering.layout import fitted
from sketch_rnn_tf.rendering.svg_file import add_drawing, add_page, document, number

# Width and height in millimetres, upright.
PAGES = {"a3": (297, 420), "a4": (210, 297), "a5": (148, 210), "a6": (105, 148), "letter": (215.9, 279.4)}
ARRANGEMENTS = ("grid", "brick", "half_drop")
LARGEST_SIDE = 5000.0
MAX_CELLS = 100_000
PAGE_GAP = 10.0
CAPTION_MM = 4.5  # of letters


def pattern_pages(
    drawings,
    *,
    page: str | tuple[float, float] = "a4",
    margin: float = 10.0,
    cell: float = 30.0,
    gap: float = 3.0,
    stroke_width: float = 0.5,
    arrangement: str = "grid",
    turn: float = 0.0,
    seed: int = 0,
    pages: int = 1,
    color: str | Sequence[str] | None = None,
    color_by_order: bool = False,
    theme: str = "light",
    background: str | None = None,
) -> list[Figure]:
    """Tiles drawings over pages, again and again until they are full.

    As SVG a page is what a plotter wants: one path a stroke, true size, nothing filled. The tiles stand in the middle of what the
    margins leave. Each time all drawings have been used they are shuffled anew, so a pattern does not repeat; no drawing
    stands beside itself where there are enough.

    Args:
        drawings: as in `layout.grid`; those without points are left out.
        page: "a3" to "a6", "letter", or width and height in mm, 10 to 5000.
        margin: mm on each side, at least 0.
        cell: side of a tile, mm, above 0.
        gap: mm left free around a drawing on each side of its tile, at least 0.
        stroke_width: mm, above 0.
        arrangement: "grid"; "brick": every second row moved by half a tile; "half_drop": every second column, as on wallpaper.
        turn: each drawing is turned by up to this many degrees either way, 0 to 180.
        seed: of order and turns, at least 0.
        pages: number of pages, at least 1.
        color, color_by_order, theme: as in `layout.grid`.
        background: a colour, "theme" for the theme's own, or None for nothing.

    Returns:
        figures in mm.

    Raises:
        ValueError: there is nothing to draw, a tile does not fit the page, or an option is out of range.
    """
    width, height = page_size(page)
    checks.at_least("margin", margin, 0)
    checks.at_least("gap", gap, 0)
    checks.positive("stroke_width", stroke_width)
    checks.one_of("arrangement", arrangement, ARRANGEMENTS)
    checks.between("turn", turn, 0, 180)
    checks.at_least("seed", seed, 0)
    checks.at_least("pages", pages, 1)
    room = cell - 2 * gap - stroke_width
    if not room > 0:
        raise ValueError(
            f"cell is {cell} mm, all of it gap and stroke; expected more than {2 * gap + stroke_width:g}"
        )
    corners = _corners(width - 2 * margin, height - 2 * margin, cell, arrangement)
    if not len(corners):
        raise ValueError(
            f"a cell of {cell} mm does not fit a page of {width:g} x {height:g} mm with margins of {margin} mm"
        )
    if len(corners) * pages > MAX_CELLS:
        raise ValueError(
            f"the pattern would have {len(corners) * pages} drawings; expected at most {MAX_CELLS}"
        )
    palette = colors.theme_named(theme)
    rows, _ = in_rows(drawings, None)
    flat = [sketch for row in rows for sketch in row]
    pens = Pens(color, len(flat), by_order=color_by_order, given=0, given_color=colors.GIVEN, theme=palette)
    drawn = [lines for lines in (pens.lines(sketch, i, True) for i, sketch in enumerate(flat)) if lines]
    if not drawn:
        raise ValueError("there is nothing to tile; give at least one drawing with points")
    rng = np.random.default_rng(seed)
    figures = []
    for _ in range(pages):
        order = _order(len(drawn), corners, cell, rng)
        angles = np.radians(rng.uniform(-turn, turn, len(order)))
        placed = [
            fitted(_turned(drawn[one], angle), corner + margin + cell / 2, room)
            for one, angle, corner in zip(order, angles, corners)
        ]
        figures.append(
            Figure(
                width=width,
                height=height,
                drawings=placed,
                rules=[],
                texts=[],
                stroke_width=stroke_width,
                background=_background(background, palette),
                title=f"a pattern of {len(drawn)} sketches",
                unit="mm",
            )
        )
    return figures


def booklet_pages(
    drawings,
    *,
    captions: Sequence[str] | None = None,
    page: str | tuple[float, float] = "a6",
    margin: float = 12.0,
    stroke_width: float = 0.8,
    color: str | Sequence[str] | None = None,
    color_by_order: bool = False,
    given: int | Sequence[int] = 0,
    given_color: str = colors.GIVEN,
    theme: str = "light",
    background: str | None = "theme",
) -> list[Figure]:
    """Gives every drawing a page of its own, as the booklet of switched drawings has it.

    Args:
        drawings: as in `layout.grid`.
        captions: a text under each drawing; "" for none.
        page: as in `pattern_pages`.
        margin: mm on each side, at least 0.
        stroke_width: mm, above 0.
        color, color_by_order, given, given_color, theme, background: as in `layout.grid`.

    Returns:
        figures in mm.

    Raises:
        ValueError: the margins leave no room, or an option is out of range.
    """
    width, height = page_size(page)
    checks.at_least("margin", margin, 0)
    checks.positive("stroke_width", stroke_width)
    palette = colors.theme_named(theme)
    rows, _ = in_rows(drawings, None)
    flat = [sketch for row in rows for sketch in row]
    if captions is not None and (isinstance(captions, str) or len(captions) != len(flat)):
        raise ValueError(
            f"captions is {captions!r:.60}; expected a list of {len(flat)}, one for each drawing"
        )
    foot = 3 * CAPTION_MM if captions else 0.0
    room = np.array([width, height - foot]) - 2 * margin - stroke_width
    if not room.min() > 0:
        raise ValueError(
            f"margins of {margin} mm leave no room on a page of {width:g} x {height:g} mm; take smaller ones"
        )
    pens = Pens(
        color, len(flat), by_order=color_by_order, given=given, given_color=given_color, theme=palette
    )
    figures = []
    for place in range(len(flat)):
        caption = text.clean(captions[place]) if captions else ""
        shown = text.shortened(caption, 12, (width - 2 * margin) / CAPTION_MM * 12)
        centre = np.array([width, height - foot]) / 2
        figures.append(
            Figure(
                width=width,
                height=height,
                drawings=[fitted(pens.lines(flat[place], place, True), centre, room)],
                rules=[],
                texts=[Text(shown, width / 2, height - margin, CAPTION_MM, "middle")] if shown else [],
                stroke_width=stroke_width,
                background=_background(background, palette),
                title=caption or "a sketch",
                unit="mm",
                text_color=palette.text,
                rule_color=palette.rule,
            )
        )
    return figures


def multipage_svg(pages: Sequence[Figure]) -> str:
    """Writes pages below each other into one SVG; Inkscape, and what reads its page marks, sees them as pages.

    Raises:
        ValueError: there is no page, or units differ.
    """
    if not pages:
        raise ValueError("there are no pages; give at least one")
    if len({page.unit for page in pages}) > 1:
        raise ValueError("some pages are in millimetres and some in pixels; give pages of one unit")
    tops = np.cumsum([0.0, *(page.height + PAGE_GAP for page in pages)])
    sheet = pages[0]._replace(
        width=max(page.width for page in pages),
        height=tops[-1] - PAGE_GAP,
        background=None,
        rules=[],
        texts=[],
    )
    root, unused = document(sheet)
    root.remove(unused)
    root.set("xmlns:sodipodi", "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd")
    root.set("xmlns:inkscape", "http://www.inkscape.org/namespaces/inkscape")
    view = ElementTree.SubElement(root, "sodipodi:namedview")
    for page, top in zip(pages, tops):
        box = {"x": "0", "y": number(top), "width": number(page.width), "height": number(page.height)}
        ElementTree.SubElement(view, "inkscape:page", box)
        group = ElementTree.SubElement(root, "g", {"transform": f"translate(0 {number(top)})"})
        ElementTree.SubElement(group, "title").text = page.title
        ink = add_page(group, page)
        for lines in page.drawings:
            add_drawing(ink, lines)
    return ElementTree.tostring(root, encoding="unicode")


def page_size(page: str | tuple[float, float]) -> tuple[float, float]:
    """Returns width and height in mm.

    Raises:
        ValueError: it is neither a known name nor two numbers from 10 to 5000.
    """
    if isinstance(page, str):
        checks.one_of("page", page.lower(), list(PAGES))
        return PAGES[page.lower()]
    if len(page) != 2:
        raise ValueError(f"page is {page!r:.60}; expected a name such as a4, or width and height in mm")
    for name, side in zip(("page width", "page height"), page):
        checks.between(name, side, 10, LARGEST_SIDE)
    return float(page[0]), float(page[1])


def _corners(width: float, height: float, cell: float, arrangement: str) -> np.ndarray:
    """Returns the top left corners of all tiles that fit, `[K, 2]`, row by row; the whole is centred."""
    # A hair is allowed for, so that 190 mm hold 19 tiles of 10 mm whatever rounding says.
    columns, rows = int(width / cell + 1e-9), int(height / cell + 1e-9)
    if columns < 1 or rows < 1:
        return np.zeros([0, 2])
    places = []
    for y in range(rows):
        for x in range(columns):
            if arrangement == "brick" and y % 2:
                x = x + 0.5
            down = 0.5 if arrangement == "half_drop" and x % 2 else 0
            if x + 1 <= columns and y + down + 1 <= rows:
                places.append((x, y + down))
    margin = np.array([width - columns * cell, height - rows * cell]) / 2
    return np.array(places) * cell + margin


def _order(count: int, corners: np.ndarray, cell: float, rng: np.random.Generator) -> list[int]:
    """Returns which drawing stands in each tile: shuffled rounds of all, none beside itself where others are left."""
    order, waiting = [], []
    for place, corner in enumerate(corners):
        before = max(0, place - 2 * len(np.unique(corners[:, 0])))
        close = np.abs(corners[before:place] - corner).max(axis=1, initial=0) < 1.1 * cell
        near = {order[before + i] for i in np.flatnonzero(close)}
        if all(one in near for one in waiting):
            waiting += rng.permutation(count).tolist()
        order.append(waiting.pop(next((i for i, one in enumerate(waiting) if one not in near), 0)))
    return order


def _turned(lines, angle: float):
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [line._replace(points=line.points @ turn) for line in lines] if angle else lines


def _background(background: str | None, palette: colors.Theme) -> str | None:
    if background is None:
        return None
    return palette.background if background == "theme" else colors.to_hex(background, "background")
