"""One trainer a workdir, stopping when asked to, and batches whose loss is not finite."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from absl import logging

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.training import checkpoints, guard, loop
from sketch_rnn_tf.training.replicas import Replicas
from sketch_rnn_tf.training.trainer import Trainer
from sketch_rnn_tf.training.workdir import Workdir

POISON = 3  # this sketch of the training split makes a loss NaN


def arrays_of(run):
    return checkpoints.load(run / "checkpoints", "last").arrays


@pytest.fixture
def poisoned(monkeypatch):
    terms = Trainer._terms

    def with_poison(self, batch, training, seed):
        found, observed = terms(self, batch, training, seed)
        bad = tf.reduce_any(batch.index == POISON) if training else tf.constant(False)
        found["reconstruction"] += tf.where(bad, np.nan, 0.0)
        return found, observed

    monkeypatch.setattr(Trainer, "_terms", with_poison)


@pytest.fixture
def warnings(monkeypatch):
    said = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: said.append(text % values))
    return said


def test_a_second_trainer_is_refused_and_a_dead_one_is_not_waited_for(tmp_path):
    code = (
        "import sys, time\n"
        "from sketch_rnn_tf.training.guard import only_trainer\n"
        "from sketch_rnn_tf.training.workdir import Workdir\n"
        "with only_trainer(Workdir(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    other = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path / "run"], stdout=subprocess.PIPE, text=True
    )
    assert other.stdout.readline() == "held\n"
    with pytest.raises(ValueError, match=f"another process \\({other.pid}\\) is training in .*run"):
        with guard.only_trainer(Workdir(tmp_path / "run")):
            pass
    other.kill()
    other.wait(timeout=30)
    with guard.only_trainer(Workdir(tmp_path / "run")):
        assert (tmp_path / "run" / ".lock").read_text() == str(os.getpid())


@pytest.mark.slow
def test_poison_is_skipped_and_changes_no_weight(decoder_config, tmp_path, poisoned, warnings):
    """20 sketches in batches of 8: the poisoned one is met within 8 steps."""
    run = tmp_path / "run"
    config = with_values(decoder_config, {"train.on_nan": "skip", "train.save_every": 1})
    figures = loop.train_and_evaluate(config, run, progress=False)
    skipped = checkpoints.load(run / "checkpoints", "last").info["skipped"]
    assert figures["step"] == 8 and 1 <= len(skipped) < 8 and np.isfinite(figures["cost"])
    assert len([text for text in warnings if "this batch is left out" in text]) == len(skipped)
    arrays = arrays_of(run)
    assert int(arrays["optimizer/iterations"]) == 8 and all(
        np.isfinite(array).all() for array in arrays.values()
    )
    parts = tmp_path / "parts"
    for steps in (3, 8):
        loop.train_and_evaluate(with_values(config, {"train.steps": steps}), parts, progress=False)
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, arrays_of(parts)[name], err_msg=name)


def test_poison_stops_a_run_that_was_not_told_otherwise(decoder_config, tmp_path, poisoned):
    with pytest.raises(
        loop.NotFiniteError, match=r"not finite at step \d .* on training sketches .*--on_nan"
    ):
        loop.train_and_evaluate(decoder_config, tmp_path / "run", progress=False)


@pytest.mark.slow
def test_a_run_rolls_back_and_meets_other_batches(decoder_config, tmp_path, monkeypatch, warnings):
    """The loss is NaN at step 5 until the run has gone back once, as the seed of its batches shows."""
    run, seen = tmp_path / "run", []
    batches = loop._Run._batches

    def counted(self, num_steps):
        seen.append((self.step, self.rollbacks))
        dataset = batches(self, num_steps)
        if self.rollbacks:
            return dataset
        return dataset.enumerate(self.step).map(
            lambda step, batch: batch._replace(strokes=tf.where(step == 5, np.nan, 1.0) * batch.strokes)
        )

    monkeypatch.setattr(loop._Run, "_batches", counted)
    config = with_values(decoder_config, {"train.on_nan": "rollback"})
    assert loop.train_and_evaluate(config, run, progress=False)["step"] == 8
    assert seen == [(0, 0), (4, 1)]
    assert checkpoints.load(run / "checkpoints", "last").info["rollbacks"] == 1
    assert any("going back to the last checkpoint" in text for text in warnings)
    assert all(np.isfinite(array).all() for array in arrays_of(run).values())


@pytest.mark.slow
def test_going_on_under_another_machine_is_said(decoder_config, tmp_path, warnings):
    run = tmp_path / "run"
    for steps in (2, 3):
        loop.train_and_evaluate(with_values(decoder_config, {"train.steps": steps}), run, progress=False)
    assert not warnings
    metadata = json.loads((run / "metadata.json").read_text())
    assert metadata["machine"]["cores"] >= 1 and metadata["machine"]["onednn"] in (True, False)
    metadata["machine"]["cores"] += 1
    metadata["versions"]["tensorflow"] = "2.0.0"
    (run / "metadata.json").write_text(json.dumps(metadata))
    loop.train_and_evaluate(with_values(decoder_config, {"train.steps": 4}), run, progress=False)
    assert len(warnings) == 1 and "cores was" in warnings[0] and "tensorflow was '2.0.0'" in warnings[0]


@pytest.mark.slow
def test_sigterm_during_a_step_is_not_forgotten(decoder_config, tmp_path, monkeypatch):
    build = Replicas.step_function

    def interrupted(*arguments):
        step = build(*arguments)

        def call(batch, stop):
            os.kill(os.getpid(), signal.SIGTERM)
            return step(batch, stop)

        return call

    monkeypatch.setattr(Replicas, "step_function", interrupted)
    result = loop.train_and_evaluate(decoder_config, tmp_path / "run", progress=False)
    assert result == {"step": 1, "stopped": True}
    assert checkpoints.load(tmp_path / "run" / "checkpoints", "last").info["step"] == 1


@pytest.mark.slow
def test_sigterm_saves_and_exits_0_and_the_run_goes_on(decoder_config, tmp_path):
    config = with_values(
        decoder_config, {"train.steps": 400, "train.eval_every": 400, "train.save_every": 400}
    )
    (tmp_path / "config.json").write_text(config_lib.to_json(config))

    def start(run):
        command = [
            sys.executable,
            "-m",
            "sketch_rnn_tf.training.main",
            f"--config={tmp_path / 'config.json'}",
        ]
        return subprocess.Popen(
            [*command, f"--workdir={run}"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    stopped = start(tmp_path / "parts")
    while not (tmp_path / "parts" / "logs").exists():
        time.sleep(0.02)
    for line in iter(lambda: stopped.stderr.read(1), ""):
        if line == "%":  # the progress bar has begun, so has training
            break
    stopped.send_signal(signal.SIGTERM)
    out, _ = stopped.communicate(timeout=120)
    assert stopped.returncode == 0 and "stopped at step" in out
    step = checkpoints.load(tmp_path / "parts" / "checkpoints", "last").info["step"]
    assert 0 < step < 400
    again = start(tmp_path / "parts")
    out, _ = again.communicate(timeout=240)
    assert again.returncode == 0 and out.startswith("step 400:")
