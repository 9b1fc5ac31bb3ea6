"""Figures over a whole split, against one sketch at a time."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.models import SketchRNN
from sketch_rnn_tf.training.evaluate import Evaluator, selection_cost

START = (0.0, 0.0, 1.0, 0.0, 0.0)


def evaluator(conditional=True):
    tf.keras.utils.set_random_seed(3)
    network = SketchRNN(conditional=conditional, encoder_units=5, decoder_units=6, z_size=3, num_mixtures=2)
    for weight in network.trainable_variables:
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.2))
    return Evaluator(network, n_max=14, kl_tolerance=0.2)


def sketches(count):
    rng = np.random.default_rng(0)
    made = [np.rint(rng.normal(0, 9, (n, 3))).astype(np.int16) for n in rng.integers(1, 13, count)]
    for sketch in made:
        sketch[:, 2] = rng.random(len(sketch)) < 0.3
    return made


@pytest.mark.parametrize("conditional", [pytest.param(True, marks=pytest.mark.slow), False])
def test_batch_size_does_not_matter_and_no_sketch_is_left_out(conditional):
    data = sketches(7)
    evaluate = evaluator(conditional)
    whole = evaluate(data, np.zeros(7, np.int32), 9.0, START, 3)
    assert whole["num_sketches"] == 7
    for batch_size in (1, 4, 7, 100):
        figures = evaluate(data, np.zeros(7, np.int32), 9.0, START, batch_size)
        assert figures.keys() == whole.keys()
        for name, value in figures.items():
            assert value == pytest.approx(whole[name], rel=1e-5), (batch_size, name)


def test_the_parts_add_up():
    figures = evaluator()(sketches(7), np.zeros(7, np.int32), 9.0, START)
    assert figures["reconstruction_masked"] == pytest.approx(figures["offset"] + figures["pen_masked"])
    assert figures["reconstruction_unmasked"] == pytest.approx(figures["offset"] + figures["pen_unmasked"])
    assert figures["pen_unmasked"] > figures["pen_masked"]
    assert figures["kl_floored"] == max(figures["kl"], 0.2)
    cost = figures["reconstruction_unmasked"] + 0.5 * figures["kl_floored"]
    assert selection_cost(figures, 0.5) == pytest.approx(cost)


def test_a_kl_below_its_floor_does_not_choose():
    """Figures of a CNN-VAE at steps 500 and 1,500: it draws better, and L_KL has only come nearer to the floor."""
    early = {"reconstruction_unmasked": 0.279, "kl": 0.075, "kl_floored": 0.2}
    late = {"reconstruction_unmasked": 0.223, "kl": 0.158, "kl_floored": 0.2}
    assert selection_cost(late, 1.0) < selection_cost(early, 1.0)


@pytest.mark.slow
def test_a_tail_adds_a_figure_between_masked_and_unmasked_and_chooses():
    plain = evaluator()
    short = Evaluator(plain.network, n_max=14, kl_tolerance=0.2, tail=2)
    data = sketches(7)
    figures, unshortened = (evaluate(data, np.zeros(7, np.int32), 9.0, START) for evaluate in (short, plain))
    assert "reconstruction_tail" not in unshortened
    assert {name: figures[name] for name in unshortened} == pytest.approx(unshortened, rel=1e-6)
    assert (
        figures["reconstruction_masked"] < figures["reconstruction_tail"] < figures["reconstruction_unmasked"]
    )
    assert selection_cost(figures, 0.5) == pytest.approx(
        figures["reconstruction_tail"] + 0.5 * figures["kl_floored"]
    )
    whole = Evaluator(plain.network, n_max=14, kl_tolerance=0.2, tail=14)
    all_steps = whole(data, np.zeros(7, np.int32), 9.0, START)
    assert all_steps["reconstruction_tail"] == pytest.approx(all_steps["reconstruction_unmasked"], rel=1e-6)


def test_a_decoder_only_model_has_no_kl():
    figures = evaluator(False)(sketches(3), np.zeros(3, np.int32), 9.0, START)
    assert figures["kl"] == 0 and figures["kl_floored"] == 0
