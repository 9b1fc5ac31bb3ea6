"""A small data file and a small run, made by the commands themselves."""

import numpy as np
import pytest

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import write_npz

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


@pytest.fixture
def data_file(tmp_path):
    path = tmp_path / "small_thing.npz"
    write_npz(
        path, {"train": random_sketches(20, 1), "valid": random_sketches(5, 2), "test": random_sketches(3, 3)}
    )
    return path


@pytest.fixture
def small_config(data_file):
    return with_values(Config(), {**SMALL, "data.sources": (str(data_file),)})
