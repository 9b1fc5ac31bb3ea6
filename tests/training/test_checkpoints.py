"""Checkpoints on disk."""

import json

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.models import SketchRNN
from sketch_rnn_tf.training import checkpoints

ARRAYS = {"model/a": np.arange(3.0), "optimizer/iterations": np.asarray(1)}


def test_last_best_and_the_one_before_are_kept(tmp_path):
    for step, names in ((1, ("best",)), (2, ("last",)), (3, ("last",)), (4, ("last",))):
        checkpoints.save(tmp_path, {**ARRAYS, "model/a": np.full(3, float(step))}, step, names)
    assert sorted(path.name for path in tmp_path.glob("*.npz")) == ["step-1.npz", "step-3.npz", "step-4.npz"]
    assert checkpoints.load(tmp_path, "last").arrays["model/a"][0] == 4
    assert checkpoints.load(tmp_path, "best").arrays["model/a"][0] == 1


def test_best_falls_back_to_last(tmp_path):
    checkpoints.save(tmp_path, ARRAYS, 5, ("last",))
    assert checkpoints.load(tmp_path, "best").info["step"] == 5


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_damage_is_noticed(tmp_path, damage):
    checkpoints.save(tmp_path, ARRAYS, 1, ("last", "best"))
    path = tmp_path / "step-1.npz"
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data if damage == "flip" else data[: len(data) // 2])
    with pytest.raises(ValueError, match="step-1.npz (does not have the sha256|is missing)"):
        checkpoints.load(tmp_path, "best")


def test_a_pointer_cannot_leave_the_folder(tmp_path):
    checkpoints.save(tmp_path, ARRAYS, 1, ("last",))
    info = json.loads((tmp_path / "last.json").read_text())
    (tmp_path / "last.json").write_text(json.dumps({**info, "file": "../other.npz"}))
    with pytest.raises(ValueError, match="last.json is damaged"):
        checkpoints.load(tmp_path, "last")


def test_nothing_saved_yet(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no checkpoint"):
        checkpoints.load(tmp_path)
    assert not checkpoints.exists(tmp_path)


@pytest.mark.parametrize("kind", ["Adam", "SGD", "RMSprop"])
def test_every_slot_of_an_optimiser_returns(kind):
    def make():
        network = SketchRNN(encoder_units=3, decoder_units=4, z_size=2, num_mixtures=1)
        options = {"momentum": 0.9} if kind in ("SGD", "RMSprop") else {}
        optimizer = getattr(tf.keras.optimizers, kind)(0.01, **options)
        optimizer.build(network.trainable_variables)
        return network, optimizer

    def step(network, optimizer, seed):
        gradients = [tf.random.stateless_normal(w.shape, [seed, 1]) for w in network.trainable_variables]
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))

    network, optimizer = make()
    step(network, optimizer, 1)
    arrays = checkpoints.state_arrays(network, optimizer)
    copy, copied_optimizer = make()
    checkpoints.restore_state(arrays, copy, copied_optimizer)
    step(network, optimizer, 2)
    step(copy, copied_optimizer, 2)
    for ours, theirs in zip(network.trainable_variables, copy.trainable_variables):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


def test_a_checkpoint_without_optimiser_state_is_for_drawing_only():
    network = SketchRNN(encoder_units=3, decoder_units=4, z_size=2, num_mixtures=1)
    optimizer = tf.keras.optimizers.Adam()
    optimizer.build(network.trainable_variables)
    arrays = {k: v for k, v in checkpoints.state_arrays(network, optimizer).items() if k.startswith("model/")}
    with pytest.raises(ValueError, match="holds no optimizer state"):
        checkpoints.restore_state(arrays, network, optimizer)
