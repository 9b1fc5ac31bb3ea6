"""The figures of `sketch_rnn_dataset inspect`, and the command's own behaviour."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from sketch_rnn_tf.data import inspection, overview
from sketch_rnn_tf.data.inspection import inspect_npz
from sketch_rnn_tf.data.npz import read_npz, write_npz

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(pathlib.Path(__file__).resolve().parents[2])}


def line(length, start=1):
    sketch = np.ones([length, 3], np.int16)
    sketch[:, 0] = np.arange(start, start + length)
    sketch[:-1, 2] = 0
    return sketch


def object_array(sketches):
    array = np.empty([len(sketches)], object)
    array[:] = sketches
    return array


def run(*arguments, cwd):
    command = [sys.executable, "-m", "sketch_rnn_tf.data.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=ENVIRONMENT, check=False)


def test_figures(tmp_path):
    splits = {"train": [line(n) for n in (1, 2, 3, 4, 10)], "valid": [line(3)], "test": [line(3), line(3, 2)]}
    write_npz(tmp_path / "a.npz", splits)
    figures, sketches = inspect_npz(tmp_path / "a.npz")
    assert set(figures) == {"splits", "scale_factor", "n_max", "duplicates", "bad_rows", "dropped_at"}
    train = figures["splits"]["train"]
    assert list(train) == ["count", "max_length", "mean_length", "p50", "p95", "p99"]
    assert train == pytest.approx(
        {"count": 5, "max_length": 10, "mean_length": 4.0, "p50": 3.0, "p95": 8.8, "p99": 9.76}
    )
    assert figures["splits"]["test"]["count"] == 2
    assert (figures["n_max"], figures["duplicates"], figures["bad_rows"]) == (10, 2, 0)
    offsets = np.concatenate([line(n)[:, :2].ravel() for n in (1, 2, 3, 4, 10)])
    assert figures["scale_factor"] == pytest.approx(np.std(offsets))
    assert len(sketches) == 8


def test_malformed_sketches_are_counted(tmp_path):
    good = line(4).astype(np.float32)
    nan = good.copy()
    nan[1:3, 0] = np.nan, np.inf
    pen = good.copy()
    pen[0, 2] = 2
    arrays = object_array([good, nan, pen, np.zeros([0, 3], np.float32), np.zeros([5, 2], np.float32)])
    np.savez(tmp_path / "a.npz", train=arrays, valid=object_array([-good * 0]), test=object_array([good * 0]))
    with pytest.raises(ValueError, match="train sketch 1 has a NaN"):
        read_npz(tmp_path / "a.npz")
    figures, sketches = inspect_npz(tmp_path / "a.npz")
    assert figures["bad_rows"] == 2 + 1 + 1 + 1
    assert figures["splits"]["train"] == {
        "count": 5, "max_length": 4, "mean_length": 4.0, "p50": 4.0, "p95": 4.0, "p99": 4.0
    }  # fmt: skip
    assert figures["duplicates"] == 1 and len(sketches) == 3


def test_nothing_sound(tmp_path):
    np.savez(
        tmp_path / "a.npz", train=np.full([1, 1, 3], np.nan), valid=object_array([]), test=object_array([])
    )
    figures, sketches = inspect_npz(tmp_path / "a.npz")
    assert figures["scale_factor"] is None and figures["n_max"] == 0 and sketches == []
    json.dumps(figures)


def test_command_inspects_and_draws(tmp_path):
    write_npz(tmp_path / "a.npz", {"train": [line(9)] * 40, "valid": [line(3)], "test": [line(4)]})
    done = run("inspect", "--input=a.npz", "--json", "--output=a.svg", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == inspect_npz(tmp_path / "a.npz")[0]
    assert (tmp_path / "a.svg").read_text().lstrip().startswith(("<svg", "<?xml"))
    done = run("inspect", "--input=a.npz", "--output=a.png", cwd=tmp_path)
    assert "mean_length" in done.stdout and (tmp_path / "a.png").read_bytes()[1:4] == b"PNG"


@pytest.mark.parametrize(
    "arguments, words",
    [
        ([], "no command was given; expected doodles or convert or inspect"),
        (["draw"], "'draw' is no command; expected doodles or convert or inspect"),
        (["inspect"], "no --input was given"),
        (["inspect", "--input=none.npz"], "there is no file none.npz"),
        (["inspect", "--input=bad.npz", "--output=a.svg"], "bad.npz is no .npz file"),
        (["inspect", "--input=bad.npz", "--output=a.gif"], "expected a name that ends in .svg or .png"),
        (["inspect", "--inptu=a.npz"], "Unknown command line flag 'inptu'"),
        (["doodles"], "no --output was given"),
        (["doodles", "--output=d", "--num=0"], "--num is 0; expected at least 1"),
        (["doodles", "--output=d", "--classes=nonesuch"], "there is no doodle class 'nonesuch'"),
    ],
)
def test_command_errors(tmp_path, arguments, words):
    (tmp_path / "bad.npz").write_bytes(b"PK")
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and words in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.npz"]


def test_command_makes_doodles(tmp_path):
    arguments = ["doodles", "--num=12", "--seed=5", "--classes=cat,house"]
    for folder in ("one", "two"):
        done = run(*arguments, f"--output={folder}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    for name in ("cat.npz", "house.npz"):
        splits = read_npz(tmp_path / "one" / name)
        assert [len(splits[split]) for split in ("train", "valid", "test")] == [12, 1, 1]
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_needs_no_tensorflow():
    code = (
        "import sys, sketch_rnn_tf as srt; srt.data.read_npz, srt.data.load_sources, srt.data.to_polylines, "
        "srt.data.inspect_npz; import sketch_rnn_tf.data.main; sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, check=False).returncode == 0


def test_share_dropped_at_each_cap(tmp_path):
    lengths = [10, 50, 51, 100, 101, 180, 250, 251, 600, 60]
    splits = {"train": [line(n) for n in lengths], "valid": [], "test": []}
    write_npz(tmp_path / "a.npz", splits)
    dropped = inspect_npz(tmp_path / "a.npz")[0]["dropped_at"]
    expected = {str(cap): sum(n > cap for n in lengths) / 10 for cap in (50, 100, 150, 200, 250, 500)}
    assert dropped == pytest.approx(expected)


def test_files_without_splits_and_folders(tmp_path, shared_data):
    figures, picked, lengths = inspection.inspect([shared_data / "ndjson"], num_drawn=7, seed=1)
    assert list(figures["splits"]) == ["all"] and figures["splits"]["all"]["count"] == 1200 == len(lengths)
    assert figures["n_max"] == lengths.max() == 179 and len(picked) == 7
    (tmp_path / "a.ndjson").write_text('{"drawing":[[[0,3],[0,4]]]}\n{"drawing":[[[5,8],[0,4]]]}\nbroken\n')
    figures = inspection.inspect([tmp_path / "a.ndjson"])[0]
    assert (figures["splits"]["all"]["count"], figures["bad_rows"], figures["duplicates"]) == (3, 1, 1)
    assert figures["scale_factor"] == pytest.approx(0.5)


def test_picked_sketches_are_random_and_seeded(tmp_path):
    write_npz(tmp_path / "a.npz", {"train": [line(1, n) for n in range(400)], "valid": [], "test": []})
    picks = [
        [int(sketch[0, 0]) for sketch in inspection.inspect([tmp_path / "a.npz"], 40, seed)[1]]
        for seed in (1, 1, 2)
    ]
    assert picks[0] == picks[1] != picks[2] and len(set(picks[0])) == 40
    assert 120 < np.mean(picks[0]) < 280 and max(picks[0]) > 300


@pytest.mark.parametrize("name", ["aaron_sheep", "short_kanji", "omniglot", "car", "sun", "shoe"])
def test_real_files(shared_data, name):
    facts = {
        "aaron_sheep": ((7400, 300, 300), 250, 125.3, 18.519827), "short_kanji": ((10000, 600, 500), 88, 40.8, 99.7125),
        "omniglot": ((30000, 1000, 1000), 157, 31.1, 53.4370), "car": ((10637, 500, 500), 223, 50.5, 28.079),
        "sun": ((7112, 500, 500), 247, 41.3, 31.5794), "shoe": ((6752, 500, 500), 219, 29.7, 32.8748),
    }[name]  # fmt: skip
    figures, _, lengths = inspection.inspect([shared_data / "npz" / f"{name}.npz"])
    assert tuple(figures["splits"][split]["count"] for split in ("train", "valid", "test")) == facts[0]
    assert (figures["n_max"], figures["bad_rows"]) == (facts[1], 0)
    assert lengths.mean() == pytest.approx(facts[2], abs=0.06)
    assert figures["scale_factor"] == pytest.approx(facts[3], abs=5e-4)


def test_histogram_shows_every_length_once():
    lengths = np.array([3] * 10 + [7] * 5 + [20])
    figure = overview.histogram(lengths, 400.0)
    heights = sorted(float(np.ptp(bar.points[:, 1])) for bar in figure.drawings[0])
    assert np.array(heights) / heights[-1] == pytest.approx([0.1, 0.5, 1.0])
    texts = " ".join(text.text for text in figure.texts)
    assert "16 sketches" in texts and "20 points" in texts and "at most 3 points" in texts


def test_command_converts(tmp_path, shared_data):
    source = shared_data / "ndjson" / "monkey.ndjson"
    arguments = [f"--input={source}", "--output=m.npz", "--recognized_only", "--splits=rest,100,100"]
    done = run("convert", *arguments, cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert "monkey: 626 train, 100 valid, 100 test" in done.stdout and "unrecognized   174" in done.stdout
    assert done.stdout.strip().endswith("m.npz") and len(read_npz(tmp_path / "m.npz")["train"]) == 626
    done = run("convert", *arguments, "--json", "--country=us", cwd=tmp_path)
    rows = [json.loads(text) for text in open(source, encoding="utf-8")]
    expected = sum(row["recognized"] and row["countrycode"] == "US" for row in rows)
    assert json.loads(done.stdout)["written"] == expected
    (tmp_path / "bad.ndjson").write_text("{}\n")
    done = run("convert", "--input=bad.ndjson", "--output=b.npz", cwd=tmp_path)
    assert done.returncode == 2 and "bad.ndjson line 1: it has no drawing" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "b.npz").exists()
