"""AI-Sketcher: what it draws without an input, its parts switched off, and the same commands as every other model."""

import json

import numpy as np
import pytest
import tensorflow as tf

from export.saved_model import export_saved_model
from sketch_rnn_tf import losses
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.models import AISketcher, build_network
from sketch_rnn_tf.models.ai_sketcher import CODE_LOG_VAR
from sketch_rnn_tf.models.weights import named_weights
from sketch_rnn_tf.presets import preset
from sketch_rnn_tf.sketch_model import SketchModel, load_model
from sketch_rnn_tf.training.loop import train_and_evaluate
from sketch_rnn_tf.training.trainer import Trainer
from sketch_rnn_tf.training.workdir import Metadata
from sketch_rnn_tf.types import Batch

TINY = {
    "data.raster_size": 16,
    "model.encoder.units": 6,
    "model.decoder.units": 16,
    "model.z_size": 4,
    "model.code_size": 6,
    "model.num_mixtures": 3,
}
SKETCHES = [
    np.array([[30, 0, 0], [0, 20, 1], [-15, -5, 0], [3, 9, 1]], np.int16),
    np.array([[9, 9, 0], [-4, 0, 1]], np.int16),
]
ABLATIONS = [(True, True), (True, False), (False, True), (False, False)]


def config_of(**values):
    return with_values(preset("ai_sketcher_small"), {**TINY, **values})


def model_of(**values):
    config = config_of(**values)
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, 2, raster_size=config.data.raster_size)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.2))
    return SketchModel(network, config, Metadata(8.0, 30, ("cup", "fish")))


def batch_of(lengths=(4, 2), width=6):
    rng = np.random.default_rng(0)
    strokes = np.zeros([len(lengths), width + 1, 5], np.float32)
    strokes[:, 0, 2] = 1
    for row, length in enumerate(lengths):
        strokes[row, 1 : length + 1, :2] = rng.normal(size=[length, 2])
        strokes[row, 1 : length + 1, 2 + row % 2] = 1
        strokes[row, length + 1 :, 4] = 1
    return Batch(*map(tf.constant, (strokes, np.int32(lengths), np.int32([0, 1]), np.int32([0, 1]))))


def test_presets_are_the_papers():
    full, small = preset("ai_sketcher"), preset("ai_sketcher_small")
    assert full.model.kind == small.model.kind == "ai_sketcher"
    assert (full.model.encoder.units, full.model.decoder.units, full.model.z_size) == (256, 2048, 256)
    assert full.model.encoder.cell == full.model.decoder.cell == "layer_norm"
    assert (full.data.raster_size, full.model.code_size, full.model.num_mixtures) == (128, 128, 20)
    loss = full.loss
    assert (loss.kl_weight, loss.kl_tolerance, loss.influence_weight) == (1.0, 0.2, 0.1)
    assert (full.train.learning_rate, full.train.grad_clip, full.data.batch_size) == (0.001, 1.0, 100)


@pytest.mark.parametrize("influence, autoencoder", ABLATIONS)
def test_parts_can_be_switched_off(influence, autoencoder):
    model = model_of(**{"model.influence": influence, "model.autoencoder": autoencoder})
    network = model.network
    assert network.z_size == 4 + 6 * autoencoder
    assert any(path.startswith("image_") for path in named_weights(network)) == autoencoder
    prediction = network(batch_of(), seed=tf.constant([1, 2]))
    assert (prediction.influence is None, prediction.images is None) == (not influence, not autoencoder)
    drawings = model.generate(2, class_name=["cup", "fish"], max_steps=8)
    assert all(np.isfinite(drawing).all() for drawing in drawings)
    copied = AISketcher.from_config(network.get_config())
    assert [w.shape for w in copied.weights] == [w.shape for w in network.weights]


@pytest.mark.parametrize("reads", ["forward", "both"])
def test_stepping_is_the_teacher_forced_pass(reads):
    network, batch = model_of(**{"model.influence_reads": reads}).network, batch_of()
    noise_z = tf.random.stateless_normal([2, network.noise_size], [3, 4])
    prediction = network(batch, seed=tf.constant([1, 2]), noise_z=noise_z)
    posterior = network.encode(batch.strokes[:, 1:], batch.lengths, batch.class_id)
    z = posterior.mu + tf.exp(posterior.log_var / 2) * noise_z[:, : network.z_size]
    state = network.start(z, batch.class_id, seen=(batch.strokes[:, 1:], batch.lengths), max_steps=4)
    state = state._replace(influence=(noise_z[:, network.z_size :], *state.influence[1:]))
    for t in range(3):  # the shorter sketch has 2 points: its drawing ends with the third step
        params, state = network.decode_step(batch.strokes[:, t], state)
        for whole, single in zip(prediction.params, params):
            np.testing.assert_allclose(whole[:, t], single, atol=2e-5)


def test_z_holds_a_sample_and_the_code_of_the_image():
    model = model_of()
    mu, log_var = model.encode(SKETCHES, ["cup", "fish"])
    assert mu.shape == (2, 10)
    np.testing.assert_array_equal(log_var[:, 4:], CODE_LOG_VAR)
    moved = [np.concatenate([sketch[:1] * 2, sketch[1:]]) for sketch in SKETCHES]
    assert np.abs(model.encode(moved, ["cup", "fish"])[0][:, 4:] - mu[:, 4:]).max() > 1e-4
    images = np.zeros([2, 16, 16], np.float32)
    seen, _ = model.encode_images(images, ["cup", "fish"])
    np.testing.assert_array_equal(seen[:, :4], 0)
    with pytest.raises(ValueError, match="does not read images"):
        model_of(**{"model.autoencoder": False}).encode_images(images, "cup")


def test_codes_without_an_input_are_drawn_as_their_class_had_them():
    network = model_of().network
    codes = np.random.default_rng(0).normal(0.3, 0.1, [4000, 6]).astype(np.float32)
    codes[1::2] *= -1
    posterior = type(network.encode(batch_of().strokes[:, 1:], tf.constant([4, 2]), tf.constant([0, 1])))(
        tf.constant(np.pad(codes, [[0, 0], [4, 0]])), tf.zeros([4000, 10])
    )
    for _ in range(6):
        network.observe(posterior, tf.constant([0, 1] * 2000))
    noise = tf.random.stateless_normal([1000, 10], [1, 2])
    for class_id, mean in ((0, 0.3), (1, -0.3)):
        z = network.prior(noise, tf.fill([1000], class_id)).numpy()
        np.testing.assert_array_equal(z[:, :4], noise[:, :4])
        np.testing.assert_allclose(z[:, 4:].mean(0), mean, atol=0.02)
        np.testing.assert_allclose(z[:, 4:].std(0), 0.1, atol=0.02)
    assert np.abs(network.prior(tf.zeros([1, 10]), tf.constant([[0.5, 0.5]]))[:, 4:]).max() < 0.02


def test_what_has_been_drawn_is_looked_at_and_nothing_else():
    model = model_of()
    network, z, class_id = model.network, tf.zeros([2, 10]), tf.constant([0, 1])
    points = batch_of().strokes[:, :4]
    states = network.encoder.states(points[:, 1:], tf.ones([2, 3], tf.bool))[0:2][1][..., :6]
    state = network.start(z, class_id, max_steps=5)
    for t in range(4):
        _, state = network.decode_step(points[:, t], state)
    room = tf.reshape(state.influence[2], [2, 5, 6])
    np.testing.assert_allclose(room[:, :3], states, atol=1e-5)
    np.testing.assert_array_equal(room[:, 3:], 0)
    last, after = network.consume(points, tf.constant([4, 2]), z, class_id, max_steps=5)
    np.testing.assert_array_equal(last, tf.stack([points[0, 3], points[1, 1]]))
    np.testing.assert_array_equal(after.influence[1][:, 0], [3, 1])
    with pytest.raises(ValueError, match="max_steps is None"):
        network.start(z, class_id)
    greedy = {"greedy": True, "class_name": "cup", "max_steps": 10}
    mu, _ = model.encode([SKETCHES[0]], "cup")
    again = model.reconstruct([SKETCHES[0]], **greedy)[0]
    np.testing.assert_array_equal(model.decode(mu, **greedy)[0], again)


def test_without_an_input_the_influence_vector_is_the_priors():
    network = model_of(**{"model.influence_reads": "both"}).network
    z, class_id = tf.zeros([2, 10]), tf.constant([0, 1])
    seeds = tf.constant([[1, 0], [1, 2]])
    state = network.start(z, class_id, seed=seeds)
    again = network.start(z[:1], class_id[:1], seed=seeds[:1])
    np.testing.assert_array_equal(state.influence[0][:1], again.influence[0])
    assert np.abs(state.influence[0][0] - state.influence[0][1]).max() > 0.1
    np.testing.assert_array_equal(network.start(z, class_id).influence[0], 0)


@pytest.mark.slow
def test_an_unfinished_sketch_and_a_redrawn_one_are_looked_at():
    model = model_of(**{"model.influence_reads": "both"})
    sketch = SKETCHES[0]
    mu, _ = model.encode([sketch], "cup")
    with_input = model.reconstruct([sketch], greedy=True, class_name="cup", max_steps=10)[0]
    from_z = model.decode(mu, greedy=True, class_name="cup", max_steps=10)[0]
    assert with_input.shape != from_z.shape or np.abs(with_input - from_z).max() > 1e-3
    for z in ("partial", "likely"):
        end = model.complete(sketch[:3], num=2, z=z, class_name="cup", max_steps=12)
        assert all((drawing[:3] == sketch[:3]).all() for drawing in end)
    other = model.reconstruct([sketch], greedy=True, class_name="cup", draw_class="fish", max_steps=10)[0]
    assert other.shape != with_input.shape or np.abs(other - with_input).max() > 1e-3


def test_losses_are_equations_12_to_14():
    mu_a = np.random.default_rng(1).normal(size=[2, 5, 3]).astype(np.float32)
    lengths = [4, 2]
    for literal in (False, True):
        expected = []
        for row, length in zip(mu_a.astype(np.float64), lengths):
            sigma = np.exp(np.tanh(row[:length]) / 2)
            inner = sigma if literal else np.log(sigma**2)
            expected.append(np.mean(-0.5 * (1 + inner - np.exp(inner) - row[:length] ** 2)))
        found = losses.influence_divergence(tf.constant(mu_a), tf.constant(lengths), literal)
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    mu, log_var = mu_a[:, 0], mu_a[:, 1]
    sigma = np.exp(log_var.astype(np.float64) / 2)
    printed = -0.5 * np.mean(1 + sigma - np.exp(sigma) - mu.astype(np.float64) ** 2, axis=-1)
    np.testing.assert_allclose(losses.kl_divergence(mu, log_var, True), printed, rtol=1e-5)
    assert float(losses.influence_divergence(tf.zeros([1, 2, 3]), [2])[0]) == 0
    made, real = np.zeros([1, 2, 2, 1], np.float32), np.ones([1, 2, 2, 1], np.float32)
    np.testing.assert_array_equal(losses.image_distance(made, real), [1])


def test_the_cost_adds_up_and_every_weight_learns():
    network, config = model_of().network, config_of()
    trainer = Trainer(network, config, 30)
    with tf.GradientTape() as tape:
        terms = trainer.terms(batch_of(), True, tf.constant([1, 2]))
        cost, weight = trainer._cost(terms, tf.constant(10_000_000, tf.int64))
    assert float(weight) == pytest.approx(1.0)
    by_hand = terms["reconstruction"] + tf.maximum(terms["kl"], 0.2) + terms["image"]
    np.testing.assert_allclose(cost, by_hand, rtol=1e-6)
    for variable, gradient in zip(
        network.trainable_variables, tape.gradient(cost, network.trainable_variables)
    ):
        assert gradient is not None, variable.path if hasattr(variable, "path") else variable.name
        assert np.isfinite(gradient).all()


def test_the_autoencoder_can_be_trained_first():
    config = config_of(**{"model.autoencoder_first_steps": 2})
    network = build_network(config.model, 2, raster_size=16)
    trainer = Trainer(network, config, 30)
    before = {path: np.copy(np.asarray(weight)) for path, weight in named_weights(network).items()}

    def changed():
        now = named_weights(network)
        return {path.split("/")[0] for path in before if np.any(before[path] != np.asarray(now[path]))}

    trainer.train_on(batch_of())
    alone = changed()
    assert {"image_encoder", "image_decoder"} <= alone and not alone & {"decoder", "encoder", "head"}
    with tf.GradientTape() as tape:
        terms = trainer.terms(batch_of(), True, tf.constant([1, 2]))
        cost, _ = trainer._cost(terms, tf.constant(2, tf.int64))
    of_code = tape.gradient(cost, network.image_encoder.trainable_variables)
    assert all(gradient is None or not np.any(gradient) for gradient in of_code)


@pytest.mark.parametrize(
    "values, message",
    [
        ({"model.decoder.cell": "lstm"}, "wants layer_norm"),
        ({"model.conditional": False}, "its encoder is what makes it one"),
        ({"train.jit_compile": True}, "XLA cannot draw"),
        ({"data.raster_size": 50}, "multiple of 8"),
    ],
)
def test_what_does_not_go_together_is_refused(values, message):
    with pytest.raises(ValueError, match=message):
        config_of(**values)


def test_the_influence_layer_has_no_input_dropout():
    with pytest.raises(ValueError, match="input dropout"):
        model_of(**{"model.input_dropout_rate": 0.1})
    assert Config().model.kind == "sketch_rnn"


@pytest.mark.slow
def test_it_trains_resumes_evaluates_draws_and_is_served(tmp_path):
    sources = []
    for name in ("cup", "fish"):
        write_npz(tmp_path / f"{name}.npz", doodles.make_splits(name, train=48, valid=8, test=8, seed=5))
        sources.append(str(tmp_path / f"{name}.npz"))
    values = {
        "data.sources": tuple(sources),
        "data.batch_size": 16,
        "train.learning_rate": 0.01,
        "train.eval_every": 20,
    }
    for steps in (8, 20):
        config = config_of(**values, **{"train.steps": steps})
        figures = train_and_evaluate(config, tmp_path / "run", progress=False)
    assert figures["kl"] == pytest.approx(figures["kl_z"] + 0.1 * figures["influence_kl"])
    first = json.loads((tmp_path / "run" / "logs" / "evaluations.jsonl").read_text().splitlines()[0])
    assert figures["reconstruction_masked"] < first["reconstruction_masked"]
    model = load_model(tmp_path / "run", "last")
    assert np.abs(model.network.code_mean).max() > 0.01
    sketch = doodles.make_splits("cup", train=1, valid=1, test=1, seed=9)["test"][0]
    drawn = model.reconstruct([sketch], temperature=0.2, class_name="cup", seed=1)[0]
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
    made = model.generate(1, class_name="fish", temperature=0.2, seed=3)[0]
    answer = served["generate"](
        temperature=tf.constant([0.2]), seed=tf.constant([[3, 0]]), class_id=tf.constant([1])
    )
    np.testing.assert_allclose(answer["strokes"][0, : int(answer["lengths"][0])], made, rtol=1e-3, atol=1e-2)


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
        "model.class_conditioning": "none",
        "model.encoder.units": 24,
        "model.decoder.units": 96,
        "model.z_size": 16,
        "model.recurrent_dropout_rate": 0.0,
        "loss.kl_weight": 0.01,
        "train.learning_rate": 0.004,
        "train.steps": 300,
        "train.eval_every": 300,
    }
    figures = train_and_evaluate(config_of(**values), tmp_path / "run", progress=False)
    assert figures["reconstruction_unmasked"] < -0.5
