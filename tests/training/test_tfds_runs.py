"""Runs on TFDS data: streamed ones resume exactly, with their labels, from the workdir alone; figures as in memory."""

import json

import numpy as np
import pytest

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import inspection, read_npz
from sketch_rnn_tf.training import checkpoints, loop
from sketch_rnn_tf.training.workdir import load_data

SOURCE = "tfds:tfds_quickdraw/cat+pig"
SMALL = {
    "data.sources": (SOURCE,),
    "data.batch_size": 8,
    "data.bucket": True,
    "model.encoder.units": 8,
    "model.decoder.units": 12,
    "model.z_size": 4,
    "model.num_mixtures": 3,
    "model.class_conditioning": "one_hot",
    "train.eval_every": 6,
    "train.save_every": 2,
}


def train(path, steps, data_dir=None, **values):
    config = with_values(Config(), {**SMALL, "train.steps": steps, **values})
    return loop.train_and_evaluate(config, path, data_dir=data_dir, progress=False)


def last_arrays(path):
    return checkpoints.load(path / "checkpoints", "last").arrays


@pytest.mark.slow
def test_an_interrupted_streamed_run_ends_like_an_uninterrupted_one(quickdraw_tfds, tmp_path, monkeypatch):
    values = {"data.stream_above_mb": 0, "data.max_length": 20}
    monkeypatch.chdir(quickdraw_tfds)
    train(tmp_path / "whole", 6, "data", **values)
    train(tmp_path / "parts", 3, "data", **values)
    monkeypatch.chdir(tmp_path)
    figures = train(tmp_path / "parts", 6, **values)  # finds its data without being told again
    whole, parts = last_arrays(tmp_path / "whole"), last_arrays(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    for name in whole:
        np.testing.assert_array_equal(whole[name], parts[name], err_msg=name)
    metadata = json.loads((tmp_path / "parts" / "metadata.json").read_text())
    assert metadata["class_names"] == ["cat", "pig"] and metadata["files"][0]["source"] == SOURCE
    assert figures["num_sketches"] == len(short(quickdraw_tfds))


def short(folder):
    splits = [read_npz(folder / "npz" / f"{name}.npz")["valid"] for name in ("cat", "pig")]
    return [sketch for split in splits for sketch in split if len(sketch) <= 20]


def data_of(folder, **values):
    return load_data(with_values(Config(), {**SMALL, **values}), data_dir=folder / "data")


@pytest.mark.parametrize("max_length", [0, 20])
def test_streamed_figures_are_those_in_memory(quickdraw_tfds, max_length):
    streamed, memory = (
        data_of(quickdraw_tfds, **{"data.stream_above_mb": mb, "data.max_length": max_length})
        for mb in (0, 1)
    )
    assert streamed.scale_factor == pytest.approx(memory.scale_factor, rel=1e-12)
    assert (streamed.n_max, streamed.class_names) == (memory.n_max, memory.class_names)
    assert streamed.left_out == memory.left_out
    for split in ("train", "valid", "test"):
        assert len(streamed.sketches[split]) == len(memory.sketches[split])


def test_what_is_streamed_can_only_be_trained_on(quickdraw_tfds):
    data = data_of(quickdraw_tfds, **{"data.stream_above_mb": 0})
    assert len(data.in_memory("test")[0]) == len(data.in_memory("test")[1]) == 14
    with pytest.raises(ValueError, match="the train split of tfds:.* stays on disk"):
        data.in_memory("train")


def test_streamed_data_that_cannot_be_used(quickdraw_tfds):
    sources = (SOURCE, str(quickdraw_tfds / "npz"))
    with pytest.raises(ValueError, match="what is streamed must be the only data"):
        data_of(quickdraw_tfds, **{"data.sources": sources, "data.stream_above_mb": 0})
    with pytest.raises(ValueError, match="every sketch in the valid split of tfds:.* max_length=1 "):
        data_of(quickdraw_tfds, **{"data.max_length": 1, "data.stream_above_mb": 0})


def test_inspecting_gives_the_figures_of_the_npz(quickdraw_tfds):
    ours, picked, lengths = inspection.inspect([SOURCE], data_dir=quickdraw_tfds / "data")
    theirs, _, expected = inspection.inspect([quickdraw_tfds / "npz"])
    assert ours.pop("scale_factor") == pytest.approx(theirs.pop("scale_factor"), rel=1e-12)
    assert ours == theirs and len(picked) == 25 and sorted(lengths) == sorted(expected)
