"""The judge: its training, what it rejects, its files, and the measures it gives."""

import json
import shutil

import numpy as np
import pytest

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.data.sources import load_sources
from sketch_rnn_tf.evaluation import judge_training, junk, report
from sketch_rnn_tf.evaluation.judge import load_judge
from sketch_rnn_tf.evaluation.judge_training import JudgeOptions, test_figures, train_judge
from sketch_rnn_tf.evaluation.report import Labelled
from sketch_rnn_tf.generation.completion import cut

test_figures.__test__ = False  # a function of the library, whose name only looks like a test


@pytest.fixture(scope="module")
def judge(judge_folder):
    return load_judge(judge_folder)


def test_it_knows_its_classes_and_its_card_says_how_well(judge, real):
    verdict = judge(real.drawings)
    ids = judge.ids_of(real.names)
    assert (verdict.probabilities[:, :-1].argmax(axis=1) == ids).mean() > 0.9
    np.testing.assert_allclose(verdict.probabilities.sum(axis=1), 1, rtol=1e-5)
    test = judge.card["test"]
    assert test["num_sketches"] == 180 and test["top1"] > 0.9
    assert set(test["junk_accepted"]) >= {"scribbles", "shuffled_points", "untrained"}
    with pytest.raises(ValueError, match="does not know the class 'dragon'"):
        judge.ids_of(["dragon"])


def test_a_judge_of_all_doodles_is_tested_without_other_ones(judge, real, monkeypatch):
    monkeypatch.setattr(judge_training.doodles, "class_names", lambda: judge.class_names)
    monkeypatch.setattr(judge_training, "JUNK_TESTED", 5)
    figures = test_figures(judge, real.drawings, judge.ids_of(real.names))
    assert "doodles_of_other_classes" not in figures["unseen_junk_accepted"]
    assert figures["top1"] > 0.9


def test_neither_order_company_nor_units_matter(judge, real):
    some = real.drawings[:30]
    whole = judge(some)
    np.testing.assert_allclose(judge(some[:7]).probabilities, whole.probabilities[:7], atol=1e-4)
    np.testing.assert_allclose(judge(some[::-1]).probabilities[::-1], whole.probabilities, atol=1e-4)
    larger = [np.asarray(drawing, np.float32) * [5, 5, 1] for drawing in some]
    np.testing.assert_allclose(judge(larger).features, whole.features, atol=1e-3)


def test_an_empty_drawing_is_rejected_and_a_wrong_one_refused(judge):
    assert judge([np.zeros([0, 3], np.float32)]).class_ids.tolist() == [-1]
    with pytest.raises(ValueError, match="drawing 1"):
        judge([np.zeros([1, 3], np.float32), np.full([2, 3], np.nan)])


@pytest.mark.slow
def test_training_goes_on_where_it_stopped(data, tmp_path, monkeypatch):
    monkeypatch.setattr(judge_training, "TRAINED_KINDS", ("scribbles",))
    monkeypatch.setattr(judge_training, "THRESHOLD_KINDS", ("scribbles",))
    monkeypatch.setattr(judge_training, "JUNK_TESTED", 10)
    dataset = load_sources([str(data)])
    options = JudgeOptions(steps=4, units=4, save_every=2)
    whole = train_judge(dataset, tmp_path / "whole", options, progress=False)
    run, save = tmp_path / "parts", judge_training.checkpoints.save

    def killed_after(*given):
        save(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(judge_training.checkpoints, "save", killed_after)
        with pytest.raises(KeyboardInterrupt):
            train_judge(dataset, run, options, progress=False)
    assert not (run / "judge.json").exists()
    again = train_judge(dataset, run, options, progress=False)
    for first, second in zip(whole.network.weights, again.network.weights):
        np.testing.assert_array_equal(first, second)
    with pytest.raises(ValueError, match="trained with another steps"):
        train_judge(dataset, run, JudgeOptions(steps=5, units=4), progress=False)


def test_damaged_files_are_refused(judge_folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="is no judge"):
        load_judge(tmp_path)
    shutil.copytree(judge_folder, tmp_path / "judge")
    weights = tmp_path / "judge" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-200])
    with pytest.raises(ValueError, match="is damaged"):
        load_judge(tmp_path / "judge")


@pytest.mark.parametrize("name", ["pretrained:judge_raster", "pretrained:judge_strokes"])
def test_the_judges_that_come_with_the_project(shared_data, name):
    """At least 95 % top-1 on the real test splits, and below 5 % of junk accepted."""
    judge = load_judge(name)
    dataset = load_sources([str(shared_data / "npz" / f"{name}.npz") for name in ("car", "sun")])
    sketches, class_ids = dataset.in_memory("test")
    ids = judge.ids_of([dataset.class_names[place] for place in class_ids])
    assert (judge(sketches).probabilities[:, :-1].argmax(axis=1) == ids).mean() > 0.95
    for kind in ("scribbles", "shuffled_points", "shuffled_offsets", "untrained"):
        accepted = judge(junk.make(kind, 200, 11, sketches)).class_ids >= 0
        assert accepted.mean() < 0.05, kind
    assert judge.card["test"]["top1"] >= 0.95


def test_real_sketches_measured_against_themselves(judge, real):
    measures = report.measure(judge, real, real, real, seed=1)
    assert measures["fid"]["value"] == pytest.approx(0, abs=1e-6)
    assert measures["precision"]["value"] == measures["recall"]["value"] == 1
    assert measures["recognisability"]["ratio"]["value"] == 1
    assert measures["copying"]["value"] == pytest.approx(0, abs=1e-3)
    assert measures["diversity"]["p_value"] == pytest.approx(1)
    for name in ("closed", "symmetry", "complexity", "diversity"):
        assert measures[name]["value"] == pytest.approx(measures[name]["real"]), name
        assert measures[name]["low"] <= measures[name]["value"] <= measures[name]["high"], name


def test_the_floor_has_the_classes_of_the_real_sketches(judge, real):
    """Training sketches nearly all of one class say nothing of the FID of a balanced set."""
    cups = [place for place, name in enumerate(real.names) if name == "cup"]
    few = [place for place, name in enumerate(real.names) if name != "cup"][::8]
    places = sorted([*cups, *few])
    train = Labelled([real.drawings[place] for place in places], [real.names[place] for place in places])
    others = Labelled(real.drawings[1::8], real.names[1::8])
    floor = report.measure(judge, others, others, train, seed=1)["fid"]["real"]
    unlike = Labelled([real.drawings[place] for place in cups], ["cup"] * len(cups))
    assert floor < 0.3 * report.measure(judge, unlike, others, seed=1)["fid"]["value"]


def test_a_seed_fixes_the_figures_and_order_does_not_matter(judge, real):
    half = Labelled(real.drawings[::2], real.names[::2])
    others = Labelled(real.drawings[1::2], real.names[1::2])
    first, again = (report.measure(judge, half, others, seed=3) for _ in range(2))
    assert json.dumps(first) == json.dumps(again)
    order = np.random.default_rng(0).permutation(len(half.drawings))
    mixed = Labelled([half.drawings[i] for i in order], [half.names[i] for i in order])
    shuffled = report.measure(judge, mixed, others, seed=3)
    for name in ("recognisability", "confident", "fid", "precision", "recall", "symmetry", "complexity"):
        assert shuffled[name]["value"] == pytest.approx(first[name]["value"], rel=1e-4, abs=1e-4), name


@pytest.mark.slow
def test_untrained_models_draw_the_same_for_equal_seeds():
    junk._kept.cache_clear()
    first, again, other = (junk.untrained(seed, 8, max_steps=12) for seed in (3, 3, 4))
    for drawing, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(drawing, same)
    assert any(not np.array_equal(*pair) for pair in zip(first, other))


def test_junk_scores_worse_than_drawings(judge, real):
    scribbles = Labelled(junk.make("scribbles", 60, 4, real.drawings))
    measures = report.measure(judge, scribbles, real, seed=1)
    good = report.measure(judge, Labelled(real.drawings[::3]), real, seed=1)
    assert measures["fid"]["value"] > 3 * good["fid"]["value"]
    assert measures["confident"]["value"] < good["confident"]["value"] - 0.3
    assert measures["precision"]["value"] < good["precision"]["value"]


def test_copies_of_the_originals_are_kept_and_found(judge, real):
    vectors = np.random.default_rng(0).normal(size=[len(real.drawings), 4])
    measures = report.measure_copies(judge, real, real.drawings, vectors, vectors)
    kept = measures["reconstruction_kept"]
    assert kept["value"] == kept["real"] > 0.8
    # By hand: what is likeliest of the classes, the reject class left out.
    likeliest = judge(real.drawings).probabilities[:, : len(judge.class_names)].argmax(axis=1)
    by_name = [judge.class_names[place] == name for place, name in zip(likeliest, real.names)]
    assert kept["top_1"] == kept["real_top_1"] == np.mean(by_name) >= kept["value"]
    assert measures["retrieval"]["value"] == measures["retrieval"]["at_50"] == 1
    assert measures["chamfer"]["value"] == 0 < measures["chamfer"]["real"]
    shifted = report.measure_copies(judge, real, real.drawings[60:] + real.drawings[:60], vectors, -vectors)
    assert shifted["reconstruction_kept"]["value"] < 0.1 and shifted["retrieval"]["value"] < 0.2
    assert shifted["reconstruction_kept"]["top_1"] < 0.1 < 0.8 < shifted["reconstruction_kept"]["real_top_1"]


def test_completions_count_where_they_end_as_what_was_begun(judge, real):
    beginnings = [cut(drawing, 1 / 3) for drawing in real.drawings]
    whole = report.measure_completions(judge, real, beginnings, real.drawings)["completion"]
    assert whole["value"] == whole["real"] > 0.8 > whole["beginnings"]
    others = real.drawings[60:] + real.drawings[:60]
    assert report.measure_completions(judge, real, beginnings, others)["completion"]["value"] < 0.1


def test_too_few_or_unlabelled_sketches_are_refused(judge, real):
    with pytest.raises(ValueError, match="there are 2 drawings; expected at least"):
        report.measure(judge, Labelled(real.drawings[:2]), real)
    with pytest.raises(ValueError, match="have no classes"):
        report.measure(judge, real, Labelled(real.drawings))


def test_junk_is_of_its_seed_and_finite():
    sketches = doodles.make_splits("cup", train=20, valid=1, test=1, seed=1)["train"]
    for kind in ("scribbles", "shuffled_points", "scattered_strokes", "mixtures", "squiggles"):
        first, again, other = (junk.make(kind, 8, seed, sketches) for seed in (1, 1, 2))
        assert len(first) == 8 and all(np.isfinite(drawing).all() for drawing in first)
        assert all(np.array_equal(a, b) for a, b in zip(first, again))
        assert any(a.shape != b.shape or (a != b).any() for a, b in zip(first, other))
