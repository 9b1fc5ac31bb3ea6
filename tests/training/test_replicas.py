"""Several devices, and several machines, give what one device gives, and end together."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.training import checkpoints
from sketch_rnn_tf.training.replicas import LOST_EXIT_CODE, Replicas
from sketch_rnn_tf.training.workdir import Workdir

SCRIPT = pathlib.Path(__file__).with_name("replica_run.py")
WITHOUT_DROPOUT = {"model.recurrent_dropout_rate": 0.0, "train.shards": 1, "loss.kl_tolerance": 0.01}


class Run:
    """One process of a run; `losses` gives `[step, loss]` of each step that the chief took."""

    def __init__(self, config, folder, name, logical_cpus=1, dies_at=None, workers=(), index=0):
        self.losses_file = folder / f"{name}-{index}.losses.json"
        config_file = folder / f"{name}-{index}.config.json"
        config_file.write_text(config_lib.to_json(config))
        environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": str(SCRIPT.parents[2])}
        if workers:
            cluster = {"cluster": {"worker": list(workers)}, "task": {"type": "worker", "index": index}}
            environment["TF_CONFIG"] = json.dumps(cluster)
        command = [sys.executable, SCRIPT, config_file, folder / name, self.losses_file, logical_cpus]
        command += [] if dies_at is None else [dies_at]
        self.process = subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self, code=0):
        out, err = self.process.communicate(timeout=240)
        assert self.process.returncode == code, err[-3000:]
        return out, err

    @property
    def losses(self):
        return json.loads(self.losses_file.read_text())


def addresses(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    found = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return found


def last(path):
    return checkpoints.load(path / "checkpoints", "last")


@pytest.fixture
def config(small_config):
    return with_values(small_config, {**WITHOUT_DROPOUT, "train.steps": 6})


@pytest.fixture(scope="module")
def alone(finished_run, tmp_path_factory):
    """The same run in one process."""
    config = with_values(Workdir(finished_run).read()[0], {**WITHOUT_DROPOUT, "train.steps": 6})
    run = Run(config, tmp_path_factory.mktemp("one"), "alone")
    run.end()
    return run


def assert_same_run(tmp_path, run, alone, name):
    np.testing.assert_allclose(run.losses, alone.losses, rtol=1e-5)
    theirs, ours = last(alone.losses_file.with_name("alone")), last(tmp_path / name)
    assert ours.arrays.keys() == theirs.arrays.keys()
    for path, values in theirs.arrays.items():
        np.testing.assert_allclose(ours.arrays[path], values, rtol=1e-3, atol=1e-5, err_msg=path)


@pytest.mark.slow
def test_logical_devices_give_the_losses_of_one(config, tmp_path, alone):
    run = Run(with_values(config, {"train.strategy": "mirrored"}), tmp_path, "mirrored", logical_cpus=3)
    run.end()
    assert_same_run(tmp_path, run, alone, "mirrored")


@pytest.mark.slow
def test_two_processes_give_the_losses_of_one_and_only_the_chief_writes(config, tmp_path, alone):
    workers = addresses(2)
    config = with_values(config, {"train.strategy": "multi_worker"})
    runs = [Run(config, tmp_path, "two", workers=workers, index=index) for index in range(2)]
    said = [json.loads(run.end()[0]) for run in runs]
    assert said == [{"step": 6, "wrote": True}, {"step": 6, "wrote": False}]
    assert not runs[1].losses_file.exists()
    assert_same_run(tmp_path, runs[0], alone, "two")
    assert len(list((tmp_path / "two" / "logs").glob("events.*"))) == 1


@pytest.mark.slow
@pytest.mark.parametrize("dying, goes_on", [(0, True), (1, False)])
def test_when_a_worker_dies_all_stop_and_the_run_goes_on_from_last(config, tmp_path, alone, dying, goes_on):
    config = with_values(config, {"train.strategy": "multi_worker", "train.save_every": 2})
    workers = addresses(2)
    runs = [
        Run(config, tmp_path, "two", workers=workers, index=index, dies_at=3 if index == dying else None)
        for index in range(2)
    ]
    runs[dying].end(-9)
    began = time.monotonic()
    _, err = runs[1 - dying].end(LOST_EXIT_CODE)
    sentences = [line for line in err.splitlines() if "another worker of this run is gone" in line]
    assert len(sentences) == 1 and "Traceback" not in err
    assert time.monotonic() - began < 120
    assert last(tmp_path / "two").info["step"] == 2
    if not goes_on:
        return
    workers = addresses(2)
    runs = [Run(config, tmp_path, "two", workers=workers, index=index) for index in range(2)]
    for run in runs:
        run.end()
    np.testing.assert_allclose(runs[0].losses, alone.losses[2:], rtol=1e-5)
    assert last(tmp_path / "two").info["step"] == 6


@pytest.mark.parametrize(
    "text", ["", "{}", '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}']
)
def test_a_cluster_that_is_not_described_is_refused(monkeypatch, text):
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(ValueError, match="TF_CONFIG.*expected"):
        Replicas("multi_worker")


def test_what_does_not_go_together_is_refused(config):
    with pytest.raises(ValueError, match="jit_compile"):
        with_values(config, {"train.strategy": "mirrored", "train.jit_compile": True})
    with pytest.raises(ValueError, match="train.strategy.*multi_worker"):
        with_values(config, {"train.strategy": "many"})
