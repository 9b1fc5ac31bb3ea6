"""What README says to type works: every flag there exists, and every command runs, smaller, in the order it is given."""

import ast
import json
import pathlib
import re
import shlex
import shutil

import pytest
from absl import flags

from sketch_rnn_tf import rendering
from sketch_rnn_tf.data import doodles, read_npz, write_npz

ROOT = pathlib.Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(sh|python)\n(.*?)^```", README.replace("\\\n", ""), re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`((?:sketch_rnn_\w+) [^`]*--[^`]*)`", README)
# Run by other tests: the demo, the page, the package, the TFDS builder, and what tests/evaluation trains.
OTHERS = ("make", "pip", "tfds")
ELSEWHERE = {"--train_judge", "--table1", "--compare=faces"}
SMALLER = {
    "70000,2500,2500": "16,4,4",
    "--steps=20000": "--steps=3",
    "--steps=600": "--steps=3",
    "--steps=700": "--steps=3",
    "tfds:tfds_quickdraw/cat_pig": "tfds:tfds_quickdraw/cat+pig",
}
TINY = [
    f"--set={value}"
    for value in (
        "model.encoder.units=4",
        "model.decoder.units=6",
        "model.z_size=4",
        "data.batch_size=8",
        "data.raster_size=16",
        "train.early_stopping_patience=0",
    )
]


def module_of(command: str) -> str:
    setup = ast.parse((ROOT / "setup.py").read_text(encoding="utf-8"))
    tables = [
        node.value for node in setup.body if isinstance(node, ast.Assign) and node.targets[0].id == "COMMANDS"
    ]
    return ast.literal_eval(tables[0])[command]


def commands(text: str) -> list[list[str]]:
    lines = (shlex.split(line, comments=True) for line in text.splitlines())
    return [line for line in lines if line]


SHELL = [line for kind, text in BLOCKS if kind == "sh" for line in commands(text)]
OURS = [line for line in SHELL if line[0] not in OTHERS]


def test_readme_has_commands():
    assert len(OURS) >= 15 and len(INLINE) >= 3


@pytest.mark.parametrize(
    "line", [*OURS, *(shlex.split(text) for text in INLINE)], ids=lambda line: " ".join(line)[:60]
)
def test_flags_exist(line, command):
    command(module_of(line[0]))
    # What is left over is a word that no flag takes; one command has such words.
    actions = ("convert", "inspect", "doodles") if line[0] == "sketch_rnn_dataset" else ()
    assert [word for word in flags.FLAGS(line)[1:] if word not in actions] == []


def smaller(line: list[str]) -> list[str]:
    line = [SMALLER.get(word, word) for word in line]
    for old, new in SMALLER.items():
        line = [word.replace(old, new) if word.partition("=")[2] == old else word for word in line]
    if line[0] == "sketch_rnn_train":
        # A model that begins with a trained one has its sizes.
        begun = any(word.startswith("--init") for word in line)
        line += [value for value in TINY if not (begun and "=model." in value)] + ["--noprogress"]
        if not any(word.startswith("--steps") for word in line):
            line.append("--steps=3")
    if line[0] == "sketch_rnn_measure" and any(
        word.startswith(("--workdir=pre", "--drawings")) for word in line
    ):
        line.append("--num=12")
    if any("tfds:" in word for word in line):
        line.append("--data_dir=tfds")
    return line


@pytest.mark.slow
def test_every_command_runs(run, quickdraw_tfds, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(quickdraw_tfds / "data", "tfds")
    write_npz("aaron_sheep.npz", doodles.make_splits("pig", train=20, valid=4, test=9))
    for name in ("car", "sun"):
        folder = tmp_path / "drawings" / name
        folder.mkdir(parents=True)
        for place, sketch in enumerate(doodles.draw(name, 100)):
            (folder / f"{place}.svg").write_text(rendering.svg(sketch))
    rows = [rendering_row(sketch) for sketch in doodles.draw("cat", 24)]
    pathlib.Path("cat.ndjson").write_text("\n".join(rows) + "\n")
    pathlib.Path("drawn").mkdir()
    write_npz("drawn/car.npz", doodles.make_splits("car", train=12, valid=1, test=1))
    for line in OURS:
        if ELSEWHERE & set(line):
            continue
        line = smaller(line)
        code, out, err = run(module_of(line[0]), *line[1:])
        assert code == 0, (line, out, err)
    for name in (
        "cars.png",
        "mine.svg",
        "sheep.svg",
        "cat.npz",
        "look.png",
        "served/sheep/1",
        "report/measures.json",
    ):
        assert pathlib.Path(name).exists(), name
    assert len(read_npz("cat.npz")["train"]) == 16
    python = [text for kind, text in BLOCKS if kind == "python" and "localhost" not in text]
    for text in python:
        exec(compile(text, "README.md", "exec"), {})


def rendering_row(sketch) -> str:
    """Returns a drawing as a line of QuickDraw's simplified ndjson."""
    drawing, x, y, stroke = [], 0, 0, ([], [])
    for dx, dy, lifted in sketch.tolist():
        x, y = x + dx, y + dy
        stroke[0].append(x), stroke[1].append(y)
        if lifted:
            drawing.append(stroke)
            stroke = ([], [])
    return json.dumps({"word": "cat", "recognized": True, "drawing": drawing})
