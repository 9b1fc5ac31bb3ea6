"""One step: what moves, which schedule, and the same numbers through Keras' fit."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import pipeline
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.weights import named_weights
from sketch_rnn_tf.training.schedules import kl_weight, learning_rate_schedule
from sketch_rnn_tf.training.trainer import Trainer, clip_gradients

SMALL = {
    "model.encoder.units": 8,
    "model.decoder.units": 12,
    "model.z_size": 4,
    "model.num_mixtures": 3,
    "data.batch_size": 8,
}
N_MAX = 12


def sketches(count=24, seed=0):
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        sketch = np.rint(rng.normal(0, 20, (rng.integers(4, N_MAX + 1), 3))).astype(np.int16)
        sketch[:, 2] = rng.random(len(sketch)) < 0.2
        made.append(sketch)
    return made


def trainer_of(**values):
    config = with_values(Config(), {**SMALL, **values})
    tf.keras.utils.set_random_seed(1)
    return Trainer(build_network(config.model), config, N_MAX)


def batches(trainer, num_steps, start_step=0):
    data = sketches()
    config = trainer.config.data
    return pipeline.training_batches(
        data,
        np.zeros(len(data), np.int32),
        scale_factor=20.0,
        batch_size=config.batch_size,
        n_max=N_MAX,
        seed=trainer.config.train.seed,
        start_step=start_step,
        num_steps=num_steps,
        random_scale=config.random_scale,
        point_drop_rate=config.point_drop_rate,
    )


@pytest.mark.parametrize(
    "step, expected", [(0, 0.001), (1000, 9.057846e-4), (10000, 3.741824e-4), (100000, 1.00449e-5)]
)
def test_learning_rate_is_magentas(step, expected):
    rate = learning_rate_schedule(Config().train)(tf.constant(step, tf.int64))
    assert float(rate) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    "step, expected", [(0, 0.01), (1, 0.0100245), (1000, 0.0338982), (10000, 0.2028037), (100000, 0.4966989)]
)
def test_kl_weight_is_magentas(step, expected):
    assert float(kl_weight(Config().loss, tf.constant(step, tf.int64))) == pytest.approx(expected, rel=1e-5)


def test_relative_kl_weight_is_the_papers():
    """w (1 - (1 - eta_min) R^step) with w = 0.8, eta_min = 0.05, R = 0.99 at step 100."""
    values = {
        "kl_weight": 0.8,
        "kl_weight_start": 0.05,
        "kl_decay_rate": 0.99,
        "kl_weight_start_is_relative": True,
    }
    config = with_values(Config(), {f"loss.{key}": value for key, value in values.items()})
    expected = 0.8 * (1 - 0.95 * 0.99**100)
    assert float(kl_weight(config.loss, tf.constant(100, tf.int64))) == pytest.approx(expected, rel=1e-5)


def test_clipping():
    gradients = [tf.constant([3.0, -0.5]), tf.constant([-4.0])]
    by_value = clip_gradients(gradients, 1.0, "value")
    np.testing.assert_allclose(np.concatenate(by_value), [1, -0.5, -1])
    by_norm = clip_gradients(gradients, 1.0, "norm")
    norm = np.sqrt(9 + 0.25 + 16)
    np.testing.assert_allclose(np.concatenate(by_norm), np.array([3, -0.5, -4]) / norm, rtol=1e-6)


@pytest.mark.parametrize("cells", [("lstm", "lstm"), ("layer_norm", "layer_norm"), ("hyper", "hyper")])
def test_one_step_moves_every_weight(cells):
    # Above its floor the KL term has a gradient too.
    trainer = trainer_of(
        **{"model.encoder.cell": cells[0], "model.decoder.cell": cells[1], "loss.kl_tolerance": 0.0}
    )
    rng = np.random.default_rng(2)
    for weight in trainer.network.trainable_variables:
        weight.assign_add(rng.normal(0, 0.05, weight.shape))
    before = {path: weight.numpy() for path, weight in named_weights(trainer.network).items()}
    for batch in batches(trainer, 1):
        values = trainer.train_on(batch)
    assert np.isfinite(float(values["cost"]))
    still = [p for p, w in named_weights(trainer.network).items() if np.array_equal(before[p], w.numpy())]
    assert not still


def test_cost_is_the_sum_of_its_parts():
    trainer = trainer_of(**{"loss.kl_weight_start": 0.3})
    for batch in batches(trainer, 1):
        values = {name: float(value) for name, value in trainer.train_on(batch).items()}
    assert values["kl_weight"] == pytest.approx(0.3)
    assert values["kl_floored"] == pytest.approx(max(values["kl"], 0.2))
    assert values["cost"] == pytest.approx(values["reconstruction"] + 0.3 * values["kl_floored"], rel=1e-6)


@pytest.mark.slow
def test_fit_takes_the_same_steps_as_the_loop():
    looped, fitted = trainer_of(), trainer_of()
    step = tf.function(looped.train_on)
    costs = [float(step(batch)["cost"]) for batch in batches(looped, 6)]
    seen = []
    record = tf.keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(logs["cost"])
    )
    history = fitted.fit(
        batches(fitted, 6), callbacks=[record, tf.keras.callbacks.TerminateOnNaN()], verbose=0
    )
    assert history.history["cost"][0] == pytest.approx(np.mean(costs), rel=1e-5)
    assert len(seen) == 6
    for ours, theirs in zip(looped.network.trainable_variables, fitted.network.trainable_variables):
        np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.slow
def test_fit_validates_every_sketch_by_its_weight():
    trainer = trainer_of()
    for weight in trainer.network.trainable_variables:  # away from the start, where L_KL is next to 0
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.2))
    data = sketches(11, seed=3)
    validation = pipeline.evaluation_batches(
        data, np.zeros(11, np.int32), scale_factor=20.0, batch_size=4, n_max=N_MAX
    )
    figures = trainer.evaluate(validation, return_dict=True, verbose=0)
    rows = []
    for batch in validation:
        prediction = trainer.network(batch, seed=tf.constant([0, 0]))
        rows += [
            float(v)
            for v in -0.5
            * np.mean(
                1
                + prediction.posterior.log_var
                - prediction.posterior.mu**2
                - np.exp(prediction.posterior.log_var),
                1,
            )
        ]
    assert len(rows) == 11
    assert figures["kl"] == pytest.approx(np.mean(rows), rel=1e-4)


@pytest.mark.slow
def test_a_tiny_set_is_overfitted():
    trainer = trainer_of(
        **{
            "model.encoder.units": 32,
            "model.decoder.units": 64,
            "model.z_size": 8,
            "model.recurrent_dropout_rate": 0.0,
            "data.random_scale": 0.0,
            "data.point_drop_rate": 0.0,
            "data.batch_size": 4,
            "loss.kl_weight": 0.0,
            "loss.kl_weight_start": 0.0,
            "train.learning_rate": 0.01,
            "train.learning_rate_decay": 0.999,
        }
    )
    data = sketches(4, seed=5)
    repeated = pipeline.training_batches(
        data, np.zeros(4, np.int32), scale_factor=20.0, batch_size=4, n_max=N_MAX, seed=0, num_steps=500
    )
    step = tf.function(trainer.train_on)
    costs = [float(step(batch)["reconstruction"]) for batch in repeated]
    assert np.mean(costs[-5:]) < -1


@pytest.mark.slow
def test_bfloat16_products_train_alike():
    costs = {}
    for precision in ("float32", "bf16"):
        config = with_values(Config(), {**SMALL, "train.precision": precision})
        tf.keras.utils.set_random_seed(1)
        trainer = Trainer(build_network(config.model, precision=precision), config, N_MAX)
        costs[precision] = [float(trainer.train_on(batch)["cost"]) for batch in batches(trainer, 5)]
    assert costs["bf16"] != costs["float32"]
    np.testing.assert_allclose(costs["bf16"], costs["float32"], rtol=0.02)
