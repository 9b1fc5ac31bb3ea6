"""Graph models of TensorFlow.js against Python, over whole sequences, in a real browser."""

import json
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from export import tfjs
from sketch_rnn_tf import mixture
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.sketch_model import SketchModel
from sketch_rnn_tf.training.workdir import Metadata

SMALL = {
    "model.encoder.units": 12,
    "model.decoder.units": 24,
    "model.z_size": 8,
    "model.num_mixtures": 5,
}
MODELS = {
    "layer_norm_classes": {
        "model.encoder.cell": "layer_norm",
        "model.decoder.cell": "layer_norm",
        "model.class_conditioning": "one_hot",
    },
    "hyper": {"model.decoder.cell": "hyper"},
    "decoder_only": {"model.conditional": False},
    "images": {"model.kind": "cnn_vae", "data.raster_size": 24},
}
LENGTHS, T = [30, 17, 1], 30
TOLERANCE = 1e-4


def model_of(name):
    config = with_values(Config(), {**SMALL, **MODELS[name]})
    tf.keras.utils.set_random_seed(3)
    network = build_network(config.model, 2, raster_size=config.data.raster_size)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, place], stddev=0.2))
    return SketchModel(network, config, Metadata(7.5, 40, ("cat", "dog")))


def sketches():
    rng = np.random.default_rng(5)
    strokes = rng.normal(0, 8, [len(LENGTHS), T, 3]).astype(np.float32)
    strokes[..., 2] = rng.random([len(LENGTHS), T]) < 0.2
    for row, length in zip(strokes, LENGTHS):
        row[length:] = 0
    return strokes


def stroke5(strokes):
    """Start token and points in normalised units, time first, `[T, B, 5]`."""
    points = np.zeros([T, len(LENGTHS), 5], np.float32)
    points[0, :, 2] = 1
    for row, length in enumerate(LENGTHS):
        for t in range(1, T):
            if t <= length:
                dx, dy, lifted = strokes[row, t - 1]
                points[t, row] = [dx / 7.5, dy / 7.5, 1 - lifted, lifted, 0]
            else:
                points[t, row, 4] = 1
    return points


@pytest.fixture(scope="session")
def converter():
    try:
        return tfjs._converter()
    except ImportError as error:
        pytest.skip(str(error))


def inputs_of(name, model):
    strokes = sketches()
    given = {"points": stroke5(strokes).tolist()}
    if name == "images":
        rng = np.random.default_rng(1)
        given["image"] = rng.random([len(LENGTHS), 24, 24, 1]).astype(np.float32).tolist()
    elif name != "decoder_only":
        given |= {"strokes": strokes.tolist(), "lengths": LENGTHS}
    if model.class_conditional:
        given["class_id"] = [1, 0, 1]
    return given


def expected_of(given, model):
    """The same in Python, step by step."""
    network, posterior = model.network, None
    class_id = tf.constant(given["class_id"]) if "class_id" in given else None
    if "strokes" in given:
        held = [np.float32(row[:length]) for row, length in zip(given["strokes"], LENGTHS)]
        names = [("cat", "dog")[place] for place in given.get("class_id", [])] or None
        posterior = model.encode(held, names)
    elif "image" in given:
        posterior = network.encode_images(tf.constant(given["image"]), class_id)
    z = None if posterior is None else tf.constant(posterior[0])
    state, steps = network.start(z, class_id, len(LENGTHS)), []
    for stroke in given["points"]:
        params, state = network.decode_step(tf.constant(stroke), state)
        steps.append({name: value.numpy() for name, value in mixture.probabilities(params).items()})
    return posterior, steps, tf.concat(tf.nest.flatten(state), axis=-1).numpy()


@pytest.fixture(scope="module")
def exported(converter, tmp_path_factory):
    """Returns a function that gives a model and the folder of its files at full precision."""
    made = {}

    def export(name):
        if name not in made:
            model, folder = model_of(name), tmp_path_factory.mktemp("tfjs") / name
            tfjs.export_tfjs(model, folder)
            made[name] = model, folder
        return made[name]

    return export


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_whole_sequences_are_pythons_on_wasm_and_cpu(exported, in_browser, tmp_path, name):
    model, folder = exported(name)
    given = inputs_of(name, model)
    shutil.copytree(folder, tmp_path / "model")
    (tmp_path / "inputs.json").write_text(json.dumps(given))
    found = in_browser("parity.js", tmp_path)
    posterior, steps, state = expected_of(given, model)
    assert set(found) == {"cpu", "wasm"}
    for backend, values in found.items():
        if posterior is not None:
            np.testing.assert_allclose(values["mu"], posterior[0], atol=TOLERANCE, err_msg=backend)
        assert len(values["steps"]) == T
        for t, (step, wanted) in enumerate(zip(values["steps"], steps)):
            assert step.keys() == wanted.keys()
            for key, value in wanted.items():
                np.testing.assert_allclose(
                    step[key], value, atol=TOLERANCE, rtol=TOLERANCE, err_msg=f"{backend} {t} {key}"
                )
        np.testing.assert_allclose(values["state"], state, atol=TOLERANCE, rtol=TOLERANCE)


@pytest.mark.slow
def test_quantized_files_are_smaller_and_say_what_it_costs(exported, tmp_path):
    quantize, factor = "uint8", 0.25
    model, whole = exported("layer_norm_classes")
    held = [np.float32(row[:length]) for row, length in zip(sketches(), LENGTHS)]
    tfjs.export_tfjs(model, tmp_path / quantize, quantize, held, "cat")
    sizes = [
        sum(path.stat().st_size for path in folder.rglob("*.bin")) for folder in (whole, tmp_path / quantize)
    ]
    assert sizes[1] == pytest.approx(factor * sizes[0], rel=0.1)
    said = json.loads((tmp_path / quantize / "manifest.json").read_text())
    assert said["quantize"] == quantize and said["reconstruction"]["num_sketches"] == 3
    exact = model.evaluate(held, "cat")["reconstruction_masked"]
    assert said["reconstruction"]["float32"] == pytest.approx(exact, abs=1e-6)
    assert 0 < abs(said["reconstruction"][quantize] - exact) < 0.5


def test_rounding_is_to_the_nearest_of_what_the_files_hold():
    weight = np.random.default_rng(0).normal(size=[50, 40]).astype(np.float32)
    np.testing.assert_array_equal(tfjs.rounded(weight, "float16"), weight.astype(np.float16))
    coarse = tfjs.rounded(weight, "uint8")
    step = (weight.max() - weight.min()) / 255
    assert len(np.unique(coarse)) <= 256 and np.abs(coarse - weight).max() <= step
    assert tfjs.rounded(np.zeros(3, np.float32), "uint8").tolist() == [0, 0, 0]


def test_without_a_converter_one_sentence_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv(tfjs.COMMAND_VARIABLE, str(tmp_path / "none"))
    with pytest.raises(ImportError, match=r"install sketch-rnn-tf\[tfjs\]"):
        tfjs.export_tfjs(model_of("hyper"), tmp_path / "out")
    with pytest.raises(ValueError, match="quantize is 'int4'"):
        tfjs.export_tfjs(model_of("hyper"), tmp_path / "out", "int4")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_command_exports_a_model_that_comes_with_the_project(converter, request, tmp_path):
    command = [sys.executable, "-m", "export.main", "--workdir=pretrained:quickdraw_five", "--format=tfjs"]
    command += [f"--output={tmp_path / 'five'}", "--quantize=float16"]
    done = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
    folder = tmp_path / "five" / "tfjs"
    assert done.stdout.strip().endswith(str(folder))
    assert json.loads((folder / "manifest.json").read_text())["class_names"][0] == "backpack"
    assert {path.name for path in folder.iterdir()} == {
        "encode",
        "initial_state",
        "decode_step",
        "manifest.json",
    }
    again = subprocess.run(command, cwd=request.config.rootpath, capture_output=True, text=True)
    assert again.returncode == 2 and "is there already" in again.stderr
