"""sketch-rnn's `.npz` files: read without running what they contain, written so that Magenta's own code reads them."""

import io
import pathlib
import pickle
import zipfile
import zlib

import numpy as np
from numpy.lib import format as npy_format

from sketch_rnn_tf.data.safe_pickle import DTYPES, MAX_BYTES, MAX_POINTS, MAX_SKETCHES, read_object_array
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.files import write_atomically

SPLITS = ("train", "valid", "test")

Splits = dict[str, list[np.ndarray]]

# One split after decompression; the published ones have up to some tens of millions.
MAX_MEMBER_BYTES = MAX_BYTES
# Decompressed by compressed bytes, asked for only above RATIO_FREE_BYTES; the published files lie between 2 and 4.
MAX_RATIO = 200
RATIO_FREE_BYTES = 2**24
MAX_HEADER_BYTES = 10_000
# Sketches looked at together; bounds the memory a check takes.
CHECKED_TOGETHER = 1000


def read_npz(path) -> Splits:
    """Reads a sketch-rnn `.npz`: its pickled object arrays are decoded as data, and no code of theirs is run.

    Magenta calls `np.load(allow_pickle=True)`, which runs whatever the file asks for.

    Args:
        path: the file; three members `train`, `valid` and `test`, each an object array of `[N, 3]` arrays (pickle protocol 2
            to 5) or a plain array `[K, N, 3]`.

    Returns:
        dict with `train`, `valid` and `test`, lists of stroke-3 `[N, 3]` in the published dtype (native byte order).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, too large, refused, or lacks a split, or a sketch is not stroke-3 (empty, not
            `[N, 3]`, NaN or infinite offsets, a pen other than 0 and 1).
    """
    splits = read_arrays(path)
    for split, sketches in splits.items():
        _check_sketches(sketches, f"{path}: {split} sketch")
    return splits


def read_arrays(path) -> Splits:
    """Reads the arrays of a sketch-rnn `.npz` as `read_npz` does, without asking whether each is stroke-3."""
    with _open(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist()}
        missing = [split for split in SPLITS if split not in members]
        if missing:
            found = ", ".join(sorted(members)[:10]) or "nothing"
            raise ValueError(
                f"{path} has no {' and no '.join(missing)}; it holds {found:.200}; expected {', '.join(SPLITS)}"
            )
        return {split: _read_member(archive, members[split], f"{path}: {split}") for split in SPLITS}


def write_npz(path, splits: Splits) -> None:
    """Writes a sketch-rnn `.npz` in the published format, under a temporary name first.

    The same sketches give the same bytes. `np.load(path, allow_pickle=True, encoding="latin1")` reads it with any NumPy.

    Args:
        path: the file; its folder must exist.
        splits: `train`, `valid` and `test`, lists of stroke-3 `[N, 3]` of whole numbers within int16.

    Raises:
        ValueError: a split is missing or unknown, or a sketch is not stroke-3 or not of whole numbers within int16.
        OSError: the file cannot be written.
    """
    if set(splits) != set(SPLITS):
        raise ValueError(f"the splits are {', '.join(splits) or 'none'}; expected {', '.join(SPLITS)}")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for split in SPLITS:
            sketches = [_to_int16(sketch, f"{split} sketch {i}") for i, sketch in enumerate(splits[split])]
            # The date of the zip format's beginning, so that the time of writing does not show in the bytes.
            member = zipfile.ZipInfo(f"{split}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, _object_array_bytes(sketches), zipfile.ZIP_DEFLATED)
    write_atomically(path, buffer.getvalue())


def _open(path) -> zipfile.ZipFile:
    path = pathlib.Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist; give the path of a sketch-rnn .npz file")
    if not path.is_file():
        raise ValueError(f"{path} is no file; give the path of a sketch-rnn .npz file")
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ValueError(
            f"{path} is no .npz file, or only a part of one ({error}); download or copy it again"
        ) from error


def _read_member(archive: zipfile.ZipFile, member: str, name: str) -> list[np.ndarray]:
    info = archive.getinfo(member)
    if info.file_size > MAX_MEMBER_BYTES:
        raise ValueError(
            f"{name} takes {info.file_size} bytes; expected at most {MAX_MEMBER_BYTES}, split the file"
        )
    if info.file_size > max(RATIO_FREE_BYTES, MAX_RATIO * info.compress_size):
        raise ValueError(
            f"{name} grows from {info.compress_size} to {info.file_size} bytes; expected at most {MAX_RATIO} times as much, "
            "store it uncompressed if you trust it"
        )
    try:
        data = archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{name} is damaged ({error}); download or copy the file again") from error
    try:
        return _decode(data)
    except ValueError as error:
        raise ValueError(f"{name} cannot be read: {error}") from error


def _decode(data: bytes) -> list[np.ndarray]:
    """Decodes the bytes of an npy member."""
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
    payload = memoryview(data)[stream.tell() :]
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
    if shape[0] * shape[1] * 3 * dtype.itemsize != len(payload):
        raise ValueError(
            f"it has {len(payload)} bytes for shape {list(shape)} of {dtype}; the file is damaged"
        )
    array = np.frombuffer(payload, dtype).reshape(shape, order="F" if fortran_order else "C")
    return list(array.astype(dtype.newbyteorder("="), order="C"))


def _check_sketches(sketches: list[np.ndarray], name: str) -> None:
    """Raises ValueError for the first sketch that is not stroke-3; looks at many at once, for speed."""
    for start in range(0, len(sketches), CHECKED_TOGETHER):
        chunk = sketches[start : start + CHECKED_TOGETHER]
        if all(sketch.ndim == 2 and sketch.shape[1] == 3 and len(sketch) for sketch in chunk):
            rows = np.concatenate(chunk)
            if np.isfinite(rows[:, :2]).all() and ((rows[:, 2] == 0) | (rows[:, 2] == 1)).all():
                continue
        for i, sketch in enumerate(chunk, start):
            check_sketch(sketch, f"{name} {i}")


def _to_int16(sketch, name: str) -> np.ndarray:
    sketch = check_sketch(sketch, name)
    limits = np.iinfo(np.int16)
    if sketch.min() < limits.min or sketch.max() > limits.max or (sketch != np.round(sketch)).any():
        raise ValueError(
            f"{name} does not fit int16; expected whole numbers from {limits.min} to {limits.max}, scale and round it"
        )
    return np.ascontiguousarray(sketch, np.int16)


def _object_array_bytes(sketches: list[np.ndarray]) -> bytes:
    """Returns an npy member with a pickled object array, as `np.save` gives it."""
    array = np.empty([len(sketches)], object)
    array[:] = sketches
    stream = io.BytesIO()
    npy_format.write_array_header_1_0(stream, npy_format.header_data_from_array_1_0(array))
    # NumPy 2 writes its new module name, which NumPy before 1.26, hence Magenta's own set-up, does not know.
    payload = pickle.dumps(array, protocol=3).replace(
        b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n", 1
    )
    return stream.getvalue() + payload
