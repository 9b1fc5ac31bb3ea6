"""The arithmetic that every figure is held against, and the command."""

import json
import subprocess
import sys

import pytest

from benchmarks import flops, training
from sketch_rnn_tf.config import Config, apply_overrides


def test_the_default_model_costs_287_gflop_a_step():
    """Counted by hand: 25,000 steps; decoder [133 + 512, 2048], two encoders [5 + 256, 1024], head [512, 123]; thrice."""
    by_hand = 3 * 2 * 25_000 * ((133 + 512) * 2048 + 2 * (5 + 256) * 1024 + 512 * 123)
    assert by_hand == pytest.approx(287e9, rel=0.01)
    assert flops.training_step(Config().model, 25_000, 25_000, static_repeated=True) == by_hand


def test_z_once_a_sketch_costs_less_and_hyper_more():
    model = Config().model
    hyper = apply_overrides(Config(), ["model.decoder.cell=hyper"]).model
    plain = flops.training_step(model, 0, 1, static_repeated=False)
    assert plain == 3 * 2 * ((5 + 512) * 2048 + 512 * 123)
    inner = 2 * ((5 + 512 + 256) * 1024 + 12 * 32 * (256 + 512))
    assert flops.training_step(hyper, 0, 1, static_repeated=False) == plain + 3 * inner
    assert flops.drawing(model, 7) == 7 * plain / 3


def test_every_step_entry_has_a_config():
    for name in training.STEP_ENTRIES:
        assert training.config_of(name).train.optimizer == "adam", name
    assert training.config_of("train_full").loss.tail == "full"
    assert training.config_of("train").loss.tail == Config().loss.tail


@pytest.mark.slow
def test_the_command_times_an_entry_and_refuses_an_unknown_one(tmp_path, request):
    root = request.config.rootpath
    run = [sys.executable, "-m", "benchmarks"]
    out = tmp_path / "bench.json"
    done = subprocess.run([*run, "--only=input", f"--json={out}"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-500:]
    (row,) = json.loads(out.read_text(encoding="utf-8"))
    assert list(row) == ["name", "seconds", "bound_seconds", "ratio", "units", "peak_mb"]
    assert row["ratio"] == pytest.approx(row["seconds"] / row["bound_seconds"]) and row["peak_mb"] > 100
    refused = subprocess.run([*run, "--only=nonsense"], cwd=root, capture_output=True, text=True)
    assert refused.returncode != 0 and "nonsense" in refused.stdout + refused.stderr
