"""The import command's boundaries; what it computes is in test_magenta_golden."""

import json
import shutil

import numpy as np
import pytest

from sketch_rnn_tf.interop.magenta_checkpoint import import_checkpoint
from sketch_rnn_tf.sketch_model import load_model

HPARAMS = "dec_rnn_size=40,enc_rnn_size=24,z_size=12,max_seq_len=48"


@pytest.fixture
def source(golden_folder, tmp_path):
    """A copy of a checkpoint that Magenta's code wrote, whose config may be changed."""
    folder = tmp_path / "magenta"
    shutil.copytree(golden_folder / "lstm_lstm", folder)
    return folder


def set_config(source, values):
    (source / "model_config.json").write_text(json.dumps(values))


def test_an_imported_model_draws_and_evaluates(source, tmp_path):
    model = load_model(import_checkpoint(source / "vector-0", tmp_path / "run", 18.5).path)
    assert model.metadata.n_max == 48 and model.metadata.scale_factor == 18.5
    assert model.config.loss.magenta_epsilon
    drawings = model.generate(3, temperature=0.5, seed=1)
    assert len(drawings) == 3 and all(np.isfinite(drawing).all() for drawing in drawings)
    sketch = np.array([[5, 0, 0], [0, 5, 0], [-5, 0, 1]], np.int16)
    assert np.isfinite(model.evaluate([sketch])["reconstruction_unmasked"])
    assert len(model.reconstruct([sketch], temperature=0.1)) == 1


def test_a_folder_stands_for_its_latest_checkpoint(source, tmp_path):
    a = load_model(import_checkpoint(source, tmp_path / "a", 1.0).path)
    b = load_model(import_checkpoint(source / "vector-0", tmp_path / "b", 1.0).path)
    for ours, theirs in zip(a.network.get_weights(), b.network.get_weights()):
        np.testing.assert_array_equal(ours, theirs)


def test_booleans_may_be_0_and_1(source, tmp_path):
    values = json.loads((source / "model_config.json").read_text())
    set_config(
        source, {key: int(value) if isinstance(value, bool) else value for key, value in values.items()}
    )
    assert load_model(import_checkpoint(source, tmp_path / "run", 1.0).path).network.conditional


def test_a_config_of_keys_alone_names_the_way_out(source, tmp_path):
    set_config(source, list(json.loads((source / "model_config.json").read_text())))
    with pytest.raises(ValueError, match="only the names of the hyper-parameters.*--hparams"):
        import_checkpoint(source, tmp_path / "run", 1.0)
    assert not (tmp_path / "run").exists()
    model = load_model(import_checkpoint(source, tmp_path / "run", 1.0, HPARAMS).path)
    assert model.metadata.n_max == 48


def test_hyper_parameters_of_another_model_are_refused(source, tmp_path):
    with pytest.raises(ValueError, match="no variable vector_rnn/RNN/HyperLSTMCell"):
        import_checkpoint(source, tmp_path / "run", 1.0, "dec_model=hyper")
    with pytest.raises(ValueError, match="the model expects"):
        import_checkpoint(source, tmp_path / "run", 1.0, "dec_rnn_size=48")
    assert not (tmp_path / "run").exists()


def test_a_taken_workdir_a_missing_config_and_a_damaged_checkpoint(source, tmp_path):
    import_checkpoint(source, tmp_path / "run", 1.0)
    with pytest.raises(ValueError, match="already holds a run"):
        import_checkpoint(source, tmp_path / "run", 1.0)
    with pytest.raises(ValueError, match="scale_factor is 0"):
        import_checkpoint(source, tmp_path / "other", 0.0)
    (source / "vector-0.index").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="cannot be read as a TensorFlow checkpoint"):
        import_checkpoint(source / "vector-0", tmp_path / "other", 1.0)
    (source / "model_config.json").unlink()
    with pytest.raises(FileNotFoundError, match="--hparams"):
        import_checkpoint(source / "vector-0", tmp_path / "other", 1.0)
    assert not (tmp_path / "other").exists()
