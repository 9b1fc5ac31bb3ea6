"""Drawings written and read back, and files that must be refused."""

import io
import json
import os
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from sketch_rnn_tf.data.npz import write_npz
from sketch_rnn_tf.generation.files import check_output, read_sketches, write_drawings

L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.int16)
CURVE = np.array([[0.123456789, -1234.5678, 0], [1e-7, 2, 1], [3.25, 0, 1]], np.float32)


def test_svg(tmp_path):
    write_drawings(tmp_path / "a.svg", [L_SHAPE, CURVE, []], columns=3, cell_size=50)
    assert ElementTree.parse(tmp_path / "a.svg").getroot().get("viewBox") == "0 0 150 50"


def test_png(tmp_path):
    write_drawings(tmp_path / "a.PNG", [L_SHAPE] * 4, cell_size=50)
    assert Image.open(tmp_path / "a.PNG").size == (100, 100)


def test_npz_needs_no_pickle(tmp_path):
    write_drawings(tmp_path / "a.npz", [L_SHAPE, CURVE, np.zeros([0, 3])])
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays.files == ["sketch_00000", "sketch_00001", "sketch_00002"]
        assert all(arrays[name].dtype == np.float32 for name in arrays.files)
        np.testing.assert_array_equal(arrays["sketch_00000"], L_SHAPE)
        np.testing.assert_array_equal(arrays["sketch_00001"], CURVE)
        assert arrays["sketch_00002"].shape == (0, 3)


def test_json_is_rounded(tmp_path):
    write_drawings(tmp_path / "a.json", [L_SHAPE, CURVE, np.zeros([0, 3])])
    text = (tmp_path / "a.json").read_text()
    assert json.loads(text) == [
        [[0, 30, 0], [10, 0, 1]],
        [[0.123457, -1234.57, 0], [1e-7, 2, 1], [3.25, 0, 1]],
        [],
    ]
    assert text.startswith("[[[0,30,0],[10,0,1]],")


@pytest.mark.parametrize("name", ["a.npz", "a.json"])
def test_what_was_written_is_read_back_in_order(tmp_path, name):
    drawings = [np.array([[i, 0, 1]], np.float32) for i in range(120)]
    write_drawings(tmp_path / name, drawings)
    np.testing.assert_array_equal(read_sketches(tmp_path / name), drawings)


def test_sketch_rnn_npz_gives_its_test_split(tmp_path):
    write_npz(tmp_path / "a.npz", {"train": [L_SHAPE], "valid": [L_SHAPE], "test": [L_SHAPE[:1], L_SHAPE]})
    assert [len(sketch) for sketch in read_sketches(tmp_path / "a.npz")] == [1, 2]
    assert len(read_sketches(tmp_path / "a.npz", "train")) == 1


def test_published_file(shared_data):
    assert len(read_sketches(shared_data / "npz" / "aaron_sheep.npz")) == 300


@pytest.mark.parametrize("text", ["[[0,30,0],[10,0,1]]", "[[[0, 30, false], [1e1, 0.0, true]]]"])
def test_json_of_one_sketch(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    (sketch,) = read_sketches(tmp_path / "a.json")
    assert sketch.dtype == np.float32
    np.testing.assert_array_equal(sketch, L_SHAPE)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "is no JSON"),
        ("[[[0,30,0],", "is no JSON"),
        ("\xff", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ('{"strokes": []}', "sketch 0: it has no drawing"),
        ("[]", "holds no drawings"),
        ("[[]]", r"sketch 0: it has shape \[0\]"),
        ("[1, 2, 3]", r"sketch 0: it has shape \[\]"),
        ("[[0, 1]]", r"sketch 0: it has shape \[1, 2\]"),
        ("[[[0,1,1]], [[0,1,0],[0,1]]]", "sketch 1: it is malformed"),
        ('[[[0,"up",1]]]', "sketch 0: it is malformed"),
        ("[[[0,null,1]]]", "sketch 0: it has a NaN"),
        ("[[[0,NaN,1]]]", "sketch 0: it has a NaN or infinite offset"),
        ("[[[0,1e300,1]]]", "sketch 0 has a NaN or infinite offset"),
        (f"[[[0,1{'0' * 400},1]]]", "sketch 0: it is malformed"),
        ("[[[0,1,2]]]", "sketch 0: it has pen 2"),
        ("[" + "[0,1,0]," * 100_000 + "[0,1,1]]", "sketch 0 has 100001 points; expected at most 100000"),
    ],
)
def test_bad_json(tmp_path, text, message):
    (tmp_path / "a.json").write_bytes(text.encode("latin1"))
    with pytest.raises(ValueError, match=message):
        read_sketches(tmp_path / "a.json")


def test_too_large_json(tmp_path):
    with open(tmp_path / "a.json", "wb") as file:
        file.truncate(2**26 + 1)
    with pytest.raises(ValueError, match="67108865 bytes; expected at most 67108864"):
        read_sketches(tmp_path / "a.json")


def npy(array, **save):
    stream = io.BytesIO()
    np.save(stream, array, **save)
    return stream.getvalue()


class Malicious:
    """Runs a command when unpickled."""

    def __reduce__(self):
        return os.mkdir, ("unpickled",)


@pytest.mark.parametrize(
    "member, message",
    [
        (npy(L_SHAPE)[:-3], "is damaged"),
        (npy(L_SHAPE).replace(b"(2, 3)", b"(2,30)"), r"shape \[2, 30\]; expected sketches"),
        (npy(L_SHAPE).replace(b"(2, 3), }" + b" " * 12, b"(2, 3000000000000), }"), "expected sketches"),
        (npy(np.array([Malicious()], object), allow_pickle=True), "is damaged"),
        (npy(np.zeros([2, 4])), r"shape \[2, 4\]; expected sketches"),
        (npy(np.array([["a", "b", "c"]])), "<U1 array .* expected numbers"),
        (npy(np.zeros([0, 3])), "sketch 0 is empty"),
        (b"", "header is damaged"),
    ],
)
def test_bad_drawn_npz(tmp_path, monkeypatch, member, message):
    monkeypatch.chdir(tmp_path)
    with zipfile.ZipFile("a.npz", "w") as archive:
        archive.writestr("sketch_00000.npy", member)
    with pytest.raises(ValueError, match=message):
        read_sketches("a.npz")
    assert os.listdir() == ["a.npz"]


def test_broken_zip(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(ValueError, match="a.npz"):
        read_sketches(tmp_path / "a.npz")


def test_other_kinds(tmp_path):
    with pytest.raises(ValueError, match=r"ends in .npz or .ndjson or .jsonl or .svg or .csv or .json"):
        read_sketches(tmp_path / "a.txt")
    with pytest.raises(ValueError, match=r"ends in .svg or .png or .gif or .pdf or .npz or .json"):
        write_drawings(tmp_path / "a.bmp", [L_SHAPE])
    with pytest.raises(FileNotFoundError, match="no file .*a.npz"):
        read_sketches(tmp_path / "a.npz")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        check_output(tmp_path / "missing" / "a.svg")
    with pytest.raises(ValueError, match="split is 'dev'"):
        read_sketches(tmp_path / "a.npz", "dev")


@pytest.mark.parametrize("name", ["a.svg", "a.png", "a.npz", "a.json"])
def test_a_bad_drawing_leaves_the_old_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"old")
    with pytest.raises(ValueError, match="drawing 1 has a NaN"):
        write_drawings(tmp_path / name, [L_SHAPE, np.array([[np.nan, 0, 1]])])
    assert os.listdir(tmp_path) == [name] and (tmp_path / name).read_bytes() == b"old"


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "a.svg").write_bytes(b"old")

    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_drawings(tmp_path / "a.svg", [L_SHAPE])
    assert os.listdir(tmp_path) == ["a.svg"] and (tmp_path / "a.svg").read_bytes() == b"old"
