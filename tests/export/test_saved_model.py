"""What is served is what Python computes, and bad requests are answered with a sentence."""

import concurrent.futures
import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import tensorflow as tf

from export.saved_model import export_saved_model
from sketch_rnn_tf.data.rasterize import rasterize
from sketch_rnn_tf.generation.sampling import row_seeds

N_MAX = 24
CLASS_IDS = np.array([0, 1, 1], np.int32)
NAMES = ["cat", "dog", "dog"]


def sketches():
    rng = np.random.default_rng(0)
    return [
        np.concatenate([rng.normal(0, 9, (n, 2)), rng.random((n, 1)) < 0.3], axis=1).astype(np.float32)
        for n in (5, 1, 9)
    ]


def padded(drawings, width, filling=0.0):
    strokes = np.full([len(drawings), width, 3], filling, np.float32)
    for row, drawing in enumerate(drawings):
        strokes[row, : len(drawing)] = drawing
    return {"strokes": strokes, "lengths": np.array([len(drawing) for drawing in drawings], np.int32)}


def how(rows=3, temperature=0.6, seed=5):
    return {"temperature": np.full(rows, temperature, np.float32), "seed": row_seeds(seed, rows)}


def ask(served, signature, **inputs):
    answer = served[signature](**{name: tf.constant(value) for name, value in inputs.items()})
    return {name: value.numpy() for name, value in answer.items()}


def drawings(answer):
    for row, length in zip(answer["strokes"], answer["lengths"]):
        assert not row[length:].any()
    return [row[:length] for row, length in zip(answer["strokes"], answer["lengths"])]


def assert_same(found, expected):
    assert [len(drawing) for drawing in found] == [len(drawing) for drawing in expected]
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


def test_every_signature_has_the_inputs_of_the_design(served, served_decoder):
    strokes, drawn = {"strokes", "lengths"}, {"temperature", "seed"}
    expected = {
        "encode": strokes,
        "decode": {"z", *drawn},
        "initial_state": {"z"},
        "reconstruct": strokes | drawn,
        "complete": strokes | drawn,
        "complete_z": strokes | drawn | {"z"},
        "generate": drawn,
        "serving_default": strokes | drawn,
    }
    inputs = {name: set(graph.structured_input_signature[1]) for name, graph in served.items()}
    assert inputs.pop("decode_step") == {"stroke", "state"}
    assert inputs == {name: {*names, "class_id"} for name, names in expected.items()}
    alone = {name: set(graph.structured_input_signature[1]) for name, graph in served_decoder.items()}
    assert alone["serving_default"] == alone["generate"] == drawn and "encode" not in alone
    for graph in [*served.values(), *served_decoder.values()]:
        assert all(spec.shape[0] is None for spec in graph.structured_input_signature[1].values())


def test_encode_is_pythons(served, model):
    answer = ask(served, "encode", **padded(sketches(), 12), class_id=CLASS_IDS)
    mu, log_var = model.encode(sketches(), NAMES)
    np.testing.assert_allclose(answer["mu"], mu, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(answer["log_var"], log_var, rtol=1e-5, atol=1e-5)


def test_equal_seeds_draw_what_python_draws(served, model):
    strokes = padded(sketches(), 12)
    z = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    common = {**how(), "class_id": CLASS_IDS}
    options = {"temperature": 0.6, "seed": 5, "class_name": NAMES}
    assert_same(drawings(ask(served, "decode", z=z, **common)), model.decode(z, **options))
    assert_same(drawings(ask(served, "generate", **common)), model.generate(3, **options))
    redrawn = model.reconstruct(sketches(), **options)
    assert_same(drawings(ask(served, "reconstruct", **strokes, **common)), redrawn)
    assert_same(drawings(ask(served, "serving_default", **strokes, **common)), redrawn)
    begun = sketches()[0]
    ended = model.complete(begun, num=3, z="partial", temperature=0.6, seed=5, class_name="dog")
    answer = ask(served, "complete", **padded([begun] * 3, 12), **how(), class_id=np.ones(3, np.int32))
    assert_same(drawings(answer), ended)
    np.testing.assert_array_equal(answer["strokes"][0, :5], begun)
    by_z = model.complete(begun, num=3, z=z[0], temperature=0.6, seed=5, class_name="dog")
    answer = ask(
        served,
        "complete_z",
        **padded([begun] * 3, 40),
        z=np.repeat(z[:1], 3, axis=0),
        **how(),
        class_id=np.ones(3, np.int32),
    )
    assert_same(drawings(answer), by_z)


def test_temperature_0_is_greedy_for_every_seed(served, model):
    z = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    answers = [
        ask(served, "decode", z=z, **how(temperature=0.0, seed=seed), class_id=CLASS_IDS) for seed in (1, 2)
    ]
    assert_same(drawings(answers[0]), drawings(answers[1]))
    assert_same(drawings(answers[0]), model.decode(z, greedy=True, class_name=NAMES))


def test_stepping_gives_the_distribution_that_python_has(served, model):
    z = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    strokes = np.random.default_rng(2).normal(size=(6, 3, 5)).astype(np.float32)
    state = ask(served, "initial_state", z=z, class_id=CLASS_IDS)["state"]
    inputs = np.concatenate([np.tile(np.float32([0, 0, 1, 0, 0]), [1, 3, 1]), strokes])
    params, _ = model.network.decode(
        tf.constant(inputs.transpose(1, 0, 2)), tf.constant(z), tf.constant(CLASS_IDS)
    )
    for t, stroke in enumerate(inputs):
        answer = ask(served, "decode_step", stroke=stroke, state=state)
        state = answer.pop("state")
        assert set(answer) == {"pi", "mu1", "mu2", "sigma1", "sigma2", "rho", "pen"}
        np.testing.assert_allclose(answer["mu1"], params.mu1[:, t], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(answer["sigma2"], np.exp(params.log_sigma2[:, t]), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(answer["rho"], np.tanh(params.rho_logits[:, t]), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(answer["pi"].sum(-1), 1, rtol=1e-5)
        np.testing.assert_allclose(
            answer["pen"], tf.nn.softmax(params.pen_logits[:, t]), rtol=1e-4, atol=1e-6
        )


def test_a_decoder_alone_generates_completes_and_steps(served_decoder, decoder):
    options = {"temperature": 0.6, "seed": 5}
    assert_same(drawings(ask(served_decoder, "generate", **how())), decoder.generate(3, **options))
    begun = sketches()[2]
    answer = ask(served_decoder, "complete", **padded([begun] * 3, 9), **how())
    assert_same(drawings(answer), decoder.complete(begun, num=3, **options))
    state = ask(served_decoder, "initial_state", row=np.zeros(2, np.int32))["state"]
    assert ask(served_decoder, "decode_step", stroke=np.zeros([2, 5], np.float32), state=state)[
        "pen"
    ].shape == (2, 3)


@pytest.mark.slow
def test_a_model_of_images_takes_both_strokes_and_images(served_reader, reader):
    strokes, options = padded(sketches(), 9), {"temperature": 0.6, "seed": 5}
    assert {"encode", "encode_image", "reconstruct", "reconstruct_image"} <= set(served_reader)
    drawn = drawings(ask(served_reader, "reconstruct", **strokes, **how()))
    assert_same(drawn, reader.reconstruct(sketches(), **options))
    image = rasterize(strokes["strokes"], strokes["lengths"], 16).numpy().reshape(3, 16, 16, 1)
    mu, log_var = reader.encode_images(image)
    answer = ask(served_reader, "encode_image", image=image)
    np.testing.assert_allclose(answer["mu"], mu, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(answer["log_var"], log_var, rtol=1e-5, atol=1e-5)
    assert_same(
        drawings(ask(served_reader, "reconstruct_image", image=image, **how())), reader.decode(mu, **options)
    )


@pytest.mark.slow
@pytest.mark.parametrize("value", [np.nan, 1.5, -0.1])
def test_pixels_that_are_neither_paper_nor_ink_are_refused(served_reader, value):
    with pytest.raises(tf.errors.InvalidArgumentError, match="a pixel is out of range"):
        ask(served_reader, "encode_image", image=np.full([1, 16, 16, 1], value, np.float32))


@pytest.mark.parametrize("filling", [1e30, np.nan, -np.inf])
def test_nothing_past_the_lengths_matters(served, filling):
    clean, dirty = (
        ask(served, "complete", **padded(sketches(), width, value), **how(), class_id=CLASS_IDS)
        for width, value in ((9, 0.0), (17, filling))
    )
    assert_same(drawings(dirty), drawings(clean))


def test_a_row_does_not_depend_on_its_batch(served):
    rows = 64
    many = {**how(rows), "class_id": np.arange(rows, dtype=np.int32) % 2}
    together = drawings(ask(served, "generate", **many))
    for row in (0, 1, 17, 63):
        alone = ask(served, "generate", **{name: value[row : row + 1] for name, value in many.items()})
        assert_same(drawings(alone), together[row : row + 1])


def test_32_callers_at_once_get_their_own_answers(served):
    def call(seed):
        return drawings(ask(served, "generate", **how(2, seed=seed), class_id=CLASS_IDS[:2]))

    expected = [call(seed) for seed in range(32)]
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        found = list(pool.map(call, range(32), timeout=120))
    for a, b in zip(found, expected):
        assert_same(a, b)


@pytest.mark.parametrize(
    "change, sentence",
    [
        ({"lengths": np.array([5, -1, 9], np.int32)}, "a length is out of range"),
        ({"lengths": np.array([5, 1, 13], np.int32)}, "a length is out of range"),
        ({"lengths": np.array([5, 0, 9], np.int32)}, "a length is out of range"),
        ({"strokes": np.full([3, 12, 3], np.nan, np.float32)}, "strokes hold NaN"),
        ({"temperature": np.array([0.5, -0.1, 0.5], np.float32)}, "a temperature is negative"),
        ({"temperature": np.array([0.5, np.nan, 0.5], np.float32)}, "a temperature is negative"),
        ({"class_id": np.array([0, 2, 0], np.int32)}, "class_id is out of range; expected 0 to 1"),
        ({"class_id": np.array([0, -1, 0], np.int32)}, "class_id is out of range"),
        ({"strokes": np.zeros([3, 12, 2], np.float32)}, "."),
        ({"seed": np.zeros([2, 2], np.int32)}, "seed and strokes differ in rows"),
        ({"temperature": np.full(1, 0.5, np.float32)}, "temperature and strokes differ in rows"),
        ({"lengths": np.array([5], np.int32)}, "lengths and strokes differ in rows"),
        ({"class_id": np.zeros(4, np.int32)}, "class_id and strokes differ in rows"),
    ],
)
def test_bad_requests_are_refused(served, change, sentence):
    request = {**padded(sketches(), 12), **how(), "class_id": CLASS_IDS, **change}
    with pytest.raises((tf.errors.InvalidArgumentError, ValueError, TypeError), match=sentence):
        ask(served, "reconstruct", **request)


def test_a_sketch_that_leaves_no_room_is_refused(served):
    full = padded([np.ones([N_MAX, 3], np.float32)] * 3, N_MAX)
    with pytest.raises(tf.errors.InvalidArgumentError, match="no room to go on; expected fewer than 24"):
        ask(served, "complete", **full, **how(), class_id=CLASS_IDS)


def test_it_loads_in_a_graph_session_as_the_server_does(folder, served):
    inputs = {**how(), "class_id": CLASS_IDS}
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(folder))
        graph = loaded.signature_def["generate"]
        feed = {graph.inputs[name].name: value for name, value in inputs.items()}
        fetch = {name: info.name for name, info in graph.outputs.items()}
        answer = session.run(fetch, feed)
        with pytest.raises(tf.errors.InvalidArgumentError, match="class_id is out of range"):
            session.run(fetch, {**feed, graph.inputs["class_id"].name: CLASS_IDS + 1})
    assert_same(drawings(answer), drawings(ask(served, "generate", **inputs)))


@pytest.mark.slow
def test_a_fresh_process_needs_tensorflow_alone(folder, served, tmp_path):
    """Started elsewhere, with a path finder that refuses our packages."""
    code = textwrap.dedent(
        f"""
        import sys

        class Refuse:
            def find_spec(self, name, *rest):
                if name.split(".")[0] in ("sketch_rnn_tf", "export", "tfds_quickdraw"):
                    raise ImportError(name)

        sys.meta_path.insert(0, Refuse())
        import numpy as np
        import tensorflow as tf
        graph = tf.saved_model.load({str(folder)!r}).signatures["generate"]
        answer = graph(temperature=tf.fill([2], 0.6), seed=tf.constant([[5, 0], [5, 2]]), class_id=tf.constant([0, 1]))
        np.savez("answer.npz", **{{name: value.numpy() for name, value in answer.items()}})
        """
    )
    subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=tmp_path, check=True, capture_output=True, timeout=300
    )
    with np.load(tmp_path / "answer.npz") as answer:
        assert_same(drawings(answer), drawings(ask(served, "generate", **how(2), class_id=CLASS_IDS[:2])))


@pytest.mark.slow
def test_saved_model_cli_shows_and_runs_it(folder, tmp_path):
    np.savez(tmp_path / "in.npz", **how(1), class_id=CLASS_IDS[:1])
    inputs = ";".join(f"{name}={tmp_path / 'in.npz'}[{name}]" for name in ("temperature", "seed", "class_id"))
    command = [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli"]
    shown = subprocess.run(
        [*command, "show", "--dir", folder, "--tag_set", "serve"],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert all(name in shown.stdout for name in ("encode", "complete_z", "serving_default"))
    ran = subprocess.run(
        [
            *(*command, "run", "--dir", folder, "--tag_set", "serve", "--signature_def", "generate"),
            *("--inputs", inputs),
        ],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert "Result for output key lengths" in ran.stdout


def test_what_lies_beside_the_graph(folder, model):
    manifest = json.loads((folder / "assets" / "manifest.json").read_text())
    assert manifest["scale_factor"] == 7.5 and manifest["n_max"] == N_MAX and manifest["z_size"] == 4
    assert manifest["class_names"] == ["cat", "dog"] and manifest["start_token"] == [0, 0, 1, 0, 0]
    assert manifest["num_mixtures"] == 3 and manifest["temperature_mode"] == "paper"
    assert 'base_path: "/models/pets"' in (folder.parent / "models.config").read_text()
    assert "pad_variable_length_inputs: true" in (folder.parent / "batching.config").read_text()
    assert "prometheus" in (folder.parent / "monitoring.config").read_text()
    assert "`complete_z`" in (folder.parent / "README.md").read_text()


def test_the_configs_are_what_the_server_reads(folder):
    pytest.importorskip("tensorflow_serving")
    from google.protobuf import text_format
    from tensorflow_serving.config import model_server_config_pb2

    text = (folder.parent / "models.config").read_text()
    models = text_format.Parse(text, model_server_config_pb2.ModelServerConfig())
    assert models.model_config_list.config[0].name == "pets"


def test_every_warm_up_request_is_answered(folder, served):
    apis = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    records = tf.data.TFRecordDataset(str(folder / "assets.extra" / "tf_serving_warmup_requests"))
    seen = set()
    for record in records.as_numpy_iterator():
        request = apis.PredictionLog.FromString(record).predict_log.request
        assert request.model_spec.name == "pets"
        inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        ask(served, request.model_spec.signature_name, **inputs)
        seen.add(request.model_spec.signature_name)
    assert seen == set(served)


def test_an_export_is_whole_or_not_there(decoder, tmp_path, monkeypatch):
    from export import saved_model

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(saved_model.serving_files, "write_warm_up", fail)
        export_saved_model(decoder, tmp_path / "pets")
    assert not list((tmp_path / "pets").iterdir())
    with pytest.raises(ValueError, match="expected at least 1"):
        export_saved_model(decoder, tmp_path / "pets", version=0)
    (tmp_path / "pets" / "2").mkdir()
    with pytest.raises(FileExistsError, match="higher --version"):
        export_saved_model(decoder, tmp_path / "pets", version=2)
