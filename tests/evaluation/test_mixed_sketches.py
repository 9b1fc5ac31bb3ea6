"""Sketches mixed of two, and what models draw of them and between them."""

import json

import numpy as np
import pytest
from PIL import Image

from sketch_rnn_tf.data.strokes import from_polylines, to_polylines
from sketch_rnn_tf.evaluation import likelihood_table, mixed_sketches
from sketch_rnn_tf.evaluation.judge import load_judge
from sketch_rnn_tf.evaluation.variants import Training

TINY = ("model.encoder.units=4", "model.decoder.units=6", "model.z_size=4", "data.batch_size=8")


def square(x, y, side):
    return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]], float)


def test_a_mixed_sketch_holds_strokes_of_both_in_one_box():
    # Four strokes in a box of 40 units about (20, 20), and two in one of 400 about (200, 200).
    first = from_polylines([square(0, 0, 40), square(5, 5, 2), square(9, 9, 2), square(20, 20, 5)])
    second = from_polylines([square(0, 0, 400), square(100, 300, 50)])
    lines = to_polylines(mixed_sketches.mix(first, second))
    expected = [square(0, 0, 40), square(5, 5, 2), square(10, 30, 5)]
    assert len(lines) == 3
    for line, wanted in zip(lines, expected):
        np.testing.assert_allclose(line, wanted, atol=1e-4)


def test_single_strokes_mix_whole():
    one, other = from_polylines([square(0, 0, 10)]), from_polylines([square(0, 0, 3)])
    lines = to_polylines(mixed_sketches.mix(one, other))
    np.testing.assert_allclose(lines, [square(0, 0, 10), square(0, 0, 10)], atol=1e-5)


def test_pairs_are_of_different_classes_and_not_too_long(real):
    pairs = mixed_sketches.pairs_of(real.drawings, real.names, 20, 60, seed=1)
    assert len(pairs.first) == 20 and max(map(len, pairs.mixed)) <= 60
    names = {sketch.tobytes(): name for sketch, name in zip(real.drawings, real.names)}
    for first, second, mixed in zip(*pairs):
        assert names[first.tobytes()] != names[second.tobytes()]
        np.testing.assert_array_equal(mixed, mixed_sketches.mix(first, second))
    again = mixed_sketches.pairs_of(real.drawings, real.names, 20, 60, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(pairs.mixed, again.mixed))
    with pytest.raises(ValueError, match="within 3 points"):
        mixed_sketches.pairs_of(real.drawings, real.names, 20, 3, seed=1)


class OneClassPerSide:
    """Stands for a model whose z is one number: below 0 it draws one sketch, above 0 another, whatever the input says else."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def encode(self, sketches):
        mu = np.array(
            [[-1.0 if np.array_equal(sketch, self.low) else 1.0] for sketch in sketches], np.float32
        )
        return mu, np.zeros_like(mu)

    def decode(self, z, temperature, seed):
        return [self.low if row[0] < 0 else self.high for row in z]

    def reconstruct(self, sketches, temperature, seed):
        return list(sketches)


def test_a_walk_that_jumps_once_and_perfect_copies(judge_folder, real):
    judge = load_judge(judge_folder)
    accepted = judge(real.drawings).class_ids
    low, high = (real.drawings[np.flatnonzero(accepted == which)[0]] for which in (0, 1))
    pairs = mixed_sketches.Pairs([low] * 6, [high] * 6, [mixed_sketches.mix(low, high)] * 6)
    figures, shown = mixed_sketches.measure_mixed(OneClassPerSide(low, high), judge, pairs)
    # All of the way is one step, every stop is one of two drawings that the judge takes, and a copy is the mixed sketch itself.
    assert figures["between_jump"]["value"] == pytest.approx(1)
    assert figures["between_recognised"]["value"] == figures["between_recognised"]["real"] == 1
    assert figures["mixed_chamfer"]["value"] == pytest.approx(0, abs=1e-12)
    assert figures["mixed_recognised"]["value"] == figures["mixed_recognised"]["real"]
    assert len(shown) == mixed_sketches.SHOWN and len(shown[0]) == mixed_sketches.STOPS + 1


@pytest.mark.slow
def test_a_table_with_a_judge_says_what_lies_between(data, judge_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(likelihood_table, "PAIRS", 6)
    training = Training(steps=2, overrides=TINY, progress=False)
    judge = load_judge(judge_folder)
    sources = [str(data / f"{name}.npz") for name in ("cup", "fish")]
    text = likelihood_table.likelihood_table(sources, tmp_path, training, "quick", judge)
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    # Table 1, then a row for each weight.
    assert rows[2] == "cup, fish" and rows[5:] == ["1", "0.5", "0.25"]
    assert set(json.loads((tmp_path / "figures.json").read_text())) == {"w1", "w0.5", "w0.25", "decoder_only"}
    sheet = Image.open(tmp_path / "mixed.png")
    # Of each of four pairs what was given and three models' rows.
    assert sheet.height >= 16 * likelihood_table.CELL and sheet.width > 11 * likelihood_table.CELL
    # A model that is told the class is not asked what lies between classes.
    told = training._replace(overrides=(*TINY, "model.class_conditioning=one_hot"))
    text = likelihood_table.likelihood_table(sources, tmp_path / "told", told, "quick", judge)
    assert "between" not in text and not (tmp_path / "told" / "mixed.png").exists()
