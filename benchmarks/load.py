"""python -m benchmarks.load [--minutes=60] [--calls=10000] [--json=FILE]: whether memory grows under load.

Trains a small model by the real loop, with evaluations, sheets, logs and checkpoints, for so long; then calls every signature of its
SavedModel in turn, so often in all, with requests of changing shapes. What grows is the difference between the mean of the
last and of the second quarter of the samples; the first quarter fills caches and allocators.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import numpy as np
from absl import app, flags

_MINUTES = flags.DEFINE_float("minutes", 60.0, "of training")
_CALLS = flags.DEFINE_integer("calls", 10_000, "of SavedModel signatures")
_JSON = flags.DEFINE_string("json", None, "also write the figures and all samples to this file")

SAMPLES = 400
SETTINGS = ("train.eval_every=50", "train.save_every=50", "model.class_conditioning=one_hot")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20 if hasattr(os, "sysconf") else 4096 / 2**20


def resident_mb(process="self") -> float:
    """Returns the memory that a process, named by its number, holds now, in MiB (Linux)."""
    return int(pathlib.Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE_MB


def growth(samples: list[float]) -> float:
    """Returns by how much the last quarter of samples lies above the second."""
    quarter = len(samples) // 4
    if not quarter:
        raise ValueError(f"there are {len(samples)} samples; take at least 4, with more --minutes or --calls")
    return float(np.mean(samples[-quarter:]) - np.mean(samples[quarter : 2 * quarter]))


def train(run: pathlib.Path, minutes: float) -> tuple[list[float], int]:
    """Trains by the command until the time is over, then asks it to stop; returns samples of the memory it held, and its steps."""
    command = [sys.executable, "-m", "sketch_rnn_tf.training.main", f"--workdir={run}", "--noprogress"]
    command += ["--data=doodles:cat,house", "--preset=quick", "--steps=10000000"]
    command += [f"--set={value}" for value in SETTINGS]
    samples, end = [], time.monotonic() + 60 * minutes
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while time.monotonic() < end and process.poll() is None:
        samples.append(resident_mb(process.pid))
        time.sleep(60 * minutes / SAMPLES)
    process.terminate()
    said, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"training ended with exit code {process.returncode}")
    return samples, int(re.search(r"step (\d+)", said).group(1))


def call(folder: pathlib.Path, model_folder: pathlib.Path, calls: int) -> list[float]:
    """Exports the run's model and calls it; returns samples of the memory held."""
    import tensorflow as tf

    import sketch_rnn_tf
    from export.saved_model import export_saved_model
    from export.serving_files import example_inputs

    made = export_saved_model(sketch_rnn_tf.load_model(folder), model_folder)
    described = json.loads((pathlib.Path(made) / "assets" / "manifest.json").read_text())
    signatures = list(tf.saved_model.load(str(made)).signatures.values())
    samples, every = [], max(1, calls // SAMPLES)
    for number in range(calls):
        signature = signatures[number % len(signatures)]
        inputs = example_inputs(signature.structured_input_signature[1], described, rows=1 + number % 7)
        signature(**{name: tf.constant(value) for name, value in inputs.items()})
        if number % every == 0:
            samples.append(resident_mb())
    return samples


def main(_) -> None:
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run"
        samples, steps = train(run, _MINUTES.value)
        figures["training"] = {"minutes": _MINUTES.value, "steps": steps, "growth_mb": growth(samples)}
        figures["training"] |= {"mb": samples[-1], "samples": samples}
        print(
            f"training: {steps} steps, {samples[-1]:.0f} MB held, grew {growth(samples):.1f} MB", flush=True
        )
        samples = call(run, pathlib.Path(folder) / "model", _CALLS.value)
        figures["calls"] = {"calls": _CALLS.value, "growth_mb": growth(samples)}
        figures["calls"] |= {"mb": samples[-1], "samples": samples}
        print(f"{_CALLS.value} calls: {samples[-1]:.0f} MB held, grew {growth(samples):.1f} MB")
    if _JSON.value:
        pathlib.Path(_JSON.value).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
