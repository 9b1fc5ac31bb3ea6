"""What a picture shows, in pixels: geometry and colours, ready for SVG or PNG."""

from typing import NamedTuple

import numpy as np


class Line(NamedTuple):
    """One pen line: `points` float64 `[P, 2]`, P at least 1 (a single point is a dot), and its colour as #rrggbb."""

    points: np.ndarray
    color: str


class Rule(NamedTuple):
    """A straight hairline between cells, one pixel wide."""

    x1: float
    y1: float
    x2: float
    y2: float


class Text(NamedTuple):
    """One line of text: its baseline stands at `y`; `anchor` says which part of it stands at `x`: start or middle."""

    text: str
    x: float
    y: float
    size: int
    anchor: str


class Figure(NamedTuple):
    """A whole picture.

    Attributes:
        width, height: pixels.
        drawings: the lines of each drawing, in the order in which the pen drew them.
        rules: hairlines between cells.
        texts: captions and titles.
        stroke_width: of all lines, pixels.
        background: #rrggbb, or None for a transparent picture.
        title: what the picture shows, for those who cannot see it.
    """

    width: int
    height: int
    drawings: list[list[Line]]
    rules: list[Rule]
    texts: list[Text]
    stroke_width: float
    background: str | None
    title: str


def moved(figure: Figure, x: float, y: float) -> Figure:
    """Returns a figure with all it shows moved right by `x` and down by `y` pixels."""
    offset = np.array([x, y], np.float64)
    return figure._replace(
        drawings=[
            [line._replace(points=line.points + offset) for line in lines] for lines in figure.drawings
        ],
        rules=[Rule(rule.x1 + x, rule.y1 + y, rule.x2 + x, rule.y2 + y) for rule in figure.rules],
        texts=[text._replace(x=text.x + x, y=text.y + y) for text in figure.texts],
    )
