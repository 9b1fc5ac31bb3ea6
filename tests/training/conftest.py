"""A small data file and a small run, made by the commands themselves."""

import shutil

import numpy as np
import pytest

from sketch_rnn_tf.config import Config, from_json, to_json, with_values
from sketch_rnn_tf.data import write_npz
from sketch_rnn_tf.training.loop import train_and_evaluate

SMALL = {
    "model.encoder.units": 8,
    "model.decoder.units": 12,
    "model.z_size": 4,
    "model.num_mixtures": 3,
    "data.batch_size": 8,
    "train.eval_every": 4,
    "train.save_every": 2,
    "train.steps": 8,
}


def random_sketches(count, seed):
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        sketch = np.rint(rng.normal(0, 20, (rng.integers(4, 13), 3))).astype(np.int16)
        sketch[:, 2] = rng.random(len(sketch)) < 0.2
        made.append(sketch)
    return made


def write_small(folder):
    path = folder / "small_thing.npz"
    write_npz(
        path, {"train": random_sketches(20, 1), "valid": random_sketches(5, 2), "test": random_sketches(3, 3)}
    )
    return path


@pytest.fixture
def data_file(tmp_path):
    return write_small(tmp_path)


@pytest.fixture
def small_config(data_file):
    return with_values(Config(), {**SMALL, "data.sources": (str(data_file),)})


@pytest.fixture
def decoder_config(small_config):
    """A decoder alone, which traces in half the time: for tests in which the model does not matter."""
    return with_values(small_config, {"model.conditional": False})


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory):
    """A run of the small config to its end, at step 8, which no test changes."""
    folder = tmp_path_factory.mktemp("finished")
    config = with_values(Config(), {**SMALL, "data.sources": (str(write_small(folder)),)})
    train_and_evaluate(config, folder / "run", progress=False)
    return folder / "run"


@pytest.fixture
def own_run(finished_run, data_file, tmp_path):
    """A copy of the finished run, as if it had been trained on this test's own data file."""
    shutil.copytree(finished_run, tmp_path / "run")
    file = tmp_path / "run" / "config.json"
    config = with_values(from_json(file.read_text()), {"data.sources": (str(data_file),)})
    file.write_text(to_json(config))
    return tmp_path / "run"
