"""The mixture against plain NumPy densities, numerical integration and its own samples."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import mixture


def random_outputs(rows, num_mixtures, seed=0, scale=0.5):
    return np.random.default_rng(seed).normal(0, scale, (rows, 6 * num_mixtures + 3)).astype(np.float32)


def density(outputs, offsets):
    """p(dx, dy) in float64 straight from Graves 2013, eq. 23 to 25."""
    raw = outputs.astype(np.float64)[:, 3:]
    pi, mu1, mu2, s1, s2, r = np.split(raw, 6, axis=1)
    pi = np.exp(pi - pi.max(1, keepdims=True))
    pi /= pi.sum(1, keepdims=True)
    s1, s2, rho = np.exp(s1), np.exp(s2), np.tanh(r)
    x, y = offsets[:, :1].astype(np.float64), offsets[:, 1:].astype(np.float64)
    zx, zy = (x - mu1) / s1, (y - mu2) / s2
    z = zx**2 + zy**2 - 2 * rho * zx * zy
    normal = np.exp(-z / (2 * (1 - rho**2))) / (2 * np.pi * s1 * s2 * np.sqrt(1 - rho**2))
    return (pi * normal).sum(1)


@pytest.mark.parametrize("num_mixtures", [1, 5, 20])
def test_log_prob_equals_the_textbook_density(num_mixtures):
    outputs = random_outputs(64, num_mixtures)
    offsets = np.random.default_rng(1).normal(0, 1.5, (64, 2)).astype(np.float32)
    actual = mixture.offset_log_prob(mixture.split_outputs(tf.constant(outputs)), tf.constant(offsets))
    np.testing.assert_allclose(actual, np.log(density(outputs, offsets)), rtol=1e-5, atol=1e-5)


def test_density_integrates_to_one():
    outputs = random_outputs(1, 4, seed=2)
    axis = np.linspace(-12, 12, 481)
    grid = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2).astype(np.float32)
    params = mixture.split_outputs(tf.constant(np.repeat(outputs, len(grid), 0)))
    total = np.exp(mixture.offset_log_prob(params, tf.constant(grid))).sum() * (axis[1] - axis[0]) ** 2
    assert total == pytest.approx(1.0, abs=1e-4)


def test_all_zero_outputs_give_the_known_losses():
    params = mixture.split_outputs(tf.zeros([1, 123]))
    at_origin = mixture.offset_log_prob(params, tf.zeros([1, 2]))
    assert -float(at_origin[0]) == pytest.approx(np.log(2 * np.pi), abs=1e-5)
    with_epsilon = mixture.offset_log_prob(params, tf.zeros([1, 2]), magenta_epsilon=True)
    assert -float(with_epsilon[0]) == pytest.approx(1.8378708, abs=1e-6)
    assert -float(mixture.pen_log_prob(params, tf.constant([[0.0, 1.0, 0.0]]))[0]) == pytest.approx(np.log(3))


def test_magenta_epsilon_caps_the_loss_of_a_far_point():
    params = mixture.split_outputs(tf.zeros([1, 9]))
    far = tf.constant([[100.0, 100.0]])
    capped = mixture.offset_log_prob(params, far, magenta_epsilon=True)
    assert -float(capped[0]) == pytest.approx(13.815511, abs=1e-5)
    assert float(mixture.offset_log_prob(params, far)[0]) < -9000


@pytest.mark.parametrize("scale", [1.0, 30.0, 1e3, 1e6])
def test_gradients_stay_finite_at_extreme_outputs(scale):
    rng = np.random.default_rng(3)
    outputs = tf.constant(random_outputs(2000, 3, seed=4, scale=scale))
    offsets = tf.constant(rng.normal(0, 50, (2000, 2)).astype(np.float32))
    pen = tf.one_hot(rng.integers(0, 3, 2000), 3)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        params = mixture.split_outputs(outputs)
        loss = -mixture.offset_log_prob(params, offsets) - mixture.pen_log_prob(params, pen)
    assert np.isfinite(loss.numpy()).all()
    assert np.isfinite(tape.gradient(loss, outputs).numpy()).all()


def draw_many(outputs, count, temperature, mode="paper", seed=5):
    rng = np.random.default_rng(seed)
    params = mixture.split_outputs(tf.constant(np.repeat(outputs, count, 0)))
    points = mixture.sample(
        params,
        tf.constant(rng.random((count, 2)).astype(np.float32)),
        tf.constant(rng.normal(size=(count, 2)).astype(np.float32)),
        tf.fill([count], float(temperature)),
        mode,
    )
    return points.numpy()


def test_samples_follow_log_prob():
    outputs = random_outputs(1, 3, seed=6)
    points = draw_many(outputs, 60000, 1.0)
    edges = np.linspace(-3, 3, 7)
    counts, _, _ = np.histogram2d(points[:, 0], points[:, 1], [edges, edges])
    inner = np.linspace(-3, 3, 241)
    inner = (inner[1:] + inner[:-1]) / 2
    grid = np.stack(np.meshgrid(inner, inner, indexing="ij"), -1).reshape(-1, 2)
    cells = density(np.repeat(outputs, len(grid), 0), grid).reshape(6, 40, 6, 40).sum((1, 3)) * 0.025**2
    np.testing.assert_allclose(counts / len(points), cells, atol=4 * np.sqrt(0.25 / len(points)))


def test_pen_states_are_drawn_at_their_probability():
    outputs = np.zeros((1, 9), np.float32)
    outputs[0, :3] = np.log([0.7, 0.2, 0.1])
    share = draw_many(outputs, 40000, 1.0)[:, 2:].mean(0)
    np.testing.assert_allclose(share, [0.7, 0.2, 0.1], atol=0.01)


@pytest.mark.parametrize(
    "mode, sigma, power", [("paper", 0.5, 4.0), ("magenta", 0.25, 4.0), ("js", 0.5, 1 / 0.625)]
)
def test_temperature_modes(mode, sigma, power):
    """At tau 0.25: sigma * sqrt(tau) or sigma * tau, and probabilities to the power 1 / tau or 1 / (0.5 + 0.5 tau)."""
    outputs = np.zeros((1, 9), np.float32)
    outputs[0, :3] = np.log([0.6, 0.3, 0.1])
    points = draw_many(outputs, 40000, 0.25, mode)
    assert points[:, :2].std() == pytest.approx(sigma, rel=0.02)
    expected = np.array([0.6, 0.3, 0.1]) ** power
    np.testing.assert_allclose(points[:, 2:].mean(0), expected / expected.sum(), atol=0.01)


def test_correlation_of_samples():
    outputs = np.zeros((1, 9), np.float32)
    outputs[0, 8] = np.arctanh(0.8)
    points = draw_many(outputs, 40000, 1.0)
    assert np.corrcoef(points[:, 0], points[:, 1])[0, 1] == pytest.approx(0.8, abs=0.01)


def test_temperature_zero_takes_the_mean_of_the_heaviest_component():
    outputs = random_outputs(1, 4, seed=7)
    outputs[0, 3:7] = [0.0, 3.0, 1.0, 0.0]
    outputs[0, :3] = [0.0, 0.1, 2.0]
    points = draw_many(outputs, 16, 0.0)
    np.testing.assert_allclose(points, np.repeat([[outputs[0, 8], outputs[0, 12], 0, 0, 1]], 16, 0))


def test_widest_uniform_stays_in_range():
    params = mixture.split_outputs(tf.constant(random_outputs(4, 20, seed=8)))
    almost_one = tf.fill([4, 2], np.nextafter(np.float32(1), np.float32(0)))
    points = mixture.sample(params, almost_one, tf.zeros([4, 2]), tf.ones([4]))
    np.testing.assert_array_equal(points.numpy()[:, 2:].sum(1), 1)


def test_refuses_a_wrong_width_and_mode():
    with pytest.raises(ValueError, match="holds 10 numbers"):
        mixture.split_outputs(tf.zeros([1, 10]))
    with pytest.raises(ValueError, match="temperature_mode is 'warm'"):
        mixture.at_temperature(mixture.split_outputs(tf.zeros([1, 9])), tf.constant([1.0]), "warm")


def test_100_000_extreme_outputs_and_offsets_give_finite_losses_and_gradients():
    """Magnitudes from 1e-30 to 1e6, every output of its own, targets on a mean or a thousand standard sizes away."""
    count, num_mixtures = 100_000, 3
    rng = np.random.default_rng(11)

    def extreme(*shape):
        return (rng.choice([-1, 1], shape) * 10.0 ** rng.uniform(-30, 6, shape)).astype(np.float32)

    outputs, offsets = extreme(count, 6 * num_mixtures + 3), extreme(count, 2)
    offsets = np.clip(offsets, -1000, 1000)
    outputs[::3, :3], outputs[1::3] = 0, np.clip(outputs[1::3], -20, 20)
    offsets[::5] = outputs[::5, 3 + num_mixtures : 3 + 3 * num_mixtures : num_mixtures].clip(-1000, 1000)
    pen = np.eye(3, dtype=np.float32)[rng.integers(0, 3, count)]
    watched = tf.constant(outputs)
    with tf.GradientTape() as tape:
        tape.watch(watched)
        params = mixture.split_outputs(watched)
        found = mixture.offset_log_prob(params, tf.constant(offsets)), mixture.pen_log_prob(params, pen)
        total = tf.reduce_sum(found[0]) + tf.reduce_sum(found[1])
    for values in (*found, tape.gradient(total, watched)):
        assert np.isfinite(values.numpy()).all()
    shown = {name: value.numpy() for name, value in mixture.probabilities(params).items()}
    for name in ("sigma1", "sigma2"):
        assert np.isfinite(shown[name]).all() and (shown[name] > 0).all(), name
    assert (np.abs(shown["rho"]) <= 1).all()
    np.testing.assert_allclose(shown["pi"].sum(axis=1), 1, rtol=1e-5)
