"""Pickled NumPy object arrays, decoded as data.

Letting an unpickler call NumPy's own reconstruction is not enough: a crafted dtype state crashes NumPy, and ten bytes of
LONG_BINPUT make the unpickler allocate gigabytes. Here every name becomes an inert stand-in that only keeps what it was given;
the opcodes are looked at before any is carried out, and arrays are built from checked bytes afterwards.
"""

import io
import math
import pickle
import pickletools

import numpy as np

MAX_SKETCHES = 1_000_000
MAX_POINTS = 100_000
# All arrays of a pickle together: it may name the same bytes again and again, at two bytes each.
MAX_BYTES = 2**30
# A sketch takes about 20.
MAX_OPCODES = 50 * MAX_SKETCHES

# Types of numbers, as dtype.str without the byte order.
DTYPES = ("i1", "i2", "i4", "i8", "f2", "f4", "f8")
OBJECT = "O8"

# What pickling arrays and bytes takes in protocols 2 to 5. Dicts and sets are left out: hashing deeply nested keys would
# overflow the C stack.
OPCODES = frozenset(
    [
        "PROTO",
        "FRAME",
        "STOP",
        "MARK",
        "NONE",
        "NEWTRUE",
        "NEWFALSE",
        "BININT",
        "BININT1",
        "BININT2",
        "LONG1",
        "SHORT_BINSTRING",
        "BINSTRING",
        "SHORT_BINUNICODE",
        "BINUNICODE",
        "SHORT_BINBYTES",
        "BINBYTES",
        "BINBYTES8",
        "BYTEARRAY8",
        "EMPTY_TUPLE",
        "TUPLE",
        "TUPLE1",
        "TUPLE2",
        "TUPLE3",
        "EMPTY_LIST",
        "APPEND",
        "APPENDS",
        "BINPUT",
        "LONG_BINPUT",
        "MEMOIZE",
        "BINGET",
        "LONG_BINGET",
        "GLOBAL",
        "STACK_GLOBAL",
        "REDUCE",
        "BUILD",
    ]
)
PUTS = ("BINPUT", "LONG_BINPUT")


def read_object_array(data, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Decodes a pickled one-dimensional object array of numeric arrays.

    Args:
        data: the pickle, bytes-like.
        shape: what the npy header says.

    Returns:
        list of arrays of any shape, in native byte order.

    Raises:
        ValueError: the pickle is damaged, holds anything else, or is larger than the limits of this module.
    """
    data = bytes(data)
    _check_opcodes(data)
    try:
        array = _Unpickler(data).load()
    except Exception as error:  # an unpickler may raise anything on crafted input
        raise ValueError(f"its pickle is damaged or refused ({error!s:.200})") from error
    if type(array) is not _Array:
        raise ValueError("its pickle holds no array; expected an object array of sketches")
    items = array.objects()
    if len(shape) != 1 or shape[0] != len(items):
        raise ValueError(
            f"its pickle holds {len(items)} sketches, its header says {list(shape)}; the file is damaged"
        )
    if not all(type(item) is _Array for item in items):
        raise ValueError(
            "its pickle holds other things than arrays; expected an object array of sketches [N, 3]"
        )
    if (num_bytes := sum(item.num_bytes() for item in items)) > MAX_BYTES:
        raise ValueError(f"its sketches take {num_bytes} bytes; expected at most {MAX_BYTES}, split the file")
    return [item.numbers() for item in items]


def _check_opcodes(data: bytes) -> None:
    """Raises ValueError for opcodes that arrays do not need, and memo indices that would allocate memory."""
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(data), 1):
            if opcode.name not in OPCODES:
                raise ValueError(f"opcode {opcode.name} does not belong to arrays")
            if count > MAX_OPCODES:
                raise ValueError(f"more than {MAX_OPCODES} opcodes")
            if opcode.name in PUTS and argument > count:
                raise ValueError(f"memo index {argument} after {count} opcodes")
    except Exception as error:  # genops raises several kinds on damaged input
        raise ValueError(f"its pickle is damaged or refused ({error!s:.200})") from error


class _Unpickler(pickle.Unpickler):
    """Knows the names NumPy's pickles use and gives an inert stand-in for each."""

    def __init__(self, data: bytes):
        super().__init__(io.BytesIO(data), encoding="latin1")

    def find_class(self, module: str, name: str):
        if (stand_in := _STAND_INS.get((module, name))) is None:
            raise pickle.UnpicklingError(f"it asks for {module:.40}.{name:.40}, which no array needs")
        return stand_in


class _Inert:
    """Stands for `numpy.ndarray`, which pickles name but never call."""

    __slots__ = ()


class _Encoded:
    """Stands for the bytes of `_codecs.encode(text, "latin1")`; encodes when asked, so that copies cannot pile up."""

    __slots__ = ("text",)

    def __init__(self, text, encoding):
        if type(text) is not str or encoding != "latin1":
            raise ValueError("bytes are written in an unknown way")
        self.text = text


class _Dtype:
    """Stands for a `numpy.dtype` with its arguments and state."""

    __slots__ = ("code", "order")

    def __init__(self, code, *_):
        if type(code) is not str or code not in (*DTYPES, OBJECT):
            raise ValueError(
                f"dtype {code if type(code) is str else '?':.40} is not one of {', '.join(DTYPES)}"
            )
        self.code = code
        self.order = "|"

    def __setstate__(self, state):
        if type(state) is not tuple or len(state) != 8 or state[0] != 3 or state[2:5] != (None, None, None):
            raise ValueError("a dtype has an unknown state")
        if type(state[1]) is not str or state[1] not in ("<", ">", "|"):
            raise ValueError("a dtype has an unknown byte order")
        self.order = state[1]

    def numpy(self) -> np.dtype:
        return np.dtype(self.order + self.code)


class _Array:
    """Stands for a `numpy.ndarray` with its state: shape, dtype, order and data."""

    __slots__ = ("data", "dtype", "fortran_order", "shape")

    def __init__(self):
        self.shape = None

    def __setstate__(self, state):
        if type(state) is not tuple or len(state) != 5:
            raise ValueError("an array has an unknown state")
        self._fill(state[1], state[2], state[3] is True or state[3] == 1, state[4])

    def _fill(self, shape, dtype, fortran_order: bool, data) -> None:
        if self.shape is not None:
            raise ValueError("an array is filled twice")
        if type(shape) is not tuple or not all(
            type(size) is int and 0 <= size <= MAX_SKETCHES for size in shape
        ):
            raise ValueError("an array has no shape, or one above the limits")
        if type(dtype) is not _Dtype:
            raise ValueError("an array has no dtype")
        self.shape, self.dtype, self.fortran_order, self.data = shape, dtype, fortran_order, data

    def objects(self) -> list:
        """Returns the items of a one-dimensional object array."""
        if self.shape is None or self.dtype.code != OBJECT or type(self.data) is not list:
            raise ValueError("its pickle is no object array; expected an object array of sketches")
        if len(self.shape) != 1 or self.shape[0] != len(self.data):
            raise ValueError(
                f"its array has shape {list(self.shape)}; expected one dimension, an array a sketch"
            )
        return self.data

    def num_bytes(self) -> int:
        """Returns how many bytes the numbers take, from the length of the data."""
        if self.shape is None or self.dtype.code == OBJECT:
            raise ValueError("one of its sketches is not an array of numbers")
        data = self.data.text if type(self.data) is _Encoded else self.data
        if type(data) not in (bytes, bytearray, str):
            raise ValueError("one of its sketches has no data")
        if len(self.shape) > 2 or (self.shape and self.shape[0] > MAX_POINTS):
            raise ValueError(
                f"one of its sketches has shape {list(self.shape)}; expected [N, 3], N at most {MAX_POINTS}"
            )
        if len(data) != math.prod(self.shape) * self.dtype.numpy().itemsize:
            raise ValueError("one of its sketches has too few or too many bytes")
        return len(data)

    def numbers(self) -> np.ndarray:
        """Returns the array itself, a copy in native byte order."""
        data = self.data.text if type(self.data) is _Encoded else self.data
        data = data.encode("latin1") if type(data) is str else data
        dtype = self.dtype.numpy()
        array = np.frombuffer(data, dtype).reshape(self.shape, order="F" if self.fortran_order else "C")
        return array.astype(dtype.newbyteorder("="), order="C")


def _reconstruct(*_) -> _Array:
    """Stands for `multiarray._reconstruct(ndarray, (0,), b"b")`: an array whose state follows."""
    return _Array()


def _frombuffer(data, dtype, shape, order) -> _Array:
    """Stands for `numeric._frombuffer`, which protocol 5 uses."""
    array = _Array()
    array._fill(shape, dtype, order == "F", data)
    return array


_STAND_INS = {
    ("numpy", "ndarray"): _Inert(),
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _Encoded,
} | {
    (f"numpy.{core}.{module}", name): stand_in
    for core in ("core", "_core")
    for module, name, stand_in in (
        ("multiarray", "_reconstruct", _reconstruct),
        ("numeric", "_frombuffer", _frombuffer),
    )
}
