"""Packing a run into a model that comes with the project, and finding it again by name."""

import json
import shutil

import numpy as np
import pytest

import sketch_rnn_tf as srt
from sketch_rnn_tf.training import checkpoints, pretrained
from sketch_rnn_tf.training.workdir import Workdir


@pytest.fixture
def run(own_run):
    return own_run


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.setattr(pretrained, "folder", lambda: tmp_path / "shelf")
    return tmp_path / "shelf"


def test_a_packed_model_draws_as_its_run_and_tells_no_paths(run, shelf):
    pretrained.pack(run, shelf / "thing")
    packed, whole = srt.load_model("pretrained:thing"), srt.load_model(run)
    z = np.random.default_rng(0).normal(size=(4, whole.network.z_size)).astype(np.float32)
    for a, b in zip(packed.decode(z, greedy=True), whole.decode(z, greedy=True)):
        np.testing.assert_allclose(a[: min(len(a), len(b))], b[: min(len(a), len(b))], rtol=0.05, atol=0.5)
    arrays = checkpoints.load(Workdir(shelf / "thing").checkpoints).arrays
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float16)}
    assert not any(path.startswith("optimizer") for path in arrays)
    assert str(run.parent) not in "".join(path.read_text() for path in (shelf / "thing").rglob("*.json"))
    assert packed.config.data.sources == ("small_thing.npz",)
    assert pretrained.names() == ["thing"] and not list(shelf.glob(".packing*"))
    with pytest.raises(FileExistsError, match="remove it"):
        pretrained.pack(run, shelf / "thing")


def test_what_a_run_began_with_and_its_machine_are_not_told(run, shelf, tmp_path):
    began = tmp_path / "began"
    shutil.copytree(run, began)
    config = json.loads((began / "config.json").read_text())
    config["train"] |= {"start_from": str(run), "precision": "bf16", "shards": 3}
    (began / "config.json").write_text(json.dumps(config))
    pretrained.pack(began, shelf / "thing")
    train = srt.load_model("pretrained:thing").config.train
    assert (train.start_from, train.precision, train.shards) == (run.name, "float32", 0)
    assert str(run.parent) not in (shelf / "thing" / "config.json").read_text()


def test_weights_beyond_float16_are_refused_and_nothing_is_left(run, shelf):
    workdir = Workdir(run)
    loaded = checkpoints.load(workdir.checkpoints)
    arrays = {**loaded.arrays, "model/head/bias": loaded.arrays["model/head/bias"] + 1e5}
    checkpoints.save(workdir.checkpoints, arrays, 99, ("best",))
    with pytest.raises(ValueError, match="head/bias does not fit float16"):
        pretrained.pack(run, shelf / "thing")
    assert not list(shelf.rglob("*"))


def test_an_unknown_name_is_answered_with_the_known_ones(shelf):
    with pytest.raises(FileNotFoundError, match="no pretrained model is called 'dragon'; there are none"):
        srt.load_model("pretrained:dragon")
