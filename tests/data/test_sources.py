"""Sources by name: files, folders and doodles become classes with counts, hashes and figures."""

import hashlib
import types

import numpy as np
import pytest

import sketch_rnn_tf.data
from sketch_rnn_tf.data.npz import write_npz
from sketch_rnn_tf.data.sources import load_sources


def sketches(*lengths):
    return [
        np.stack([np.arange(n), np.ones(n), np.arange(n) == n - 1], axis=1).astype(np.int16) for n in lengths
    ]


def write(path, train=(3, 5), valid=(2,), test=(7,)):
    path.parent.mkdir(exist_ok=True)
    write_npz(path, {"train": sketches(*train), "valid": sketches(*valid), "test": sketches(*test)})
    return str(path)


@pytest.fixture
def doodles(monkeypatch):
    """Stands for the generator of drawings, which has tests of its own."""

    def make_splits(class_name, train, valid, test, seed):
        place = ["cat", "house", "ice cream"].index(class_name) + 1
        lengths = {"train": train, "valid": valid, "test": test}
        return {split: sketches(*[place + seed] * num) for split, num in lengths.items()}

    fake = types.SimpleNamespace(class_names=lambda: ("cat", "house", "ice cream"), make_splits=make_splits)
    monkeypatch.setitem(vars(sketch_rnn_tf.data), "doodles", fake)


def test_one_file(tmp_path):
    path = write(tmp_path / "big_cat.npz")
    data = load_sources([path])
    assert data.class_names == ("big cat",)
    assert {split: [len(s) for s in data.sketches[split]] for split in data.sketches} == {
        "train": [3, 5],
        "valid": [2],
        "test": [7],
    }
    np.testing.assert_array_equal(data.class_ids["train"], [0, 0])
    assert data.class_ids["train"].dtype == np.int32
    digest = hashlib.sha256((tmp_path / "big_cat.npz").read_bytes()).hexdigest()
    assert data.files == ({"source": path, "path": path, "sha256": digest},)
    assert data.n_max == 7 and data.left_out == {"train": 0, "valid": 0, "test": 0}
    pooled = [0, 1, 2, 0, 1, 2, 3, 4] + [1] * 8
    assert data.scale_factor == pytest.approx(np.std(pooled), rel=1e-12)


def test_folder_is_a_labelled_set(tmp_path):
    write(tmp_path / "set" / "b.npz", train=(1,))
    write(tmp_path / "set" / "a_c.npz", train=(2, 2))
    (tmp_path / "set" / "notes.txt").write_text("no sketches")
    data = load_sources([str(tmp_path / "set")])
    assert data.class_names == ("a c", "b")
    np.testing.assert_array_equal(data.class_ids["train"], [0, 0, 1])
    np.testing.assert_array_equal(data.class_ids["test"], [0, 1])
    assert [file["source"] for file in data.files] == [str(tmp_path / "set")] * 2


def test_parts_of_one_class_are_joined(tmp_path):
    first, second = (
        write(tmp_path / "x" / "cat.npz", train=(1,)),
        write(tmp_path / "y" / "cat.npz", train=(9,)),
    )
    data = load_sources([first, write(tmp_path / "dog.npz", train=(4,)), second])
    assert data.class_names == ("cat", "dog")
    assert [len(s) for s in data.sketches["train"]] == [1, 4, 9]
    np.testing.assert_array_equal(data.class_ids["train"], [0, 1, 0])
    assert data.n_max == 9


def test_data_dir(tmp_path, monkeypatch):
    write(tmp_path / "far" / "cat.npz", train=(1,))
    write(tmp_path / "far" / "set" / "dog.npz")
    monkeypatch.chdir(tmp_path)
    assert load_sources(["cat.npz", "set"], data_dir=tmp_path / "far").class_names == ("cat", "dog")
    write(tmp_path / "cat.npz", train=(6,))
    assert len(load_sources(["cat.npz"], data_dir=tmp_path / "far").sketches["train"][0]) == 6


def test_max_length_leaves_out_and_counts(tmp_path):
    data = load_sources([write(tmp_path / "a.npz", train=(3, 9, 4, 5), test=(2, 8))], max_length=4)
    assert [len(s) for s in data.sketches["train"]] == [3, 4]
    assert data.left_out == {"train": 2, "valid": 0, "test": 1}
    assert data.n_max == 4 and len(data.class_ids["train"]) == 2


def test_clamp_and_small_types(tmp_path):
    large = np.array([[[5000, -5000, 1]]])
    good = np.array([[[1, 2, 1]]])
    np.savez(tmp_path / "whole.npz", train=large, valid=good, test=good)
    np.savez(tmp_path / "real.npz", train=large + 0.5 * good * [1, 1, 0], valid=good * 1.0, test=good * 1.0)
    whole, real = (
        load_sources([str(tmp_path / name)]).sketches["train"][0] for name in ("whole.npz", "real.npz")
    )
    assert whole.dtype == np.int16 and real.dtype == np.float32
    np.testing.assert_array_equal(whole, [[1000, -1000, 1]])
    np.testing.assert_array_equal(real, [[1000, -1000, 1]])


def test_doodles(doodles):
    every = load_sources(["doodles"])
    assert every.class_names == ("cat", "house", "ice cream") and every.n_max == 3
    some = load_sources(["doodles:ice cream, cat"])
    assert some.class_names == ("ice cream", "cat")
    counts = {split: np.bincount(ids).tolist() for split, ids in some.class_ids.items()}
    assert counts["train"][0] == counts["train"][1] == 10 * counts["valid"][0] == 10 * counts["test"][1]
    assert [file["path"] for file in some.files] == [None, None]
    hashes = {file["sha256"] for file in every.files}
    assert len(hashes) == 3 and {file["sha256"] for file in some.files} < hashes


def test_real_files(shared_data):
    data = load_sources(["aaron_sheep.npz", "short_kanji.npz"], data_dir=shared_data / "npz")
    assert data.class_names == ("aaron sheep", "short kanji")
    assert {split: np.bincount(ids).tolist() for split, ids in data.class_ids.items()} == {
        "train": [7400, 10000],
        "valid": [300, 600],
        "test": [300, 500],
    }
    assert data.n_max == 250


@pytest.mark.parametrize(
    "sources, error, words",
    [
        (
            [],
            ValueError,
            "no data was named; give an .npz file, a folder of them, tfds:NAME, doodles, or doodles:cat,house",
        ),
        (
            ["cat"],
            ValueError,
            "data source 'cat' is unknown; expected an .npz file, a folder of them, tfds:NAME, doodles",
        ),
        (["notes.txt"], ValueError, "data source 'notes.txt' is unknown; expected"),
        (["tfdx:cat"], ValueError, "data source 'tfdx:cat' is unknown; expected"),
        (["cat.npz"], FileNotFoundError, "there is no file cat.npz nor .*elsewhere.cat.npz; give"),
        (["empty"], ValueError, "the folder empty holds no .npz file"),
        (["hole.npz"], ValueError, "the valid split of hole.npz is empty"),
        (
            ["doodles:cat,horse"],
            ValueError,
            "names 'horse', which is no doodle; expected some of cat, house, ice cream",
        ),
        (["doodles:"], ValueError, "names '', which is no doodle"),
    ],
)
def test_errors(tmp_path, monkeypatch, doodles, sources, error, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("")
    write(tmp_path / "hole.npz", valid=())
    with pytest.raises(error, match=words):
        load_sources(sources, data_dir=tmp_path / "elsewhere")


def test_a_length_that_leaves_nothing(tmp_path):
    path = write(tmp_path / "a.npz", train=(3,), valid=(8,))
    with pytest.raises(
        ValueError, match="every sketch in the valid split of .*a.npz has more than max_length=5 points"
    ):
        load_sources([path], max_length=5)
