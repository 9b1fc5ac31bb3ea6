"""QuickDraw's `.ndjson`, simplified and raw: one JSON object a line, `{"word": ..., "drawing": [[x, y(, t)], ...]}`."""

import json
from collections.abc import Iterator

import numpy as np

from sketch_rnn_tf.data.drawing import BLOCK_BYTES, MAX_LINE_BYTES, Block, Drawing, Item, from_points, lines
from sketch_rnn_tf.data.safe_pickle import MAX_POINTS

EXPECTED = 'expected {"drawing": [[[x, ...], [y, ...]], ...]}'


def split(path: str, kind: str) -> Iterator[Block]:
    """Yields blocks of whole lines, about 1 MB each; the file is never in memory as a whole."""
    first, held, size = 1, [], 0
    with open(path, "rb") as file:
        for number, line in enumerate(lines(file), 1):
            held.append(line)
            size += len(line)
            if size >= BLOCK_BYTES:
                yield Block(path, kind, first, held, size)
                first, held, size = number + 1, [], 0
    if held:
        yield Block(path, kind, first, held, size)


def decode(block: Block) -> Iterator[Item]:
    """Yields a drawing, or what is wrong with it, for each line that is not blank."""
    for number, line in enumerate(block.payload, block.first):
        if line.isspace():
            continue
        where = f"{block.path} line {number}"
        try:
            yield Item(where, parse(line))
        except (ValueError, RecursionError) as error:
            yield Item(where, None, f"{error!s:.300}")


def parse(line: bytes) -> Drawing:
    """Returns the drawing of one line.

    Raises:
        ValueError: it is no JSON, or not of QuickDraw's form.
    """
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"the line has more than {MAX_LINE_BYTES} bytes; expected one drawing a line")
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON ({error.msg} at column {error.colno}); {EXPECTED}") from error
    except ValueError as error:  # UnicodeDecodeError, and numbers of too many digits
        raise ValueError(f"it is no JSON ({error!s:.100}); {EXPECTED}") from error
    return from_json(values)


def from_json(values) -> Drawing:
    """Returns the drawing of a decoded JSON object of QuickDraw's form.

    Raises:
        ValueError: it is of another form.
    """
    if not isinstance(values, dict) or not isinstance(values.get("drawing"), list):
        raise ValueError(f"it has no drawing; {EXPECTED}")
    strokes = values["drawing"]
    if not strokes:
        raise ValueError(f"its drawing is empty; {EXPECTED}")
    xs, ys, lengths = [], [], []
    for stroke in strokes:
        if type(stroke) is not list or {*map(type, stroke)} != {list} or not 2 <= len(stroke) <= 3:
            raise ValueError(f"a stroke is not two or three lists of numbers; {EXPECTED}")
        x, y, length = stroke[0], stroke[1], len(stroke[0])
        if not length or len(y) != length or len(stroke[-1]) != length:
            raise ValueError(f"a stroke's lists are empty or differ in length; {EXPECTED}")
        xs += x
        ys += y
        lengths.append(length)
    if len(xs) > MAX_POINTS:
        raise ValueError(f"it has {len(xs)} points; expected at most {MAX_POINTS}")
    points = _numbers([xs, ys]).T
    key, word, country = (values.get(name) for name in ("key_id", "word", "countrycode"))
    recognized = values.get("recognized")
    return Drawing(
        from_points(points, lengths),
        key=None if key is None else str(key),
        word=None if word is None else str(word),
        recognized=None if recognized is None else bool(recognized),
        country=None if country is None else str(country),
        raw=any(len(stroke) == 3 for stroke in strokes),
    )


def _numbers(rows: list[list]) -> np.ndarray:
    """Returns lists of numbers as float64."""
    try:
        array = np.array(rows)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"a coordinate is no number; {EXPECTED}") from error
    if array.dtype.kind not in "iuf" or array.ndim != 2:
        raise ValueError(f"a coordinate is no number; {EXPECTED}")
    return array.astype(np.float64)
