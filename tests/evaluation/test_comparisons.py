"""Models trained alike and shown beside each other."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from sketch_rnn_tf.data import doodles, write_npz
from sketch_rnn_tf.evaluation import comparisons
from sketch_rnn_tf.evaluation.line_plot import Line, line_plot, ticks
from sketch_rnn_tf.evaluation.variants import Training, Variant, train_variants

TINY = ("model.encoder.units=4", "model.decoder.units=6", "model.z_size=4", "data.batch_size=8")
TINY += ("model.recurrent_dropout_rate=0", "data.raster_size=16")
TRAINING = Training(steps=2, overrides=TINY, progress=False)


@pytest.fixture(scope="module")
def faces(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faces")
    for name in ("man happy", "man sad", "woman happy", "woman sad"):
        write_npz(folder / f"{name}.npz", doodles.make_splits(name, train=8, valid=3, test=3, seed=5))
    return folder


def cells(table):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]


@pytest.mark.slow
def test_models_beside_each_other(data, tmp_path, monkeypatch):
    few = {"sketch_pix2seq": comparisons.MODELS["sketch_pix2seq"]}
    monkeypatch.setattr(comparisons, "MODELS", few)
    sources = [str(data / f"{name}.npz") for name in ("cup", "fish")]
    table = comparisons.compare_models(sources, tmp_path, TRAINING)
    rows = cells(table)
    assert [row[0] for row in rows[2:]] == list(few)
    figures = json.loads((tmp_path / "figures.json").read_text())
    for row in rows[2:]:
        reconstruction, _, kl, total = map(float, row[1:5])
        # It has no KL term.
        assert kl > 0 and total == reconstruction
        assert float(figures[row[0]]["reconstruction_unmasked"]) == pytest.approx(reconstruction, abs=1e-3)
    times = {path: path.stat().st_mtime for path in tmp_path.rglob("step-*.npz")}
    assert times and comparisons.compare_models(sources, tmp_path, TRAINING) == table
    assert times == {path: path.stat().st_mtime for path in tmp_path.rglob("step-*.npz")}
    copied, drawn = (Image.open(tmp_path / f"models_{kind}.png") for kind in ("copies", "new"))
    # A row of inputs is more.
    assert copied.width == drawn.width and copied.height - drawn.height == comparisons.CELL


def test_a_persons_neutral_face_comes_first():
    """Files are read in the order of their names, and afraid comes before neutral."""
    classes = ["man afraid", "man neutral", "man sad", "woman happy", "woman sad"]
    assert comparisons.expressions_of("man", classes) == ["man neutral", "man afraid", "man sad"]
    assert comparisons.expressions_of("woman", classes) == ["woman happy", "woman sad"]


@pytest.mark.slow
def test_one_face_with_every_expression(run, faces, tmp_path, monkeypatch):
    ablations = ("ai_influence_only", "ai_sketcher")
    monkeypatch.setattr(comparisons, "ABLATIONS", ablations)
    given = ["--compare=faces", f"--data={faces}", f"--workdir={tmp_path / 'runs'}", "--steps=2"]
    code, out, _ = run("evaluation.main", *given, *(f"--set={value}" for value in TINY), "--noprogress")
    assert code == 0
    rows = cells(out)
    assert [row[0] for row in rows[2:]] == list(ablations)
    assert rows[0][-3:] == ["coherence", "chamfer", "chamfer to another"]
    assert all(-1 <= float(row[-3]) <= 1 for row in rows[2:])
    assert all(0 < float(row[-2]) < 1 and 0 < float(row[-1]) < 1 for row in rows[2:])
    for name, row in zip(ablations, rows[2:]):
        config = json.loads((tmp_path / "runs" / name / "config.json").read_text())
        assert config["model"]["influence"] and config["model"]["autoencoder"] == (name == "ai_sketcher")
        assert float(row[4]) == pytest.approx(float(row[1]) + float(row[3]), abs=2e-3)
    sheet = Image.open(tmp_path / "runs" / "faces.png")
    # Two people by two models; the input and two expressions.
    assert sheet.height > 4 * comparisons.CELL and sheet.width > 3 * comparisons.CELL
    assert Image.open(tmp_path / "runs" / "faces_latent.png").width == 2 * comparisons.PLOT_SIDE


@pytest.mark.slow
def test_more_and_more_classes(data, tmp_path, monkeypatch):
    monkeypatch.setattr(comparisons, "COUNTS", (2, 4))
    monkeypatch.setattr(comparisons, "GROWING", {"sketch_rnn": ("default", {"loss.kl_weight": 0.7})})
    sources = [str(data / f"{name}.npz") for name in ("cup", "fish", "house")]
    training = TRAINING._replace(overrides=(*TINY, "loss.kl_weight=0.3"))
    rows = cells(comparisons.compare_growing(tmp_path, training, sources))
    assert [row[0] for row in rows] == ["classes", "---", "2"]
    # What makes a variant what it is cannot be set away.
    config = json.loads((tmp_path / "sketch_rnn_2" / "config.json").read_text())
    assert config["loss"]["kl_weight"] == 0.7 and config["model"]["z_size"] == 4
    metadata = json.loads((tmp_path / "sketch_rnn_2" / "metadata.json").read_text())
    assert metadata["class_names"] == ["cup", "fish"]
    assert (tmp_path / "classes_2.png").exists() and not (tmp_path / "classes_4.png").exists()
    assert Image.open(tmp_path / "classes.png").size == (640, 440)


def test_a_wrong_setting_of_the_last_variant_is_said_before_the_first_trains(data, tmp_path):
    sources = (str(data / "cup.npz"),)
    variants = {
        "good": Variant("quick", {}, sources),
        "wrong": Variant("quick", {"model.z_size": 0}, sources),
    }
    with pytest.raises(ValueError, match="z_size"):
        next(train_variants(variants, tmp_path, TRAINING._replace(overrides=())))
    assert not list(tmp_path.iterdir())


def test_lines_go_through_their_points():
    image = Image.open(
        io.BytesIO(line_plot([Line([(1, 1.0), (3, 2.0)], name="a"), Line([(2, 1.5)])], "x", "y"))
    )
    pixels = np.asarray(image.convert("RGB")).astype(int)
    first = np.argwhere(np.abs(pixels[80:360, 75:565] - (0, 0x72, 0xB2)).sum(-1) < 30)
    # Rises from left to right.
    assert first[first[:, 1].argmin(), 0] > first[first[:, 1].argmax(), 0]
    second = np.argwhere(np.abs(pixels - (0xD5, 0x5E, 0)).sum(-1) < 30)
    middle = 70 + 2 / (3 * 1.15) * 500
    assert second[:, 1].mean() == pytest.approx(middle, abs=2)


@pytest.mark.parametrize("lines", [[], [Line([(1, np.nan)])]])
def test_what_cannot_be_plotted(lines):
    with pytest.raises(ValueError, match="a plot needs"):
        line_plot(lines, "x", "y")


@pytest.mark.parametrize(
    "low, high, texts",
    [
        (0, 23, ["0", "5", "10", "15", "20"]),
        (0.78, 1.54, ["0.8", "1.0", "1.2", "1.4"]),
        (0, 1.15e-6, ["0.0000000", "0.0000002", "0.0000004", "0.0000006", "0.0000008", "0.0000010"]),
        (-3, 1150, ["0", "200", "400", "600", "800", "1000"]),
    ],
)
def test_an_axis_carries_round_numbers(low, high, texts):
    found = ticks(low, high)
    assert [text for _, text in found] == texts
    assert all(low <= value <= high and float(text) == pytest.approx(value) for value, text in found)
