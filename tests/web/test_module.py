"""The JavaScript module against the Python it stands for, in Chromium, and the file that both meet in."""

import json

import numpy as np
import pytest
import tensorflow as tf

from export.web_model import MAGIC, export_web
from sketch_rnn_tf import mixture
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data.simplify import rdp
from sketch_rnn_tf.data.strokes import to_stroke5
from sketch_rnn_tf.generation.interpolation import slerp
from sketch_rnn_tf.generation.likely import log_likelihood
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.mixture_prior import MixturePrior
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.sketch_model import SketchModel
from sketch_rnn_tf.training.workdir import Metadata

SCALE_FACTOR = 12.5
BACKENDS = ["wasm", "script", "webgl", "webgpu"]
CLASSES = ("owl", "power outlet", "été")
KINDS = {
    "lstm": {"model.conditional": False, "model.decoder.cell": "lstm"},
    "lstm_vae": {"model.encoder.cell": "layer_norm", "model.decoder.cell": "lstm"},
    "layer_norm": {
        "model.encoder.cell": "lstm",
        "model.decoder.cell": "layer_norm",
        "model.class_conditioning": "one_hot",
    },
    "embedding": {
        "model.conditional": False,
        "model.decoder.cell": "layer_norm",
        "model.class_conditioning": "embedding",
        "model.class_embedding_size": 5,
    },
}
SIZES = {"model.encoder.units": 9, "model.decoder.units": 23, "model.z_size": 6, "model.num_mixtures": 3}


def make(kind: str, **more) -> SketchModel:
    config = with_values(Config(), SIZES | KINDS[kind] | more)
    names = CLASSES if config.model.class_conditioning != "none" else CLASSES[:1]
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, len(names))
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.3))
    return SketchModel(network, config, Metadata(SCALE_FACTOR, 30, names))


def some_strokes(count: int = 25) -> np.ndarray:
    rng = np.random.default_rng(3)
    pens = rng.integers(0, 2, [count, 1])
    return np.concatenate([rng.normal(0, 15, [count, 2]), pens], axis=1).astype(np.float32)


def some_lines() -> list:
    rng = np.random.default_rng(4)
    return [np.cumsum(rng.normal(0, 3, [count, 2]), axis=0).round(3).tolist() for count in (40, 2, 17, 1)]


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Returns a folder with a model of each kind, and what the page is asked."""
    folder = tmp_path_factory.mktemp("module")
    models, listed = {kind: make(kind) for kind in KINDS}, []
    halved = make("layer_norm")
    kept = {name: np.asarray(value) for name, value in named_weights(halved.network).items()}
    assign_weights(halved.network, {name: value.astype(np.float16) for name, value in kept.items()})
    models["half"] = halved
    # A fitted prior of one point a class: a drawing without z is then that of z.
    models["prior"] = fitted = make("layer_norm")
    means = np.stack([np.full([1, 6], 0.3 * place) for place in range(3)])
    arrays = {"shares": np.ones([3, 1]), "means": means, "factors": np.zeros([3, 1, 6, 6])}
    fitted.network.fitted_prior = MixturePrior(arrays, 3, 6)
    for kind, model in models.items():
        export_web(model, folder / f"{kind}.sketchrnn", "float16" if kind == "half" else "float32")
        z = np.random.default_rng(5).normal(size=6).round(4).tolist() if model.network.conditional else None
        name = CLASSES[2] if model.class_conditional else None
        z = None if kind == "prior" else z
        listed.append(
            {"file": f"{kind}.sketchrnn", **({"z": z} if z else {}), **({"className": name} if name else {})}
        )
    whole = (folder / "lstm.sketchrnn").read_bytes()
    size = int.from_bytes(whole[12:16], "little")
    header = json.loads(whole[16 : 16 + size])
    grown = json.dumps({**header, "num_mixtures": 4}).encode()
    broken = {
        "short": whole[:-9],
        "long": whole + b"\0" * 4,
        "magic": b"{" + whole[1:],
        "tiny": MAGIC[:5],
        "header": whole[:20] + b"\xff" + whole[21:],
        "other": MAGIC + len(grown).to_bytes(4, "little") + grown + whole[16 + size :],
        "nan": whole[:-4] + b"\0\0\xc0\x7f",
    }
    for name, data in broken.items():
        (folder / f"broken_{name}").write_bytes(data)
    refused = {name: f"broken_{name}" for name in broken} | {"missing": "nowhere"}
    inputs = {"models": listed, "strokes": some_strokes().tolist(), "refused": refused, "lines": some_lines()}
    (folder / "inputs.json").write_text(json.dumps(inputs))
    return folder, models, listed


@pytest.fixture(scope="module")
def said(asked, in_browser, module_built):
    return in_browser("module.js", asked[0])


def answers_of(said, kind, backend):
    found = said["models"][f"{kind}.sketchrnn"][backend]
    if found is None:
        pytest.skip(f"this Chromium has no {backend}")
    return found


@pytest.mark.slow
def test_a_small_model_asks_no_graphics_card(said):
    found = said["automatic"]
    assert found["timings"].keys() == {"wasm", "script"}
    assert found["backend"] == min(found["timings"], key=found["timings"].get)


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", [*KINDS, "half"])
def test_the_module_says_what_python_says(asked, said, kind, backend):
    _, models, listed = asked
    model, found = models[kind], answers_of(said, kind, backend)
    (wanted,) = [one for one in listed if one["file"].startswith(f"{kind}.")]
    strokes, name = some_strokes(), wanted.get("className")
    if model.network.conditional:
        mu, log_var = (part[0] for part in model.encode([strokes], **({"class_name": name} if name else {})))
        np.testing.assert_allclose(found["encoded"]["mu"], mu, atol=1e-4)
        np.testing.assert_allclose(found["encoded"]["logVar"], log_var, atol=1e-4)
    z = tf.constant([wanted["z"]]) if "z" in wanted else None
    class_id = tf.constant([CLASSES.index(name) if name else 0])
    state = model.network.start(z, class_id, 1)
    points = np.concatenate([[[0, 0, 1, 0, 0]], to_stroke5(strokes, len(strokes))]).astype(np.float32)
    points[:, :2] /= SCALE_FACTOR
    assert len(found["steps"]) == len(points)
    for point, step in zip(points, found["steps"]):
        params, state = model.network.decode_step(tf.constant(point[None]), state)
        for key, value in mixture.probabilities(params).items():
            np.testing.assert_allclose(step[key], value[0], rtol=1e-4, atol=1e-4, err_msg=key)
    options = {"class_ids": class_id.numpy(), "temperature": 0.0, "seed": 0, "max_steps": 30, "count": 1}
    (greedy,) = model.sampler.decode(None if z is None else z.numpy(), **options)
    np.testing.assert_allclose(np.reshape(found["greedy"], [-1, 3]), greedy, atol=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_fitted_prior_is_drawn_from(asked, said, backend):
    model = asked[1]["prior"]
    options = {"class_ids": np.array([2]), "temperature": 0.0, "seed": 0, "max_steps": 30}
    (wanted,) = model.sampler.decode(np.full([1, 6], 0.6, np.float32), **options)
    found = answers_of(said, "prior", backend)["greedy"]
    np.testing.assert_allclose(np.reshape(found, [-1, 3]), wanted, atol=1e-2)
    np.testing.assert_array_equal(model.sampler.generate(1, **options)[0], wanted)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_drawings_follow_from_their_seed(said, kind):
    for backend in BACKENDS:
        found = answers_of(said, kind, backend)
        first, second = found["twice"]
        assert first == second != found["other"]
        assert first[0] != first[1]
        assert first == found["alone"], "drawings on their way side by side are mixed up"
        for drawing in found["complete"]:
            np.testing.assert_allclose(drawing[:4], some_strokes()[:4], rtol=1e-6)
            assert 4 <= len(drawing) <= 30
        assert found["complete"][0] != found["complete"][1]


@pytest.mark.slow
def test_the_way_between_two_drawings_is_pythons(asked, said):
    model, strokes = asked[1]["layer_norm"], some_strokes()
    ends = [
        model.encode([part], class_name=name)[0][0]
        for part, name in ((strokes, CLASSES[2]), (strokes[3:], CLASSES[0]))
    ]
    shares = np.float32([[0, 0, 1], [0.5, 0, 0.5], [1, 0, 0]])
    z = np.stack([slerp(*ends, share) for share in (0, 0.5, 1)])
    wanted = model.sampler.decode(z, shares, temperature=0.0, seed=0, max_steps=30)
    for drawing, expected in zip(said["models"]["layer_norm.sketchrnn"]["wasm"]["way"], wanted, strict=True):
        np.testing.assert_allclose(np.reshape(drawing, [-1, 3]), expected, atol=1e-2)


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["lstm_vae", "layer_norm"])
def test_a_likely_z_is_taken_as_often_as_python_says(asked, said, kind, backend):
    model, found = asked[1][kind], answers_of(said, kind, backend)["likely"]
    assert found["given"] == found["again"] and found["aborted"] == "AbortError"
    free = {tuple(one["z"]): one["count"] / 4000 for one in found["free"]}
    np.testing.assert_allclose(list(free.values()), [1 / 3] * 3, atol=0.04)
    points = np.concatenate([[[0, 0, 1, 0, 0]], to_stroke5(some_strokes()[:2], 2)]).astype(np.float32)
    points[:, :2] /= SCALE_FACTOR
    class_id = tf.constant([2 if model.class_conditional else 0] * 3)
    totals = log_likelihood(
        model.network,
        tf.constant(np.repeat(points[None], 3, axis=0)),
        tf.constant([3] * 3),
        tf.constant(list(free), tf.float32),
        class_id,
    )
    taken = {tuple(one["z"]): one["count"] / 4000 for one in found["given"]}
    shares = [taken.get(z, 0.0) for z in free]
    assert max(shares) - min(shares) > 0.1, "points that say nothing of z test nothing"
    np.testing.assert_allclose(shares, tf.nn.softmax(totals), atol=0.04)


@pytest.mark.slow
def test_broken_files_are_refused_by_what_is_wrong(said):
    expected = {
        "short": "it ends before",
        "long": "bytes are left over",
        "magic": "this is no model file",
        "tiny": "this is no model file",
        "header": "its header is not readable",
        "other": "has shape [23 21], expected [23 27]",
        "nan": "not finite",
        "missing": "the answer is 404",
    }
    assert said["refused"].keys() == expected.keys()
    for name, part in expected.items():
        assert part in said["refused"][name], name


@pytest.mark.slow
def test_lines_and_noise(said):
    lines = some_lines()
    for found, line in zip(said["simplified"], lines, strict=True):
        np.testing.assert_allclose(found, rdp(np.array(line), 2.0))
    # What has no length leaves no trace in strokes but the pen's way.
    assert [len(line) for line in said["lines"]] == [40, 2, 17, 1]
    for found, line in zip(said["lines"], lines):
        np.testing.assert_allclose(found, line, atol=1e-9)
    assert len(said["strokes"]) == 59
    assert sum(stroke[2] for stroke in said["strokes"]) == 4
    normals = np.array(said["normals"])
    np.testing.assert_allclose(normals.mean(axis=0), [0, 0], atol=0.03)
    np.testing.assert_allclose(np.cov(normals.T), np.eye(2), atol=0.05)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"model.decoder.cell": "hyper"}, "this model has hyper"),
        ({"model.kind": "cnn_vae", "data.raster_size": 24}, "this is cnn_vae"),
    ],
)
def test_models_that_the_module_does_not_run_are_refused(tmp_path, values, why):
    config = with_values(Config(), SIZES | values)
    raster = {"raster_size": config.data.raster_size} if config.data.raster_size else {}
    model = SketchModel(build_network(config.model, 1, **raster), config, Metadata(1.0, 30, ("owl",)))
    with pytest.raises(ValueError, match=why):
        export_web(model, tmp_path / "model.sketchrnn")
    assert not list(tmp_path.iterdir())


def test_the_file_holds_what_it_says(tmp_path):
    model = make("layer_norm")
    data = export_web(model, tmp_path / "sub" / "model.sketchrnn").read_bytes()
    size = int.from_bytes(data[12:16], "little")
    header = json.loads(data[16 : 16 + size])
    assert (16 + size) % 4 == 0
    assert header["class_names"] == list(CLASSES)
    at = 16 + size
    for entry, (name, value) in zip(header["weights"], named_weights(model.network).items(), strict=True):
        count = int(np.prod(entry["shape"]))
        assert entry["name"] == name
        np.testing.assert_array_equal(
            np.frombuffer(data, "<f4", count, at).reshape(entry["shape"]), np.asarray(value)
        )
        at += 4 * count
    assert at == len(data)
    with pytest.raises(ValueError, match="uint8"):
        export_web(model, tmp_path / "other", "uint8")
