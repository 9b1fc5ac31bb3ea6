"""Figures as SVG."""

from collections.abc import Sequence
from xml.etree import ElementTree

from sketch_rnn_tf.rendering.figure import Figure, Line, Text

FONT_FAMILY = "Helvetica Neue, Helvetica, Arial, sans-serif"


def to_svg(figure: Figure) -> str:
    """Writes a figure as an SVG document, without an XML declaration, so that it can also stand inside HTML.

    Every drawing is a `<g>`, every stroke of it one `<path>`.
    """
    root, ink = document(figure)
    for lines in figure.drawings:
        add_drawing(ink, lines)
    return ElementTree.tostring(root, encoding="unicode")


def document(figure: Figure) -> tuple[ElementTree.Element, ElementTree.Element]:
    """Returns the root of a document that shows all of a figure but its drawings, and the empty group for those."""
    box = {"width": number(figure.width), "height": number(figure.height)}
    root = ElementTree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {box['width']} {box['height']}",
            **{side: value + figure.unit.replace("px", "") for side, value in box.items()},
            "role": "img",
        },
    )
    ElementTree.SubElement(root, "title").text = figure.title
    return root, add_page(root, figure)


def add_page(parent: ElementTree.Element, figure: Figure) -> ElementTree.Element:
    """Adds background, rules and texts of a figure; returns the empty group for its drawings, between them."""
    if figure.background:
        box = {"width": number(figure.width), "height": number(figure.height)}
        ElementTree.SubElement(parent, "rect", {**box, "fill": figure.background})
    if figure.rules:
        rules = "".join(f"M{_point(rule.x1, rule.y1)}L{_point(rule.x2, rule.y2)}" for rule in figure.rules)
        style = {"stroke": figure.rule_color, "fill": "none"}
        if figure.rule_width != 1:
            style["stroke-width"] = number(figure.rule_width)
        ElementTree.SubElement(parent, "path", {"d": rules, **style})
    style = {
        "fill": "none",
        "stroke-width": number(figure.stroke_width),
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    ink = ElementTree.SubElement(parent, "g", style)
    if figure.texts:
        style = {"font-family": FONT_FAMILY, "fill": figure.text_color}
        texts = ElementTree.SubElement(parent, "g", style)
        for text in figure.texts:
            ElementTree.SubElement(texts, "text", _text_attributes(text)).text = text.text
    return ink


def add_drawing(ink: ElementTree.Element, lines: Sequence[Line]) -> list[ElementTree.Element]:
    """Adds a group with a path for each line; returns the paths. The group has the colour that all share, if they do."""
    shared = {line.color for line in lines}
    group = ElementTree.SubElement(ink, "g", {"stroke": lines[0].color} if len(shared) == 1 else {})
    return [
        ElementTree.SubElement(
            group,
            "path",
            {"d": _path(line)} if len(shared) == 1 else {"stroke": line.color, "d": _path(line)},
        )
        for line in lines
    ]


def number(value: float) -> str:
    """Returns a number to a hundredth, as short as it can be written."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")


def _path(line: Line) -> str:
    points = [_point(x, y) for x, y in line.points.tolist()]
    # A line of length 0 with round caps is a dot.
    return f"M{points[0]}L{' '.join(points[1:] or points)}"


def _point(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"


def _text_attributes(text: Text) -> dict[str, str]:
    return {
        "x": number(text.x),
        "y": number(text.y),
        "font-size": number(text.size),
        "text-anchor": text.anchor,
    }
