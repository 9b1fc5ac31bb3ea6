"""Whole runs: what they leave behind, that they resume exactly, and how they stop."""

import json

import numpy as np
import pytest

from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.data import read_npz, write_npz
from sketch_rnn_tf.training import checkpoints, loop
from sketch_rnn_tf.training.workdir import Workdir


def train(config, path, **values):
    return loop.train_and_evaluate(with_values(config, values), path, progress=False)


def last_arrays(path):
    return checkpoints.load(path / "checkpoints", "last").arrays


def test_a_run_leaves_what_the_design_names(finished_run, data_file):
    run = finished_run
    assert json.loads((run / "config.json").read_text())["schema_version"] == 1
    metadata = json.loads((run / "metadata.json").read_text())
    splits = read_npz(data_file)
    pooled = np.concatenate([sketch[:, :2] for sketch in splits["train"]]).astype(np.float64)
    assert metadata["scale_factor"] == pytest.approx(pooled.std())
    assert metadata["n_max"] == max(len(sketch) for split in splits.values() for sketch in split)
    assert metadata["class_names"] == ["small thing"]
    assert len(metadata["files"][0]["sha256"]) == 64 and metadata["versions"]["tensorflow"]
    assert checkpoints.load(run / "checkpoints", "last").info["step"] == 8
    lines = (run / "logs" / "evaluations.jsonl").read_text().splitlines()
    evaluations = [json.loads(line) for line in lines]
    assert [figures["step"] for figures in evaluations] == [4, 8]
    assert list((run / "logs").glob("events.*"))
    assert np.isfinite([figures["reconstruction_unmasked"] for figures in evaluations]).all()
    arrays = last_arrays(run)
    assert int(arrays["optimizer/iterations"]) == 8
    assert arrays["optimizer/slot0/decoder/cell/kernel"].shape == arrays["model/decoder/cell/kernel"].shape
    assert np.abs(arrays["optimizer/slot1/head/bias"]).max() > 0


@pytest.mark.slow
def test_xla_takes_the_same_steps(small_config, tmp_path):
    """XLA steps through padded batches of few widths with automatic gradients; the result is the same to rounding.

    Without encoder and dropout, because XLA draws other normal numbers from the same seed.
    """
    values = {
        "model.conditional": False,
        "loss.tail": 2,
        "loss.tail_share": 0.0,
        "model.decoder.cell": "lstm",
        "model.recurrent_dropout_rate": 0.0,
        "train.steps": 3,
    }
    train(small_config, tmp_path / "graph", **values)
    train(small_config, tmp_path / "xla", **values, **{"train.jit_compile": True})
    ours, compiled = last_arrays(tmp_path / "graph"), last_arrays(tmp_path / "xla")
    assert ours.keys() == compiled.keys()
    for name, array in ours.items():
        # Adam divides by the gradient's size, so where that is next to nothing rounding decides the direction.
        np.testing.assert_allclose(compiled[name], array, atol=2e-3, err_msg=name)
        if array.size > 1 and name.startswith("model"):
            assert np.median(np.abs(compiled[name] - array)) < 1e-5, name


@pytest.mark.slow
def test_an_interrupted_run_ends_like_an_uninterrupted_one(small_config, finished_run, tmp_path):
    whole, parts = finished_run, tmp_path / "parts"
    for steps in (5, 8):
        train(small_config, parts, **{"train.steps": steps})
    evaluations = [(run / "logs" / "evaluations.jsonl").read_text().splitlines() for run in (whole, parts)]
    assert [json.loads(line)["step"] for line in evaluations[1]][-2:] == [5, 8]
    assert evaluations[0][-1] == evaluations[1][-1]
    arrays, others = last_arrays(whole), last_arrays(parts)
    assert arrays.keys() == others.keys()
    for name in arrays:
        np.testing.assert_array_equal(arrays[name], others[name], err_msg=name)


@pytest.mark.slow
def test_a_damaged_last_checkpoint_gives_way_to_the_one_before(small_config, finished_run, own_run):
    (own_run / "checkpoints" / "step-8.npz").write_bytes(b"half written")
    train(small_config, own_run)
    for name, array in last_arrays(finished_run).items():
        np.testing.assert_array_equal(array, last_arrays(own_run)[name], err_msg=name)


@pytest.mark.slow
@pytest.mark.parametrize("share, chooses", [(0.0, "reconstruction_tail"), (0.3, "reconstruction_unmasked")])
def test_best_is_chosen_by_what_training_counts_and_the_final_kl_weight(
    small_config, tmp_path, share, chooses
):
    run = tmp_path / "run"
    tail = {"loss.tail": 3, "loss.tail_share": share}
    train(small_config, run, **{"train.steps": 16, "train.learning_rate": 0.05, **tail})
    lines = [json.loads(line) for line in (run / "logs" / "evaluations.jsonl").read_text().splitlines()]
    costs = {line["step"]: line[chooses] + 0.5 * line["kl_floored"] for line in lines}
    assert checkpoints.load(run / "checkpoints", "best").info["step"] == min(costs, key=costs.get)


def test_another_config_is_refused_with_the_difference(small_config, own_run):
    with pytest.raises(ValueError, match="model.z_size was 4, now 5"):
        train(small_config, own_run, **{"model.z_size": 5})


@pytest.mark.slow
def test_more_steps_and_other_evaluations_go_on(small_config, own_run):
    train(small_config, own_run, **{"train.steps": 9, "train.eval_every": 3})
    assert Workdir(own_run).read()[0].train.steps == 9


def test_other_data_are_refused(small_config, own_run, data_file):
    splits = read_npz(data_file)
    splits["train"][0] = splits["train"][0][::-1].copy()
    write_npz(data_file, splits)
    with pytest.raises(ValueError, match="data files' sha256"):
        train(small_config, own_run)


def test_a_loss_that_is_not_finite_names_step_and_sketches(small_config, own_run):
    arrays = {name: array.copy() for name, array in last_arrays(own_run).items()}
    arrays["model/head/kernel"][0, 0] = np.nan
    checkpoints.save(own_run / "checkpoints", arrays, 9, ("last",))
    with pytest.raises(loop.NotFiniteError, match=r"not finite at step 9 .* on training sketches \d+, \d+"):
        train(small_config, own_run, **{"train.steps": 12})
    assert checkpoints.load(own_run / "checkpoints", "last").info["step"] == 9


@pytest.mark.slow
def test_early_stopping(decoder_config, tmp_path):
    run = tmp_path / "run"
    values = {"train.learning_rate": 0.0, "train.learning_rate_min": 0.0, "train.early_stopping_patience": 2}
    train(decoder_config, run, **{"train.steps": 100, **values})
    assert checkpoints.load(run / "checkpoints", "last").info["step"] == 12


def test_fewer_sketches_than_a_batch(small_config, tmp_path):
    with pytest.raises(ValueError, match="holds 20 sketches, fewer than data.batch_size 21"):
        train(small_config, tmp_path / "run", **{"data.batch_size": 21})
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_longer_sketch_than_max_length_is_left_out(decoder_config, tmp_path):
    train(decoder_config, tmp_path / "run", **{"data.max_length": 8})
    assert Workdir(tmp_path / "run").read()[1].n_max == 8
