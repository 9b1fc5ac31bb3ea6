"""The models that come with the project: what is shipped of each, and that it draws what its card says."""

import json
import pathlib

import numpy as np
import pytest

import sketch_rnn_tf as srt
from sketch_rnn_tf.evaluation.judge import load_judge
from sketch_rnn_tf.generation.completion import complete, cut
from sketch_rnn_tf.training import pretrained
from sketch_rnn_tf.training.workdir import Workdir

ROOT = pathlib.Path(__file__).resolve().parents[1]
LARGEST, ALL = 12e6, 60e6  # bytes on disk
FIVE = ("backpack", "car", "power outlet", "shoe", "sun")
QUICKDRAW = ("quickdraw_five", "quickdraw_five_decoder", "quickdraw_five_raster")


def size_of(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def test_all_are_there_and_small():
    assert set(pretrained.names()) == {*QUICKDRAW, "doodles"}
    sizes = {name: size_of(ROOT / "pretrained" / name) for name in pretrained.names()}
    assert max(sizes.values()) < LARGEST and size_of(ROOT / "pretrained") < ALL, sizes


@pytest.mark.parametrize("name", [*QUICKDRAW, "doodles"])
def test_each_has_a_card_and_tells_no_folders(name):
    folder = ROOT / "pretrained" / name
    card = (folder / "README.md").read_text(encoding="utf-8")
    for part in (
        "| data |",
        "| training |",
        "CC BY 4.0",
        "| licence of the weights | Apache 2.0",
        "--seed=",
        "Known faults",
    ):
        assert part in card, part
    config, metadata = Workdir(folder).read()
    assert not any("/" in source for source in config.data.sources)
    assert "/" not in json.dumps(metadata.files) and metadata.data_dir is None


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICKDRAW)
def test_the_judge_recognises_what_is_drawn(name):
    """Of 100 drawings; the cards' figures are of 2,500."""
    model, judge = srt.load_model(f"pretrained:{name}"), load_judge("pretrained:judge_raster")
    assert model.class_names == FIVE
    names = [FIVE[place % 5] for place in range(100)]
    drawn = model.generate(100, temperature=0.3, class_name=names, seed=2)
    found = judge(drawn).probabilities[:, :-1].argmax(axis=1)
    assert (found == judge.ids_of(names)).mean() > 0.8


@pytest.mark.slow
def test_the_decoder_finishes_what_was_begun():
    model, judge = srt.load_model("pretrained:quickdraw_five_decoder"), load_judge("pretrained:judge_raster")
    whole = srt.load_model("pretrained:quickdraw_five")
    names = [FIVE[place % 5] for place in range(50)]
    thirds = [cut(sketch, 1 / 3) for sketch in whole.generate(50, temperature=0.2, class_name=names, seed=3)]
    options = model.options(temperature=0.3, seed=1)
    drawn = complete(model, thirds, None, model.class_ids(names, 50), options)
    for sketch, third in zip(drawn, thirds):
        np.testing.assert_array_equal(sketch[: len(third)], third)
    found = judge(drawn).probabilities[:, :-1].argmax(axis=1)
    assert (found == judge.ids_of(names)).mean() > 0.8


@pytest.mark.slow
def test_the_raster_model_redraws_an_image():
    model, judge = srt.load_model("pretrained:quickdraw_five_raster"), load_judge("pretrained:judge_raster")
    whole = srt.load_model("pretrained:quickdraw_five")
    names = [FIVE[place % 5] for place in range(50)]
    given = whole.generate(50, temperature=0.2, class_name=names, seed=4)
    copies = model.reconstruct(given, temperature=0.1, seed=1, class_name=names)
    found = judge(copies).probabilities[:, :-1].argmax(axis=1)
    assert (found == judge.ids_of(names)).mean() > 0.8


@pytest.mark.slow
def test_doodles_are_drawn_of_every_class():
    model = srt.load_model("pretrained:doodles")
    assert len(model.class_names) >= 20 and {"cat", "house", "man happy"} <= set(model.class_names)
    drawn = model.generate(class_name=list(model.class_names), num=len(model.class_names), temperature=0.2)
    assert sum(len(drawing) >= 5 for drawing in drawn) >= 0.9 * len(drawn)
