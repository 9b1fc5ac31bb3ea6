"""Doodles of three classes, and a judge of them trained in seconds."""

import pytest

from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.data.sources import load_sources
from sketch_rnn_tf.evaluation import judge_training
from sketch_rnn_tf.evaluation.judge_training import JudgeOptions, train_judge
from sketch_rnn_tf.evaluation.report import Labelled

CLASSES = ("cup", "fish", "house")


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder of one npz a class: 200 training sketches, 60 of validation and test."""
    folder = tmp_path_factory.mktemp("judged")
    for name in CLASSES:
        write_npz(folder / f"{name}.npz", doodles.make_splits(name, train=200, valid=60, test=60, seed=5))
    return folder


@pytest.fixture(scope="session")
def judge_folder(data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("judge") / "run"
    options = JudgeOptions(steps=100, units=8, save_every=100, learning_rate=0.01)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judge_training, "JUNK_TESTED", 80)
        train_judge(load_sources([str(data)]), folder, options, progress=False)
    return folder


@pytest.fixture(scope="session")
def real(data):
    """All test sketches with their class names."""
    dataset = load_sources([str(data)])
    sketches, class_ids = dataset.in_memory("test")
    return Labelled(sketches, [dataset.class_names[place] for place in class_ids])
