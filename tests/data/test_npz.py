"""The npz reader against NumPy's own, against crafted files, and the writer's bytes."""

import io
import os
import pickle
import struct
import zipfile

import numpy as np
import pytest

from sketch_rnn_tf.data import npz_members, safe_pickle
from sketch_rnn_tf.data.npz import read_npz, write_npz

DTYPES = [order + code for code in ("i2", "i4", "i8", "f2", "f4", "f8") for order in "<>"] + ["|i1"]
FILES = ["aaron_sheep", "short_kanji", "omniglot", "car", "sun", "shoe", "backpack", "power_outlet"]


def make_sketches(count=5, dtype=np.int16, seed=0):
    rng = np.random.default_rng(seed)
    sketches = []
    for _ in range(count):
        sketch = rng.integers(-100, 100, [rng.integers(1, 300), 3])
        sketch[:, 2] = rng.integers(0, 2, len(sketch))
        sketches.append(sketch.astype(dtype))
    return sketches


def object_array(sketches):
    array = np.empty([len(sketches)], object)
    array[:] = sketches
    return array


def npy(array, protocol):
    """A .npy member with a pickle of a given protocol."""
    stream = io.BytesIO()
    header = {"descr": "|O", "fortran_order": False, "shape": array.shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + pickle.dumps(array, protocol=protocol)


def member(payload, shape=b"(1,)"):
    """A .npy member of an object array with any pickle."""
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': " + shape + b", }"
    header = header.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + payload


def make_zip(path, train, valid=None, test=None):
    good = npy(object_array(make_sketches(2)), 4)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (("train", train), ("valid", valid or good), ("test", test or good)):
            archive.writestr(f"{name}.npy", data)
    return path


def same(read, expected):
    assert len(read) == len(expected)
    for got, want in zip(read, expected, strict=True):
        assert got.dtype == want.dtype.newbyteorder("=") and got.dtype.isnative
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("name", FILES)
def test_published_files_read_as_numpy_reads_them(shared_data, name):
    path = shared_data / "npz" / f"{name}.npz"
    splits = read_npz(path)
    with np.load(path, allow_pickle=True, encoding="latin1") as expected:
        assert list(splits) == ["train", "valid", "test"]
        for split, sketches in splits.items():
            same(sketches, expected[split])


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("dtype", DTYPES)
def test_protocols_and_dtypes(tmp_path, protocol, dtype):
    sketches = make_sketches(4, np.dtype(dtype))
    path = make_zip(tmp_path / "a.npz", npy(object_array(sketches), protocol))
    same(read_npz(path)["train"], sketches)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_fortran_order_and_shared_arrays(tmp_path, protocol):
    first, second = make_sketches(2)
    sketches = [np.asfortranarray(first), second, second]
    path = make_zip(tmp_path / "a.npz", npy(object_array(sketches), protocol))
    same(read_npz(path)["train"], sketches)


@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("dtype", DTYPES)
def test_plain_arrays(tmp_path, dtype, order):
    array = np.stack([s[:1] for s in make_sketches(6)]).repeat(4, axis=1).astype(dtype, order=order)
    path = tmp_path / "a.npz"
    np.savez(path, train=array, valid=array[:2], test=array[:1])
    splits = read_npz(path)
    same(splits["train"], list(array))
    assert [len(splits[split]) for split in splits] == [6, 2, 1]


def test_what_numpy_saves_today(tmp_path):
    path = tmp_path / "a.npz"
    sketches = make_sketches(7, np.float32)
    np.savez_compressed(
        path, train=object_array(sketches), valid=object_array(sketches), test=object_array([])
    )
    splits = read_npz(path)
    same(splits["train"], sketches)
    assert splits["test"] == []


def test_arrays_can_be_written_to(tmp_path):
    path = tmp_path / "a.npz"
    write_npz(path, {"train": make_sketches(2), "valid": [], "test": []})
    read_npz(path)["train"][0][0, 0] = 7


def test_write_is_read_by_numpy_and_by_us(tmp_path):
    splits = {"train": make_sketches(9), "valid": make_sketches(2, seed=1), "test": []}
    path = tmp_path / "a.npz"
    write_npz(path, splits)
    with np.load(path, allow_pickle=True, encoding="latin1") as archive:
        for split, sketches in splits.items():
            assert archive[split].dtype == object
            same(list(archive[split]), sketches)
            same(read_npz(path)[split], sketches)
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.npz"]
    data = zipfile.ZipFile(path).read("train.npy")
    assert b"numpy.core.multiarray" in data and b"numpy._core" not in data


def test_write_is_deterministic_and_takes_whole_floats(tmp_path):
    splits = {"train": make_sketches(9), "valid": make_sketches(2), "test": make_sketches(1)}
    write_npz(tmp_path / "a.npz", splits)
    write_npz(
        tmp_path / "b.npz",
        {name: [np.asfortranarray(s, np.float64) for s in splits[name]] for name in splits},
    )
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_equal_lengths_stay_an_object_array(tmp_path):
    write_npz(tmp_path / "a.npz", {"train": [np.zeros([4, 3])] * 5, "valid": [], "test": []})
    assert len(read_npz(tmp_path / "a.npz")["train"]) == 5


@pytest.mark.parametrize(
    "sketch, words",
    [
        (np.array([[0.5, 0, 0]]), "train sketch 1 does not fit int16"),
        (np.array([[40000, 0, 0]]), "train sketch 1 does not fit int16"),
        (np.array([[np.nan, 0, 0]]), "train sketch 1 has a NaN"),
        (np.zeros([0, 3]), "train sketch 1 is empty"),
        (np.zeros([4, 2]), r"train sketch 1 has shape \[4, 2\]"),
        (np.array([[1, 1, 2]]), "train sketch 1 has pen 2 in row 0"),
    ],
)
def test_write_refuses(tmp_path, sketch, words):
    with pytest.raises(ValueError, match=words):
        write_npz(tmp_path / "a.npz", {"train": [np.zeros([1, 3]), sketch], "valid": [], "test": []})
    assert list(tmp_path.iterdir()) == []


def test_write_asks_for_the_three_splits(tmp_path):
    with pytest.raises(ValueError, match="splits are train; expected train, valid, test"):
        write_npz(tmp_path / "a.npz", {"train": []})


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="none.npz does not exist"):
        read_npz(tmp_path / "none.npz")
    with pytest.raises(ValueError, match="is no file"):
        read_npz(tmp_path)


def test_no_zip_and_truncated_zip(tmp_path):
    path = tmp_path / "a.npz"
    path.write_bytes(b"not a zip at all")
    with pytest.raises(ValueError, match="is no .npz file"):
        read_npz(path)
    write_npz(path, {"train": make_sketches(9), "valid": [], "test": []})
    whole = path.read_bytes()
    for size in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        with pytest.raises(ValueError, match="is no .npz file"):
            read_npz(path)
    damaged = bytearray(whole)
    damaged[200:220] = bytes(20)
    path.write_bytes(bytes(damaged))
    with pytest.raises(ValueError, match="train is damaged"):
        read_npz(path)


def test_wrong_key(tmp_path):
    np.savez(tmp_path / "a.npz", train=np.zeros([1, 1, 3]), vaild=np.zeros([1, 1, 3]))
    with pytest.raises(
        ValueError, match="has no valid and no test; it holds train, vaild; expected train, valid, test"
    ):
        read_npz(tmp_path / "a.npz")


class Runs:
    """A pickle that calls a function when loaded by `pickle` itself."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("where", ["whole", "item", "dtype"])
@pytest.mark.parametrize("function", [os.system, eval, exec, getattr, np.fromfile, np.load])
def test_pickled_code_is_refused_and_not_run(tmp_path, protocol, where, function):
    witness = tmp_path / "ran"
    code = {os.system: f"touch {witness}", eval: f"open({str(witness)!r}, 'w')"}.get(function, str(witness))
    bomb = Runs(function, code)
    if where == "whole":
        data = member(pickle.dumps(bomb, protocol=protocol))
    elif where == "item":
        data = npy(object_array([make_sketches(1)[0], bomb]), protocol)
    else:
        data = member(pickle.dumps(Runs(np.dtype, bomb), protocol=protocol))
    with pytest.raises(ValueError, match="train cannot be read: its pickle is damaged or refused"):
        read_npz(make_zip(tmp_path / "a.npz", data))
    assert not witness.exists()


GLOBALS = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01cnumpy\ndtype\nq\x02"
DTYPE = b"h\x02U\x02i2K\x00K\x01\x87R"
STATE = b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
EMPTY = b"h\x00h\x01K\x00\x85U\x01b\x87R"
CRAFTED = {
    "long_binput": b"\x80\x02Nr\xff\xff\xff\x1f.",
    "binput": b"\x80\x02Nq\xff.",
    "bytes longer than the file": b"\x80\x04B\xff\xff\xff\x7fabc.",
    "bytearray longer than the file": b"\x80\x05\x96" + struct.pack("<Q", 1 << 40) + b"abc.",
    "frame longer than the file": b"\x80\x04\x95" + struct.pack("<Q", 1 << 40) + b"N.",
    "dtype state with a subdtype": GLOBALS + DTYPE + STATE.replace(b"NNN", b"h\x02NN") + b".",
    "dtype state with names": GLOBALS + DTYPE + STATE.replace(b"NNN", b"NU\x01a\x85N") + b".",
    "dtype state too short": GLOBALS + DTYPE + b"K\x03\x85b.",
    "dtype of another kind": GLOBALS + DTYPE.replace(b"U\x02i2", b"U\x03V99") + STATE + b".",
    "array with no state": GLOBALS + EMPTY + b".",
    "array of a number": GLOBALS + EMPTY + b"(K\x01K\x01\x85K\x07\x89U\x02abtb.",
    "array filled twice": GLOBALS
    + EMPTY
    + 2 * (b"(K\x01K\x01\x85" + DTYPE + STATE + b"\x89U\x02abtb")
    + b".",
    "call of an array": GLOBALS + EMPTY + b")R.",
    "attributes of a stand-in": GLOBALS + b"h\x00}U\x01aK\x01sb.",
    "dict with nested keys": b"\x80\x02}" + b"\x85" * 10 + b"Ks.",
    "persistent id": b"\x80\x02Pabc\n.",
    "extension": b"\x80\x02\x82\x01.",
    "old protocol": pickle.dumps(object_array(make_sketches(1)), protocol=0),
    "no stop": b"\x80\x02N",
    "nothing": b"",
    "no opcode": b"\xff\xfe\xfd",
    "empty stack": b"\x80\x02\x85.",
    "a list": pickle.dumps([1, 2, 3], protocol=4),
    "a number in place of a sketch": pickle.dumps(object_array([3]), protocol=4),
    "nested objects": pickle.dumps(object_array([object_array([1])]), protocol=4),
    "text": pickle.dumps(object_array([np.array(["a", "b"])]), protocol=4),
    "unsigned": pickle.dumps(object_array([np.zeros([2, 3], np.uint8)]), protocol=4),
    "structured": pickle.dumps(object_array([np.zeros([2], "i2,i2,i2")]), protocol=4),
    "two dimensions": pickle.dumps(np.empty([1, 1], object), protocol=4),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_crafted_pickles_are_refused(tmp_path, name):
    with pytest.raises(ValueError, match="a.npz: train cannot be read"):
        read_npz(make_zip(tmp_path / "a.npz", member(CRAFTED[name])))


def test_byte_counts_are_checked(tmp_path):
    sketch = np.arange(6, dtype=np.int16).reshape(2, 3)
    good = pickle.dumps(object_array([sketch]), protocol=2)
    assert good.count(b"K\x02K\x03\x86") == 1
    for shape in (b"K\x03K\x03\x86", b"K\x02K\x02\x86", b"K\x00K\x03\x86"):
        data = member(good.replace(b"K\x02K\x03\x86", shape))
        with pytest.raises(ValueError, match="too few or too many bytes"):
            read_npz(make_zip(tmp_path / "a.npz", data))


def test_header_and_pickle_must_agree(tmp_path):
    data = member(pickle.dumps(object_array(make_sketches(2)), protocol=4), b"(3,)")
    with pytest.raises(ValueError, match=r"holds 2 sketches, its header says \[3\]"):
        read_npz(make_zip(tmp_path / "a.npz", data))


@pytest.mark.parametrize("cut", [5, 9, 60, 200])
def test_truncated_members(tmp_path, cut):
    data = npy(object_array(make_sketches(3)), 4)[:cut]
    with pytest.raises(ValueError, match="train cannot be read"):
        read_npz(make_zip(tmp_path / "a.npz", data))


def test_random_damage_never_escapes_as_another_error(tmp_path):
    rng = np.random.default_rng(0)
    data = npy(object_array([s[:5] for s in make_sketches(3)]), 2)
    for _ in range(300):
        damaged = np.frombuffer(data, np.uint8).copy()
        damaged[rng.integers(0, len(data), 3)] = rng.integers(0, 256, 3)
        try:
            read_npz(make_zip(tmp_path / "a.npz", damaged.tobytes()))
        except ValueError as error:
            assert "a.npz: train" in str(error)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros([2, 3]),
        np.zeros([2, 4, 2]),
        np.zeros([2, 4, 3], np.uint8),
        np.zeros([2, 4, 3], bool),
        np.array(1),
    ],
)
def test_plain_arrays_of_other_kinds(tmp_path, array):
    good = np.zeros([1, 1, 3])
    np.savez(tmp_path / "a.npz", train=array, valid=good, test=good)
    with pytest.raises(ValueError, match="train cannot be read: it is a .* array of shape"):
        read_npz(tmp_path / "a.npz")


@pytest.mark.parametrize(
    "sketch, words",
    [
        (np.array([[0, 0, 0], [np.nan, 0, 0]]), "valid sketch 3 has a NaN or infinite offset in row 1"),
        (np.array([[0, -np.inf, 0]]), "valid sketch 3 has a NaN or infinite offset in row 0"),
        (np.array([[1, 1, 0], [1, 1, 3]], np.int16), "valid sketch 3 has pen 3 in row 1"),
        (np.array([[1, 1, np.nan]]), "valid sketch 3 has pen nan in row 0"),
        (np.array([[1, 1, 0.5]]), "valid sketch 3 has pen 0.5 in row 0"),
        (np.zeros([0, 3], np.int16), "valid sketch 3 is empty"),
        (np.zeros([5, 2], np.int16), r"valid sketch 3 has shape \[5, 2\]"),
        (np.zeros([3], np.int16), r"valid sketch 3 has shape \[3\]"),
    ],
)
def test_bad_sketches_are_named(tmp_path, sketch, words):
    good = make_sketches(3)
    data = npy(object_array([*good, sketch, *good]), 4)
    with pytest.raises(ValueError, match=words):
        read_npz(make_zip(tmp_path / "a.npz", npy(object_array(good), 4), valid=data))


def test_limits(tmp_path, monkeypatch):
    path = make_zip(tmp_path / "a.npz", npy(object_array([np.zeros([50, 3], np.int16)] * 4), 4))
    for module, limit, value, words in (
        (npz_members, "MAX_MEMBER_BYTES", 100, "train takes"),
        (safe_pickle, "MAX_BYTES", 1000, "its sketches take 1200 bytes"),
        (safe_pickle, "MAX_POINTS", 49, r"shape \[50, 3\]"),
        (safe_pickle, "MAX_SKETCHES", 3, "above the limits"),
        (safe_pickle, "MAX_OPCODES", 10, "more than 10 opcodes"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, limit, value)
            with pytest.raises(ValueError, match=words):
                read_npz(path)
    with monkeypatch.context() as patch:
        patch.setattr(npz_members, "RATIO_FREE_BYTES", 10)
        patch.setattr(npz_members, "MAX_RATIO", 1)
        with pytest.raises(ValueError, match="train grows from"):
            read_npz(path)
    assert len(read_npz(path)["train"]) == 4
