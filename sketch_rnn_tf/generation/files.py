"""Drawings to files and sketches from files; needs no TensorFlow."""

import io
import json
import pathlib
import zipfile
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks, rendering
from sketch_rnn_tf.data.npz import SPLITS, read_npz
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.files import write_atomically

OUTPUTS = (".svg", ".png", ".npz", ".json")
INPUTS = (".npz", ".json")
MAX_JSON_BYTES = 2**26
MAX_DRAWN_BYTES = 2**28
MAX_POINTS = 100_000
DRAWN_PREFIX = "sketch_"


def check_output(path) -> None:
    """Raises ValueError unless the file's ending is one that `write_drawings` knows and its folder exists."""
    path = pathlib.Path(path)
    if path.suffix.lower() not in OUTPUTS:
        raise ValueError(f"the output is {path.name!r}; expected a name that ends in {' or '.join(OUTPUTS)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")


def write_drawings(path, drawings: Sequence[np.ndarray], **options) -> None:
    """Writes drawings as a picture or as data, by the file's ending; the file appears whole or not at all.

    Args:
        path: `.svg` and `.png` are pictures. `.npz` holds float32 arrays `[N, 3]` named `sketch_00000` and so on, which
            `np.load` reads without pickle. `.json` is a list of drawings, each a list of `[dx, dy, pen]`, offsets to six
            digits.
        drawings: stroke-3 `[N, 3]`; N may be 0.
        **options: of `rendering.layout.grid`, for the pictures.

    Raises:
        ValueError: the ending is unknown, or a drawing is malformed.
        FileNotFoundError: the folder does not exist.
    """
    check_output(path)
    kind = pathlib.Path(path).suffix.lower()
    if kind == ".svg":
        data = rendering.svg(drawings, **options)
    elif kind == ".png":
        data = rendering.png(drawings, **options)
    elif kind == ".npz":
        data = _to_npz(_checked(drawings))
    else:
        data = json.dumps([_to_rows(drawing) for drawing in _checked(drawings)], separators=(",", ":")) + "\n"
    write_atomically(path, data)


def read_sketches(path, split: str = "test") -> list[np.ndarray]:
    """Reads the sketches of a file.

    Args:
        path: a sketch-rnn `.npz`, an `.npz` or `.json` of `write_drawings`, or a `.json` of one sketch.
        split: which sketches of a sketch-rnn npz.

    Returns:
        list of stroke-3 `[N, 3]`, N at least 1; in the file's dtype, float32 from JSON.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is of another kind, holds no sketches, is damaged or too large, or a sketch is not stroke-3.
    """
    path = pathlib.Path(path)
    checks.one_of("split", split, SPLITS)
    if path.suffix.lower() not in INPUTS:
        raise ValueError(
            f"{path} cannot be read as sketches; expected a name that ends in {' or '.join(INPUTS)}"
        )
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give the path of an .npz or .json of sketches")
    if path.suffix.lower() == ".json":
        sketches = _read_json(path)
    elif _is_drawn(path):
        sketches = _read_drawn(path)
    else:
        sketches = read_npz(path)[split]
    if not sketches:
        raise ValueError(f"{path} holds no sketches to read; give another file")
    for place, sketch in enumerate(sketches):
        check_sketch(sketch, f"{path}: sketch {place}")
        if len(sketch) > MAX_POINTS:
            raise ValueError(
                f"{path}: sketch {place} has {len(sketch)} points; expected at most {MAX_POINTS}"
            )
    return sketches


def _checked(drawings) -> list[np.ndarray]:
    return [check_sketch(drawing, f"drawing {i}", allow_empty=True) for i, drawing in enumerate(drawings)]


def _to_npz(drawings: list[np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    arrays = {f"{DRAWN_PREFIX}{i:05}": np.asarray(drawing, np.float32) for i, drawing in enumerate(drawings)}
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _to_rows(drawing: np.ndarray) -> list[list[float]]:
    """Returns `[dx, dy, pen]` rows as JSON shows them best: six digits, and whole numbers without a point."""
    rounded = [[float(f"{value:.6g}") for value in row] for row in drawing.tolist()]
    return [[int(value) if value.is_integer() else value for value in row] for row in rounded]


def _is_drawn(path: pathlib.Path) -> bool:
    """Tells whether `write_drawings` wrote an npz, by the names in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False  # read_npz says what is wrong with it
    return all(name.startswith(DRAWN_PREFIX) for name in names)


def _read_drawn(path: pathlib.Path) -> list[np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > MAX_DRAWN_BYTES:
        raise ValueError(
            f"{path} takes {size} bytes when unpacked; expected at most {MAX_DRAWN_BYTES}, split it"
        )
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return [arrays[name] for name in sorted(arrays.files, key=lambda name: (len(name), name))]
    except Exception as error:  # damaged members raise errors of zipfile, zlib and NumPy's header parser
        raise ValueError(f"{path} is damaged ({error!s:.200}); write or copy it again") from error


def _read_json(path: pathlib.Path) -> list[np.ndarray]:
    size = path.stat().st_size
    if size > MAX_JSON_BYTES:
        raise ValueError(f"{path} has {size} bytes; expected at most {MAX_JSON_BYTES}, split it or use .npz")
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{path} is no JSON ({error!s:.200}); expected a list of [dx, dy, pen] rows"
        ) from error
    if not isinstance(values, list):
        raise ValueError(
            f"{path} holds a JSON {type(values).__name__}; expected a list of sketches [[dx, dy, pen], ...]"
        )
    one_sketch = values and isinstance(values[0], list) and values[0] and not isinstance(values[0][0], list)
    return [
        _to_array(sketch, f"{path}: sketch {i}")
        for i, sketch in enumerate([values] if one_sketch else values)
    ]


def _to_array(rows, name: str) -> np.ndarray:
    try:
        with np.errstate(over="ignore"):
            return np.array(rows, np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise ValueError(
            f"{name} is malformed ({error!s:.100}); expected rows of three numbers (dx, dy, pen)"
        ) from error
