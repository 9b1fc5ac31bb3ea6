"""Whole commands in a temporary folder: what a user sees, also when something is wrong.

Commands run in this process: the functions under test are the entry points that the console scripts call.
"""

import json
import os
import pickle
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
import pytest

from sketch_rnn_tf.data import write_npz

SMALL = [
    "--set=model.encoder.units=8",
    "--set=model.decoder.units=12",
    "--set=model.z_size=4",
    "--set=model.num_mixtures=3",
    "--set=data.batch_size=8",
    "--set=train.eval_every=3",
    "--noprogress",
]


def sketches(count, seed):
    rng = np.random.default_rng(seed)
    made = [np.rint(rng.normal(0, 20, (n, 3))).astype(np.int16) for n in rng.integers(4, 13, count)]
    for sketch in made:
        sketch[:, 2] = rng.random(len(sketch)) < 0.2
    return made


@pytest.fixture
def data_file(tmp_path):
    path = tmp_path / "little_cat.npz"
    write_npz(path, {"train": sketches(20, 1), "valid": sketches(4, 2), "test": sketches(5, 3)})
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run of three steps, made by the command in a process of its own."""
    folder = tmp_path_factory.mktemp("trained")
    write_npz(
        folder / "little_cat.npz", {"train": sketches(20, 1), "valid": sketches(4, 2), "test": sketches(5, 3)}
    )
    command = [sys.executable, "-m", "sketch_rnn_tf.training.main", f"--workdir={folder / 'run'}"]
    command += [f"--data={folder / 'little_cat.npz'}", "--steps=3", *SMALL]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder / "run"


@pytest.fixture
def workdir(trained, tmp_path):
    shutil.copytree(trained, tmp_path / "run")
    return tmp_path / "run"


def test_train_evaluate_and_draw(run, workdir, tmp_path):
    code, out, _ = run("training.evaluate_main", f"--workdir={workdir}", "--split=test", "--json")
    figures = json.loads(out)
    keys = "reconstruction_masked reconstruction_unmasked offset pen_masked pen_unmasked kl kl_floored num_sketches"
    assert (
        code == 0
        and set(figures) == {*keys.split(), "n_max", "scale_factor"}
        and figures["num_sketches"] == 5
    )

    svg = tmp_path / "drawn.svg"
    code, out, _ = run("generation.main", f"--workdir={workdir}", "--num=4", "--seed=1", f"--output={svg}")
    assert code == 0 and out.strip() == str(svg)
    assert ElementTree.fromstring(svg.read_text()).tag.endswith("svg")

    again = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in again:
        run("generation.main", f"--workdir={workdir}", "--num=2", "--seed=3", f"--output={path}")
    assert again[0].read_text() == again[1].read_text()
    drawings = json.loads(again[0].read_text())
    assert len(drawings) == 2

    copy = tmp_path / "copy.png"
    code, _, err = run(
        "generation.main", f"--workdir={workdir}", "--mode=reconstruct", "--input_index=1", f"--output={copy}"
    )
    assert code == 0 and copy.read_bytes()[:4] == b"\x89PNG", err


@pytest.mark.slow
def test_a_run_goes_on_with_the_workdir_alone(run, workdir):
    code, out, err = run("training.main", f"--workdir={workdir}", "--steps=5", "--noprogress")
    assert code == 0 and out.startswith("step 5:"), err


@pytest.mark.slow
def test_magentas_documented_command_runs_unchanged(run, tmp_path, data_file):
    hparams = f"data_set=[{data_file.name}],num_steps=2,enc_rnn_size=8,dec_rnn_size=12,z_size=4,batch_size=8,save_every=1"
    code, _, err = run(
        "training.main",
        f"--log_root={tmp_path / 'magenta'}",
        f"--data_dir={tmp_path}",
        f"--hparams={hparams}",
    )
    assert code == 0, err
    assert json.loads((tmp_path / "magenta" / "config.json").read_text())["model"]["decoder"]["units"] == 12


@pytest.mark.slow
def test_class_conditional_run_draws_the_class_asked_for(run, tmp_path, data_file):
    folder = tmp_path / "classes"
    folder.mkdir()
    for name in ("big_dog", "cat"):
        (folder / f"{name}.npz").write_bytes(data_file.read_bytes())
    work = tmp_path / "both"
    code, _, err = run(
        "training.main",
        f"--workdir={work}",
        f"--data={folder}",
        "--steps=2",
        "--set=model.class_conditioning=one_hot",
        *SMALL,
    )
    assert code == 0, err
    assert json.loads((work / "metadata.json").read_text())["class_names"] == ["big dog", "cat"]
    output = tmp_path / "dog.json"
    code, _, err = run(
        "generation.main", f"--workdir={work}", "--class=big dog", "--num=2", f"--output={output}"
    )
    assert code == 0, err
    code, _, err = run("generation.main", f"--workdir={work}", "--class=pig", f"--output={output}")
    assert code == 2 and "no class 'pig'" in err and "big dog, cat" in err
    code, _, err = run("training.evaluate_main", f"--workdir={work}")
    assert code == 0, err


def poisoned(path, payload):
    """Writes an npz whose train split is a pickle of its own."""
    with zipfile.ZipFile(path, "w") as archive:
        for split in ("train", "valid", "test"):
            array = np.empty(1, object)
            array[0] = np.ones((4, 3), np.int16)
            with archive.open(f"{split}.npy", "w") as member:
                if split == "train":
                    header = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
                    text = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
                    member.write(header + text + b" " * (117 - len(text)) + b"\n" + payload)
                else:
                    np.lib.format.write_array(member, array, allow_pickle=True)


class Bomb:
    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (open, (str(self.target), "w"))


def bad_inputs():
    """Yields (name, function of (tmp_path, data_file) -> command line, words the sentence must hold)."""

    def train(*more):
        return lambda t, d: ["training.main", f"--workdir={t / 'new'}", *[m.format(t=t, d=d) for m in more]]

    def written(name, make, *words):
        def arguments(t, d):
            make(t / "bad.npz", d)
            return ["training.main", f"--workdir={t / 'new'}", f"--data={t / 'bad.npz'}"]

        return pytest.param(arguments, words, id=name)

    def with_train(change):
        def make(path, data):
            rows = np.empty(20, object)
            for place, sketch in enumerate(sketches(20, 1)):
                rows[place] = sketch
            members = {"train": change(rows), "valid": rows[:2], "test": rows[:2]}
            np.savez(path, **{name: rows for name, rows in members.items() if rows is not None})

        return make

    def nan(rows):
        rows[3] = rows[3].astype(np.float32)
        rows[3][1, 0] = np.nan
        return rows

    def too_long(rows):
        rows[7] = np.zeros((100_001, 3), np.int16)
        return rows

    yield pytest.param(train("--data={t}/nothing.npz"), ("nothing.npz", "no file"), id="missing file")
    yield pytest.param(train("--data=poodles"), ("poodles",), id="unknown source")
    yield pytest.param(train("--data={d}", "--steps=0"), ("train.steps", "at least 1"), id="no steps")
    yield pytest.param(train("--data={d}", "--preset=huge"), ("huge", "magenta_default"), id="unknown preset")
    yield pytest.param(train("--data={d}", "--prset=quick"), ("prset",), id="unknown flag")
    yield pytest.param(
        train("--data={d}", "--set=model.zsize=3"), ("model.zsize", "model.z_size"), id="unknown key"
    )
    yield pytest.param(
        train("--data={d}", "--set=model.z_size=x"), ("model.z_size", "whole number"), id="wrong type"
    )
    yield pytest.param(train("--data={d}", "--hparams=dec_mdel=hyper"), ("dec_mdel",), id="unknown hparam")
    yield pytest.param(train("--data={d}"), ("20 sketches", "100"), id="fewer than a batch")
    yield pytest.param(train(), ("--data",), id="no data")
    yield pytest.param(
        train("--data={d}", "--init_checkpoint=last"),
        ("--init_checkpoint=last", "--init"),
        id="last of nothing",
    )
    yield pytest.param(lambda t, d: ["training.main", f"--data={d}"], ("--workdir",), id="no workdir")
    yield pytest.param(
        train("--data={d}", "--set=data.batch_size=8", "--set=data.max_length=3"),
        ("max_length=3",),
        id="all too long",
    )
    yield written("truncated", lambda p, d: p.write_bytes(d.read_bytes()[:-300]), "bad.npz")
    yield written("no npz at all", lambda p, d: p.write_bytes(b"hello"), "bad.npz")
    yield written("missing split", with_train(lambda rows: None), "train")
    yield written("empty split", with_train(lambda rows: rows[:0]), "train", "empty")
    yield written("NaN offsets", with_train(nan), "sketch 3", "NaN")
    yield written("too long a sketch", with_train(too_long), "100001")
    yield written(
        "malicious pickle", lambda p, d: poisoned(p, pickle.dumps(Bomb(p.parent / "hit"))), "bad.npz"
    )
    yield pytest.param(
        lambda t, d: ["training.evaluate_main", f"--workdir={t / 'nothing'}"],
        ("no workdir",),
        id="no such workdir",
    )
    yield pytest.param(
        lambda t, d: ["generation.main", f"--workdir={t}", f"--output={t / 'x.bmp'}"],
        ("x.bmp", ".svg"),
        id="output kind",
    )
    yield pytest.param(
        lambda t, d: [
            "interop.main",
            f"--source={t / 'vector-0'}",
            f"--workdir={t / 'new'}",
            "--scale_factor=1",
        ],
        ("vector-0",),
        id="no checkpoint",
    )
    yield pytest.param(
        lambda t, d: ["interop.main", f"--source={t / 'vector-0'}", f"--workdir={t / 'new'}"],
        ("scale factor",),
        id="no scale factor",
    )


@pytest.mark.parametrize("arguments, words", list(bad_inputs()))
def test_bad_input_gets_one_sentence_and_leaves_nothing(run, tmp_path, data_file, arguments, words):
    module, *rest = arguments(tmp_path, data_file)
    before = sorted(path.name for path in tmp_path.iterdir())
    code, out, err = run(module, *rest)
    assert code == 2 and not out
    assert len(err.strip().splitlines()) == 1, err
    for word in words:
        assert word in err
    assert "Traceback" not in err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_workdir_of_another_config_is_refused_whole(run, workdir, data_file):
    before = {path: path.read_bytes() for path in workdir.rglob("*") if path.is_file()}
    code, _, err = run(
        "training.main", f"--workdir={workdir}", f"--data={data_file}", "--steps=9", *SMALL[:-1], "--seed=3"
    )
    assert code == 2 and "train.seed was 0, now 3" in err
    assert {path: path.read_bytes() for path in workdir.rglob("*") if path.is_file()} == before


def test_help_shows_the_commands_own_flags(run):
    code, out, _ = run("training.main", "--help")
    assert code == 0 and "--hparams" in out and "sketch_rnn_train" in out


def test_a_fresh_process_prints_nothing_but_its_sentence(tmp_path):
    command = [sys.executable, "-m", "sketch_rnn_tf.training.evaluate_main", f"--workdir={tmp_path}"]
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 2 and not done.stdout
    assert len(done.stderr.strip().splitlines()) == 1 and "no workdir" in done.stderr
