"""The builder's own reader: what NumPy and QuickDraw write comes back, and nothing a file asks for is run."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest
from numpy.lib import format as npy_format

pytest.importorskip("tensorflow_datasets", reason="tensorflow-datasets is not installed (extra tfds)")

from tfds_quickdraw.sketch_npz import read_split  # noqa: E402

SKETCHES = [np.array([[3, -4, 0], [1, 2, 1]], np.int16), np.array([[-300, 7, 1]], np.int16)]


def objects(items):
    array = np.empty([len(items)], object)
    array[:] = items
    return array


def member(pickled: bytes, count=2) -> bytes:
    stream = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": (count,)}
    npy_format.write_array_header_1_0(stream, header)
    return stream.getvalue() + pickled


def write(path, data: bytes, name="train.npy"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return path


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("dtype", ["<i2", ">i2", "i1", "<i8", "<f8"])
def test_pickles_of_every_protocol(tmp_path, protocol, dtype):
    small = [np.clip(sketch, -100, 100).astype(dtype) for sketch in SKETCHES]
    small.append(np.asfortranarray(small[0]))
    path = write(tmp_path / "a.npz", member(pickle.dumps(objects(small), protocol), 3))
    found = read_split(path, "train")
    assert len(found) == 3 and all(sketch.dtype == np.dtype(np.int16) for sketch in found)
    for ours, theirs in zip(found, small, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_numpy_writes(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", valid=objects(SKETCHES))
    for ours, theirs in zip(read_split(tmp_path / "a.npz", "valid"), SKETCHES, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_what_python_2_wrote(tmp_path):
    """QuickDraw's own files: byte strings without a type for text, and the old module names."""
    raw = np.array([[5, -6, 1]], "<i2").tobytes()
    item = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(K\x01K\x03t"
    item += (
        b"cnumpy\ndtype\n(U\x02i2K\x00K\x01tR(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tbI00\nU\x06"
        + raw
        + b"tb"
    )
    item = item.replace(b"I00\n", b"\x89")
    outer = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(K\x00tU\x01btR(K\x01(K\x01t"
    outer += (
        b"cnumpy\ndtype\n(U\x02O8K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb\x89]("
        + item
        + b"etb."
    )
    np.testing.assert_array_equal(
        read_split(write(tmp_path / "a.npz", member(outer, 1)), "train"), [[[5, -6, 1]]]
    )


def test_what_convert_writes(tmp_path):
    points = np.concatenate(SKETCHES)
    np.savez(tmp_path / "a.npz", test_points=points, test_offsets=np.array([0, 2, 3]))
    for ours, theirs in zip(read_split(tmp_path / "a.npz", "test"), SKETCHES, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for offsets in ([0, 2, 4], [1, 2, 3], [0, 3, 2, 3], [], [0.0, 3.0], [[0, 3]]):
        np.savez(tmp_path / "a.npz", test_points=points, test_offsets=np.array(offsets))
        with pytest.raises(ValueError, match="offsets do not"):
            read_split(tmp_path / "a.npz", "test")
    np.savez(tmp_path / "a.npz", test_points=objects(SKETCHES), test_offsets=np.array([0, 2]))
    with pytest.raises(ValueError, match="damaged npy"):
        read_split(tmp_path / "a.npz", "test")


class Runs:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


def test_nothing_is_run(tmp_path):
    path = write(tmp_path / "a.npz", member(pickle.dumps(objects([Runs(tmp_path / "made")] * 2), 2)))
    with pytest.raises(
        ValueError, match="it asks for io.open|it asks for __builtin__.open|it asks for _io.open"
    ):
        read_split(path, "train")
    assert not (tmp_path / "made").exists()


BOMB = b"\x80\x02r\xff\xff\xff\x7f."  # LONG_BINPUT: a memo of 2^31 places


@pytest.mark.parametrize(
    "pickled, words",
    [
        (b"\x80\x02]" + BOMB[2:], "memo index"),
        (b"\x80\x02}.", "EMPTY_DICT"),
        (b"\x80\x02K\x01.", "holds no array"),
        (b"\x80\x02", "damaged"),
        (b"\x80\x04\x8e" + struct.pack("<Q", 2**40) + b".", "damaged|BINBYTES8"),
        (pickle.dumps(objects(["a", "b"]), 2), "holds no array"),
        (pickle.dumps(objects([np.zeros([2, 3], "m8[s]")] * 2), 2), "refused pickle"),
        (pickle.dumps(objects([np.zeros([2, 4], "i2")] * 2), 2), r"not \[N, 3\]"),
        (
            pickle.dumps(objects(SKETCHES), 2).replace(b"K\x02K\x03", b"K\x09K\x03"),
            "too few or too many bytes",
        ),
        (pickle.dumps(objects([np.array([[1, 2, 5]])] * 2), 2), "sketch 0 holds other numbers"),
        (pickle.dumps(objects([SKETCHES[0], np.array([[np.nan, 2, 0]])]), 2), "sketch 1 holds other numbers"),
        (pickle.dumps(objects([SKETCHES[0], np.array([[40000, 2, 0]])]), 2), "sketch 1 holds other numbers"),
        (pickle.dumps(objects([np.zeros([0, 3], "i2")] * 2), 3), "sketch 0 has shape"),
    ],
)
def test_damaged_and_crafted_pickles(tmp_path, pickled, words):
    with pytest.raises(ValueError, match=rf"the train split of .*a.npz cannot be read \(.*({words})"):
        read_split(write(tmp_path / "a.npz", member(pickled)), "train")


def test_damaged_files(tmp_path):
    whole = member(pickle.dumps(objects(SKETCHES), 2))
    path = write(tmp_path / "a.npz", whole)
    data = path.read_bytes()
    for end in range(0, len(data), 7):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match="train split of .* cannot be read"):
            read_split(path, "train")
    for end in range(0, len(whole), 7):
        with pytest.raises(ValueError, match="train split of .* cannot be read"):
            read_split(write(path, whole[:end]), "train")
    with pytest.raises(ValueError, match="test split of .* cannot be read"):
        read_split(write(path, whole), "test")
    np.savez(path, train=np.zeros([4, 2, 3]))
    with pytest.raises(ValueError, match="expected an object array"):
        read_split(path, "train")
