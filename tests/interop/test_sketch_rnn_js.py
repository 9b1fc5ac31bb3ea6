"""Weight files of sketch-rnn-js, both ways, against published weights and a NumPy forward pass."""

import json

import numpy as np
import pytest
import tensorflow as tf
from absl import logging

from sketch_rnn_tf import mixture
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import ndjson
from sketch_rnn_tf.interop import js_format
from sketch_rnn_tf.interop.sketch_rnn_js import export_js, import_js
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.sketch_model import SketchModel, load_model
from sketch_rnn_tf.training.evaluate import Evaluator
from sketch_rnn_tf.training.workdir import Metadata

SIZES = {"model.decoder.units": 6, "model.encoder.units": 4, "model.z_size": 3}


def model_of(**values):
    config = with_values(Config(), {**SIZES, **values})
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, 2)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.4))
    return SketchModel(network, config, Metadata(12.5, 20, ("owl",)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(w_xh, w_hh, bias, inputs, c, h):
    """The cell of the format's description, in NumPy: gates i, g, f, o, the forget bias added as it runs."""
    for x in inputs:
        i, g, f, o = np.split(np.concatenate([x, h]) @ np.concatenate([w_xh, w_hh]) + bias, 4)
        c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
    return c, h


def test_birds_published_forward_pass(shared_data, tmp_path):
    folder = shared_data / "sketch_rnn_js"
    model = load_model(import_js(folder / "bird.gen.json", tmp_path / "bird").path)
    assert model.class_names == ("bird",) and model.metadata.n_max == 129
    assert model.metadata.scale_factor == pytest.approx(71.3754) and not any(model.metadata.start_token)
    golden = json.loads((folder / "golden_bird_forward.json").read_text())
    state = model.network.start(None, None, 1)
    for stroke, expected in zip(golden["inputs"], golden["outputs"]):
        params, state = model.network.decode_step(tf.constant([stroke], tf.float32), state)
        np.testing.assert_allclose(state.cell[0][0, :8], expected["c8"], rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(state.cell[1][0, :8], expected["h8"], rtol=1e-5, atol=1e-5)
        found = {name: value[0].numpy() for name, value in mixture.probabilities(params).items()}
        names = {"s1": "sigma1", "s2": "sigma2"}
        for key in ("pen", "pi", "mu1", "mu2", "s1", "s2", "rho"):
            np.testing.assert_allclose(found[names.get(key, key)], expected[key], rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_monkeys_loss_on_real_drawings(shared_data, tmp_path):
    model = load_model(import_js(shared_data / "sketch_rnn_js" / "monkey.gen.json", tmp_path / "monkey").path)
    lines = (shared_data / "ndjson" / "monkey.ndjson").read_bytes().splitlines()
    drawings = [ndjson.parse(line) for line in lines]
    rows = [drawing.sketch for drawing in drawings if drawing.recognized]
    assert len(rows) == 826
    scale = np.std(np.concatenate([row[:, :2] for row in rows]))
    assert scale == pytest.approx(23.5362, abs=1e-4)
    figures = Evaluator(model.network, 182, 0.2)(
        rows, np.zeros(len(rows), np.int32), scale, model.metadata.start_token
    )
    assert figures["reconstruction_masked"] == pytest.approx(0.4447, abs=1e-3)
    assert figures["offset"] == pytest.approx(0.3336, abs=1e-3)
    assert figures["pen_masked"] == pytest.approx(0.1111, abs=1e-3)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_vae_goes_out_and_in_and_computes_what_the_format_says(tmp_path, wrapped):
    model = model_of()
    file = export_js(model, tmp_path / "owl.vae.json")
    text = file.read_text()
    if wrapped:
        file = tmp_path / "owl.js"
        file.write_text(f"var model_raw_data='{text}';\n")
    info, arrays = js_format.parse(text, "owl")
    assert info == {"mode": 0, "version": 6, "max_seq_len": 20, "name": "owl", "scale_factor": 12.5}
    assert list(arrays) == list(js_format.VAE) and len(arrays) == 17
    again = load_model(import_js(file, tmp_path / "again").path)
    strokes = np.random.default_rng(0).normal(size=(7, 5)).astype(np.float32)
    weights = list(arrays.values())
    forward, backward = weights[0:3], weights[3:6]
    last = np.concatenate(
        [
            lstm(*forward, strokes, np.zeros(4), np.zeros(4))[1],
            lstm(*backward, strokes[::-1], np.zeros(4), np.zeros(4))[1],
        ]
    )
    mu, log_var = last @ weights[6] + weights[7], last @ weights[8] + weights[9]
    posterior = again.network.encode(tf.constant(strokes[None]), tf.constant([7]))
    np.testing.assert_allclose(posterior.mu[0], mu, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(posterior.log_var[0], log_var, rtol=1e-4, atol=1e-5)
    c, h = np.split(np.tanh(mu @ weights[10] + weights[11]), 2)
    inputs = np.concatenate([strokes, np.tile(mu, [7, 1])], axis=1)
    c, h = lstm(*weights[14:17], inputs, c, h)
    params, _ = again.network.decode(tf.constant(strokes[None]), tf.constant(mu[None], tf.float32))
    outputs = h @ weights[12] + weights[13]
    np.testing.assert_allclose(params.pen_logits[0, -1], outputs[:3], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(params.mu2[0, -1], outputs[43:63], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(params.rho_logits[0, -1], outputs[103:], rtol=1e-4, atol=1e-4)


def test_a_decoder_alone_keeps_its_numbers_to_the_rounding(tmp_path):
    model = model_of(**{"model.conditional": False})
    again = load_model(import_js(export_js(model, tmp_path / "owl.gen.json"), tmp_path / "again").path)
    for a, b in zip(model.network.weights, again.network.weights):
        np.testing.assert_allclose(a, b, atol=5.1 / 32767)
    second = export_js(again, tmp_path / "second.gen.json").read_text()
    assert json.loads(second)[2] == json.loads((tmp_path / "owl.gen.json").read_text())[2]


def test_weights_beyond_10_are_clipped_and_counted(tmp_path, monkeypatch):
    model, said = model_of(**{"model.conditional": False}), []
    bias = np.asarray(model.network.head.bias).copy()
    bias[:3] = [11, -25, 10]
    model.network.head.bias.assign(bias)
    monkeypatch.setattr(logging, "warning", lambda text, *values: said.append(text % values))
    _, arrays = js_format.parse(export_js(model, tmp_path / "owl.gen.json").read_text(), "owl")
    np.testing.assert_allclose(arrays["head/bias"][:3], [10, -10, 10])
    assert said and said[0].startswith("2 weights beyond 10 are clipped")


@pytest.mark.parametrize(
    "values, reason",
    [
        ({"model.decoder.cell": "layer_norm"}, "a decoder of layer_norm cells"),
        ({"model.encoder.cell": "hyper"}, "an encoder of hyper cells"),
        ({"model.num_mixtures": 5}, "5 mixture components"),
        ({"model.class_conditioning": "one_hot"}, "class conditioning"),
    ],
)
def test_other_models_are_refused_with_the_reason(tmp_path, values, reason):
    with pytest.raises(ValueError, match=f"no place for {reason}"):
        export_js(model_of(**values), tmp_path / "x.json")
    assert not list(tmp_path.iterdir())


def damaged(values, change):
    return json.dumps(change(json.loads(values)))


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda v: {"a": 1}, "no weight file of sketch-rnn-js"),
        (lambda v: v[:2], "no weight file of sketch-rnn-js"),
        (lambda v: [{**v[0], "mode": 7}, *v[1:]], "has mode 7"),
        (lambda v: [v[0], v[1][:-1], v[2][:-1]], "holds 4 arrays"),
        (lambda v: [v[0], [[10**9, 10**9], *v[1][1:]], v[2]], "weights at most"),
        (lambda v: [v[0], [[-1, 123], *v[1][1:]], v[2]], "positive sizes"),
        (lambda v: [v[0], v[1], ["AAA", *v[2][1:]]], "a damaged array"),
        (lambda v: [v[0], v[1], [v[2][0][:-8], *v[2][1:]]], "a damaged array"),
        (lambda v: [v[0], [[123, 6], *v[1][1:]], v[2]], "only LSTM models with 20"),
        (lambda v: [{**v[0], "scale_factor": "x"}, *v[1:]], "give it with --scale_factor"),
        (lambda v: [{**v[0], "max_seq_len": -4}, *v[1:]], "expected a positive number"),
    ],
)
def test_damaged_files_are_named_and_leave_nothing(tmp_path, change, sentence):
    file = export_js(model_of(**{"model.conditional": False}), tmp_path / "owl.gen.json")
    file.write_text(damaged(file.read_text(), change))
    with pytest.raises(ValueError, match=sentence):
        import_js(file, tmp_path / "run")
    assert not (tmp_path / "run").exists()
