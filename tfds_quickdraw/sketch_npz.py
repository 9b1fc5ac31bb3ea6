"""Reads QuickDraw's sketch-rnn `.npz` without running what is pickled inside.

`sketch_rnn_tf.data.npz` reads more kinds of such files. This module stands alone all the same, because a TFDS dataset folder
is copied, published and sent to Beam's workers by itself. It knows what QuickDraw publishes, and what NumPy writes today:
one-dimensional object arrays of whole numbers `[N, 3]`, pickle protocols 2 to 4; and what `sketch_rnn_dataset convert` writes, plain
arrays of all points and of where each sketch begins.

`np.load(allow_pickle=True)` would run whatever a file asks for. Here each name in a pickle becomes an inert stand-in that keeps
what it was given, opcodes are looked at before any is carried out, and arrays are made of checked bytes.
"""

import io
import pickle
import pickletools
import zipfile
import zlib

import numpy as np
from etils import epath
from numpy.lib import format as npy_format

MAX_SKETCHES = 1_000_000  # of a split
MAX_BYTES = 2**29  # of a split, after decompression
DTYPES = ("i1", "i2", "i4", "i8", "f4", "f8")
OPCODES = frozenset(
    "PROTO FRAME STOP MARK NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1 SHORT_BINSTRING BINSTRING SHORT_BINUNICODE "
    "BINUNICODE SHORT_BINBYTES BINBYTES EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_LIST APPEND APPENDS BINPUT LONG_BINPUT "
    "MEMOIZE BINGET LONG_BINGET GLOBAL STACK_GLOBAL REDUCE BUILD".split()
)


def read_split(path, split: str) -> list[np.ndarray]:
    """Reads one split of a sketch-rnn `.npz`.

    Args:
        path: the file, local or on any file system that `etils.epath` knows.
        split: as published: `train`, `valid` or `test`.

    Returns:
        list of stroke-3 int16 `[N, 3]`.

    Raises:
        ValueError: the file is damaged, too large or refused, or a sketch is not stroke-3; the message names both.
    """
    try:
        with epath.Path(path).open("rb") as file, zipfile.ZipFile(file) as archive:
            if f"{split}_offsets.npy" in archive.namelist():
                arrays = _plain(_member(archive, f"{split}_points"), _member(archive, f"{split}_offsets"))
            else:
                arrays = _decode(_member(archive, split))
        return [_check(array, place) for place, array in enumerate(arrays)]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise ValueError(
            f"the {split} split of {path} cannot be read ({error}); get the file again"
        ) from error


def _check(sketch: np.ndarray, place: int) -> np.ndarray:
    """Returns a sketch as int16 `[N, 3]`."""
    if sketch.ndim != 2 or sketch.shape[1] != 3 or not len(sketch):
        raise ValueError(f"sketch {place} has shape {list(sketch.shape)}, expected [N, 3]")
    with np.errstate(invalid="ignore"):
        whole = sketch.astype(np.int16)
    if not ((whole == sketch).all() and ((whole[:, 2] == 0) | (whole[:, 2] == 1)).all()):
        raise ValueError(f"sketch {place} holds other numbers than int16 offsets and pens of 0 and 1")
    return whole


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(f"{name}.npy")
    if info.file_size > MAX_BYTES:
        raise ValueError(f"{name} takes {info.file_size} bytes, above {MAX_BYTES}")
    return archive.read(info)


def _plain(*members: bytes) -> list[np.ndarray]:
    """Cuts an array of points `[P, 3]` at offsets `[K + 1]`."""
    try:
        points, offsets = (npy_format.read_array(io.BytesIO(data), allow_pickle=False) for data in members)
    except Exception as error:  # NumPy's parser raises tokenizer's and other errors on damaged input
        raise ValueError(f"damaged npy: {error!s:.200}") from error
    ends = [0, len(points)] if points.ndim == 2 else []
    if offsets.ndim != 1 or offsets.dtype.kind != "i" or [*offsets[:1], *offsets[-1:]] != ends:
        raise ValueError("its offsets do not go from 0 to the number of points")
    if (np.diff(offsets) < 0).any():
        raise ValueError("its offsets do not rise")
    return np.split(points, offsets[1:-1])


def _decode(data: bytes) -> list[np.ndarray]:
    """Decodes the bytes of an npy member."""
    stream = io.BytesIO(data)
    try:
        if npy_format.read_magic(stream) != (1, 0):
            raise ValueError("its npy version is not 1.0")
        shape, _, dtype = npy_format.read_array_header_1_0(stream)
    except Exception as error:  # NumPy's parser raises tokenizer's and other errors on damaged input
        raise ValueError(f"damaged npy header: {error!s:.200}") from error
    if dtype != np.dtype(object):
        raise ValueError(f"it holds {dtype}, expected an object array of sketches")
    pickled = data[stream.tell() :]
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(pickled), 1):
            if opcode.name not in OPCODES or count > 50 * MAX_SKETCHES:
                raise ValueError(f"{opcode.name} as opcode {count}")
            if opcode.name in ("BINPUT", "LONG_BINPUT") and argument > count:  # would allocate as much memory
                raise ValueError(f"memo index {argument} after {count} opcodes")
        array = _Unpickler(io.BytesIO(pickled), encoding="latin1").load()
    except Exception as error:  # both raise several kinds on damaged input
        raise ValueError(f"damaged or refused pickle: {error!s:.200}") from error
    items = array.data if type(array) is _Array else None
    if type(items) is not list or shape != (len(items),) or not all(type(item) is _Array for item in items):
        raise ValueError(f"its pickle holds no array of shape {shape} of arrays")
    raw = [item.raw() for item in items]
    if sum(map(len, raw)) > MAX_BYTES:  # a pickle may name the same bytes again and again
        raise ValueError(f"its sketches take more than {MAX_BYTES} bytes")
    return [item.numbers(data) for item, data in zip(items, raw)]


class _Encoded:
    """Stands for the bytes that `_codecs.encode(text, "latin1")` gives."""

    def __init__(self, text, encoding):
        self.text = text if type(text) is str and encoding == "latin1" else ""


class _Dtype:
    """Stands for a `numpy.dtype`."""

    def __init__(self, code, *_):
        if code not in (*DTYPES, "O8"):
            raise ValueError(f"dtype {code!s:.40}")
        self.code, self.order = code, "<"

    def __setstate__(self, state):
        if state[1] not in ("<", ">", "|"):
            raise ValueError("unknown byte order")
        self.order = state[1]


class _Array:
    """Stands for a `numpy.ndarray`."""

    shape = dtype = data = None

    def __init__(self, *_):
        pass

    def __setstate__(self, state):
        _, self.shape, self.dtype, self.fortran_order, self.data = state

    def raw(self) -> str | bytes:
        """Returns the data of an array of numbers, checked against its shape; text is latin1."""
        data = self.data.text if type(self.data) is _Encoded else self.data
        shape_fits = type(self.shape) is tuple and len(self.shape) == 2 and self.shape[1] == 3
        if not shape_fits or type(self.shape[0]) is not int or type(self.dtype) is not _Dtype:
            raise ValueError("a sketch in it is not [N, 3]")
        if type(data) not in (bytes, str) or self.dtype.code not in DTYPES:
            raise ValueError("a sketch in it does not hold numbers")
        if len(data) != self.shape[0] * 3 * int(self.dtype.code[1]):
            raise ValueError("a sketch in it has too few or too many bytes")
        return data

    def numbers(self, data: str | bytes) -> np.ndarray:
        """Returns the array itself."""
        data = data.encode("latin1") if type(data) is str else data
        order = "F" if self.fortran_order else "C"
        return np.frombuffer(data, self.dtype.order + self.dtype.code).reshape(self.shape, order=order)


_STAND_INS = {
    ("numpy", "ndarray"): "numpy.ndarray",  # named, never called
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "_reconstruct"): _Array,
    ("numpy._core.multiarray", "_reconstruct"): _Array,
    ("_codecs", "encode"): _Encoded,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str):
        if (module, name) not in _STAND_INS:
            raise pickle.UnpicklingError(f"it asks for {module:.40}.{name:.40}, which no array needs")
        return _STAND_INS[module, name]
