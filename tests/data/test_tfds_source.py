"""TFDS data as sketches: what TFDS' own reader gives, in every encoding, and what is said where there is nothing to read."""

import sys

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets", reason="tensorflow-datasets is not installed (extra tfds)")

from sketch_rnn_tf.data import load_sources  # noqa: E402
from sketch_rnn_tf.data.tfds_source import open_tfds  # noqa: E402

COUNTS = {"train": 90, "valid": 12, "test": 7}


def random_sketches(count, seed):
    rng = np.random.default_rng(seed)
    made = []
    for length in rng.integers(1, 30, count):
        pens = rng.random([length, 1]) < 0.2
        offsets = rng.integers(-300, 300, [length, 2])
        made.append(np.concatenate([offsets, pens], axis=1).astype(np.int16))
    return made


def store(tmp_path, features, examples, splits=("train", "validation", "test")):
    """Makes a TFDS dataset of any features."""
    tfds.dataset_builders.store_as_tfds_dataset(
        name="mine",
        version="1.0.0",
        data_dir=tmp_path,
        features=tfds.features.FeaturesDict(features),
        split_datasets={split: enumerate(examples) for split in splits},
        disable_shuffling=True,
    )


def strokes_feature(dtype=np.int16, encoding="none", shape=(None, 3)):
    return tfds.features.Tensor(shape=shape, dtype=dtype, encoding=encoding)


def same(ours, theirs):
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("split, name", [("train", "train"), ("valid", "validation"), ("test", "test")])
def test_chunks_are_what_tfds_reads(quickdraw_tfds, split, name):
    opened = open_tfds("tfds:tfds_quickdraw/cat+pig", quickdraw_tfds / "data")
    (chunk,) = opened.checked_chunks(split)
    in_order = tfds.ReadConfig(interleave_cycle_length=1)
    builder = tfds.builder("tfds_quickdraw/cat+pig", data_dir=quickdraw_tfds / "data")
    theirs = list(tfds.as_numpy(builder.as_dataset(split=name, read_config=in_order)))
    assert len(chunk.lengths) == 2 * COUNTS[split] and len(opened.records[split].paths) == 3
    same(chunk.sketches, [example["strokes"] for example in theirs])
    np.testing.assert_array_equal(chunk.class_ids, [example["label"] for example in theirs])
    assert chunk.points.dtype == np.int16 and opened.class_names == ("cat", "pig")


def test_tfds_data_are_the_npz_data(quickdraw_tfds):
    ours = load_sources(["tfds:tfds_quickdraw/cat+pig"], data_dir=quickdraw_tfds / "data")
    theirs = load_sources([str(quickdraw_tfds / "npz")])
    assert ours.class_names == theirs.class_names == ("cat", "pig") and ours.n_max == theirs.n_max
    assert ours.scale_factor == pytest.approx(theirs.scale_factor, rel=1e-12)
    for split in COUNTS:
        pairs = [
            sorted(
                (int(i), sketch.tobytes()) for i, sketch in zip(data.class_ids[split], data.sketches[split])
            )
            for data in (ours, theirs)
        ]
        assert pairs[0] == pairs[1]
    assert ours.files[0]["source"] == "tfds:tfds_quickdraw/cat+pig" and len(ours.files[0]["sha256"]) == 64


def test_classes_join_with_other_sources(quickdraw_tfds):
    data = load_sources(
        [str(quickdraw_tfds / "npz" / "pig.npz"), "tfds:tfds_quickdraw/cat+pig"],
        data_dir=quickdraw_tfds / "data",
    )
    assert data.class_names == ("pig", "cat")
    np.testing.assert_array_equal(np.bincount(data.class_ids["train"]), [180, 90])
    cats = [s for s, i in zip(data.sketches["train"], data.class_ids["train"]) if i == 1]
    expected = load_sources([str(quickdraw_tfds / "npz" / "cat.npz")]).sketches["train"]
    assert sorted(s.tobytes() for s in cats) == sorted(s.tobytes() for s in expected)


@pytest.mark.parametrize("encoding", ["none", "bytes", "zlib"])
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32])
def test_any_encoding(tmp_path, encoding, dtype):
    sketches = [sketch.astype(dtype) for sketch in random_sketches(5, 3)]
    features = {
        "strokes": strokes_feature(dtype, encoding),
        "label": tfds.features.ClassLabel(names=["one", "two"]),
        "more": np.int64,
    }
    store(tmp_path, features, [{"strokes": s, "label": i % 2, "more": i} for i, s in enumerate(sketches)])
    opened = open_tfds("tfds:mine", tmp_path)
    (chunk,) = opened.checked_chunks("valid")
    same(chunk.sketches, sketches)
    assert chunk.points.dtype == dtype and opened.class_names == ("one", "two")
    np.testing.assert_array_equal(chunk.class_ids, [0, 1, 0, 1, 0])


def test_data_without_labels_are_one_class(tmp_path):
    examples = [{"strokes": sketch} for sketch in random_sketches(5, 3)]
    store(tmp_path, {"strokes": strokes_feature()}, examples, ("train", "valid", "test"))
    data = load_sources(["tfds:mine"], data_dir=tmp_path)
    assert data.class_names == ("mine",) and data.class_ids["test"].tolist() == [0] * 5


def test_features_that_are_no_sketches(tmp_path):
    store(tmp_path / "text", {"strokes": tfds.features.Text()}, [{"strokes": "a"}])
    wide = strokes_feature(encoding="bytes", shape=(None, None))
    store(tmp_path / "wide", {"strokes": wide}, [{"strokes": np.ones([2, 3], np.int16)}])
    for folder in ("text", "wide"):
        with pytest.raises(
            ValueError, match=r"tfds:mine holds no sketches: .* 'strokes' of shape \[None, 3\]"
        ):
            open_tfds("tfds:mine", tmp_path / folder)


def test_a_missing_split(tmp_path):
    store(
        tmp_path, {"strokes": strokes_feature()}, [{"strokes": random_sketches(1, 0)[0]}], ("train", "test")
    )
    with pytest.raises(ValueError, match=r"no sketches in a split validation; it holds .*train \(1\)"):
        open_tfds("tfds:mine", tmp_path)


@pytest.mark.parametrize("bad", [[[1, 2, 0], [1, np.nan, 0]], [[1, 2, 2]], np.zeros([0, 3])])
@pytest.mark.parametrize("stream_above_mb", [0, 1])
def test_malformed_sketches_are_named(tmp_path, bad, stream_above_mb):
    sound = {"strokes": np.array([[1, 2, 1], [0, 0, 0]], np.float32)}
    examples = [sound, sound, {"strokes": np.array(bad, np.float32)}, sound]
    store(tmp_path, {"strokes": strokes_feature(np.float32)}, examples)
    with pytest.raises(ValueError, match="tfds:mine: (train|valid) sketch 2 is not stroke-3"):
        load_sources(["tfds:mine"], data_dir=tmp_path, stream_above_mb=stream_above_mb)


def test_labels_that_name_no_class(tmp_path):
    features = {"strokes": strokes_feature(), "label": tfds.features.ClassLabel(names=["one"])}
    store(tmp_path, features, [{"strokes": sketch, "label": -1} for sketch in random_sketches(2, 0)])
    with pytest.raises(ValueError, match="the train split has labels outside of its 1 classes"):
        load_sources(["tfds:mine"], data_dir=tmp_path)


def test_damaged_and_missing_files(tmp_path):
    store(tmp_path, {"strokes": strokes_feature()}, [{"strokes": sketch} for sketch in random_sketches(5, 0)])
    path = next(tmp_path.rglob("*train.tfrecord*"))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match="the train split of tfds:mine in .* is damaged .* prepare it again"):
        load_sources(["tfds:mine"], data_dir=tmp_path)
    path.unlink()
    with pytest.raises(ValueError, match="the train split of tfds:mine in .* is damaged .* prepare it again"):
        load_sources(["tfds:mine"], data_dir=tmp_path, stream_above_mb=0)


@pytest.mark.parametrize(
    "source, error, words",
    [
        (
            "tfds:tfds_quickdraw/dog",
            FileNotFoundError,
            "is not prepared in .*; prepare it with `tfds build --imports=",
        ),
        ("tfds:mnist", FileNotFoundError, "prepare it with `tfds build mnist --data_dir="),
        ("tfds:tfds_quickdraw/catt", ValueError, "cannot be found: QuickDraw has no category 'catt'"),
        ("tfds:nothing_at_all", ValueError, "cannot be found: Dataset nothing_at_all not found"),
        ("tfds:", ValueError, "tfds: cannot be found"),
    ],
)
def test_errors_are_one_sentence(tmp_path, source, error, words):
    with pytest.raises(error, match=words) as caught:
        load_sources([source], data_dir=tmp_path)
    assert "\n" not in str(caught.value)


def test_the_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ValueError, match=r"pip install 'sketch-rnn-tf\[tfds\]'"):
        load_sources(["tfds:tfds_quickdraw/cat"])
