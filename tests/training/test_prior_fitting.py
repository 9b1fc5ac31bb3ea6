"""Fitting a prior: to codes whose mixture is known, and by the command."""

import json
import pathlib
import subprocess
import sys
import types

import numpy as np
import pytest
import tensorflow as tf

from export.web_model import export_web
from sketch_rnn_tf.sketch_model import load_model
from sketch_rnn_tf.training import pretrained
from sketch_rnn_tf.training.prior_fitting import fit


def encoder_of(mu, log_var, num_classes):
    """A stand-in for a model whose encoder gives these."""
    return types.SimpleNamespace(
        network=types.SimpleNamespace(conditional=True),
        class_conditional=num_classes > 1,
        class_names=tuple(map(str, range(num_classes))),
        encode_ids=lambda sketches, ids: (mu[sketches], log_var[sketches]),
    )


def test_a_mixture_of_known_codes_is_found():
    """Each class has two clusters; the prior has their shares and means, and their spread widened by the posteriors' own."""
    rng = np.random.default_rng(0)
    count, z = 3000, 3
    ids = np.arange(2 * count) % 2
    second = rng.random(2 * count) < np.where(ids == 0, 0.25, 0.6)
    centres = np.array([[[3, 0, 0], [-3, 0, 0]], [[0, 4, 0], [0, -4, 1]]], float)
    mu = (centres[ids, second.astype(int)] + 0.3 * rng.standard_normal([2 * count, z])).astype(np.float32)
    log_var = np.full_like(mu, np.log(0.5))
    prior = fit(encoder_of(mu, log_var, 2), np.arange(2 * count), ids, components=2, seed=1)
    for one, share in ((0, 0.25), (1, 0.6)):
        order = np.argsort(np.abs(prior.arrays["means"][one] - centres[one, 0]).sum(axis=1))
        np.testing.assert_allclose(prior.arrays["means"][one][order], centres[one], atol=0.05)
        np.testing.assert_allclose(prior.arrays["shares"][one][order], [1 - share, share], atol=0.03)
        for factor in prior.arrays["factors"][one]:
            np.testing.assert_allclose(factor @ factor.T, (0.09 + 0.5) * np.eye(z), atol=0.04)
    narrow = fit(encoder_of(mu, log_var, 2), np.arange(2 * count), ids, components=2, seed=1, noise=0.25)
    for factor in narrow.arrays["factors"].reshape(-1, z, z):
        np.testing.assert_allclose(factor @ factor.T, (0.09 + 0.125) * np.eye(z), atol=0.04)


def test_too_little_is_refused():
    few = encoder_of(np.zeros([30, 2], np.float32), np.zeros([30, 2], np.float32), 2)
    with pytest.raises(ValueError, match="10 sketches of class 1; expected 20"):
        fit(few, np.arange(30), np.arange(30) // 20)
    with pytest.raises(ValueError, match="noise is 2"):
        fit(few, np.arange(30), np.arange(30) // 20, noise=2)
    few.network.conditional = False
    with pytest.raises(ValueError, match="no z"):
        fit(few, np.arange(30), np.arange(30) // 20)


@pytest.fixture
def run(own_run):
    return own_run


def fitted(run, *more):
    return subprocess.run(
        [sys.executable, "-m", "sketch_rnn_tf.training.fit_prior_main", f"--workdir={run}", *more],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_the_command_changes_what_is_drawn_and_exported(run, tmp_path):
    before = load_model(run).generate(3, seed=4)
    done = fitted(run)
    assert done.returncode == 0, done.stderr
    assert pathlib.Path(done.stdout.strip()) == run / "prior.npz"
    model = load_model(run)
    after = model.generate(3, seed=4)
    assert not all(np.array_equal(*pair) for pair in zip(before, after))
    assert all(np.array_equal(*pair) for pair in zip(after[:2], model.generate(2, seed=4)))
    data = export_web(model, tmp_path / "a.sketchrnn").read_bytes()
    header = json.loads(data[16 : 16 + int.from_bytes(data[12:16], "little")])
    assert {"name": "prior/means", "shape": [1, 1, 4]} in header["weights"]
    packed = pretrained.pack(run, tmp_path / "packed")
    assert tf.reduce_all(load_model(packed).network.fitted_prior(tf.zeros([1, 5])) != 0)


def test_the_command_refuses_in_a_sentence(tmp_path):
    done = fitted(tmp_path / "none")
    assert done.returncode == 2 and "Traceback" not in done.stderr and str(tmp_path / "none") in done.stderr
