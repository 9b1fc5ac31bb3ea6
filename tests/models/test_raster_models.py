"""Sketch-pix2seq and the CNN-VAE: the same model around another encoder, through the same commands."""

import json

import numpy as np
import pytest
import tensorflow as tf

from export.saved_model import export_saved_model
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.data.rasterize import rasterize
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.presets import preset
from sketch_rnn_tf.sketch_model import SketchModel, load_model
from sketch_rnn_tf.training.loop import train_and_evaluate
from sketch_rnn_tf.training.workdir import Metadata

TINY = {
    "model.encoder.units": 6,
    "model.decoder.units": 16,
    "model.z_size": 4,
    "model.num_mixtures": 3,
    "data.raster_size": 24,
}
SKETCHES = [
    np.array([[30, 0, 0], [0, 20, 1], [-15, -5, 0], [3, 9, 1]], np.int16),
    np.array([[9, 9, 1]], np.int16),
]


def model_of(kind, **values):
    config = with_values(Config(), {**TINY, "model.kind": kind, **values})
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, 2, raster_size=config.data.raster_size)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.2))
    return SketchModel(network, config, Metadata(8.0, 30, ("cup", "fish")))


@pytest.mark.parametrize("kind", ["sketch_pix2seq", "cnn_vae"])
def test_a_sketch_and_its_image_are_encoded_alike(kind):
    model = model_of(kind, **{"model.class_conditioning": "one_hot"})
    mu, log_var = model.encode(SKETCHES, ["cup", "fish"])
    strokes = np.zeros([2, 4, 3], np.float32)
    for row, sketch in zip(strokes, SKETCHES):
        row[: len(sketch)] = sketch
    images = rasterize(strokes, [4, 1], 24).numpy()
    seen = model.encode_images(images[..., 0], ["cup", "fish"])
    np.testing.assert_allclose(seen[0], mu, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(seen[1], log_var, rtol=1e-4, atol=1e-4)
    assert np.abs(mu[0] - mu[1]).max() > 1e-3


def test_images_of_another_size_and_models_of_strokes_are_refused():
    with pytest.raises(ValueError, match=r"images have shape \[1, 48, 48, 1\]; expected \[B, 24, 24, 1\]"):
        model_of("cnn_vae").encode_images(np.zeros([1, 48, 48]))
    with pytest.raises(ValueError, match="expected .* from 0 for paper to 1 for ink"):
        model_of("cnn_vae").encode_images(np.full([1, 24, 24], 255))
    with pytest.raises(ValueError, match="does not read images"):
        model_of("sketch_rnn").encode_images(np.zeros([1, 24, 24]))
    with pytest.raises(ValueError, match="XLA cannot draw the images"):
        with_values(Config(), {"model.kind": "cnn_vae", "train.jit_compile": True})
    with pytest.raises(ValueError, match="its encoder is what makes it one"):
        with_values(Config(), {"model.kind": "cnn_vae", "model.conditional": False})


@pytest.mark.parametrize("name", ["sketch_pix2seq", "cnn_vae"])
def test_presets_are_the_papers(name):
    full, small = preset(name), preset(f"{name}_small")
    assert full.model.kind == small.model.kind == name and full.data.raster_size == 48
    assert (full.model.decoder.units, small.model.decoder.units) == (2048, 512)
    assert (full.loss.kl_weight == 0) == (name == "sketch_pix2seq")


@pytest.mark.slow
def test_it_trains_resumes_evaluates_draws_and_is_served(tmp_path):
    sources = []
    for name in ("cup", "fish"):
        splits = doodles.make_splits(name, train=48, valid=8, test=8, seed=5)
        write_npz(tmp_path / f"{name}.npz", splits)
        sources.append(str(tmp_path / f"{name}.npz"))
    values = {
        **TINY,
        "model.raster_network": "residual",
        "model.class_conditioning": "one_hot",
        "data.sources": tuple(sources),
        "data.batch_size": 16,
        "train.learning_rate": 0.01,
        "train.eval_every": 20,
    }
    config = with_values(preset("cnn_vae_small"), values)
    runs = {}
    for name, stops in (("whole", (20,)), ("parts", (8, 20))):
        for steps in stops:
            figures = train_and_evaluate(
                with_values(config, {"train.steps": steps}), tmp_path / name, progress=False
            )
        runs[name] = figures
    assert json.dumps(runs["whole"]) == json.dumps(runs["parts"])
    first = json.loads((tmp_path / "parts" / "logs" / "evaluations.jsonl").read_text().splitlines()[0])
    assert figures["reconstruction_masked"] < first["reconstruction_masked"]
    model = load_model(tmp_path / "whole", "last")
    sketch = doodles.make_splits("cup", train=1, valid=1, test=1, seed=9)["test"][0]
    drawn = model.reconstruct([sketch], temperature=0.2, class_name="cup", seed=1)[0]
    ends = model.complete(sketch[:5], num=2, class_name="cup", seed=1)
    assert all((end[:5] == sketch[:5]).all() for end in ends)
    with pytest.raises(ValueError, match="'dragon'"):
        model.generate(1, class_name="dragon")
    served = tf.saved_model.load(str(export_saved_model(model, tmp_path / "served" / "pets"))).signatures
    answer = served["reconstruct"](
        strokes=tf.constant(sketch[None], tf.float32),
        lengths=tf.constant([len(sketch)]),
        temperature=tf.constant([0.2]),
        seed=tf.constant([[1, 0]]),
        class_id=tf.constant([0]),
    )
    length = int(answer["lengths"][0])
    np.testing.assert_allclose(answer["strokes"][0, :length], drawn, rtol=1e-3, atol=1e-2)


@pytest.mark.slow
def test_a_tiny_set_is_learned_by_heart(tmp_path):
    splits = doodles.make_splits("cup", train=8, valid=2, test=2, seed=5)
    splits["valid"] = splits["train"]
    write_npz(tmp_path / "cup.npz", splits)
    values = {
        "data.sources": (str(tmp_path / "cup.npz"),),
        "data.batch_size": 8,
        "data.random_scale": 0.0,
        "data.point_drop_rate": 0.0,
        "data.raster_size": 32,
        "model.encoder.units": 32,
        "model.decoder.units": 96,
        "model.recurrent_dropout_rate": 0.0,
        "model.raster_network": "published",
        "train.learning_rate": 0.004,
        "train.steps": 500,
        "train.eval_every": 500,
    }
    figures = train_and_evaluate(
        with_values(preset("sketch_pix2seq_small"), values), tmp_path / "run", progress=False
    )
    assert figures["reconstruction_unmasked"] < -0.5
