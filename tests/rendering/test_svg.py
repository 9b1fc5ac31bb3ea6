"""SVG documents, read back with an XML parser."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pytest

from sketch_rnn_tf.rendering import side_by_side_svg, svg

NAMESPACE = "{http://www.w3.org/2000/svg}"
L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.int16)


def inked(document):
    """Returns the groups drawn by the pen, one a drawing."""
    root = ElementTree.fromstring(document)
    (group,) = [group for group in root.iter(f"{NAMESPACE}g") if "stroke-width" in group.attrib]
    return group.findall(f"{NAMESPACE}g")


def lines_of(drawing):
    """Returns a drawing's lines as float arrays `[P, 2]`: each path is one."""
    paths = drawing.findall(f"{NAMESPACE}path")
    assert all(path.get("d").count("M") == 1 for path in paths)
    return [np.array(re.findall(r"-?[\d.]+", path.get("d")), float).reshape(-1, 2) for path in paths]


def test_document():
    root = ElementTree.fromstring(svg([L_SHAPE] * 5, cell_size=50, stroke_width=1.5, background="ivory"))
    assert root.tag == f"{NAMESPACE}svg"
    assert root.get("viewBox") == "0 0 150 100" and (root.get("width"), root.get("height")) == ("150", "100")
    assert root[0].tag == f"{NAMESPACE}title" and root[0].text == "5 sketches"
    assert root.find(f"{NAMESPACE}rect").get("fill") == "#fffff0"
    (group,) = root.findall(f"{NAMESPACE}g")
    assert group.get("stroke-width") == "1.5" and group.get("fill") == "none"
    assert group.get("stroke-linecap") == group.get("stroke-linejoin") == "round"


def test_coordinates():
    # 9 % margin and the stroke's own width leave 100 - 18 - 2 = 80 pixels for an extent of 30.
    (path,) = inked(svg(L_SHAPE, cell_size=100, stroke_width=2))
    (line,) = lines_of(path)
    np.testing.assert_allclose(line, [[36.67, 10], [36.67, 90], [63.33, 90]], atol=0.006)


def test_one_path_a_stroke():
    sketch = np.array([[0, 30, 1], [10, 0, 0], [0, 5, 1], [-20, 0, 1]], np.int16)
    first, second = inked(svg([sketch, L_SHAPE]))
    # The last line has one point: a segment of no length, which round caps make a dot.
    assert [len(line) for line in lines_of(first)] == [2, 2, 2]
    np.testing.assert_array_equal(*lines_of(first)[2])
    assert [len(line) for line in lines_of(second)] == [3]


def test_colors():
    first, empty, third = inked(svg([L_SHAPE, [], L_SHAPE], color=["red", "blue", "#abc"]))
    assert (first.get("stroke"), third.get("stroke")) == ("#ff0000", "#aabbcc") and len(empty) == 0


@pytest.mark.parametrize("options", [{"color_by_order": True}, {"color": [["red", "green", "blue"]]}])
def test_colors_of_strokes(options):
    (drawing,) = inked(svg(np.array([[1, 0, 1], [0, 1, 1], [1, 0, 1]]), **options))
    colors = [path.get("stroke") for path in drawing]
    assert len(set(colors)) == 3 and all(re.fullmatch("#[0-9a-f]{6}", color) for color in colors)


def test_draw_first_segment():
    # The last line returns to the origin, so that the bounds are the same either way.
    sketch = np.array([[10, 10, 0], [10, 0, 1], [-20, -10, 1]])
    (drawn,), (skipped,) = inked(svg(sketch)), inked(svg(sketch, draw_first_segment=False))
    first, second = lines_of(drawn), lines_of(skipped)
    assert len(first) == len(second) == 2
    np.testing.assert_array_equal(first[0][1:], second[0])
    np.testing.assert_array_equal(first[1], second[1])


def test_transparent_background():
    assert ElementTree.fromstring(svg(L_SHAPE, background=None)).find(f"{NAMESPACE}rect") is None


@pytest.mark.parametrize(
    "caption, shown",
    [
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("]]>\"'", "]]>\"'"),
        ("a\x00b\nc\ud800\ufffe", "a b c"),
        ("fièvre été", "fièvre été"),
        (7, "7"),
    ],
)
def test_texts_are_escaped(caption, shown):
    document = svg(L_SHAPE, cell_size=400, captions=[caption])
    document.encode()
    (text,) = ElementTree.fromstring(document).iter(f"{NAMESPACE}text")
    assert text.text == shown and len(text) == 0


def test_color_cannot_carry_markup():
    with pytest.raises(ValueError, match="expected an opaque colour"):
        svg(L_SHAPE, color='red"/><script>')


def test_side_by_side_has_titles():
    document = side_by_side_svg([("real", [L_SHAPE] * 2), ("<model>", [L_SHAPE])])
    root = ElementTree.fromstring(document)
    assert root[0].text == "real, <model>"
    assert [text.text for text in root.iter(f"{NAMESPACE}text")] == ["real", "<model>"]
    assert len(inked(document)) == 3


def test_real_sketches_keep_their_shape(shared_data):
    from sketch_rnn_tf.data.npz import read_npz

    sketch = read_npz(shared_data / "npz" / "aaron_sheep.npz")["test"][0]
    (path,) = inked(svg(sketch, cell_size=1000))
    lines = lines_of(path)
    assert len(lines) == sketch[:-1, 2].sum() + 1
    drawn = np.diff(np.concatenate(lines), axis=0)
    scale = np.abs(drawn).max() / np.abs(sketch[:, :2]).max()
    np.testing.assert_allclose(drawn / scale, sketch[:, :2], atol=0.02 / scale)


def test_rendering_does_not_import_tensorflow():
    code = (
        "import sys, numpy, sketch_rnn_tf as srt; s = numpy.zeros([1, 3]); srt.rendering.svg(s); "
        "srt.rendering.png(s); sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
