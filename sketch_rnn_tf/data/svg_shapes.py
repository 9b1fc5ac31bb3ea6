"""SVG's basic shapes, lengths and transforms."""

import math
import re
from collections.abc import Callable, Mapping

from sketch_rnn_tf.data.svg_paths import IDENTITY, Transform, compose

_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([a-z%]*)\s*", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_CALL = re.compile(r"\s*,?\s*([a-zA-Z]+)\s*\(([^()]*)\)")
# CSS pixels: 96 an inch.
UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "q": 96 / 101.6}
MAX_TRANSFORM = 10_000


def path_data(tag: str, attributes: Mapping[str, str]) -> str:
    """Returns a shape as path data, begun where SVG begins it.

    Args:
        tag: a key of SHAPES.
        attributes: of the element.

    Raises:
        ValueError: an attribute is malformed.
    """
    return SHAPES[tag](attributes)


def length(attributes: Mapping[str, str], name: str, default: float = 0.0) -> float:
    """Returns an attribute in CSS pixels.

    Raises:
        ValueError: it is no length, or relative to something.
    """
    text = attributes.get(name)
    if text is None or text.strip() in ("", "auto"):
        return default
    match = _LENGTH.fullmatch(text)
    if not match or match[2].lower() not in UNITS or not math.isfinite(float(match[1])):
        raise ValueError(f"{name} is {text!r:.40}; expected a number, or one with {', '.join(UNITS)[2:]}")
    return float(match[1]) * UNITS[match[2].lower()]


def transform(text: str | None) -> Transform:
    """Returns what a `transform` attribute says.

    Raises:
        ValueError: it is malformed.
    """
    result, place = IDENTITY, 0
    text = (text or "").strip()
    if len(text) > MAX_TRANSFORM:
        raise ValueError(f"a transform has {len(text)} letters; expected at most {MAX_TRANSFORM}")
    while place < len(text):
        match = _CALL.match(text, place)
        if not match:
            raise ValueError(f"a transform is {text!r:.60}; expected matrix(...), translate(...) and so on")
        result = compose(result, _single(match[1], match[2]))
        place = match.end()
    return result


def _single(name: str, arguments: str) -> Transform:
    values = [float(number) for number in _NUMBER.findall(arguments)]
    count = len(values)
    if not _NUMBER.sub("", arguments).strip(" \t\r\n,") and all(map(math.isfinite, values)):
        if name == "matrix" and count == 6:
            return tuple(values)
        if name == "translate" and count in (1, 2):
            return 1, 0, 0, 1, values[0], values[1] if count == 2 else 0
        if name == "scale" and count in (1, 2):
            return values[0], 0, 0, values[-1], 0, 0
        if name == "rotate" and count in (1, 3):
            c, s = math.cos(math.radians(values[0])), math.sin(math.radians(values[0]))
            x, y = values[1:] or (0, 0)
            return c, s, -s, c, x - c * x + s * y, y - s * x - c * y
        if name == "skewX" and count == 1:
            return 1, 0, math.tan(math.radians(values[0])), 1, 0, 0
        if name == "skewY" and count == 1:
            return 1, math.tan(math.radians(values[0])), 0, 1, 0, 0
    raise ValueError(f"a transform is {name}({arguments[:40]}); expected one that SVG knows")


def _path(attributes: Mapping[str, str]) -> str:
    return attributes.get("d", "").replace("none", "")


def _line(attributes: Mapping[str, str]) -> str:
    x1, y1, x2, y2 = (length(attributes, name) for name in ("x1", "y1", "x2", "y2"))
    return f"M{x1!r} {y1!r}L{x2!r} {y2!r}"


def _polyline(attributes: Mapping[str, str], end: str = "") -> str:
    text = attributes.get("points", "")
    numbers = _NUMBER.findall(text)
    if _NUMBER.sub("", text).strip(" \t\r\n,") or len(numbers) % 2:
        raise ValueError(f"points is {text!r:.60}; expected pairs of numbers")
    return f"M{' '.join(numbers)}{end}" if numbers else ""


def _polygon(attributes: Mapping[str, str]) -> str:
    return _polyline(attributes, "Z")


def _rect(attributes: Mapping[str, str]) -> str:
    x, y, width, height = (length(attributes, name) for name in ("x", "y", "width", "height"))
    if width <= 0 or height <= 0:
        return ""
    rx = length(attributes, "rx", length(attributes, "ry"))
    ry = length(attributes, "ry", rx)
    rx, ry = min(max(rx, 0.0), width / 2), min(max(ry, 0.0), height / 2)
    if not rx or not ry:
        return f"M{x!r} {y!r}h{width!r}v{height!r}h{-width!r}Z"
    across, down, arc = width - 2 * rx, height - 2 * ry, f"a{rx!r} {ry!r} 0 0 1"
    return (
        f"M{x + rx!r} {y!r}h{across!r}{arc} {rx!r} {ry!r}v{down!r}{arc} {-rx!r} {ry!r}"
        f"h{-across!r}{arc} {-rx!r} {-ry!r}v{-down!r}{arc} {rx!r} {-ry!r}Z"
    )


def _ellipse(attributes: Mapping[str, str]) -> str:
    rx = length(attributes, "rx", length(attributes, "ry"))
    return _round(attributes, rx, length(attributes, "ry", rx))


def _circle(attributes: Mapping[str, str]) -> str:
    return _round(attributes, length(attributes, "r"), length(attributes, "r"))


def _round(attributes: Mapping[str, str], rx: float, ry: float) -> str:
    x, y = length(attributes, "cx"), length(attributes, "cy")
    if rx <= 0 or ry <= 0:
        return ""
    arc = f"A{rx!r} {ry!r} 0 0 1"
    return f"M{x + rx!r} {y!r}{arc} {x - rx!r} {y!r}{arc} {x + rx!r} {y!r}Z"


SHAPES: dict[str, Callable[[Mapping[str, str]], str]] = {
    "path": _path,
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
}
