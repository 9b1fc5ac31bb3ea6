"""Conversion as a whole: counts of the real files, filters, classes, splits, and what is left after failures."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest

from sketch_rnn_tf.data import batches, conversion, outputs, tfrecord
from sketch_rnn_tf.data.conversion import Selection, convert
from sketch_rnn_tf.data.drawing import Block
from sketch_rnn_tf.data.npz import SPLITS, read_npz, write_npz
from sketch_rnn_tf.data.preparation import Preparation
from sketch_rnn_tf.data.reading import read_any
from sketch_rnn_tf.data.sources import load_sources


def row(number, **more):
    return json.dumps({"key_id": str(number), "drawing": [[[0, number, 9], [0, 4, 5]]], **more}) + "\n"


@pytest.fixture
def cats(tmp_path):
    path = tmp_path / "wild_cat.ndjson"
    path.write_text("".join(row(number) for number in range(1, 101)))
    return path


def pooled(path):
    return [sketch for split in read_npz(path).values() for sketch in split]


def as_set(sketches):
    return {np.asarray(sketch, np.int16).tobytes() for sketch in sketches}


def test_recognized_monkeys(shared_data, tmp_path):
    report = convert(
        [shared_data / "ndjson" / "monkey.ndjson"], tmp_path / "m.npz",
        selection=Selection(recognized_only=True), splits=["826", "0", "0"],
    )  # fmt: skip
    assert (report["read"], report["written"], report["unrecognized"]) == (1000, 826, 174)
    splits = read_npz(tmp_path / "m.npz")
    assert [len(splits[split]) for split in SPLITS] == [826, 0, 0]
    offsets = np.concatenate([sketch[:, :2] for sketch in splits["train"]])
    assert np.std(offsets) == pytest.approx(23.5362, abs=5e-5)
    with np.load(tmp_path / "m.npz", allow_pickle=False) as arrays:
        points, ends = arrays["train_points"], arrays["train_offsets"]
    assert points.dtype == np.int16 and len(ends) == 827 and ends[-1] == len(points)


@pytest.mark.parametrize(
    "name, counts, scale",
    [("aaron_sheep", (7400, 300, 300), 18.519827), ("short_kanji", (10000, 600, 500), 99.7125)],
)
def test_published_npz_keep_rows_and_splits(shared_data, tmp_path, name, counts, scale):
    path = shared_data / "npz" / f"{name}.npz"
    convert([path], tmp_path / "plain.npz")
    converted, published = read_npz(tmp_path / "plain.npz"), read_npz(path)
    for split, count in zip(SPLITS, counts, strict=True):
        assert len(converted[split]) == count
        assert all(map(np.array_equal, converted[split], published[split]))
    dataset = load_sources([str(tmp_path / "plain.npz")])
    assert dataset.scale_factor == pytest.approx(scale, abs=5e-5) and dataset.class_names == ("plain",)
    convert([tmp_path / "plain.npz"], tmp_path / "legacy.npz", legacy=True)
    with np.load(tmp_path / "legacy.npz", allow_pickle=True, encoding="latin1") as arrays:
        assert all(map(np.array_equal, arrays["train"], published["train"]))


def test_same_bytes_for_any_number_of_workers(tmp_path, monkeypatch, shared_data):
    monkeypatch.setattr(conversion, "BYTES_FOR_WORKERS", 0)
    monkeypatch.setattr("sketch_rnn_tf.data.ndjson.BLOCK_BYTES", 50_000)
    source = shared_data / "ndjson" / "monkey.ndjson"
    for name, workers in (("one", 1), ("two", 2)):
        convert([source], tmp_path / f"{name}.npz", Preparation(epsilon=1.0), seed=7, workers=workers)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    convert([source], tmp_path / "other.npz", Preparation(epsilon=1.0), seed=8)
    assert (tmp_path / "one.npz").read_bytes() != (tmp_path / "other.npz").read_bytes()
    assert as_set(pooled(tmp_path / "one.npz")) == as_set(pooled(tmp_path / "other.npz"))


def test_no_more_than_a_few_blocks_are_ahead(monkeypatch):
    taken = []

    def blocks():
        for number in range(40):
            taken.append(number)
            yield "cat", Block("a.ndjson", ".ndjson", number, [row(number).encode()], 10)

    found = batches.in_order(blocks(), (Preparation(), Selection(), 0.0), workers=2)
    for done, (name, _, batch) in enumerate(found):
        assert name == "cat" and len(batch.lengths) == 1 and batch.points[0, 0] == done
        assert len(taken) <= done + 6


def test_filters_are_counted(tmp_path):
    path = tmp_path / "cat.ndjson"
    path.write_text(
        row(1, recognized=True, countrycode="US") + row(2, recognized=False, countrycode="US")
        + row(3, recognized=True, countrycode="DE") + row(1, recognized=True, countrycode="US")
        + row(4, recognized=True, countrycode="US") + row(5, countrycode="US") + "broken\n"
    )  # fmt: skip
    selection = Selection(recognized_only=True, countries=("US",), skip_bad=True)
    report = convert([path], tmp_path / "a.npz", selection=selection, splits=["1", "0", "0"])
    figures = {name: report[name] for name in ("read", "written", *conversion.LOSSES)}
    assert figures == {
        "read": 7, "written": 1, "bad_rows": 1, "unrecognized": 2, "other_country": 1, "too_long": 0,
        "duplicates": 1, "left_over": 1,
    }  # fmt: skip
    assert "cat.ndjson line 7: it is no JSON" in report["errors"][0]
    with pytest.raises(ValueError, match="cat.ndjson line 7: it is no JSON"):
        convert([path], tmp_path / "b.npz")
    with pytest.raises(ValueError, match="nothing is left to write; of 7 drawings read: .*6 other country"):
        convert([path], tmp_path / "b.npz", selection=Selection(countries=("FR",), skip_bad=True))
    assert not (tmp_path / "b.npz").exists()


@pytest.mark.parametrize("dedup, written", [("key", 3), ("content", 2), ("none", 4)])
def test_dedup(tmp_path, dedup, written):
    path = tmp_path / "cat.ndjson"
    same = json.loads(row(1)) | {"key_id": "x"}
    path.write_text(row(1) + row(2) + row(1) + json.dumps(same))
    report = convert([path], tmp_path / "a.npz", selection=Selection(dedup=dedup))
    assert (
        report["written"] == len(pooled(tmp_path / "a.npz")) == written
        and report["duplicates"] == 4 - written
    )


def test_drawings_without_keys_are_never_the_same_by_key(tmp_path):
    path = tmp_path / "cat.ndjson"
    path.write_text('{"drawing":[[[0,1],[0,1]]]}\n' * 3)
    assert convert([path], tmp_path / "a.npz")["written"] == 3


def test_folders_of_everything(tmp_path, cats):
    folder = tmp_path / "in"
    for name in ("female/happy", "female/sad", "top", ".hidden"):
        (folder / name).mkdir(parents=True)
        for number in range(3):
            document = f'<svg><path d="M0 0L{70 + number} 9"/></svg>'
            (folder / name / f"{number}.SVG").write_text(document)
    (folder / "root.svg").write_text('<svg><circle r="90"/></svg>')
    (folder / "top" / "notes.txt").write_text("not read")
    (folder / "top" / "full_simplified_ice_cream.ndjson").write_text(row(1) + row(2))
    (folder / "points.csv").write_text("sketch,stroke,x,y\n1,1,0,0\n1,1,9,9\n")
    report = convert([folder, cats], tmp_path / "out", splits=["rest", "0", "0"])
    sizes = {name: splits["train"] for name, splits in report["classes"].items()}
    assert sizes == {
        "female happy": 3, "female sad": 3, "ice cream": 2, "in": 1, "points": 1, "top": 3, "wild cat": 100
    }  # fmt: skip
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "female_happy.npz", "female_sad.npz", "ice_cream.npz", "in.npz", "points.npz", "top.npz", "wild_cat.npz"
    ]  # fmt: skip
    with pytest.raises(ValueError, match="there are 7 classes"):
        convert([folder, cats], tmp_path / "one.npz")
    report = convert([folder, cats], tmp_path / "one_class.npz", selection=Selection(class_by="none"))
    assert list(report["classes"]) == ["one class"] and report["written"] == 111
    assert report["duplicates"] == 2  # the ice creams have keys of cats


def test_class_by_word(tmp_path):
    path = tmp_path / "mixed.ndjson"
    path.write_text(row(1, word="cat") + row(2, word="hot dog") + row(3, word="cat") + row(4))
    report = convert(
        [path], tmp_path / "out", selection=Selection(class_by="word"), splits=["rest", "0", "0"]
    )
    assert {name: splits["train"] for name, splits in report["classes"].items()} == {
        "cat": 2, "hot dog": 1, "mixed": 1
    }  # fmt: skip
    assert as_set(pooled(tmp_path / "out" / "hot_dog.npz")) == as_set([[[2, 4, 0], [7, 1, 1]]])


def test_class_names_cannot_leave_the_folder(tmp_path):
    path = tmp_path / "mixed.ndjson"
    path.write_text(row(1, word="../../evil") + row(2, word="/etc/x") + row(3, word="\0"))
    report = convert([path], tmp_path / "out", selection=Selection(class_by="word"))
    assert len(report["files"]) == 3 == len(list((tmp_path / "out").iterdir()))
    path.write_text(row(1, word="a b") + row(2, word="a_b"))
    with pytest.raises(ValueError, match="two classes would both be written to a_b"):
        convert([path], tmp_path / "again", selection=Selection(class_by="word"))


def test_max_points_leaves_out_what_stays_longer(tmp_path):
    rng = np.random.default_rng(0)
    zigzag = [list(range(400)), (np.arange(400) % 2 * 50).tolist()]
    wavy = [list(range(400)), np.rint(20 * np.sin(np.arange(400) / 20) + rng.random(400)).tolist()]
    path = tmp_path / "a.ndjson"
    path.write_text(
        "".join(json.dumps({"drawing": [line]}) + "\n" for line in (zigzag, wavy, [[0, 5], [0, 5]]))
    )
    report = convert([path], tmp_path / "a.npz", Preparation(max_points=200))
    assert report["too_long"] == 1 and report["written"] == 2
    lengths = sorted(map(len, pooled(tmp_path / "a.npz")))
    assert lengths[0] == 1 and 20 < lengths[1] <= 200


def test_tfrecord_round_trip(tmp_path, cats):
    (tmp_path / "dog.ndjson").write_text(row(500) + row(501) + row(502))
    convert([cats, tmp_path / "dog.ndjson"], tmp_path / "pets.tfrecord", splits=["rest", "1", "1"])
    convert([cats, tmp_path / "dog.ndjson"], tmp_path / "npz", splits=["rest", "1", "1"])
    for split in SPLITS:
        found = list(tfrecord.read(tmp_path / f"pets-{split}.tfrecord"))
        expected = [
            (sketch, name.replace("_", " "))
            for name in ("dog", "wild_cat")
            for sketch in read_npz(tmp_path / "npz" / f"{name}.npz")[split]
        ]
        assert len(found) == len(expected)
        for (sketch, label), (other, name) in zip(found, expected, strict=True):
            assert sketch.dtype == np.int16 and np.array_equal(sketch, other) and label == name
    rows = list(tfrecord.dataset(tmp_path / "pets-test.tfrecord").as_numpy_iterator())
    assert [(row["class_id"], row["label"], row["length"]) for row in rows] == [
        (0, b"dog", 2),
        (1, b"wild cat", 2),
    ]
    convert([cats], tmp_path / "records", form="tfrecord")
    assert sorted(path.name for path in (tmp_path / "records").iterdir()) == [
        f"wild_cat-{split}.tfrecord" for split in sorted(SPLITS)
    ]
    data = bytearray((tmp_path / "pets-train.tfrecord").read_bytes())
    data[200] ^= 255
    (tmp_path / "bad.tfrecord").write_bytes(data)
    for name in ("bad.tfrecord", "none.tfrecord"):
        with pytest.raises(ValueError, match=f"{name} cannot be read as TFRecord"):
            list(tfrecord.read(tmp_path / name))


def test_a_failed_write_leaves_the_old_file(tmp_path, cats, monkeypatch):
    convert([cats], tmp_path / "a.npz")
    before = (tmp_path / "a.npz").read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs.plain_npz, "write", full)
    with pytest.raises(OSError, match="No space left"):
        convert([cats], tmp_path / "a.npz", seed=5)
    assert (tmp_path / "a.npz").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "wild_cat.ndjson"]


def _asleep(seconds):
    time.sleep(seconds)
    return seconds


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows")
def test_a_worker_that_is_still_starting_does_not_hear_of_ctrl_c():
    """Interrupted at every moment of its start; its own handler is set only once it runs Python."""
    context = multiprocessing.get_context("spawn")
    for delay in (0.0, 0.02, 0.1):
        with batches._interrupts_waiting():
            process = context.Process(target=_asleep, args=(0.01,))
            process.start()
        time.sleep(delay)
        os.kill(process.pid, signal.SIGINT)
        process.join(60)
        assert process.exitcode == 0


@pytest.mark.slow
def test_an_interrupted_command_leaves_nothing(tmp_path, shared_data):
    lines = (shared_data / "ndjson" / "cat_200.ndjson").read_text()
    (tmp_path / "cat.ndjson").write_text(lines * 500)
    command = [
        sys.executable, "-m", "sketch_rnn_tf.data.main", "convert", "--input=cat.ndjson", "--output=out/cat.npz",
        "--fit=300", "--epsilon=0.01", "--dedup=none", "--workers=2",
    ]  # fmt: skip
    (tmp_path / "out").mkdir()
    root = str(conversion.pathlib.Path(conversion.__file__).resolve().parents[2])
    # Where the tests themselves run in the background, their shell has had them ignore it.
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": root}, stderr=subprocess.PIPE, text=True,
        start_new_session=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not any((tmp_path / "out").glob(".converting-*/*.points")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C reaches the workers too
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "changes, words",
    [
        ({"output": ""}, "no --output was given"),
        ({"output": "a.zip"}, "expected a name that ends in .npz or .tfrecord, or a folder"),
        ({"output": "none/a.npz"}, "there is no folder none"),
        ({"output": "a.npz", "form": "tfrecord"}, "leave one of them out"),
        ({"output": "a.tfrecord", "legacy": True}, "--legacy is a kind of .npz"),
        ({"output": "a.npz", "form": "csv"}, "--format is 'csv'; expected npz or tfrecord"),
        ({"names": []}, "no input was named"),
        ({"names": ["none"]}, "none is of an unknown kind"),
        ({"names": ["none.svg"]}, "there is no file none.svg"),
        ({"preparation": Preparation(epsilon=-1.0)}, "--epsilon is -1.0"),
        ({"preparation": Preparation(epsilon=float("nan"))}, "--epsilon is nan"),
        ({"preparation": Preparation(scale=0.0)}, "--scale is 0.0; expected more than 0"),
        ({"preparation": Preparation(fit=5.0, scale=2.0)}, "--fit and --scale are both given"),
        ({"preparation": Preparation(max_points=-1)}, "--max_points is -1"),
        ({"selection": Selection(dedup="x")}, "--dedup is 'x'; expected key or content or none"),
        ({"selection": Selection(class_by="x")}, "--class_by is 'x'"),
        ({"splits": ["5000", "1", "1"]}, "--splits asks for 5002"),
        ({"seed": -1}, "--seed is -1"),
        ({"workers": 0}, "--workers is 0"),
        ({"tolerance": -1.0}, "--tolerance is -1.0"),
    ],
)
def test_what_is_refused(tmp_path, cats, changes, words, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises((ValueError, OSError), match=words):
        convert(**{"names": [cats], "output": "a.npz", **changes})
    assert [path.name for path in tmp_path.iterdir()] == [cats.name]


def test_a_split_too_large_for_npz_readers(tmp_path, cats, monkeypatch):
    monkeypatch.setattr(outputs, "MAX_SKETCHES", 50)
    with pytest.raises(
        ValueError, match="train split of 'wild cat' would hold 90 sketches; an npz takes at most 50"
    ):
        convert([cats], tmp_path / "a.npz")


def test_file_ownership_and_names_in_the_archive(tmp_path, cats):
    convert([cats], tmp_path / "a.npz")
    umask = os.umask(0)
    os.umask(umask)
    assert (tmp_path / "a.npz").stat().st_mode & 0o777 == 0o666 & ~umask
    with zipfile.ZipFile(tmp_path / "a.npz") as archive:
        assert archive.namelist() == [
            f"{split}_{what}.npy" for split in SPLITS for what in ("points", "offsets")
        ]


def test_npz_without_splits_and_of_floats(tmp_path):
    sketches = [np.array([[0.5, 0.25, 0], [i, 1, 1]], np.float16) for i in range(10)]
    np.savez(tmp_path / "a.npz", drawings=np.stack(sketches))
    with pytest.raises(
        ValueError, match="a.npz drawings sketch 0: its longer side is .* give a larger --scale"
    ):
        convert([tmp_path / "a.npz"], tmp_path / "b.npz")
    report = convert([tmp_path / "a.npz"], tmp_path / "b.npz", Preparation(scale=64))
    assert report["classes"]["a"] == {"train": 8, "valid": 1, "test": 1}
    assert as_set(read_any(tmp_path / "b.npz")) == as_set([sketch * (64, 64, 1) for sketch in sketches])


def test_splits_of_the_input_give_way_to_sizes(tmp_path):
    sketches = [np.array([[i, 1, 1]], np.int16) for i in range(10)]
    write_npz(tmp_path / "a.npz", {"train": sketches[:5], "valid": sketches[5:6], "test": sketches[6:]})
    convert([tmp_path / "a.npz"], tmp_path / "kept.npz")
    assert [len(split) for split in read_npz(tmp_path / "kept.npz").values()] == [5, 1, 4]
    convert([tmp_path / "a.npz"], tmp_path / "new.npz", splits=["8", "1", "1"])
    assert [len(split) for split in read_npz(tmp_path / "new.npz").values()] == [8, 1, 1]
