"""Runs that begin with the weights of a trained model."""

import json
import shutil

import numpy as np
import pytest

from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.data.npz import read_npz, write_npz
from sketch_rnn_tf.training import checkpoints, fine_tuning
from sketch_rnn_tf.training.loop import train_and_evaluate
from sketch_rnn_tf.training.workdir import Workdir

STILL = {"train.learning_rate": 0.0, "train.learning_rate_min": 0.0, "train.steps": 1}


@pytest.fixture
def trained(finished_run):
    return finished_run


def model_of(path):
    return checkpoints.model_arrays(checkpoints.load(Workdir(path).checkpoints, "last").arrays)


@pytest.mark.slow
def test_a_run_begins_with_the_weights_of_another(trained, small_config, tmp_path):
    """With a learning rate of 0 the weights after a step are those before it."""
    values = {**STILL, "train.start_from": str(trained), "train.seed": 99}
    train_and_evaluate(with_values(small_config, values), tmp_path / "second", progress=False)
    before, after = model_of(trained), model_of(tmp_path / "second")
    assert before.keys() == after.keys()
    for name, array in before.items():
        np.testing.assert_array_equal(after[name], array, err_msg=name)


@pytest.mark.slow
def test_a_run_begins_with_the_last_weights_where_asked(own_run, small_config, tmp_path):
    """The last checkpoint is made another than the best."""
    folder = Workdir(own_run).checkpoints
    best = checkpoints.load(folder, "best")
    later = {name: array * 1.01 for name, array in best.arrays.items()}
    checkpoints.save(folder, later, best.info["step"] + 100, ("last",))
    for asked, expected in (("best", best.arrays), ("last", later)):
        values = {**STILL, "train.start_from": str(own_run), "train.start_checkpoint": asked}
        train_and_evaluate(with_values(small_config, values), tmp_path / asked, progress=False)
        begun, expected = model_of(tmp_path / asked), checkpoints.model_arrays(expected)
        np.testing.assert_array_equal(begun["head/kernel"], expected["head/kernel"])
    rates = [fine_tuning.config_of(own_run, asked).train.learning_rate for asked in ("best", "last")]
    assert rates[1] < rates[0]


@pytest.mark.slow
def test_the_config_of_a_model_goes_on_where_it_was(trained):
    known, metadata = Workdir(trained).read()
    config = fine_tuning.config_of(trained)
    assert config.model == known.model and config.data.scale_factor == metadata.scale_factor
    assert config.train.start_from == str(trained) and config.data.sources == ()


@pytest.mark.slow
def test_what_suited_another_machine_is_not_taken_over(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    written = json.loads((tmp_path / "run" / "config.json").read_text())
    written["train"] |= {"precision": "bf16", "shards": 2}
    (tmp_path / "run" / "config.json").write_text(json.dumps(written))
    train = fine_tuning.config_of(tmp_path / "run").train
    assert (train.precision, train.shards) == ("float32", 0)


@pytest.mark.slow
def test_a_resumed_run_does_not_begin_again(trained, small_config, tmp_path, monkeypatch):
    begun = with_values(small_config, {"train.start_from": str(trained), "train.steps": 1})
    train_and_evaluate(begun, tmp_path / "run", progress=False)
    monkeypatch.setattr(fine_tuning, "assign", lambda *given: pytest.fail("it began again"))
    train_and_evaluate(with_values(begun, {"train.steps": 2}), tmp_path / "run", progress=False)
    assert checkpoints.load(Workdir(tmp_path / "run").checkpoints, "last").info["step"] == 2


@pytest.mark.slow
def test_another_model_is_refused(trained, small_config, tmp_path):
    other = with_values(small_config, {"train.start_from": str(trained), "model.z_size": 7})
    with pytest.raises(ValueError, match="another model: model.z_size is 7 and was"):
        train_and_evaluate(other, tmp_path / "other", progress=False)
    assert not (tmp_path / "other").exists()
    with pytest.raises(FileNotFoundError, match="no pretrained model"):
        train_and_evaluate(
            with_values(small_config, {"train.start_from": "pretrained:none"}),
            tmp_path / "none",
            progress=False,
        )


@pytest.fixture
def class_files(small_config, tmp_path):
    sketches = read_npz(small_config.data.sources[0])
    for name in ("one", "two", "three"):
        write_npz(tmp_path / f"{name}.npz", sketches)
    return {name: str(tmp_path / f"{name}.npz") for name in ("one", "two", "three")}


@pytest.mark.slow
def test_classes_may_be_others(small_config, class_files, tmp_path):
    values = {"model.class_conditioning": "one_hot", "train.steps": 1}
    classes = with_values(small_config, {**values, "data.sources": (class_files["one"], class_files["two"])})
    train_and_evaluate(classes, tmp_path / "classes", progress=False)
    others = {
        **STILL,
        "train.start_from": str(tmp_path / "classes"),
        "data.sources": (class_files["three"], class_files["two"]),
    }
    train_and_evaluate(with_values(classes, others), tmp_path / "others", progress=False)
    before, after = model_of(tmp_path / "classes"), model_of(tmp_path / "others")
    one, two = before["decoder/cell/kernel"][-2:]
    three = Workdir(tmp_path / "others").read()[1].class_names.index("three")
    np.testing.assert_array_equal(after["decoder/cell/kernel"][-2:][1 - three], two)
    np.testing.assert_allclose(after["decoder/cell/kernel"][-2:][three], (one + two) / 2, rtol=1e-5)


@pytest.mark.slow
def test_a_decoder_goes_on_under_another_encoder_and_alone(trained, small_config, tmp_path):
    begun = {**STILL, "train.start_from": str(trained)}
    changes = {
        "image": {"model.kind": "cnn_vae", "data.raster_size": 16},
        "alone": {"model.conditional": False, "model.z_size": 9},
    }
    before = model_of(trained)
    for name, values in changes.items():
        train_and_evaluate(with_values(small_config, {**begun, **values}), tmp_path / name, progress=False)
        after = model_of(tmp_path / name)
        np.testing.assert_array_equal(after["head/kernel"], before["head/kernel"])
        kernel = after["decoder/cell/kernel"]
        np.testing.assert_array_equal(kernel, before["decoder/cell/kernel"][: len(kernel)])
    assert len(kernel) == 5


@pytest.mark.slow
def test_what_is_frozen_stays_and_the_run_goes_on(small_config, tmp_path):
    values = {"train.frozen": ("decoder", "head"), "train.steps": 2, "train.save_every": 1}
    config = with_values(small_config, values)
    train_and_evaluate(config, tmp_path / "run", progress=False)
    first = model_of(tmp_path / "run")
    train_and_evaluate(with_values(config, {"train.steps": 5}), tmp_path / "run", progress=False)
    train_and_evaluate(with_values(config, {"train.steps": 5}), tmp_path / "whole", progress=False)
    after = model_of(tmp_path / "run")
    for name, array in after.items():
        still = name.split("/")[0] in ("decoder", "head")
        assert np.array_equal(array, first[name]) == still, name
        np.testing.assert_array_equal(array, model_of(tmp_path / "whole")[name], err_msg=name)
    assert fine_tuning.config_of(tmp_path / "run").train.frozen == ()


def test_unknown_parts_are_not_frozen(small_config, tmp_path):
    parts = ("decoder", "encoder", "head", "initial", "log_var", "mu")
    for names, said in ((("decodr",), f"the parts {', '.join(parts)}"), (parts, "leave one to train")):
        config = with_values(small_config, {"train.frozen": names})
        with pytest.raises(ValueError, match=said):
            train_and_evaluate(config, tmp_path / "run", progress=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_ai_sketcher_and_the_others_do_not_go_on_with_each_other(trained, small_config, tmp_path):
    values = {"model.kind": "ai_sketcher", "model.decoder.cell": "layer_norm", "model.code_size": 2}
    other = with_values(small_config, {**values, "train.start_from": str(trained)})
    with pytest.raises(ValueError, match="another model: model.kind is 'ai_sketcher' and was 'sketch_rnn'"):
        train_and_evaluate(other, tmp_path / "other", progress=False)
