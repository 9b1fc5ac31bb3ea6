"""What is lost when a machine dies, a disk fills or a file rots: nothing that was saved."""

import json
import os
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from absl import logging

from sketch_rnn_tf.config import to_json, with_values
from sketch_rnn_tf.training import checkpoints

KILLS = 20
# Imports once; each line it reads is the flags of a training, which runs in a child of its own.
STARTER = """
import json, os, signal, sys
from sketch_rnn_tf.training import main
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        sys.argv = json.loads(line)
        main.entry()
    print(child, flush=True)
"""


def start(config_file, workdir, *arguments, **options):
    command = [sys.executable, "-m", "sketch_rnn_tf.training.main", f"--config={config_file}", "--noprogress"]
    return subprocess.Popen(
        [*command, f"--workdir={workdir}", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def finish(process):
    _, said = process.communicate(timeout=300)
    return process.returncode, said


@pytest.fixture
def starter():
    """Returns a function that starts a training in a process of its own, without waiting for imports, and gives its pid."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def begin(config_file, workdir):
        flags = [f"--config={config_file}", "--noprogress", f"--workdir={workdir}"]
        process.stdin.write(json.dumps(["main", *flags]) + "\n")
        process.stdin.flush()
        return int(process.stdout.readline())

    yield begin
    process.communicate(timeout=60)


def alive(pid) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def last(run):
    return checkpoints.load(run / "checkpoints", "last")


@pytest.mark.slow
def test_twenty_kills_end_like_none(decoder_config, starter, tmp_path):
    """It saves at every step, so that most kills fall into saving."""
    steps = 240
    values = {"train.steps": steps, "train.save_every": 1, "train.eval_every": steps}
    file = tmp_path / "config.json"
    file.write_text(to_json(with_values(decoder_config, values)))
    assert finish(start(file, tmp_path / "whole", "--set=train.save_every=40"))[0] == 0
    run, rng, kills = tmp_path / "killed", np.random.default_rng(7), 0
    pointer = run / "checkpoints" / "last.json"

    def reached():
        return json.loads(pointer.read_text())["step"] if pointer.is_file() else 0

    while kills < KILLS:
        pid, target = starter(file, run), reached() + int(rng.integers(1, 10))
        deadline = time.time() + 120
        while reached() < target and time.time() < deadline and alive(pid):
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))
        assert reached() >= target and alive(pid)
        os.kill(pid, signal.SIGKILL)
        while alive(pid):
            time.sleep(0.01)
        kills += 1
    assert reached() < steps
    assert finish(start(file, run))[0] == 0
    whole, killed = last(tmp_path / "whole").arrays, last(run).arrays
    assert int(killed["optimizer/iterations"]) == steps
    for name, array in whole.items():
        np.testing.assert_array_equal(array, killed[name], err_msg=name)
    assert not list((run / "checkpoints").glob(".*")), "what killed processes had begun to write was left"


@pytest.mark.slow
def test_a_full_disk_gives_one_sentence_and_harms_no_checkpoint(decoder_config, tmp_path):
    """A limit on the size of a file stands for a disk without room: the checkpoint does not fit, the small files do."""
    file = tmp_path / "config.json"
    file.write_text(to_json(with_values(decoder_config, {"train.steps": 4, "train.eval_every": 4})))
    run = tmp_path / "run"
    assert finish(start(file, run))[0] == 0
    before = last(run)
    room = (run / "checkpoints" / before.info["file"]).stat().st_size // 2
    limit = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))}
    code, said = finish(start(file, run, "--steps=8", **limit))
    assert code == 2 and "Traceback" not in said
    sentence = said.strip().splitlines()[-1]
    assert "File too large" in sentence and "step-6.npz" in sentence
    after = last(run)
    assert after.info == before.info
    for name, array in before.arrays.items():
        np.testing.assert_array_equal(array, after.arrays[name])
    assert not [path for path in (run / "checkpoints").iterdir() if path.name.startswith(".")]
    assert finish(start(file, run, "--steps=8"))[0] == 0
    assert last(run).info["step"] == 8


def test_any_flipped_bit_and_any_cut_is_noticed(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(logging, "warning", lambda text, *values: said.append(text % values))
    arrays = {"model/w": np.arange(60, dtype=np.float32), "optimizer/iterations": np.asarray(3)}
    checkpoints.save(tmp_path, arrays, 1, ("last",))
    checkpoints.save(tmp_path, {**arrays, "model/w": arrays["model/w"] + 1}, 2, ("last",))
    path = tmp_path / "step-2.npz"
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for number in range(60):
        damaged = bytearray(whole)
        place = int(rng.integers(len(whole)))
        if number % 3:
            damaged[place] ^= 1 << int(rng.integers(8))
        else:
            del damaged[place:]
        path.write_bytes(bytes(damaged))
        found = checkpoints.load(tmp_path, "last")
        assert found.info["step"] == 1, (number, place)
        np.testing.assert_array_equal(found.arrays["model/w"], arrays["model/w"])
    assert len(said) == 60 and all("going back to step-1.npz" in text for text in said)
    path.write_bytes(whole)
    assert checkpoints.load(tmp_path, "last").info["step"] == 2
