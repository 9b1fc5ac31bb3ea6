"""Workdirs, checkpoints and exports cross between TensorFlows: SKETCH_RNN_PYTHONS names other interpreters, with colons."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.training import checkpoints

PYTHONS = [path for path in os.environ.get("SKETCH_RNN_PYTHONS", "").split(":") if path]
ROOT = pathlib.Path(__file__).resolve().parents[2]
# Goes on with a run, evaluates and exports it, and asks this export and the one before: python -c LEG JSON.
LEG = """
import json, sys
import numpy as np
import tensorflow as tf
from export.saved_model import export_saved_model
from sketch_rnn_tf.config import from_json
from sketch_rnn_tf.data.sources import load_sources
from sketch_rnn_tf.sketch_model import load_model
from sketch_rnn_tf.training.loop import train_and_evaluate

def ask(folder, answers):
    decode = tf.saved_model.load(folder).signatures["decode"]
    given = {"z": tf.ones([2, 4]) / 4, "temperature": tf.fill([2], 0.5), "seed": tf.constant([[1, 2], [3, 4]])}
    np.savez(answers, **{name: value.numpy() for name, value in decode(**given).items()})

def figures(run):
    model = load_model(run, "last")
    return model.evaluate(load_sources(model.config.data.sources).in_memory("test")[0])

task = json.loads(sys.argv[1])
said = {"version": tf.__version__}
if task["before"]:
    said["figures_before"] = figures(task["run"])
    ask(task["before"], task["answers_before"])
for run in task["runs"]:
    train_and_evaluate(from_json(task["config"]), run, progress=False)
said["figures"] = figures(task["run"])
said["made"] = str(export_saved_model(load_model(task["run"], "last"), task["export"]))
ask(said["made"], task["answers"])
print(json.dumps(said))
"""


def leg(python, task):
    ran = subprocess.run(
        [python, "-c", LEG, json.dumps(task)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.skipif(not PYTHONS, reason="SKETCH_RNN_PYTHONS names no other interpreters")
def test_a_run_goes_from_one_to_the_next_and_back(small_config, tmp_path):
    """Each evaluates the run and answers the export of the one before alike, then goes on with it: from here to each of the
    others, back here, and from here once more, so that every other one has taken from here and given to here or to another.

    The run ends as one that stayed here does.
    """
    pythons = [sys.executable, *PYTHONS, sys.executable]
    config = with_values(small_config, {"train.shards": 1, "train.eval_every": 20})
    run, before, versions = tmp_path / "run", None, []
    for place, python in enumerate(pythons):
        steps = 2 * (place + 1)
        runs = [run]
        if place == len(pythons) - 1:
            runs.append(tmp_path / "whole")
        task = {
            "run": str(run),
            "runs": [str(path) for path in runs],
            "config": config_lib.to_json(with_values(config, {"train.steps": steps})),
            "export": str(tmp_path / f"model{place}"),
            "answers": str(tmp_path / f"answers{place}.npz"),
            "answers_before": str(tmp_path / f"again{place}.npz"),
            "before": before and before["made"],
        }
        said = leg(python, task)
        versions.append(said["version"])
        if before:
            assert said["figures_before"] == pytest.approx(before["figures"], rel=1e-4)
            with (
                np.load(tmp_path / f"answers{place - 1}.npz") as theirs,
                np.load(task["answers_before"]) as ours,
            ):
                assert set(ours) == set(theirs) and "strokes" in ours
                for name in ours:
                    np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-4, atol=1e-3, err_msg=name)
        before = said
    assert len(set(versions)) == len(PYTHONS) + 1 and versions[0] == versions[-1]
    moved, stayed = (checkpoints.load(path / "checkpoints", "last") for path in (run, tmp_path / "whole"))
    assert moved.info["step"] == stayed.info["step"] == 2 * len(pythons)
    assert moved.arrays.keys() == stayed.arrays.keys()
    for path, values in stayed.arrays.items():
        np.testing.assert_allclose(moved.arrays[path], values, rtol=1e-2, atol=1e-4, err_msg=path)
    recorded = json.loads((run / "metadata.json").read_text())["versions"]
    assert recorded["tensorflow"] == versions[0]
