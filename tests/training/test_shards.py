"""A batch in parts gives what the whole batch gives, and who decides how many parts there are."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.training import shards
from sketch_rnn_tf.training.evaluate import Evaluator
from sketch_rnn_tf.training.trainer import Trainer
from sketch_rnn_tf.types import Batch

SMALL = {
    "model.encoder.units": 5,
    "model.decoder.units": 6,
    "model.z_size": 3,
    "model.num_mixtures": 2,
    "model.recurrent_dropout_rate": 0.0,
    "loss.kl_tolerance": 0.0,
}
N_MAX = 9


def batch_of(lengths):
    rng = np.random.default_rng(0)
    strokes = np.zeros([len(lengths), N_MAX + 1, 5], np.float32)
    for row, length in enumerate(lengths):
        strokes[row, 1 : length + 1, :2] = rng.normal(size=(length, 2))
        strokes[row, : length + 1, 2] = 1
        strokes[row, length + 1 :, 4] = 1
    count = len(lengths)
    arrays = (
        strokes,
        np.array(lengths, np.int32),
        np.zeros(count, np.int32),
        np.arange(count, dtype=np.int64),
    )
    return Batch(*map(tf.constant, arrays))


def network_of(config):
    """Weights as after some training: the heads of z start so near zero that KL would be rounding error."""
    tf.keras.utils.set_random_seed(1)
    network = build_network(config.model)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, place], stddev=0.3))
    return network


def gradients(num_shards, lengths, **values):
    config = with_values(Config(), {**SMALL, "train.shards": num_shards, **values})
    trainer = Trainer(network_of(config), config, N_MAX)
    with tf.GradientTape() as tape:
        terms = trainer.terms(batch_of(lengths), True, tf.constant([3, 4]))
        cost = terms["reconstruction"] + 0.5 * terms["kl_floored"]
    return terms, tape.gradient(cost, trainer.network.trainable_variables)


@pytest.mark.parametrize("conditional", [True, False])
def test_loss_and_gradients_do_not_depend_on_the_number_of_parts(conditional):
    lengths = [9, 2, 5, 1, 7, 3, 4]
    terms, expected = gradients(1, lengths, **{"model.conditional": conditional})
    for num_shards in (2, 3):
        others, found = gradients(num_shards, lengths, **{"model.conditional": conditional})
        for name, value in terms.items():
            assert float(others[name]) == pytest.approx(float(value), rel=1e-5), name
        for a, b in zip(found, expected):
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_the_kl_floor_is_of_the_whole_batch():
    """Rows dealt so that one part alone would be below the floor and the other above it."""
    lengths = [9, 1, 8, 1, 9, 1]
    raw = float(gradients(1, lengths)[0]["kl"])
    for floor, expected in ((raw * 0.999, raw), (raw * 1.001, raw * 1.001)):
        terms, _ = gradients(2, lengths, **{"loss.kl_tolerance": floor})
        assert float(terms["kl_floored"]) == pytest.approx(expected, rel=1e-5)


@pytest.mark.slow
def test_an_evaluation_does_not_depend_on_the_number_of_parts():
    network = network_of(with_values(Config(), SMALL))
    rng = np.random.default_rng(1)
    sketches = [np.rint(rng.normal(0, 9, (n, 3)) * [1, 1, 0]).astype(np.int16) for n in (3, 8, 1, 5, 9)]
    figures = [
        Evaluator(network, N_MAX, 0.2, num_shards=count)(
            sketches, np.zeros(5, np.int32), 9.0, (0.0, 0.0, 1.0, 0.0, 0.0), batch_size=4
        )
        for count in (1, 3)  # the last batch has fewer rows than parts
    ]
    assert figures[0] == pytest.approx(figures[1], rel=1e-5)


def test_a_run_keeps_its_number_of_parts():
    asked = Config()
    saved = with_values(Config(), {"train.shards": 3})
    assert shards.settle(asked, saved).train.shards == 3
    assert shards.settle(with_values(asked, {"train.shards": 2}), saved).train.shards == 2
    assert shards.settle(with_values(asked, {"train.jit_compile": True})).train.shards == 1


@pytest.mark.slow
def test_a_new_process_takes_one_part_a_core_and_few_rows_take_fewer():
    """In a process of its own, since TensorFlow's threads are chosen once."""
    code = (
        "import os, tensorflow as tf\n"
        "os.sched_getaffinity = lambda _: {0, 1, 2}\n"
        "from sketch_rnn_tf.config import Config, with_values\n"
        "from sketch_rnn_tf.training.shards import settle\n"
        "counts = [settle(with_values(Config(), {'data.batch_size': n})).train.shards for n in (24, 60, 1000)]\n"
        "threads = tf.config.threading\n"
        "print(counts, threads.get_intra_op_parallelism_threads(), threads.get_inter_op_parallelism_threads())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.split("\n")[0] == "[1, 2, 3] 1 3"
