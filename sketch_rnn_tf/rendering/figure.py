"""What a picture shows, in pixels or millimetres: geometry and colours, ready for SVG, PNG, GIF or PDF."""

from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.rendering import colors


class Line(NamedTuple):
    """One pen line: `points` float64 `[P, 2]`, P at least 1 (a single point is a dot), and its colour as #rrggbb."""

    points: np.ndarray
    color: str


class Rule(NamedTuple):
    """A straight hairline between cells."""

    x1: float
    y1: float
    x2: float
    y2: float


class Text(NamedTuple):
    """One line of text: its baseline stands at `y`; `anchor` says which part of it stands at `x`: start or middle."""

    text: str
    x: float
    y: float
    size: float
    anchor: str


class Figure(NamedTuple):
    """A whole picture.

    Attributes:
        width, height: in units.
        drawings: the lines of each drawing, in the order in which the pen drew them.
        rules: hairlines between cells.
        texts: captions and titles.
        stroke_width: of all lines, units.
        background: #rrggbb, or None for a transparent picture.
        title: what the picture shows, for those who cannot see it.
        unit: "px" or "mm".
        text_color, rule_color: #rrggbb.
        rule_width: units.
    """

    width: float
    height: float
    drawings: list[list[Line]]
    rules: list[Rule]
    texts: list[Text]
    stroke_width: float
    background: str | None
    title: str
    unit: str = "px"
    text_color: str = colors.LIGHT.text
    rule_color: str = colors.LIGHT.rule
    rule_width: float = 1.0


def moved(figure: Figure, x: float, y: float) -> Figure:
    """Returns a figure with all it shows moved right by `x` and down by `y` units."""
    offset = np.array([x, y], np.float64)
    return figure._replace(
        drawings=[
            [line._replace(points=line.points + offset) for line in lines] for lines in figure.drawings
        ],
        rules=[Rule(rule.x1 + x, rule.y1 + y, rule.x2 + x, rule.y2 + y) for rule in figure.rules],
        texts=[text._replace(x=text.x + x, y=text.y + y) for text in figure.texts],
    )


def scaled(figure: Figure, factor: float) -> Figure:
    """Returns a figure with `factor` pixels for each of its units."""
    return figure._replace(
        width=figure.width * factor,
        height=figure.height * factor,
        drawings=[
            [line._replace(points=line.points * factor) for line in lines] for lines in figure.drawings
        ],
        rules=[Rule(*(factor * value for value in rule)) for rule in figure.rules],
        texts=[
            text._replace(x=text.x * factor, y=text.y * factor, size=text.size * factor)
            for text in figure.texts
        ],
        stroke_width=figure.stroke_width * factor,
        rule_width=figure.rule_width * factor,
        unit="px",
    )
