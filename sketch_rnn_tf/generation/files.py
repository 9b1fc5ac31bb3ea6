"""Drawings to files and sketches from files."""

import io
import json
import pathlib
import zipfile
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import rendering
from sketch_rnn_tf.data import check_sketch, read_npz
from sketch_rnn_tf.files import write_atomically

OUTPUTS = (".svg", ".png", ".npz", ".json")
MAX_JSON_BYTES = 2**26
MAX_POINTS = 100_000


def check_output(path) -> None:
    """Raises ValueError unless the file's ending is one that `write_drawings` knows and its folder exists."""
    path = pathlib.Path(path)
    if path.suffix.lower() not in OUTPUTS:
        raise ValueError(f"the output is {path.name!r}; expected a name that ends in {' or '.join(OUTPUTS)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")


def write_drawings(path, drawings: Sequence[np.ndarray], **options) -> None:
    """Writes drawings as a picture or as data, by the file's ending.

    Args:
        path: `.svg` and `.png` are pictures; `.npz` holds float32 arrays `sketch_00000` ... (read without pickle); `.json`
            a list of drawings, each a list of [dx, dy, pen].
        drawings: stroke-3 `[N, 3]`.
        **options: of `rendering.svg`, for the pictures.

    Raises:
        ValueError: the ending is unknown.
        FileNotFoundError: the folder does not exist.
    """
    check_output(path)
    kind = pathlib.Path(path).suffix.lower()
    if kind == ".svg":
        data = rendering.svg(drawings, **options)
    elif kind == ".png":
        data = rendering.png(drawings, **options)
    elif kind == ".npz":
        buffer = io.BytesIO()
        arrays = {f"sketch_{place:05}": np.asarray(d, np.float32) for place, d in enumerate(drawings)}
        np.savez_compressed(buffer, **arrays)
        data = buffer.getvalue()
    else:
        rounded = [np.asarray(d, np.float64).round(3).tolist() for d in drawings]
        data = json.dumps([[[dx, dy, int(pen)] for dx, dy, pen in drawing] for drawing in rounded])
    write_atomically(path, data)


def read_sketches(path, split: str = "test") -> list[np.ndarray]:
    """Reads the sketches of a file.

    Args:
        path: a sketch-rnn `.npz`, an `.npz` or `.json` of `write_drawings`, or a `.json` of one sketch.
        split: which sketches of a sketch-rnn npz.

    Returns:
        list of stroke-3 `[N, 3]`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is of another kind or malformed.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    if path.suffix == ".npz":
        sketches = _read_drawn_npz(path) or read_npz(path)[split]
    elif path.suffix == ".json":
        sketches = _read_json(path)
    else:
        raise ValueError(f"{path.name} cannot be read as sketches; expected .npz or .json")
    if not sketches:
        raise ValueError(f"{path} holds no sketches")
    return [check_sketch(sketch, f"{path.name}: sketch {place}") for place, sketch in enumerate(sketches)]


def _read_drawn_npz(path: pathlib.Path) -> list[np.ndarray]:
    """Returns what `write_drawings` wrote, or nothing where the file is another kind of npz."""
    if not zipfile.is_zipfile(path):
        raise ValueError(f"{path} is damaged or no npz; get it again")
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist()]
        too_large = any(info.file_size > 16 * MAX_POINTS for info in archive.infolist())
    if not all(name.startswith("sketch_") for name in names) or too_large:
        return []
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[name] for name in sorted(arrays.files)]


def _read_json(path: pathlib.Path) -> list[np.ndarray]:
    if path.stat().st_size > MAX_JSON_BYTES:
        raise ValueError(f"{path} has {path.stat().st_size} bytes; the limit is {MAX_JSON_BYTES}")
    try:
        values = json.loads(path.read_text())
        first = values[0]
        one_sketch = not isinstance(first[0], list)
        return [np.array(sketch, np.float32) for sketch in ([values] if one_sketch else values)]
    except (ValueError, TypeError, IndexError, KeyError, RecursionError) as error:
        raise ValueError(f"{path} is no JSON list of sketches [[dx, dy, pen], ...] ({error})") from error
