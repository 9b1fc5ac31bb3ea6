"""Figures as SVG."""

import itertools
from xml.etree import ElementTree

from sketch_rnn_tf.rendering.figure import Figure, Line, Text

FONT_FAMILY = "Helvetica Neue, Helvetica, Arial, sans-serif"


def to_svg(figure: Figure) -> str:
    """Writes a figure as an SVG document, without an XML declaration, so that it can also stand inside HTML.

    Every drawing is one `<path>`, or one for each run of lines of the same colour.
    """
    size = {"width": str(figure.width), "height": str(figure.height)}
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {figure.width} {figure.height}",
            **size,
            "role": "img",
        },
    )
    ElementTree.SubElement(root, "title").text = figure.title
    if figure.background:
        ElementTree.SubElement(root, "rect", {**size, "fill": figure.background})
    if figure.rules:
        rules = " ".join(f"M{_point(rule.x1, rule.y1)}L{_point(rule.x2, rule.y2)}" for rule in figure.rules)
        ElementTree.SubElement(root, "path", {"d": rules, "stroke": figure.rule_color, "fill": "none"})
    style = {
        "fill": "none",
        "stroke-width": _number(figure.stroke_width),
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    ink = ElementTree.SubElement(root, "g", style)
    for lines in figure.drawings:
        for color, run in itertools.groupby(lines, key=lambda line: line.color):
            ElementTree.SubElement(ink, "path", {"stroke": color, "d": "".join(map(_path, run))})
    if figure.texts:
        texts = ElementTree.SubElement(root, "g", {"font-family": FONT_FAMILY, "fill": figure.text_color})
        for text in figure.texts:
            ElementTree.SubElement(texts, "text", _text_attributes(text)).text = text.text
    return ElementTree.tostring(root, encoding="unicode")


def _path(line: Line) -> str:
    points = [_point(x, y) for x, y in line.points.tolist()]
    # A line of length 0 with round caps is a dot.
    return f"M{points[0]}L{' '.join(points[1:] or points)}"


def _text_attributes(text: Text) -> dict[str, str]:
    return {
        "x": _number(text.x),
        "y": _number(text.y),
        "font-size": str(text.size),
        "text-anchor": text.anchor,
    }


def _point(x: float, y: float) -> str:
    return f"{_number(x)},{_number(y)}"


def _number(value: float) -> str:
    """Returns a number to a hundredth of a pixel, as short as it can be written."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
