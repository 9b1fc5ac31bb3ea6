"""Drawings from `.svg`: paths, basic shapes, groups, transforms and `use`; nothing outside the file is ever read.

Strokes come in the order of the document. Where anything in it is stroked, only what is stroked counts, so that a filled
background is no stroke; in a picture of fills alone the outlines count. Style sheets and text are not read.
"""

import os
from collections.abc import Iterator

import numpy as np

from sketch_rnn_tf.data import svg_paths, svg_shapes
from sketch_rnn_tf.data.drawing import Block, Drawing, Item, from_points
from sketch_rnn_tf.data.svg_paths import IDENTITY, Transform, compose

MAX_BYTES = 2**25
MAX_ELEMENTS = 100_000
MAX_DEPTH = 200
# The default tolerance: half a unit where the longer side has 255.
TOLERANCE_SHARE = 1 / 510

_LINE = "\0line"  # no attribute can have this name
_HREFS = ("href", "{http://www.w3.org/1999/xlink}href")
# What is not drawn where it stands.
_UNSEEN = frozenset(
    "defs symbol clipPath mask marker pattern metadata style script text title desc image foreignObject".split()
)


def split(path: str, kind: str) -> Iterator[Block]:
    """Yields the whole file; a file of more than 32 MB is left to `decode` to refuse."""
    size = os.path.getsize(path)
    if size > MAX_BYTES:
        yield Block(path, kind, size, None, size)
    else:
        with open(path, "rb") as file:
            yield Block(path, kind, 1, file.read(), size)


def decode(block: Block, tolerance: float = 0.0) -> Iterator[Item]:
    """Yields the drawing of the file, or what is wrong with it.

    Args:
        block: of `split`.
        tolerance: how far lines may be from the curves they stand for, in the file's units; 0 for a 510th of the longer side.
    """
    try:
        if block.payload is None:
            raise _Bad(1, f"the file has {block.first} bytes; expected at most {MAX_BYTES}")
        yield Item(block.path, Drawing(parse(block.payload, tolerance)))
    except _Bad as error:
        yield Item(f"{block.path} line {error.line}", None, str(error))
    except ValueError as error:
        yield Item(block.path, None, str(error))


def parse(data: bytes, tolerance: float = 0.0) -> np.ndarray:
    """Returns the drawing of an SVG document as stroke-3 float64 `[N, 3]` in the document's units.

    Raises:
        ValueError: it is no SVG, declares entities, refers to another file, holds nothing to draw or is too large.
    """
    with np.errstate(all="ignore"):  # what overflows is found in the points
        found = list(_shapes(_read(data)))
        stroked = [shape for shape in found if shape[3]]
        parsed = []
        for tag, attributes, transform, _ in stroked or found:
            try:
                data = svg_shapes.path_data(tag, attributes)
                parsed.append((attributes[_LINE], svg_paths.parse(data), transform))
            except ValueError as error:
                raise _Bad(attributes[_LINE], str(error)) from error
        parsed = [shape for shape in parsed if shape[1]]
        if not parsed:
            raise ValueError("it holds nothing to draw; expected paths or basic shapes")
        tolerance = tolerance or _size(parsed) * TOLERANCE_SHARE or 1.0
        polylines, total = [], 0
        for line, segments, transform in parsed:
            try:
                flat = svg_paths.flatten(segments, transform, tolerance)
            except ValueError as error:
                raise _Bad(line, str(error)) from error
            polylines += flat
            total += sum(map(len, flat))
            if total > svg_paths.MAX_POINTS:
                raise _Bad(line, f"it has more than {svg_paths.MAX_POINTS} points; split the drawing")
        if not polylines:
            raise ValueError("it holds nothing to draw; its paths only move")
        points = np.concatenate(polylines)
        return from_points(np.stack([points.real, points.imag], axis=1), [len(line) for line in polylines])


class _Bad(ValueError):
    """What is wrong, and in which line."""

    def __init__(self, line, message: str):
        super().__init__(message)
        self.line = line


def _size(parsed) -> float:
    """Returns about how long the longer side of the drawing is."""
    found = []
    for line, segments, transform in parsed:
        points = svg_paths.apply(transform, svg_paths.control_points(segments))
        if not np.isfinite(points).all():
            raise _Bad(line, "it holds infinite or too large numbers; expected finite coordinates")
        found.append(points)
    points = np.concatenate(found)
    return float(max(np.ptp(points.real), np.ptp(points.imag)))


def _read(data: bytes):
    """Returns the root element; every element has its line as an attribute."""
    from xml.etree.ElementTree import TreeBuilder

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser, ParseError

    class Builder(TreeBuilder):
        depth = count = 0

        def start(self, tag, attributes):
            self.depth, self.count = self.depth + 1, self.count + 1
            line = parser.parser.CurrentLineNumber
            if self.depth > MAX_DEPTH:
                raise _Bad(line, f"elements stand more than {MAX_DEPTH} deep in each other")
            if self.count > MAX_ELEMENTS:
                raise _Bad(line, f"it has more than {MAX_ELEMENTS} elements; split the drawing")
            return super().start(tag, {**attributes, _LINE: line})

        def end(self, tag):
            self.depth -= 1
            return super().end(tag)

    parser = DefusedXMLParser(target=Builder())
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber
        raise _Bad(
            line, "it declares entities or refers to another file, which is never read; take them out"
        ) from error
    except ParseError as error:
        raise _Bad(error.position[0], f"it is no XML ({error!s:.100}); expected an SVG document") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, _Bad):
            raise
        raise ValueError(f"it is no XML ({error!s:.100}); expected an SVG document") from error
    if _name(root) != "svg":
        raise _Bad(root.get(_LINE), f"its root is <{_name(root):.40}>; expected <svg>")
    return root


def _name(element) -> str:
    return element.tag.rpartition("}")[2]


def _shapes(root) -> Iterator[tuple[str, dict, Transform, bool]]:
    """Yields what is drawn: tag, attributes, transform, and whether it is stroked."""
    targets = {element.get("id"): element for element in root.iter() if element.get("id")}
    waiting = [(root, IDENTITY, False, 0)]
    visited = 0
    while waiting:
        element, transform, is_stroked, depth = waiting.pop()
        visited += 1
        line, tag = element.get(_LINE), _name(element)
        if visited > MAX_ELEMENTS or depth > MAX_DEPTH:
            raise _Bad(line, f"its <use> elements draw more than {MAX_ELEMENTS} elements, or themselves")
        style = _style(element)
        if tag in _UNSEEN or style.get("display") == "none" or style.get("visibility") == "hidden":
            continue
        if "stroke" in style:
            is_stroked = style["stroke"] not in ("none", "transparent")
        try:
            transform = compose(transform, svg_shapes.transform(style.get("transform")))
            if tag == "use" or (tag == "svg" and element is not root):
                moved = svg_shapes.length(element.attrib, "x"), svg_shapes.length(element.attrib, "y")
                transform = compose(transform, (1.0, 0.0, 0.0, 1.0, *moved))
        except ValueError as error:
            raise _Bad(line, str(error)) from error
        children = _used(element, targets, line) if tag == "use" else list(element)
        waiting += [(child, transform, is_stroked, depth + 1) for child in reversed(children)]
        if tag in svg_shapes.SHAPES and (is_stroked or not _is_background(element)):
            yield tag, element.attrib, transform, is_stroked


def _is_background(element) -> bool:
    """Tells a sheet behind the whole picture from a drawn shape."""
    return _name(element) == "rect" and element.get("width") == "100%" == element.get("height")


def _used(element, targets, line) -> list:
    """Returns what a `use` element draws: a shape or group, or the children of a symbol."""
    href = next((element.get(name) for name in _HREFS if element.get(name)), "")
    if not href.startswith("#"):
        raise _Bad(line, f"<use> refers to {href!r:.60}, which is never read; expected #name within the file")
    target = targets.get(href[1:])
    if target is None:
        raise _Bad(line, f"<use> refers to {href!r:.60}; there is no such element")
    return list(target) if _name(target) == "symbol" else [target]


def _style(element) -> dict[str, str]:
    """Returns the element's presentation attributes; those in `style` win."""
    style = {
        name: element.get(name).strip()
        for name in ("stroke", "display", "visibility", "transform")
        if element.get(name)
    }
    for declaration in (element.get("style") or "").split(";"):
        name, colon, value = declaration.partition(":")
        if colon and name.strip() in ("stroke", "display", "visibility"):
            style[name.strip()] = value.strip()
    return style
