"""Two small models, trained on doodles in seconds: one of two classes with an encoder, and a decoder alone in other units."""

import numpy as np
import pytest

from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.presets import preset
from sketch_rnn_tf.sketch_model import load_model
from sketch_rnn_tf.training.loop import train_and_evaluate

SMALL = {
    "model.encoder.units": 16,
    "model.decoder.units": 32,
    "model.z_size": 4,
    "model.num_mixtures": 3,
    "data.batch_size": 32,
    "train.steps": 60,
    "train.eval_every": 60,
    "train.learning_rate": 0.01,
}
OTHER_UNITS = 3


def doodle_file(folder, name, units=1):
    """Writes doodles of a class, `units` times as large as they come; returns the file's name."""
    splits = doodles.make_splits(name, train=96, valid=8, test=8, seed=5)
    scaled = {
        split: [(sketch * np.array([units, units, 1])).astype(np.int16) for sketch in sketches]
        for split, sketches in splits.items()
    }
    write_npz(folder / f"{name}.npz", scaled)
    return str(folder / f"{name}.npz")


def trained(folder, sources, **values):
    folder.mkdir(exist_ok=True)
    config = with_values(preset("quick"), {**SMALL, "data.sources": tuple(sources), **values})
    train_and_evaluate(config, folder / "run", progress=False)
    return folder / "run"


@pytest.fixture(scope="session")
def workdir(tmp_path_factory):
    """Of a conditional model of the classes cup and fish."""
    folder = tmp_path_factory.mktemp("both")
    sources = [doodle_file(folder, name) for name in ("cup", "fish")]
    return trained(folder, sources, **{"model.class_conditioning": "one_hot"})


@pytest.fixture(scope="session")
def decoder_workdir(tmp_path_factory):
    """Of a decoder-only model of houses, in units three times as small."""
    folder = tmp_path_factory.mktemp("house")
    return trained(folder, [doodle_file(folder, "house", OTHER_UNITS)], **{"model.conditional": False})


@pytest.fixture(scope="session")
def model(workdir):
    return load_model(workdir, "last")


@pytest.fixture(scope="session")
def decoder(decoder_workdir):
    return load_model(decoder_workdir, "last")


def doodles_of(name, units=1):
    made = doodles.make_splits(name, train=1, valid=1, test=6, seed=9)["test"]
    return [sketch * np.array([units, units, 1], np.int16) for sketch in made]


@pytest.fixture(scope="session")
def cups():
    return doodles_of("cup")


@pytest.fixture(scope="session")
def fishes():
    return doodles_of("fish")


@pytest.fixture(scope="session")
def houses():
    return doodles_of("house", OTHER_UNITS)
