"""Losses against sums written out in NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import losses, mixture


def padded_targets(lengths, steps, seed=0):
    rng = np.random.default_rng(seed)
    targets = np.zeros((len(lengths), steps, 5), np.float32)
    for row, length in enumerate(lengths):
        targets[row, :length, :2] = rng.normal(size=(length, 2))
        lifted = rng.random(length) < 0.3
        targets[row, :length, 2], targets[row, :length, 3] = ~lifted, lifted
        targets[row, length:, 4] = 1
    return targets


def params_of(rows, steps, seed=1, num_mixtures=3):
    rng = np.random.default_rng(seed)
    outputs = rng.normal(0, 0.5, (rows, steps, 6 * num_mixtures + 3)).astype(np.float32)
    return outputs, mixture.split_outputs(tf.constant(outputs))


def expected_terms(outputs, targets, lengths, n_max, tail):
    """The three sums of each sketch, step by step in float64."""
    out = np.zeros((len(lengths), 3))
    for b, length in enumerate(lengths):
        for t in range(min(targets.shape[1], n_max)):
            raw = outputs[b, t].astype(np.float64)
            log_pen = raw[:3] - np.log(np.exp(raw[:3]).sum())
            pen = -(targets[b, t, 2:] * log_pen).sum()
            if t >= length:
                out[b, 2] += pen * (t < length + tail[b])
                continue
            pi, mu1, mu2, s1, s2, r = np.split(raw[3:], 6)
            pi, s1, s2, rho = np.exp(pi) / np.exp(pi).sum(), np.exp(s1), np.exp(s2), np.tanh(r)
            zx, zy = (targets[b, t, 0] - mu1) / s1, (targets[b, t, 1] - mu2) / s2
            exponent = -(zx**2 + zy**2 - 2 * rho * zx * zy) / (2 * (1 - rho**2))
            density = (pi * np.exp(exponent) / (2 * np.pi * s1 * s2 * np.sqrt(1 - rho**2))).sum()
            out[b, 0] -= np.log(density)
            out[b, 1] += pen
    return out


@pytest.mark.parametrize("tail", [None, 1, 3, [1, 12, 3]])
@pytest.mark.parametrize("n_max", [9, 12])
def test_reconstruction_equals_the_written_out_sums(tail, n_max):
    lengths = [1, 5, 9]
    targets = padded_targets(lengths, 12)
    outputs, params = params_of(3, 12)
    terms = losses.reconstruction_terms(params, tf.constant(targets), n_max, tail)
    expected = expected_terms(outputs, targets, lengths, n_max, np.broadcast_to(tail or 99, 3))
    np.testing.assert_allclose(np.stack(terms, 1), expected, rtol=1e-4, atol=1e-5)


def test_padding_beyond_n_max_changes_nothing():
    lengths = [2, 6]
    targets = padded_targets(lengths, 6)
    more = np.concatenate([targets, np.tile([0, 0, 0, 0, 1], (2, 7, 1)).astype(np.float32)], 1)
    outputs, params = params_of(2, 13)
    short = losses.reconstruction_terms(
        mixture.split_outputs(tf.constant(outputs[:, :6])), tf.constant(targets), n_max=6
    )
    long = losses.reconstruction_terms(params, tf.constant(more), n_max=6)
    for a, b in zip(short, long):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_kl_of_a_gaussian():
    """0 at the prior; the closed form elsewhere, averaged over dimensions."""
    mu, log_var = np.array([[0.0, 0.0], [1.0, -2.0]]), np.array([[0.0, 0.0], [0.5, -1.0]])
    expected = [0, np.mean(0.5 * (mu[1] ** 2 + np.exp(log_var[1]) - 1 - log_var[1]))]
    actual = losses.kl_divergence(tf.constant(mu, tf.float32), tf.constant(log_var, tf.float32))
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_kl_floor_stops_the_gradient():
    for value, gradient in ((0.1, 0.0), (0.3, 1.0)):
        kl = tf.Variable(value)
        with tf.GradientTape() as tape:
            loss = losses.floored(kl, 0.2)
        assert float(loss) == pytest.approx(max(value, 0.2))
        assert float(tape.gradient(loss, kl)) == gradient
