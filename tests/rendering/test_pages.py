"""Pages in millimetres: places, sizes and what a plotter would not want."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from sketch_rnn_tf.rendering import booklet_pages, multipage_svg, pattern_pages, to_png, to_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"
SQUARE = np.array([[10, 0, 0], [0, 10, 0], [-10, 0, 0], [0, -10, 1]], np.float32)
WIDE = np.array([[10, 0, 1]], np.float32)


def centres(figure):
    points = [np.concatenate([line.points for line in lines]) for lines in figure.drawings]
    return np.array([(one.min(axis=0) + one.max(axis=0)) / 2 for one in points])


def test_tiles_of_a_pattern():
    (figure,) = pattern_pages([SQUARE], page=(110, 80), margin=10, cell=20, gap=2, stroke_width=0.5)
    # 90 x 60 mm hold 4 x 3 tiles, 5 mm left over on either side.
    assert (figure.width, figure.height, figure.unit) == (110, 80, "mm") and len(figure.drawings) == 12
    x, y = np.meshgrid(25 + 20 * np.arange(4), 20 + 20 * np.arange(3))
    np.testing.assert_allclose(centres(figure), np.stack([x.ravel(), y.ravel()], axis=1))
    np.testing.assert_allclose(np.ptp(figure.drawings[0][0].points, axis=0), 20 - 2 * 2 - 0.5)


def test_brick_and_half_drop():
    (brick,) = pattern_pages([SQUARE], page=(80, 60), margin=0, cell=20, arrangement="brick")
    rows = [centres(brick)[centres(brick)[:, 1] == y][:, 0].tolist() for y in (10, 30, 50)]
    assert rows == [[10, 30, 50, 70], [20, 40, 60], [10, 30, 50, 70]]
    (drop,) = pattern_pages([SQUARE], page=(40, 60), margin=0, cell=20, arrangement="half_drop")
    columns = [sorted(centres(drop)[centres(drop)[:, 0] == x][:, 1].tolist()) for x in (10, 30)]
    assert columns == [[10, 30, 50], [20, 40]]


@pytest.mark.parametrize("turn", [0, 45, 180])
def test_ink_stays_in_its_tile_when_turned(turn):
    for figure in pattern_pages(
        [SQUARE, WIDE], page="a5", cell=15, gap=1, stroke_width=0.4, turn=turn, pages=2
    ):
        for lines, centre in zip(figure.drawings, centres(figure)):
            away = np.abs(np.concatenate([line.points for line in lines]) - centre).max()
            assert away <= 15 / 2 - 1 - 0.2 + 1e-9


def test_neighbours_differ_and_all_are_used():
    names = ["#%06x" % (i + 1) for i in range(12)]
    (figure,) = pattern_pages([SQUARE] * 12, page=(120, 160), margin=0, cell=10, color=names)
    order = np.array([lines[0].color for lines in figure.drawings]).reshape(16, 12)
    assert (order[1:] != order[:-1]).all() and (order[:, 1:] != order[:, :-1]).all()
    assert set(order.ravel()) == set(names)
    counts = np.unique(order, return_counts=True)[1]
    assert counts.max() - counts.min() <= 4


def test_seed_decides():
    def page(seed):
        return to_svg(pattern_pages([SQUARE, WIDE], turn=30, seed=seed)[0])

    assert page(1) == page(1) != page(2)


def test_what_a_plotter_gets():
    sketch = np.array([[10, 0, 1], [0, 5, 0], [5, 5, 1], [3, 0, 1]], np.float32)
    root = ElementTree.fromstring(to_svg(pattern_pages([sketch], page=(40, 40), margin=0, cell=20)[0]))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("40mm", "40mm", "0 0 40 40")
    paths = list(root.iter(f"{NAMESPACE}path"))
    assert len(paths) == 4 * 3 and all(path.get("d").count("M") == 1 for path in paths)
    fills = [element.get("fill") for element in root.iter() if element.get("fill")]
    assert set(fills) == {"none"} and root.find(f"{NAMESPACE}rect") is None


def test_booklet():
    pages = booklet_pages(
        [SQUARE, WIDE], captions=["cat to pig", ""], margin=10, stroke_width=1, given=[2, 0]
    )
    assert [(page.width, page.height) for page in pages] == [(105, 148)] * 2
    assert [page.title for page in pages] == ["cat to pig", "a sketch"]
    assert [[text.text for text in page.texts] for page in pages] == [["cat to pig"], []]
    (square,) = [np.concatenate([line.points for line in pages[0].drawings[0]])]
    np.testing.assert_allclose([square[:, 0].min(), square[:, 0].max()], [10.5, 94.5])
    assert square[:, 1].max() < pages[0].texts[0].y - 5 < 148 - 10
    assert [line.color for line in pages[0].drawings[0]] == ["#d9261c", "#1f2328"]


def test_pages_below_each_other():
    pages = booklet_pages([SQUARE, WIDE, SQUARE], captions=["a", "b", "c"])
    document = multipage_svg(pages)
    root = ElementTree.fromstring(document)
    assert root.get("height") == "464mm" and root.get("width") == "105mm"
    marks = root.findall(".//{http://www.inkscape.org/namespaces/inkscape}page")
    assert [(mark.get("y"), mark.get("height")) for mark in marks] == [
        ("0", "148"),
        ("158", "148"),
        ("316", "148"),
    ]
    groups = [group for group in root.findall(f"{NAMESPACE}g") if group.get("transform")]
    assert [re.findall(r"[\d.]+", group.get("transform")) for group in groups] == [
        ["0", "0"],
        ["0", "158"],
        ["0", "316"],
    ]
    assert [group.find(f"{NAMESPACE}title").text for group in groups] == ["a", "b", "c"]


def test_page_as_png_has_twelve_pixels_a_millimetre():
    import io

    from PIL import Image

    image = Image.open(io.BytesIO(to_png(pattern_pages([SQUARE], page=(30, 20), margin=0, cell=10)[0])))
    assert image.size == (360, 240) and round(image.info["dpi"][0]) == round(12 * 25.4)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"page": "b5"}, "page is 'b5'; expected a3 or a4"),
        ({"page": (5, 100)}, "page width is 5"),
        ({"margin": 100}, "does not fit a page of 210 x 297 mm"),
        ({"cell": 300}, "a cell of 300 mm does not fit"),
        ({"cell": 6, "gap": 3}, "cell is 6 mm, all of it gap and stroke"),
        ({"stroke_width": 0}, "stroke_width is 0"),
        ({"arrangement": "spiral"}, "arrangement is 'spiral'"),
        ({"turn": 200}, "turn is 200"),
        ({"pages": 0}, "pages is 0"),
        ({"cell": 1, "gap": 0, "stroke_width": 0.1, "pages": 5}, "expected at most 100000"),
    ],
)
def test_pattern_errors(options, message):
    with pytest.raises(ValueError, match=message):
        pattern_pages([SQUARE], **options)


def test_other_errors():
    with pytest.raises(ValueError, match="nothing to tile"):
        pattern_pages([np.zeros([0, 3])])
    with pytest.raises(ValueError, match="leave no room"):
        booklet_pages([SQUARE], margin=60)
    with pytest.raises(ValueError, match="expected a list of 1"):
        booklet_pages([SQUARE], captions=["a", "b"])
    with pytest.raises(ValueError, match="no pages"):
        multipage_svg([])
