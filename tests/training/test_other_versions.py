"""Workdirs, checkpoints and exports cross between TensorFlows: SKETCH_RNN_PYTHONS names other interpreters, with colons."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.training import checkpoints

PYTHONS = [path for path in os.environ.get("SKETCH_RNN_PYTHONS", "").split(":") if path]
ROOT = pathlib.Path(__file__).resolve().parents[2]
ASK = """
import sys
import numpy as np
import tensorflow as tf
signature = tf.saved_model.load(sys.argv[1]).signatures["decode"]
answer = signature(z=tf.ones([2, 4]) / 4, temperature=tf.fill([2], 0.5), seed=tf.constant([[1, 2], [3, 4]]))
np.savez(sys.argv[2], **{name: value.numpy() for name, value in answer.items()})
"""


def command(python, *arguments):
    ran = subprocess.run(
        [python, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


def figures(python, run):
    out = command(
        python, "-m", "sketch_rnn_tf.training.evaluate_main", f"--workdir={run}", "--split=test", "--json"
    )
    return json.loads(out[out.index("{") :])


def trained(python, run, steps, *more):
    flags = [f"--workdir={run}", f"--steps={steps}", "--noprogress"]
    command(python, "-m", "sketch_rnn_tf.training.main", *flags, *more)
    return checkpoints.load(run / "checkpoints", "last")


def asked(python, folder, answer):
    command(python, "-c", ASK, folder, answer)
    with np.load(answer) as archive:
        return dict(archive)


@pytest.mark.slow
@pytest.mark.skipif(not PYTHONS, reason="SKETCH_RNN_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("first", ["here", "there"])
def test_what_one_makes_the_other_takes(first, python, small_config, tmp_path):
    """A run begun under one goes on under the other, is evaluated and exported alike by both, and goes on under the first."""
    one, other = (sys.executable, python) if first == "here" else (python, sys.executable)
    (tmp_path / "config.json").write_text(config_lib.to_json(with_values(small_config, {"train.shards": 1})))
    run = tmp_path / "run"
    begun = trained(one, run, 2, f"--config={tmp_path / 'config.json'}")
    ours, theirs = figures(one, run), figures(other, run)
    assert ours == pytest.approx(theirs, rel=1e-4)
    export = [
        "-m",
        "export.main",
        f"--workdir={run}",
        f"--output={tmp_path / 'model'}",
        "--format=saved_model",
    ]
    command(one, *export)
    (made,) = [path.parent for path in (tmp_path / "model").rglob("saved_model.pb")]
    ours, theirs = asked(one, made, tmp_path / "one.npz"), asked(other, made, tmp_path / "other.npz")
    assert ours.keys() == theirs.keys() and "strokes" in ours
    for name, values in ours.items():
        np.testing.assert_allclose(theirs[name], values, rtol=1e-4, atol=1e-3, err_msg=name)
    gone_on = trained(other, run, 4)
    assert gone_on.info["step"] == 4 and int(gone_on.arrays["optimizer/iterations"]) == 4
    assert gone_on.arrays.keys() == begun.arrays.keys()
    again = trained(one, run, 6)
    whole = trained(one, tmp_path / "whole", 6, f"--config={tmp_path / 'config.json'}")
    for path, values in whole.arrays.items():
        np.testing.assert_allclose(again.arrays[path], values, rtol=1e-2, atol=1e-4, err_msg=path)
    versions = json.loads((run / "metadata.json").read_text())["versions"]
    assert (versions["tensorflow"] == tf.__version__) == (first == "here")
