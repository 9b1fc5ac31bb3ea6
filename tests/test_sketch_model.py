"""The promised Python interface, on a small model of two classes."""

import numpy as np
import pytest
import tensorflow as tf

import sketch_rnn_tf as srt
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.sketch_model import SketchModel
from sketch_rnn_tf.training.workdir import Metadata

SMALL = {"model.encoder.units": 5, "model.decoder.units": 7, "model.z_size": 3, "model.num_mixtures": 2}


def model_of(**values):
    config = with_values(Config(), {**SMALL, **values})
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, 2)
    for weight in network.trainable_variables:
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.2))
    return SketchModel(network, config, Metadata(scale_factor=20.0, n_max=15, class_names=("cat", "big dog")))


SKETCHES = [np.array([[10, 0, 0], [0, 12, 1], [5, 5, 1]], np.int16), np.array([[-9.5, 3.0, 1.0]], np.float32)]


def test_encode_decode_generate_reconstruct_evaluate():
    model = model_of()
    mu, log_var = model.encode(SKETCHES)
    assert mu.shape == log_var.shape == (2, 3) and mu.dtype == np.float32
    drawn = model.decode(mu, temperature=0.4, seed=1)
    assert len(drawn) == 2 and all(d.dtype == np.float32 and d.shape[1] == 3 and len(d) <= 15 for d in drawn)
    again = model.reconstruct(SKETCHES, temperature=0.4, seed=1)
    for a, b in zip(drawn, again):
        np.testing.assert_array_equal(a, b)
    assert len(model.generate(num=3, max_steps=4)) == 3
    assert model.evaluate(SKETCHES)["num_sketches"] == 2
    assert srt.rendering.svg(drawn).startswith("<svg")


def test_greedy_is_temperature_0():
    model = model_of()
    z = np.ones((1, 3), np.float32)
    np.testing.assert_array_equal(
        model.decode(z, greedy=True, seed=1)[0], model.decode(z, temperature=0, seed=2)[0]
    )


def test_classes_by_name():
    model = model_of(**{"model.class_conditioning": "one_hot"})
    cat, dog = (model.generate(2, class_name=name, seed=1)[0] for name in ("cat", "big dog"))
    assert cat.shape != dog.shape or np.abs(cat - dog).max() > 1e-3
    in_turn = model.generate(2, seed=1)
    np.testing.assert_allclose(in_turn[0], cat, atol=1e-4)
    mixed = model.reconstruct(SKETCHES, class_name=["cat", "big dog"])
    assert len(mixed) == 2
    with pytest.raises(ValueError, match="no class 'pig'; it was trained on cat, big dog"):
        model.generate(1, class_name="pig")
    with pytest.raises(ValueError, match="name the class of the sketches"):
        model.encode(SKETCHES)
    with pytest.raises(ValueError, match="1 class names for 2 sketches"):
        model.encode(SKETCHES, class_name=["cat"])


def test_a_decoder_only_model():
    model = model_of(**{"model.conditional": False})
    assert len(model.generate(2, seed=3)) == 2
    assert model.evaluate(SKETCHES)["kl"] == 0
    with pytest.raises(ValueError, match="has no encoder"):
        model.encode(SKETCHES)
    with pytest.raises(ValueError, match="has no z"):
        model.decode(np.zeros((1, 3)))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m: m.generate(0), "num is 0"),
        (lambda m: m.generate(1, temperature=-1), "temperature is -1"),
        (lambda m: m.generate(1, temperature=float("nan")), "temperature is nan"),
        (lambda m: m.generate(1, temperature_mode="hot"), "temperature_mode is 'hot'"),
        (lambda m: m.generate(1, max_steps=0), "max_steps is 0"),
        (lambda m: m.generate(1, seed=-1), "seed is -1"),
        (lambda m: m.generate(1, class_name="cat"), "not class-conditional"),
        (lambda m: m.decode(np.zeros((2, 4))), r"shape \(2, 4\)"),
        (lambda m: m.encode([]), "no sketches"),
        (lambda m: m.encode([np.zeros((0, 3))]), "is empty"),
        (lambda m: m.encode([np.zeros((4, 2))]), "sketch 0"),
        (lambda m: m.encode([np.full((4, 3), np.nan)]), "NaN"),
        (lambda m: m.evaluate([np.zeros((16, 3), np.int16)]), "above the model's Nmax of 15"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call(model_of())


def test_rooms_load_when_first_used():
    assert srt.preset("quick").train.steps > 0
    assert "load_model" in dir(srt)
    with pytest.raises(AttributeError, match="no attribute paint"):
        _ = srt.paint
