"""All formats a drawing can come in, by the file's ending; needs no TensorFlow."""

import pathlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data import ndjson, points_csv, stroke_files, svg
from sketch_rnn_tf.data.drawing import Block, Item
from sketch_rnn_tf.data.preparation import as_read


class Format(NamedTuple):
    """How files of one ending are read.

    Attributes:
        split: yields the blocks of a file; cheap, and never the whole file at once where a file may be large.
        decode: yields the drawings of a block.
    """

    split: Callable[[str, str], Iterator[Block]]
    decode: Callable[..., Iterator[Item]]


FORMATS = {
    ".npz": Format(stroke_files.split_npz, stroke_files.decode_npz),
    ".ndjson": Format(ndjson.split, ndjson.decode),
    ".jsonl": Format(ndjson.split, ndjson.decode),
    ".svg": Format(svg.split, svg.decode),
    ".csv": Format(points_csv.split, points_csv.decode),
    ".json": Format(stroke_files.split_json, stroke_files.decode_json),
}


def read_any(path) -> list[np.ndarray]:
    """Reads the drawings of a file, whatever its format.

    Args:
        path: `.npz` (sketch-rnn's, plain, or arrays of any name), `.ndjson` or `.jsonl` (QuickDraw; raw ones are simplified
            as Google does), `.svg` (one drawing), `.csv` of points, or `.json` of strokes.

    Returns:
        list of stroke-3 float64 `[N, 3]`, N at least 1, in the file's units and order; all splits of an npz.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: its ending is unknown, it is damaged or holds no drawings; the message names file and line.
    """
    path = check_file(path)
    drawings = []
    for block in blocks(path):
        for item in decode(block):
            if item.error:
                raise ValueError(f"{item.where}: {item.error}")
            drawings.append(as_read(item.drawing))
    if not drawings:
        raise ValueError(f"{path} holds no drawings; give another file")
    return drawings


def check_file(path) -> pathlib.Path:
    """Returns the path of a file of a known format.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: its ending is unknown.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ValueError(f"{path} is of an unknown kind; expected a name that ends in {' or '.join(FORMATS)}")
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give one that ends in {' or '.join(FORMATS)}")
    return path


def blocks(path) -> Iterator[Block]:
    """Yields the blocks of a file."""
    kind = pathlib.Path(path).suffix.lower()
    return FORMATS[kind].split(str(path), kind)


def decode(block: Block, tolerance: float = 0.0) -> Iterator[Item]:
    """Yields the drawings of a block; `tolerance` is for curves, as `svg.decode` takes it."""
    options = {"tolerance": tolerance} if block.kind == ".svg" else {}
    return FORMATS[block.kind].decode(block, **options)
