"""Sketches that already are stroke-3: any `.npz` of them, and `.json` of strokes."""

import json
import os
from collections.abc import Iterator

import numpy as np

from sketch_rnn_tf.data import ndjson
from sketch_rnn_tf.data.drawing import Block, Drawing, Item
from sketch_rnn_tf.data.npz import SPLITS, read_members
from sketch_rnn_tf.data.strokes import check_sketch

MAX_JSON_BYTES = 2**26
SKETCHES_TOGETHER = 2000


def split_npz(path: str, kind: str) -> Iterator[Block]:
    """Yields some 2,000 sketches at a time, each with the name of its split where the file has splits."""
    members = read_members(path)
    total = sum(map(len, members.values())) or 1
    size = os.path.getsize(path)
    for name, sketches in members.items():
        for first in range(0, len(sketches), SKETCHES_TOGETHER):
            held = sketches[first : first + SKETCHES_TOGETHER]
            yield Block(path, kind, first, (name, held), size * len(held) // total)


def decode_npz(block: Block) -> Iterator[Item]:
    """Yields a drawing, or what is wrong with it, for each sketch."""
    name, sketches = block.payload
    for place, sketch in enumerate(sketches, block.first):
        where = f"{block.path} {name} sketch {place}"
        try:
            sketch = check_sketch(sketch, "it")
            yield Item(where, Drawing(sketch.astype(np.float64), split=name if name in SPLITS else None))
        except ValueError as error:
            yield Item(where, None, str(error))


def split_json(path: str, kind: str) -> Iterator[Block]:
    """Yields the sketches of a JSON file: one of `[dx, dy, pen]` rows, a list of them, or QuickDraw's object.

    Raises:
        ValueError: it is too large, or of another form.
    """
    size = os.path.getsize(path)
    if size > MAX_JSON_BYTES:
        raise ValueError(
            f"{path} has {size} bytes; expected at most {MAX_JSON_BYTES}, split it or use .ndjson"
        )
    with open(path, "rb") as file:
        data = file.read()
    try:
        values = json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ValueError(
            f"{path} line {line}: it is no JSON ({error!s:.100}); expected a list of [dx, dy, pen] rows"
        ) from error
    if isinstance(values, dict):
        values = [values]
    if not isinstance(values, list):
        raise ValueError(
            f"{path} holds a JSON {type(values).__name__}; expected a list of sketches [[dx, dy, pen], ...]"
        )
    is_one = bool(values) and isinstance(values[0], list) and bool(values[0])
    is_one = is_one and not isinstance(values[0][0], list)
    yield Block(path, kind, 0, [values] if is_one else values, size)


def decode_json(block: Block) -> Iterator[Item]:
    """Yields a drawing, or what is wrong with it, for each sketch."""
    for place, rows in enumerate(block.payload):
        where = f"{block.path} sketch {place}"
        try:
            if isinstance(rows, dict):
                yield Item(where, ndjson.from_json(rows))
                continue
            yield Item(where, Drawing(check_sketch(_to_array(rows), "it").astype(np.float64)))
        except ValueError as error:
            yield Item(where, None, str(error))


def _to_array(rows) -> np.ndarray:
    try:
        return np.array(rows, np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError("it is malformed; expected rows of three numbers (dx, dy, pen)") from error
