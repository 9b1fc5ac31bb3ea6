"""Figures as SVG."""

from xml.etree import ElementTree

from sketch_rnn_tf.rendering.layout import CAPTION_HEIGHT, Figure, Line

STROKE_WIDTH = 2.0
FRAME_COLOR = "#e4e4e4"


def to_svg(figure: Figure, stroke_width: float = STROKE_WIDTH, background: str | None = "#ffffff") -> str:
    """Writes a figure as an SVG document.

    Args:
        figure: from `layout`.
        stroke_width: pixels.
        background: colour, or None for a transparent one.
    """
    root = ElementTree.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {figure.width} {figure.height}",
        width=str(figure.width),
        height=str(figure.height),
    )
    if background:
        ElementTree.SubElement(root, "rect", width="100%", height="100%", fill=background)
    if len(figure.frames) > 1:
        frames = ElementTree.SubElement(root, "g", fill="none", stroke=FRAME_COLOR)
        for frame in figure.frames:
            side = _number(frame.size)
            ElementTree.SubElement(
                frames, "rect", x=_number(frame.x), y=_number(frame.y), width=side, height=side
            )
    lines = ElementTree.SubElement(
        root,
        "g",
        {
            "fill": "none",
            "stroke-width": _number(stroke_width),
            "stroke-linecap": "round",
            "stroke-linejoin": "round",
        },
    )
    for line in figure.lines:
        ElementTree.SubElement(lines, "path", d=_path(line), stroke=line.color)
    for caption in figure.captions:
        text = ElementTree.SubElement(
            root,
            "text",
            {
                "x": _number(caption.x),
                "y": _number(caption.y),
                "font-family": "sans-serif",
                "font-size": str(CAPTION_HEIGHT - 14),
                "fill": "#333333",
            },
        )
        text.text = "".join(character for character in caption.text if character.isprintable())
    return ElementTree.tostring(root, encoding="unicode")


def _path(line: Line) -> str:
    points = [f"{_number(x)},{_number(y)}" for x, y in line.points]
    if len(points) == 1:
        points *= 2  # a line of length 0 with round caps is a dot
    return f"M{points[0]}L{' '.join(points[1:])}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
