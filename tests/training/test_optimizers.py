"""Optimisers and cells by name; those of tensorflow-addons where it is installed, and one clear sentence where it is not."""

import importlib.util

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import OPTIMIZERS, Config, with_values
from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.layers import make_cell
from sketch_rnn_tf.training import checkpoints, optimizers
from sketch_rnn_tf.training.loop import train_and_evaluate

HAS_ADDONS = importlib.util.find_spec("tensorflow_addons") is not None
with_addons = pytest.mark.skipif(
    not HAS_ADDONS, reason="tensorflow-addons is not installed (requirements/addons.txt)"
)
without_addons = pytest.mark.skipif(HAS_ADDONS, reason="tensorflow-addons is installed")
OF_ADDONS = [name for name in OPTIMIZERS if name.startswith("tfa:")]
# Variables an optimiser keeps for each weight.
SLOTS = {
    "adam": 2,
    "tfa:RectifiedAdam": 2,
    "tfa:LAMB": 2,
    "tfa:Lookahead": 3,
    "tfa:MovingAverage": 3,
}


def config_of(**values):
    return with_values(Config(), values)


@pytest.fixture(scope="module")
def cups(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "cup.npz"
    write_npz(path, doodles.make_splits("cup", train=20, valid=4, test=4, seed=5))
    return str(path)


def final_weights(cups, run, stops, **values):
    values = {
        "data.sources": (cups,),
        "data.batch_size": 4,
        "model.encoder.units": 4,
        "model.decoder.units": 6,
        "model.z_size": 3,
        "model.num_mixtures": 2,
        "train.shards": 1,
        **values,
    }
    for steps in stops:
        config = config_of(
            **{**values, "train.steps": steps, "train.eval_every": steps, "train.save_every": steps}
        )
        train_and_evaluate(config, run, progress=False)
    return checkpoints.load(run / "checkpoints", "last").arrays


@without_addons
@pytest.mark.parametrize("name", OF_ADDONS)
def test_without_addons_one_sentence_says_what_to_install(name):
    with pytest.raises(ValueError) as error:
        optimizers.make_optimizer(config_of(**{"train.optimizer": name}).train)
    text = str(error.value)
    assert name in text and "TensorFlow 2.15" in text and "sketch-rnn-tf[addons]" in text and "\n" not in text


@without_addons
def test_the_cell_of_addons_says_so_too():
    with pytest.raises(ValueError, match=r"'tfa:LayerNormLSTM', which needs tensorflow-addons"):
        make_cell("tfa:LayerNormLSTM", 4).build((None, 3))


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="train.optimizer.*tfa:Lookahead"):
        config_of(**{"train.optimizer": "tfa:Nope"})


@pytest.mark.parametrize("name", SLOTS)
def test_the_whole_state_is_found(name):
    if name.startswith("tfa:") and not HAS_ADDONS:
        pytest.skip("tensorflow-addons is not installed (requirements/addons.txt)")
    weights = [
        tf.Variable(tf.ones(shape), name=f"w{place}") for place, shape in enumerate([(2, 3), (4,), (4,)])
    ]
    optimizer = optimizers.make_optimizer(config_of(**{"train.optimizer": name}).train)
    optimizers.build(optimizer, weights)
    found = optimizers.slots(optimizer, weights)
    assert len(found) == SLOTS[name]
    for values in found:
        assert [tuple(value.shape) for value in values] == [(2, 3), (4,), (4,)]
    for _ in range(7):
        optimizer.apply_gradients([(tf.ones_like(weight), weight) for weight in weights])
    assert all(np.abs(np.asarray(values[0])).max() > 0 for values in found)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name.startswith("tfa:") else pytest.mark.slow)
        for name in ("sgd", *SLOTS)
    ],
)
def test_a_run_goes_on_bit_for_bit(cups, tmp_path, name):
    if name.startswith("tfa:") and not HAS_ADDONS:
        pytest.skip("tensorflow-addons is not installed (requirements/addons.txt)")
    whole = final_weights(cups, tmp_path / "whole", [13], **{"train.optimizer": name})
    parts = final_weights(cups, tmp_path / "parts", [7, 13], **{"train.optimizer": name})
    assert whole.keys() == parts.keys()
    for path, values in whole.items():
        np.testing.assert_array_equal(values, parts[path], err_msg=path)


@with_addons
def test_the_cell_of_addons_gives_what_it_gives_alone():
    import tensorflow_addons as tfa

    tf.keras.utils.set_random_seed(1)
    cell = make_cell("tfa:LayerNormLSTM", 5)
    cell.build((None, 3))
    alone = tfa.rnn.LayerNormLSTMCell(5)
    alone.build((None, 3))
    alone.set_weights(cell.addons.get_weights())
    rng = np.random.default_rng(0)
    inputs, h, c = (tf.constant(rng.normal(size=[2, size]), tf.float32) for size in (3, 5, 5))
    output, (new_h, new_c) = cell.step(cell.project(inputs), (h, c))
    expected, (expected_h, expected_c) = alone(inputs, [h, c])
    for found, wanted in ((output, expected), (new_h, expected_h), (new_c, expected_c)):
        np.testing.assert_allclose(found, wanted, atol=1e-6)


@with_addons
def test_a_model_of_the_cell_of_addons_trains_and_resumes(cups, tmp_path):
    cells = {"model.decoder.cell": "tfa:LayerNormLSTM", "model.encoder.cell": "tfa:LayerNormLSTM"}
    whole = final_weights(cups, tmp_path / "whole", [5], **cells)
    parts = final_weights(cups, tmp_path / "parts", [2, 5], **cells)
    for path, values in whole.items():
        np.testing.assert_array_equal(values, parts[path], err_msg=path)
