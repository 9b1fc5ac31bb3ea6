"""The page as people use it, in Chromium: every scenario is driven with mouse, touch or keys by drive_page.mjs."""

import json
import pathlib
import re
import xml.etree.ElementTree

import pytest
from PIL import Image

from export.web_page import PARTS, names_of, write_page
from sketch_rnn_tf.sketch_model import load_model

MODEL = "pretrained:quickdraw_five"
MAKEFILE = (pathlib.Path(__file__).resolve().parents[2] / "Makefile").read_text(encoding="utf-8")
SHIPPED = re.search(r"^MODELS \?= (.+)$", MAKEFILE, re.MULTILINE)[1].split()


@pytest.fixture(scope="module")
def page(module_built, tmp_path_factory):
    models = {name: load_model(workdir) for name, workdir in names_of(SHIPPED).items()}
    return write_page(module_built / "page", tmp_path_factory.mktemp("page"), models)


@pytest.fixture
def use(page, node, tmp_path):
    """Runs a scenario; the page must neither complain nor ask another host for anything."""

    def run(scenario):
        found = json.loads(node("drive_page.mjs", page, scenario, tmp_path, seconds=120))
        # Chromium's own remark where a page asks for WebGPU and the machine has none.
        assert [text for text in found["said"] if text != "No available adapters."] == []
        assert found["others"] == []
        return found

    return run


def endings(paths):
    """Returns what was drawn by the model: every other path."""
    return paths[1::2]


def check_draw(found, tmp_path):
    assert len(found["first"]) == 12 and all(endings(found["alone"]))
    model, own = found["own"]
    assert found["first"][0] == own and own.count("M") == 1
    assert sum(map(bool, endings(found["first"]))) >= 4
    assert found["first"][::2] == found["second"][::2] and found["first"] != found["second"]
    assert model == endings(found["first"])[0]
    saved = xml.etree.ElementTree.parse(tmp_path / "drawing.svg").getroot()
    assert saved.find("{*}path").get("d") == own + endings(found["second"])[0]
    with Image.open(tmp_path / "drawing.png") as image:
        assert image.size == (1024, 1024) and image.convert("L").getextrema() == (0, 255)
    assert found["kept"] == ["", own + endings(found["second"])[2]]
    assert found["undone"][1] == own
    assert found["empty"][1] == "" and not found["canUndo"]


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["draw", "no_webgl"])
def test_a_drawing_is_finished_kept_saved_and_undone(use, tmp_path, scenario):
    found = use(scenario)
    check_draw(found, tmp_path)
    if scenario == "no_webgl":
        assert found["webgl"] is False


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["between", "dark"])
def test_the_way_between_two_drawings_is_drawn(use, scenario):
    found = use(scenario)
    assert found["asks"] == "The first drawing is still empty."
    assert len(endings(found["drawn"])) == 6 and all(endings(found["drawn"]))
    assert len(set(endings(found["drawn"]))) == 6
    assert found["surface"][0] == ""


@pytest.mark.slow
@pytest.mark.parametrize("scenario", ["switch", "file"])
def test_half_a_drawing_is_finished_as_another_class(use, scenario):
    found = use(scenario)
    assert all(found["alone"][::2]) and sum(map(bool, endings(found["alone"]))) >= 4
    assert len(set(found["drawn"][::2])) == 1 and sum(map(bool, endings(found["drawn"]))) >= 4


@pytest.mark.slow
def test_class_temperature_and_number_change_what_is_drawn(use):
    found = use("settings")
    assert found["class"] != found["temperature"]
    assert len(found["count"]) == 6 and found["count"] == found["temperature"][:6]
    assert found["degrees"] == "0.90"


@pytest.mark.slow
def test_every_model_of_the_page_draws_and_finishes(use):
    found = use("models")["models"]
    assert {name: (one["classes"], one["between"]) for name, one in found.items()} == {
        "quickdraw five": (5, True),
        "quickdraw five decoder": (5, False),
        "doodles": (43, True),
    }
    for one in found.values():
        assert sum(map(bool, endings(one["drawn"]))) >= 4


@pytest.mark.slow
def test_what_guides_an_ending_changes_it(use):
    found = use("guided")
    assert found["first"] == "likely"
    ways = [found[guide] for guide in ("likely", "class", "drawing")]
    assert len({tuple(endings(way)) for way in ways}) == 3
    assert all(way[::2] == ways[0][::2] for way in ways)
    # To its own z a circle is whole, so that may end at once.
    assert all(sum(map(bool, endings(way))) >= 3 for way in ways[:2])


@pytest.mark.slow
def test_keys_draw_and_reach_everything(use):
    found = use("keyboard")
    assert found["own"] == "M160 160L168 160L176 160L176 184"
    wanted = [
        "undo",
        "clear",
        "again",
        "save-svg",
        "save-png",
        "model",
        "file",
        "class",
        "guide",
        "temperature",
        "count",
    ]
    assert found["reached"] == [*wanted, "Keep drawing 1"]


@pytest.mark.slow
def test_a_broken_model_file_leaves_the_page_usable(use):
    found = use("broken")
    assert found["said_of_file"] == (
        "mine.sketchrnn: this is no model file; write one with sketch_rnn_export --format=web"
    )
    assert found["before"] != found["after"] and found["alert"] == ""


@pytest.mark.slow
def test_a_finger_draws_on_a_phone(use):
    found = use("phone")
    assert found["own"].count("L") == 10 and found["scrolled"] == 0
    assert sum(map(bool, endings(found["drawn"]))) >= 4
    assert found["wide"] == found["window"] == 390
    assert found["low"] == 0


@pytest.mark.slow
def test_plain_javascript_draws_where_there_is_no_webassembly(use):
    found = use("no_wasm")
    assert found["wasm"] == "undefined" and "(script)" in found["status"]


def test_a_page_wants_a_model_and_what_the_build_makes(tmp_path):
    with pytest.raises(ValueError, match="give at least one --workdir"):
        write_page(tmp_path, tmp_path / "out", {})
    with pytest.raises(FileNotFoundError, match="build the page first"):
        write_page(tmp_path, tmp_path / "out", {"some": None})
    assert not (tmp_path / "out").exists()


def test_models_of_one_name_are_refused():
    assert names_of(["pretrained:quickdraw_five", "runs/cats/"]) == {
        "quickdraw_five": "pretrained:quickdraw_five",
        "cats": "runs/cats/",
    }
    with pytest.raises(ValueError, match="a/cats and b/cats would both be called cats"):
        names_of(["a/cats", "b/cats"])


def test_an_older_page_is_replaced(tmp_path):
    (tmp_path / "build").mkdir()
    for part in PARTS:
        (tmp_path / "build" / part).write_text(part)
    model = load_model(MODEL)
    write_page(tmp_path / "build", tmp_path / "out", {"old": model})
    write_page(tmp_path / "build", tmp_path / "out", {"new_one": model, "second": model})
    assert sorted(path.name for path in (tmp_path / "out" / "models").iterdir()) == [
        "new_one.sketchrnn",
        "new_one.sketchrnn.js",
        "second.sketchrnn",
        "second.sketchrnn.js",
    ]
    listed = (tmp_path / "out" / "models.js").read_text().partition(" = ")[2].rstrip(";\n")
    assert json.loads(listed)[0] == {"name": "new one", "file": "new_one.sketchrnn"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "index.html",
        "models",
        "models.js",
        "page.css",
        "page.js",
    ]
