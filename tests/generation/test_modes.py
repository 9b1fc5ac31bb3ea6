"""Every mode of sketch_rnn_generate on trained models, into every kind of file."""

import json
from xml.etree import ElementTree

import numpy as np
import pytest

from sketch_rnn_tf.data import write_npz
from sketch_rnn_tf.generation.completion import cut
from sketch_rnn_tf.generation.files import read_sketches, write_sheet
from sketch_rnn_tf.generation.inputs import Inputs
from sketch_rnn_tf.generation.modes import MODES, Request

# How many drawings each mode makes with the request below.
COUNTS = {
    "sample": 3,
    "reconstruct": 3,
    "tidy": 3,
    "strip": 6,
    "complete": 9,
    "interpolate": 3,
    "path": 5,
    "grid": 6,
    "analogy": 3,
    "sweep": 6,
    "switch": 3,
    "pattern": 3,
    "lesson": 3,
    "booklet": 3,
}


def request(model, paths=(), class_names=("cup", "fish"), seed=3, **values):
    inputs = Inputs(model, paths, class_names=class_names, seed=seed)
    small = {"num": 3, "rows": 2, "cols": 3, "options": {"seed": seed, "max_steps": 40}}
    page = {"page": (60, 60), "margin": 5, "cell": 20}
    values = {"class_names": class_names, **small, "page": page, **values}
    return Request(model=model, inputs=inputs, **values)


def asked(model, mode, **values):
    if mode == "strip":
        values["temperatures"] = [0.2, 0.7]
    return request(model, **values)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_gives_every_kind_of_file_twice_the_same(model, tmp_path, mode):
    kinds = ["svg", "png", "gif", "npz", "json"]
    for name in ("a", "b"):
        sheet = MODES[mode](asked(model, mode))
        assert len(sheet.made) == COUNTS[mode]
        for kind in kinds:
            write_sheet(tmp_path / f"{name}.{kind}", sheet)
    for kind in kinds:
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")
    assert (tmp_path / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "a.gif").read_bytes()[:4] == b"GIF8"
    rows = json.loads((tmp_path / "a.json").read_text())
    assert [len(drawing) for drawing in rows] == [len(drawing) for drawing in sheet.made]


@pytest.mark.parametrize("mode", ["sample", "strip", "complete", "switch", "pattern", "lesson", "booklet"])
def test_modes_of_a_decoder_alone(model, decoder, mode):
    others = [decoder] if mode in ("switch", "booklet") else []
    sheet = MODES[mode](asked(decoder, mode, class_names=(), others=others))
    assert len(sheet.made) == COUNTS[mode]


@pytest.mark.parametrize("mode", ["reconstruct", "interpolate", "path", "grid", "analogy", "sweep", "tidy"])
def test_modes_that_need_an_encoder_say_so(decoder, mode):
    with pytest.raises(ValueError, match="has no encoder"):
        MODES[mode](asked(decoder, mode, class_names=()))


def test_endings_go_on_from_the_given_part(model, cups):
    sheet = MODES["complete"](request(model, class_names=["cup"], share=[0.4], share_of="strokes"))
    for row in sheet.drawings:
        for ending in row[1:]:
            np.testing.assert_array_equal(ending[: len(row[0])], row[0])
    assert sheet.layout["given"] == [len(row[0]) for row in sheet.drawings for _ in row]


def test_a_second_input_lends_its_z(model, cups, tmp_path):
    write_npz(tmp_path / "cup.npz", {"train": cups, "valid": cups, "test": cups})
    sheet = MODES["complete"](
        request(model, [str(tmp_path / "cup.npz")], class_names=(), z="input", share=[0.5], num=2)
    )
    expected = model.complete(cut(cups[0], 0.5), 2, z=cups[1], class_name="cup", seed=3, max_steps=40)
    assert [a.tobytes() for a in sheet.made] == [b.tobytes() for b in expected]


def test_inputs_of_files_take_the_class_of_their_name(model, cups, fishes, tmp_path):
    for name, sketches in (("cup", cups), ("fish", fishes), ("dog", cups)):
        write_npz(tmp_path / f"{name}.npz", {"train": cups, "valid": cups, "test": sketches})
    paths = [str(tmp_path / f"{name}.npz") for name in ("fish", "cup")]
    sketches, names = Inputs(model, paths).take(2)
    assert names == ["fish", "cup"]
    np.testing.assert_array_equal(sketches[0], fishes[0])
    assert Inputs(model, paths, class_names=["cup"]).take(2)[1] == ["cup", "cup"]
    assert Inputs(model, paths, indexes=[7, 0]).take(2)[1] == ["cup", "fish"]
    with pytest.raises(ValueError, match="class of sketch 0 is not known; name it with --class"):
        Inputs(model, [str(tmp_path / "dog.npz")]).take(1)
    with pytest.raises(ValueError, match="2 classes are named for 3 sketches"):
        Inputs(model, paths[:1], class_names=["cup", "fish"]).take(3)
    with pytest.raises(ValueError, match="--input_index is 12; the input holds sketches 0 to 11"):
        Inputs(model, paths, indexes=[12]).take(1)


def test_own_data_are_taken_by_class_and_seed(model):
    first, names = Inputs(model, class_names=["fish", "cup"], seed=1).take(4)
    assert names == ["fish", "cup", "fish", "cup"]
    again, _ = Inputs(model, class_names=["fish", "cup"], seed=1).take(4)
    assert all(np.array_equal(a, b) for a, b in zip(first, again))
    other, _ = Inputs(model, class_names=["fish", "cup"], seed=2).take(4)
    assert not all(np.array_equal(a, b) for a, b in zip(first, other))


def test_samples_stand_in_where_the_data_are_gone(model, monkeypatch):
    def missing(*_, **__):
        raise FileNotFoundError("there is no file")

    monkeypatch.setattr("sketch_rnn_tf.generation.inputs.load_data", missing)
    sketches, names = Inputs(model, class_names=["fish"], seed=1).take(2)
    drawn = model.generate(2, 0.3, class_name="fish", seed=1)
    assert names == ["fish", "fish"]
    assert [a.tobytes() for a in sketches] == [b.tobytes() for b in drawn]


@pytest.mark.parametrize(
    "mode, values, words",
    [
        ("interpolate", {"class_names": ["cup"], "num": 1}, "num is 1"),
        ("analogy", {"class_names": ["pig"], "weights": [1]}, "no class 'pig'"),
        ("sample", {"temperatures": [0.1, 0.2]}, "only strips take several"),
        ("sample", {"temperatures": [-0.1]}, "temperature is -0.1"),
        ("switch", {"class_names": ["cup"]}, "1 models or classes"),
        ("switch", {"share": [1.5]}, "share is 1.5"),
        ("pattern", {"page": {"page": "b9"}}, "page"),
    ],
)
def test_refusals(model, mode, values, words):
    with pytest.raises(ValueError, match=words):
        MODES[mode](request(model, **values))


def test_the_command(run, workdir, decoder_workdir, cups, tmp_path):
    svg = tmp_path / "cup.svg"
    svg.write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L90 0 L80 90 L10 90 Z"/></svg>')
    output = tmp_path / "drawn.json"
    common = [f"--workdir={workdir}", "--checkpoint=last", f"--output={output}", "--max_steps=40"]
    code, out, err = run(
        "generation.main", *common, "--mode=complete", f"--input={svg}", "--class=cup", "--num=2"
    )
    assert code == 0 and out.strip() == str(output), err
    given = read_sketches(svg)[0]
    for drawing in json.loads(output.read_text()):
        np.testing.assert_allclose(drawing[: len(given)], given, rtol=1e-5)

    code, _, err = run(
        "generation.main", *common, "--mode=switch", f"--workdir2={decoder_workdir}", "--class=cup", "--num=2"
    )
    assert code == 0, err
    code, _, err = run("generation.main", *common, "--mode=analogy", "--weights=1,x,1", "--class=cup")
    assert code == 2 and err.strip().endswith("--weights holds 'x'; expected numbers")
    code, _, err = run("generation.main", *common, "--mode=interpolate", f"--workdir={decoder_workdir}")
    assert code == 2 and "no encoder" in err and len(err.strip().splitlines()) == 1
    code, _, err = run("generation.main", *common, "--mode=interpolate", "--class=pig")
    assert code == 2 and "no class 'pig'" in err and len(err.strip().splitlines()) == 1
