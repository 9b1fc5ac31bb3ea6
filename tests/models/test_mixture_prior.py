"""A fitted prior against the moments of the mixture it is, and fitting against codes whose mixture is known."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.models.mixture_prior import MixturePrior
from sketch_rnn_tf.training import prior_file

CLASSES, COMPONENTS, Z = 2, 3, 4


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    shares = rng.uniform(0.2, 1, [CLASSES, COMPONENTS])
    means = rng.normal(0, 2, [CLASSES, COMPONENTS, Z])
    factors = np.tril(rng.normal(0, 0.5, [CLASSES, COMPONENTS, Z, Z]))
    return {"shares": shares / shares.sum(1, keepdims=True), "means": means, "factors": factors}


def moments(values, of_class):
    """Returns mean and covariance of the mixture, from their definition."""
    weights = (of_class[:, None] * values["shares"]).ravel()
    means = values["means"].reshape(-1, Z)
    factors = values["factors"].reshape(-1, Z, Z)
    mean = weights @ means
    second = sum(w * (f @ f.T + np.outer(m, m)) for w, f, m in zip(weights, factors, means))
    return mean, second - np.outer(mean, mean)


@pytest.mark.parametrize("of_class", [[1.0, 0.0], [0.0, 1.0], [0.3, 0.7]])
def test_drawn_codes_have_the_moments_of_the_mixture(of_class):
    values, count = arrays(), 200_000
    prior = MixturePrior(values, CLASSES, Z)
    noise = np.random.default_rng(1).standard_normal([count, prior.noise_size]).astype(np.float32)
    class_id = np.tile(np.float32(of_class), [count, 1])
    if 1.0 in of_class:
        class_id = np.full([count], of_class.index(1.0), np.int32)
    z = prior(tf.constant(noise), tf.constant(class_id)).numpy()
    mean, covariance = moments(values, np.array(of_class))
    np.testing.assert_allclose(z.mean(axis=0), mean, atol=0.03)
    np.testing.assert_allclose(np.cov(z.T), covariance, atol=0.08)


def test_a_code_depends_on_its_own_noise_only():
    prior = MixturePrior(arrays(), CLASSES, Z)
    noise = np.random.default_rng(2).standard_normal([9, prior.noise_size]).astype(np.float32)
    ids = np.arange(9, dtype=np.int32) % 2
    whole = prior(tf.constant(noise), tf.constant(ids)).numpy()
    np.testing.assert_array_equal(prior(tf.constant(noise[4:5]), tf.constant(ids[4:5])).numpy(), whole[4:5])
    extreme = np.concatenate([noise[:2, :Z], [[-40.0], [40.0]]], axis=1).astype(np.float32)
    assert np.isfinite(prior(tf.constant(extreme), tf.constant(ids[:2])).numpy()).all()


@pytest.mark.parametrize(
    "change, message",
    [
        ({"shares": None}, "no shares"),
        (
            {"means": np.zeros([CLASSES, COMPONENTS, Z + 1])},
            r"means have shape \[2, 3, 5\]; expected \[2, 3, 4\]",
        ),
        ({"factors": np.full([CLASSES, COMPONENTS, Z, Z], np.nan)}, "factors hold NaN"),
        ({"shares": np.full([CLASSES, COMPONENTS], 0.5)}, "do not sum to 1"),
    ],
)
def test_arrays_that_are_no_prior_are_refused(change, message):
    values = {name: array for name, array in {**arrays(), **change}.items() if array is not None}
    with pytest.raises(ValueError, match=message):
        MixturePrior(values, CLASSES, Z)


def test_a_file_belongs_to_its_step(tmp_path):
    prior = MixturePrior(arrays(), CLASSES, Z)
    assert prior_file.load(tmp_path, 5, CLASSES, Z) is None
    prior_file.save(tmp_path, prior, 5)
    read = prior_file.load(tmp_path, 5, CLASSES, Z)
    for name, array in prior.arrays.items():
        np.testing.assert_allclose(read.arrays[name], array, rtol=1e-3, atol=1e-6)
    assert prior_file.load(tmp_path, 6, CLASSES, Z) is None
    with pytest.raises(ValueError, match="prior.npz: the prior's"):
        prior_file.load(tmp_path, 5, CLASSES + 1, Z)
    (tmp_path / "prior.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="prior.npz"):
        prior_file.load(tmp_path, 5, CLASSES, Z)
