"""sketch_rnn_measure as a user runs it."""

import json

import numpy as np
import pytest

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.generation.files import write_drawings

COMMAND = "evaluation.main"


@pytest.mark.slow
def test_drawings_of_any_origin(run, data, judge_folder, tmp_path):
    folder = tmp_path / "drawn"
    folder.mkdir()
    for name in ("cup", "fish"):
        drawn = doodles.make_splits(name, train=12, valid=1, test=1, seed=8)["train"]
        write_drawings(folder / f"{name}.npz", drawn)
    given = [f"--drawings={folder}", f"--real={data}", f"--judge={judge_folder}", "--seed=2"]
    code, out, _ = run(COMMAND, *given, "--json", f"--output={tmp_path / 'report'}")
    assert code == 0
    measures = json.loads(out)
    assert measures["recognisability"]["intended"] and measures["recognisability"]["value"] > 0.5
    assert measures["retrieval"]["value"] is None and "without a model" in measures["retrieval"]["reason"]
    assert json.loads((tmp_path / "report" / "measures.json").read_text()) == measures
    code, again, _ = run(COMMAND, *given, "--json")
    assert json.loads(again) == measures
    code, table, _ = run(COMMAND, *given)
    assert code == 0 and any(line.startswith("fid ") for line in table.splitlines())


@pytest.mark.slow
def test_a_model_is_measured_and_mapped(run, data, judge_folder, tmp_path):
    from sketch_rnn_tf.config import with_values
    from sketch_rnn_tf.presets import preset
    from sketch_rnn_tf.training.loop import train_and_evaluate

    values = {
        "data.sources": tuple(str(data / f"{name}.npz") for name in ("cup", "fish", "house")),
        "model.class_conditioning": "one_hot",
        "model.encoder.units": 16,
        "model.decoder.units": 48,
        "model.z_size": 8,
        "train.steps": 120,
        "train.learning_rate": 0.01,
    }
    train_and_evaluate(with_values(preset("quick"), values), tmp_path / "run", progress=False)
    output = tmp_path / "report"
    code, out, _ = run(
        COMMAND,
        f"--workdir={tmp_path / 'run'}",
        f"--judge={judge_folder}",
        "--num=60",
        "--json",
        f"--output={output}",
    )
    assert code == 0
    measures = json.loads(out)
    names = "recognisability confident fid precision recall diversity closed symmetry complexity copying "
    names += "reconstruction_kept retrieval chamfer completion coherence"
    for name in names.split():
        found = measures[name]
        assert found["value"] is None or found["low"] <= found["value"] + 1e-9, name
    assert measures["settings"]["num"] == 60 and measures["settings"]["num_real"] == 60
    assert (output / "latent_tsne_all.png").read_bytes().startswith(b"\x89PNG")
    assert (output / "projector").is_dir()


@pytest.mark.slow
def test_table_1_trains_what_is_missing_and_goes_on(run, data, tmp_path):
    given = ["--table1", f"--data={data / 'cup.npz'}", f"--workdir={tmp_path / 'table'}", "--steps=6"]
    given += ["--preset=quick", "--set=model.encoder.units=4", "--set=model.decoder.units=6", "--noprogress"]
    code, out, _ = run(COMMAND, *given)
    assert code == 0
    lines = [line for line in out.splitlines() if line.startswith("|")]
    assert len(lines) == 3 and "decoder only" in lines[0] and lines[2].count("|") == 9
    assert np.isfinite([float(cell) for cell in lines[2].strip("|").split("|")[1:]]).all()
    times = {path: path.stat().st_mtime for path in tmp_path.rglob("step-*.npz")}
    assert times and run(COMMAND, *given)[1] == out
    assert times == {path: path.stat().st_mtime for path in tmp_path.rglob("step-*.npz")}


@pytest.mark.parametrize(
    "given, words",
    [
        ([], "give either --workdir"),
        (["--drawings=x.npz"], "needs --real"),
        (["--train_judge"], "needs --data"),
        (["--table1"], "needs --data, --steps"),
        (["--train_judge", "--table1"], "choose one"),
        (["--table1", "--compare=faces"], "choose one"),
        (["--compare=faces"], "needs --steps"),
        (["--compare=models", "--steps=2", "--workdir=x"], "needs --data"),
        (["--compare=classes", "--steps=2", "--workdir=x", "--data=doodles:cat"], "at least 5"),
        (["--drawings=x.npz", "--real=x", "--judge=none"], "is no judge"),
        (["--drawings=x.npz", "--real=x", f"--output={__file__}"], "--output is a folder"),
    ],
)
def test_refusals(run, given, words):
    code, _, err = run(COMMAND, *given)
    assert code == 2 and words in err.strip().splitlines()[-1]
