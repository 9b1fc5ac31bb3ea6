"""sketch-rnn's `.npz` files: read without running what they contain, written so that Magenta's own code reads them."""

import io
import pickle
import zipfile

import numpy as np
from numpy.lib import format as npy_format

from sketch_rnn_tf.data import plain_npz
from sketch_rnn_tf.data.npz_members import Members, open_npz
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.files import write_atomically

SPLITS = ("train", "valid", "test")

Splits = dict[str, list[np.ndarray]]

# Sketches looked at together; bounds the memory a check takes.
CHECKED_TOGETHER = 1000


def read_npz(path) -> Splits:
    """Reads a sketch-rnn `.npz`: its pickled object arrays are decoded as data, and no code of theirs is run.

    Magenta calls `np.load(allow_pickle=True)`, which runs whatever the file asks for.

    Args:
        path: the file; three members `train`, `valid` and `test`, each an object array of `[N, 3]` arrays (pickle protocol 2
            to 5), a plain array `[K, N, 3]`, or the pair of plain arrays that `plain_npz` describes.

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
    with open_npz(path) as members:
        names = _sketch_names(members)
        missing = [split for split in SPLITS if split not in names]
        if missing:
            found = ", ".join(sorted(members)[:10]) or "nothing"
            raise ValueError(
                f"{path} has no {' and no '.join(missing)}; it holds {found:.200}; expected {', '.join(SPLITS)}"
            )
        return {split: _read_sketches(members, split) for split in SPLITS}


def read_members(path) -> Splits:
    """Reads all sketches of an `.npz` by the names of its members, sound or not; nothing pickled in it is run.

    Args:
        path: the file. A member is an object array of sketches, numbers `[K, N, 3]`, one sketch `[N, 3]`, or the pair that
            `plain_npz` describes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, too large or refused, or a member holds something else.
    """
    with open_npz(path) as members:
        return {name: _read_sketches(members, name) for name in _sketch_names(members)}


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


def _sketch_names(members: Members) -> list[str]:
    """Returns what the sketches of an archive go by; a plain pair is one name."""
    plain = [name.removesuffix(plain_npz.POINTS) for name in members if name.endswith(plain_npz.POINTS)]
    plain = [stem for stem in plain if stem + plain_npz.OFFSETS in members]
    pairs = {stem + ending for stem in plain for ending in (plain_npz.POINTS, plain_npz.OFFSETS)}
    return [name for name in members if name not in pairs and name not in plain] + plain


def _read_sketches(members: Members, name: str) -> list[np.ndarray]:
    if name + plain_npz.POINTS in members and name + plain_npz.OFFSETS in members:
        points, offsets = members.array(name + plain_npz.POINTS), members.array(name + plain_npz.OFFSETS)
        return plain_npz.join(points, offsets, f"{members.path}: {name}")
    return members.sketches(name, is_one=name not in SPLITS)


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
