"""Most rows stop soon after their end, and which of them go on."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import pipeline
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.training.tails import steps_past_end
from sketch_rnn_tf.training.trainer import Trainer
from sketch_rnn_tf.types import Batch

N_MAX = 9
SMALL = {
    "model.conditional": False,
    "model.decoder.units": 6,
    "model.num_mixtures": 2,
    "model.recurrent_dropout_rate": 0.0,
}


def going_on(rows, share, seed):
    steps = steps_past_end(tf.constant(rows), 3, share, 200, tf.constant([seed, 7])).numpy()
    assert set(steps) <= {3, 200}
    return np.flatnonzero(steps == 200)


@pytest.mark.parametrize("share, count", [(0.0, 0), (0.04, 4), (0.25, 25), (1.0, 100)])
def test_a_share_of_the_rows_goes_on_evenly_dealt(share, count):
    for seed in range(20):
        rows = going_on(100, share, seed)
        assert len(rows) == count
        assert not count or set(np.diff(rows)) <= {100 // count}


def test_each_row_has_its_turn():
    """Also in a batch too small to hold one of them each time."""
    turns = np.zeros(7)
    for seed in range(400):
        turns[going_on(7, 0.1, seed)] += 1
    np.testing.assert_allclose(turns / 400, 0.1, atol=0.05)


def batch_of(lengths):
    rng = np.random.default_rng(0)
    sketches = [np.append(rng.normal(size=(length, 2)), np.zeros([length, 1]), axis=1) for length in lengths]
    batches = pipeline.evaluation_batches(
        sketches,
        np.zeros(len(lengths), np.int32),
        scale_factor=1.0,
        batch_size=len(lengths),
        n_max=N_MAX,
    )
    return next(iter(batches))


def trainer_of(**values):
    config = with_values(Config(), {**SMALL, "loss.tail": 2, **{f"loss.{k}": v for k, v in values.items()}})
    tf.keras.utils.set_random_seed(1)
    return Trainer(build_network(config.model), config, N_MAX)


def loss(trainer, batch, training=True, seed=0):
    return float(trainer.terms(batch, training, tf.constant([seed, 4]))["reconstruction"])


def test_rows_that_go_on_add_the_pen_loss_up_to_n_max():
    batch = batch_of([2, 4, 3, 1])
    rows = [Batch(*(part[row : row + 1] for part in batch)) for row in range(4)]
    tail_alone, every_step, half = (
        trainer_of(tail_share=0.0),
        trainer_of(tail="full"),
        trainer_of(tail_share=0.5),
    )
    short, whole = ([loss(trainer, row) for row in rows] for trainer in (tail_alone, every_step))
    assert np.less(short, whole).all()
    even = np.mean([whole[0], short[1], whole[2], short[3]])
    odd = np.mean([short[0], whole[1], short[2], whole[3]])
    found = [loss(half, batch, seed=seed) for seed in range(12)]
    is_even, is_odd = (np.isclose(found, expected, rtol=1e-6) for expected in (even, odd))
    assert is_even.any() and is_odd.any() and (is_even != is_odd).all()
    assert loss(trainer_of(tail_share=1.0), batch) == pytest.approx(np.mean(whole), rel=1e-6)


def test_evaluation_counts_what_training_learns():
    """Every step where some rows go on; the tail alone where none does."""
    batch = batch_of([2, 4, 3, 1])
    tail_alone = trainer_of(tail_share=0.0)
    whole, short = (loss(trainer, batch) for trainer in (trainer_of(tail="full"), tail_alone))
    assert loss(trainer_of(tail_share=0.3), batch, training=False) == pytest.approx(whole, rel=1e-6)
    assert loss(tail_alone, batch, training=False) == pytest.approx(short, rel=1e-6)
    assert short < whole
