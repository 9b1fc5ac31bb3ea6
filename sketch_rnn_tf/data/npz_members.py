"""The members of an `.npz`: bounded, and decoded without running what they contain."""

import io
import pathlib
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.lib import format as npy_format

from sketch_rnn_tf.data.safe_pickle import DTYPES, MAX_BYTES, MAX_POINTS, MAX_SKETCHES, read_object_array

# One split after decompression; the published ones have up to some tens of millions.
MAX_MEMBER_BYTES = MAX_BYTES
# Decompressed by compressed bytes, asked for only above RATIO_FREE_BYTES; the published files lie between 2 and 4.
MAX_RATIO = 200
RATIO_FREE_BYTES = 2**24
MAX_HEADER_BYTES = 10_000
# Members of a file; `np.savez` of single drawings makes one each.
MAX_MEMBERS = 100_000


class Members:
    """The members of an open `.npz` by name, without the ending `.npy`; close it, or use it in a `with`."""

    def __init__(self, archive: zipfile.ZipFile, path):
        self.path = path
        self._archive = archive
        self._names = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        self._left = 3 * MAX_MEMBER_BYTES

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._archive.close()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def sketches(self, name: str, is_one: bool = False) -> list[np.ndarray]:
        """Returns the sketches of a member: an object array or numbers `[K, N, 3]`, or one `[N, 3]` where `is_one`.

        Raises:
            ValueError: it is damaged, too large, refused, or holds something else.
        """
        one = is_one and self._decoded(name, _header)[0][1:] == (3,)
        return [self._decoded(name, _numbers)] if one else self._decoded(name, _sketches)

    def array(self, name: str) -> np.ndarray:
        """Returns a member of plain numbers.

        Raises:
            ValueError: it is damaged, too large, or holds something else.
        """
        return self._decoded(name, _numbers)

    def _decoded(self, name: str, decode):
        data = self._read(self._names[name], f"{self.path}: {name}")
        try:
            return decode(data)
        except ValueError as error:
            raise ValueError(f"{self.path}: {name} cannot be read: {error}") from error

    def _read(self, info: zipfile.ZipInfo, name: str) -> bytes:
        if info.file_size > MAX_MEMBER_BYTES:
            raise ValueError(
                f"{name} takes {info.file_size} bytes; expected at most {MAX_MEMBER_BYTES}, split the file"
            )
        self._left -= info.file_size
        if self._left < 0:
            raise ValueError(
                f"{name} takes more than {3 * MAX_MEMBER_BYTES} bytes with those before it; split the file"
            )
        if info.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * info.compress_size):
            raise ValueError(
                f"{name} grows from {info.compress_size} to {info.file_size} bytes; expected at most {MAX_RATIO} times as "
                "much, store it uncompressed if you trust it"
            )
        try:
            return self._archive.read(info)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise ValueError(f"{name} is damaged ({error}); download or copy the file again") from error


def open_npz(path, data: bytes | None = None) -> Members:
    """Opens an `.npz`.

    Args:
        path: the file.
        data: what it holds, where that has been read.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is damaged, or has too many members.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; give the path of a sketch-rnn .npz file")
    if not path.is_file():
        raise ValueError(f"{path} is no file; give the path of a sketch-rnn .npz file")
    try:
        archive = zipfile.ZipFile(path if data is None else io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ValueError(
            f"{path} is no .npz file, or only a part of one ({error}); download or copy it again"
        ) from error
    if len(archive.infolist()) > MAX_MEMBERS:
        archive.close()
        raise ValueError(f"{path} has more than {MAX_MEMBERS} members; split it")
    return Members(archive, path)


def _header(data: bytes) -> tuple[tuple, bool, np.dtype, memoryview]:
    """Returns the shape, Fortran order and dtype of an npy member, and the bytes that follow."""
    stream = io.BytesIO(data)
    try:
        version = npy_format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"npy version {version}")
        read_header = (
            npy_format.read_array_header_1_0 if version == (1, 0) else npy_format.read_array_header_2_0
        )
        shape, fortran_order, dtype = read_header(stream, max_header_size=MAX_HEADER_BYTES)
    except Exception as error:  # NumPy's parser raises tokenizer's and other errors on damaged input
        raise ValueError(f"its npy header is damaged or unknown ({error!s:.200})") from error
    return shape, fortran_order, dtype, memoryview(data)[stream.tell() :]


def _sketches(data: bytes) -> list[np.ndarray]:
    shape, _, dtype, payload = _header(data)
    if dtype == np.dtype(object):
        return read_object_array(payload, shape)
    if dtype.str[1:] not in DTYPES or len(shape) != 3 or shape[2] != 3:
        raise ValueError(
            f"it is a {dtype} array of shape {list(shape)}; expected sketches [N, 3] or numbers [K, N, 3]"
        )
    if min(shape) < 0 or shape[0] > MAX_SKETCHES or shape[1] > MAX_POINTS:
        raise ValueError(
            f"it has shape {list(shape)}; expected up to {MAX_SKETCHES} sketches of {MAX_POINTS} points"
        )
    return list(_numbers(data))


def _numbers(data: bytes) -> np.ndarray:
    shape, fortran_order, dtype, payload = _header(data)
    if dtype.str[1:] not in DTYPES or min(shape, default=0) < 0:
        raise ValueError(f"it is a {dtype} array of shape {list(shape)}; expected numbers")
    count = 1
    for size in shape:
        count *= size
    if count * dtype.itemsize != len(payload):
        raise ValueError(
            f"it has {len(payload)} bytes for shape {list(shape)} of {dtype}; the file is damaged"
        )
    array = np.frombuffer(payload, dtype).reshape(shape, order="F" if fortran_order else "C")
    return array.astype(dtype.newbyteorder("="), order="C")
