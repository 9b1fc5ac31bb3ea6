"""The influence layer against a plain NumPy reading of Cao et al. 2019, eq. 9 to 11."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.layers import InfluencedDecoder
from sketch_rnn_tf.layers.influence import turn, turned
from sketch_rnn_tf.layers.recurrences import packing
from sketch_rnn_tf.layers.recurrences.influence_scan import attend, influence

B, T, D, A, H, STATIC = 3, 6, 5, 4, 7, 3


def made(seed=1, **options):
    tf.keras.utils.set_random_seed(seed)
    layer = InfluencedDecoder(H, A, STATIC, **options)
    layer.build((None, None, D))
    for place, weight in enumerate(layer.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [seed, place], stddev=0.3))
    return layer


def inputs_of(seed=2):
    rng = np.random.default_rng(seed)

    def normal(*shape):
        return rng.normal(size=shape).astype(np.float32)

    return {
        "inputs": normal(B, T, D),
        "memory": normal(B, T, A),
        "noise": normal(B, T, A),
        "static": normal(B, STATIC),
        "state": (normal(B, H), normal(B, H)),
    }


def norm(values):
    mean = values.mean(-1, keepdims=True)
    return (values - mean) / np.sqrt(((values - mean) ** 2).mean(-1, keepdims=True) + 1e-3)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def plain(layer, given, lengths, steps):
    """A float64 loop over rows, steps and encoder states, word by word as the equations have it."""
    cell = layer.cell
    kernel, recurrent, query = (
        np.asarray(w, np.float64) for w in (cell.kernel, cell.recurrent_kernel, layer.query)
    )
    gamma, beta = np.asarray(cell.gate_gamma), np.asarray(cell.gate_beta)
    c_gamma, c_beta = np.asarray(cell.memory_gamma), np.asarray(cell.memory_beta)
    outputs, means = np.zeros([B, T, H]), np.zeros([B, T, A])
    for row in range(B):
        h, c = (part[row].astype(np.float64) for part in given["state"])
        for j in range(steps[row]):
            so_far = given["memory"][row][: min(j, lengths[row])].astype(np.float64)
            mu = np.zeros(A)
            if len(so_far):
                scores = np.array([h @ query @ state for state in so_far])
                alpha = np.exp(scores) / np.exp(scores).sum()
                mu = sum(weight * state for weight, state in zip(alpha, so_far))
            a_d = mu + np.exp(np.tanh(mu) / 2) * given["noise"][row, j]
            x = np.concatenate([given["inputs"][row, j], a_d, given["static"][row]])
            pre = x @ kernel + h @ recurrent
            i, g, f, o = (norm(pre.reshape(4, H)) * gamma.reshape(4, H) + beta.reshape(4, H)).reshape(4, H)
            c = sigmoid(f + 1) * c + sigmoid(i) * np.tanh(g)
            h = sigmoid(o) * np.tanh(norm(c) * c_gamma + c_beta)
            outputs[row, j], means[row, j] = h, mu
    return outputs, means


def run(layer, given, lengths, steps, **options):
    where = packing.of_lengths(tf.constant(steps), T)
    outputs, means, state = layer.scan(
        where,
        where.pack(given["inputs"]),
        given["memory"],
        tf.constant(lengths),
        where.pack(given["noise"]),
        given["static"],
        given["state"],
        **options,
    )
    return where.unpack(outputs), where.unpack(means), state


@pytest.mark.parametrize("lengths, steps", [([6, 6, 6], [6, 6, 6]), ([3, 1, 5], [5, 2, 6])])
def test_it_is_the_equations(lengths, steps):
    layer, given = made(), inputs_of()
    outputs, means, _ = run(layer, given, lengths, steps)
    expected = plain(layer, given, lengths, steps)
    np.testing.assert_allclose(outputs, expected[0], atol=2e-5)
    np.testing.assert_allclose(means, expected[1], atol=2e-5)


def looped(layer, given, lengths, steps):
    """The same with `step` and `vector`, differentiated automatically."""
    static = layer.project_static(tf.convert_to_tensor(given["static"]), D)
    state, outputs, means = tuple(map(tf.convert_to_tensor, given["state"])), [], []
    memory, noise = tf.convert_to_tensor(given["memory"]), given["noise"]
    for j in range(T):
        going = tf.constant([[float(j < count)] for count in steps])
        visible = tf.minimum(j, tf.constant(lengths))
        _, mu = attend(tf.matmul(state[0], layer.query), memory, visible)
        vector = influence(mu, noise[:, j])
        output, new = layer.step(tf.convert_to_tensor(given["inputs"])[:, j], vector, static, state)
        state = tuple(going * a + (1 - going) * b for a, b in zip(new, state))
        outputs.append(output * going)
        means.append(mu * going)
    return tf.stack(outputs, 1), tf.stack(means, 1), state


def test_gradients_by_hand_are_the_automatic_ones():
    layer = made()
    lengths, steps = [3, 1, 5], [5, 2, 6]
    gradients = []
    for way in (run, looped):
        given = tf.nest.map_structure(tf.Variable, inputs_of())
        with tf.GradientTape() as tape:
            outputs, means, state = way(layer, given, lengths, steps)
            parts = (*tf.nest.flatten(state), outputs, means)
            loss = tf.add_n([tf.reduce_sum(tf.sin(part * (place + 1))) for place, part in enumerate(parts)])
        sources = [
            *layer.trainable_variables,
            given["inputs"],
            given["memory"],
            given["static"],
            *given["state"],
        ]
        gradients.append(tape.gradient(loss, sources))
    for by_hand, automatic in zip(*gradients):
        assert np.abs(automatic).max() > 1e-3
        np.testing.assert_allclose(by_hand, automatic, rtol=1e-4, atol=2e-5)


def test_padding_of_encoder_and_decoder_changes_nothing():
    layer, given = made(), inputs_of()
    lengths, steps = [3, 1, 5], [4, 2, 6]
    other = {name: np.copy(value) if name != "state" else value for name, value in given.items()}
    for row in range(B):
        other["memory"][row, lengths[row] :] = 1e6
        other["inputs"][row, steps[row] :] = np.nan
    np.testing.assert_array_equal(run(layer, other, lengths, steps)[0], run(layer, given, lengths, steps)[0])


def test_a_point_is_not_influenced_by_encoder_states_of_later_ones():
    layer, given = made(), inputs_of()
    other = {**given, "memory": given["memory"].copy()}
    other["memory"][:, 3:] += 1
    before, after = (run(layer, value, [6] * B, [6] * B)[0].numpy() for value in (given, other))
    np.testing.assert_array_equal(before[:, :4], after[:, :4])
    assert np.abs(before[:, 4] - after[:, 4]).max() > 1e-3


def test_dropout_repeats_with_its_seed():
    layer, given = made(recurrent_dropout_rate=0.5), inputs_of()
    options = {"training": True, "seed": tf.constant([1, 2])}
    first, again = (run(layer, given, [6] * B, [6] * B, **options)[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - run(layer, given, [6] * B, [6] * B)[0]).max() > 1e-2


def test_large_scores_stay_finite():
    memory = tf.constant([[[1e4, -1e4, 0, 0], [-1e4, 1e4, 0, 0]]], tf.float32)
    alpha, mu = attend(tf.constant([[1e4, 0.0, 0, 0]]), memory, tf.constant([2]))
    np.testing.assert_array_equal(alpha, [[1, 0]])
    assert np.isfinite(mu).all()


def test_noise_is_turned_from_step_to_step():
    noise = tf.constant(np.random.default_rng(0).normal(size=[2, 16]).astype(np.float32))
    steps = turned(noise, 5)
    for t in range(5):
        np.testing.assert_array_equal(steps[:, t], noise)
        noise = turn(noise)
