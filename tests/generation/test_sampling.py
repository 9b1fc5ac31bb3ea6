"""Drawing: seeds, endings, units."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import threads
from sketch_rnn_tf.generation.sampling import Sampler, draw, row_seeds
from sketch_rnn_tf.models import SketchRNN
from sketch_rnn_tf.models.weights import named_weights

START = (0.0, 0.0, 1.0, 0.0, 0.0)


def network_of(conditional=True, **options):
    tf.keras.utils.set_random_seed(4)
    network = SketchRNN(
        conditional=conditional, encoder_units=5, decoder_units=7, z_size=3, num_mixtures=2, **options
    )
    for weight in network.trainable_variables:
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.3))
    return network


def test_a_drawing_depends_on_its_own_seed_only():
    sampler = Sampler(network_of(), 10.0, START)
    few = sampler.generate(3, temperature=0.8, seed=5, max_steps=20)
    many = sampler.generate(8, temperature=0.8, seed=5, max_steps=20)
    for a, b in zip(few, many):
        np.testing.assert_allclose(a, b, atol=1e-4)
    other = sampler.generate(3, temperature=0.8, seed=6, max_steps=20)
    assert any(len(a) != len(b) or np.abs(a - b).max() > 0.1 for a, b in zip(few, other))
    assert len({len(d) for d in many}) > 1 or np.abs(many[0] - many[1]).max() > 0.1


@pytest.mark.parametrize("conditional, num", [pytest.param(True, 7, marks=pytest.mark.slow), (False, 2)])
def test_parts_at_once_draw_what_the_whole_batch_draws(monkeypatch, conditional, num):
    """Two drawings leave a part without rows."""
    network = network_of(conditional)
    given = [np.array([[3, 4, 0], [-2, 5, 1]] * (1 + place % 3)) for place in range(num)]
    options = {"temperature": np.linspace(0.3, 0.9, num), "seed": 5, "max_steps": 20, "count": num}
    z = np.random.default_rng(0).normal(size=(num, 3)) if conditional else None
    drawn = {}
    for parts in (1, 3):
        monkeypatch.setattr(threads, "at_once", lambda parts=parts: parts)
        sampler = Sampler(network, 10.0, START)
        drawn[parts] = sampler.decode(z, **options) + sampler.decode(z, given=given, **options)
    for a, b in zip(drawn[1], drawn[3]):
        np.testing.assert_allclose(a, b, atol=1e-4)


def test_drawings_that_have_ended_leave_the_batch(monkeypatch):
    """Counts the rows that are computed at each step, in eager mode, where Python sees every step."""
    network, rows = network_of(), []
    decode_step = network.decode_step

    def counted(stroke, state):
        rows.append(int(tf.shape(stroke)[0]))
        return decode_step(stroke, state)

    monkeypatch.setattr(network, "decode_step", counted)
    z = tf.random.stateless_normal([30, 3], [1, 2])
    options = [tf.zeros([30], tf.int32), tf.fill([30], 0.9), tf.constant(row_seeds(3, 30)), START, 40]
    strokes, lengths = draw(network, z, *options)
    going = (lengths.numpy()[None] >= np.arange(len(rows))[:, None]).sum(1)
    assert rows[0] == 30 and rows[-1] < 15 and len(set(lengths.numpy())) > 3
    assert all(going[t] <= rows[t] <= max(going[t] / 0.9, going[t] + 1) for t in range(len(rows)))
    ended = np.arange(40) >= lengths.numpy()[:, None]
    np.testing.assert_array_equal(strokes.numpy()[..., 4], ended)


def test_a_shorter_limit_cuts_the_same_drawing():
    sampler = Sampler(network_of(conditional=False), 10.0, START)
    long = sampler.generate(6, temperature=0.5, seed=1, max_steps=30)
    short = sampler.generate(6, temperature=0.5, seed=1, max_steps=4)
    for a, b in zip(short, long):
        np.testing.assert_allclose(a, b[:4], atol=1e-4)


def test_it_draws_as_a_plain_loop_over_decode_step_would():
    """Greedy drawing against argmax by hand, in data units."""
    network = network_of()
    z = tf.constant([[0.3, -0.2, 0.9]])
    (drawn,) = Sampler(network, 10.0, START).decode(z, temperature=0.0, seed=0, max_steps=12)
    stroke, state, expected = np.array([START], np.float32), network.start(z), []
    for _ in range(12):
        params, state = network.decode_step(tf.constant(stroke), state)
        k, pen = int(np.argmax(params.pi_logits)), int(np.argmax(params.pen_logits))
        if pen == 2:
            break
        dx, dy = float(params.mu1[0, k]), float(params.mu2[0, k])
        expected.append([10 * dx, 10 * dy, pen == 1])
        stroke = np.array([[dx, dy, pen == 0, pen == 1, 0]], np.float32)
    np.testing.assert_allclose(drawn, np.array(expected, np.float32).reshape(-1, 3), atol=1e-4)


def test_all_rows_end_early_and_rest_is_padding():
    network = network_of()
    named_weights(network)["head/bias"].assign(
        np.concatenate([[-50, -50, 50], np.zeros(12)]).astype(np.float32)
    )
    strokes, lengths = draw(
        network, tf.zeros([2, 3]), None, tf.ones([2]), tf.constant(row_seeds(0, 2)), tf.constant(START), 9
    )
    np.testing.assert_array_equal(lengths, [0, 0])
    np.testing.assert_array_equal(strokes, np.tile([0, 0, 0, 0, 1], (2, 9, 1)))
    assert [
        d.shape for d in Sampler(network, 1.0, START).generate(2, temperature=1, seed=0, max_steps=9)
    ] == [(0, 3)] * 2


def test_a_row_that_never_ends_stops_at_max_steps():
    network = network_of()
    named_weights(network)["head/bias"].assign(
        np.concatenate([[50, -50, -50], np.zeros(12)]).astype(np.float32)
    )
    drawings = Sampler(network, 1.0, START).generate(2, temperature=1.0, seed=0, max_steps=11)
    assert [len(drawing) for drawing in drawings] == [11, 11]
    assert all((drawing[:, 2] == 0).all() for drawing in drawings)


def test_scale_factor_is_undone():
    z = np.zeros((1, 3), np.float32)
    small, large = (
        Sampler(network_of(), scale, START).decode(z, temperature=0.0, seed=0, max_steps=5)
        for scale in (1.0, 20.0)
    )
    np.testing.assert_allclose(small[0][:, :2] * 20, large[0][:, :2], rtol=1e-5)


def test_encode_divides_by_the_scale_factor_and_ignores_padding():
    network = network_of()
    rng = np.random.default_rng(0)
    sketches = [np.concatenate([rng.normal(0, 30, (n, 2)), np.ones((n, 1))], 1) for n in (3, 8)]
    mu, _ = Sampler(network, 30.0, START).encode(sketches)
    stroke5 = np.concatenate([sketches[0][:, :2] / 30, np.tile([0, 1, 0], (3, 1))], 1)[None].astype(
        np.float32
    )
    alone = network.encode(tf.constant(stroke5), tf.constant([3]))
    np.testing.assert_allclose(mu[0], alone.mu[0], atol=1e-6)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_seeds_out_of_range(seed):
    with pytest.raises(ValueError, match="expected 0 to 2147483647"):
        row_seeds(seed, 2)
