"""PNG files, decoded with Pillow: size, and ink where it should be and nowhere else."""

import io

import numpy as np
import pytest
from PIL import Image

from sketch_rnn_tf.rendering import png, side_by_side_png
from sketch_rnn_tf.rendering.figure import Figure
from sketch_rnn_tf.rendering.png_file import BAND_HEIGHT, to_png

# Placed in a cell of 100 pixels with a 2 pixel pen: (36.7, 10) down to (36.7, 90), right to (63.3, 90).
L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.int16)


def decoded(data):
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    return np.asarray(image)


def darkness(pixels):
    return 1 - pixels[..., :3].mean(axis=-1) / 255


def distances(height, width, points):
    """Returns how far the middle of each pixel is from the nearest point of a polyline."""
    y, x = np.mgrid[:height, :width] + 0.5
    nearest = np.full([height, width], np.inf)
    for (x1, y1), (x2, y2) in zip(points, points[1:]):
        along = np.clip(
            ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / ((x2 - x1) ** 2 + (y2 - y1) ** 2), 0, 1
        )
        nearest = np.minimum(nearest, np.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1)))
    return nearest


@pytest.mark.parametrize("stroke_width", [2, 5, 8])
def test_ink_is_where_the_line_is_and_nowhere_else(stroke_width):
    room = 82 - stroke_width
    left, top = 50 - room / 6, 50 - room / 2
    line = [(left, top), (left, top + room), (left + room / 3, top + room)]
    pixels = decoded(png(L_SHAPE, cell_size=100, stroke_width=stroke_width, color="black"))
    assert pixels.shape == (100, 100, 3)
    distance = distances(100, 100, line)
    dark = darkness(pixels)
    assert dark[distance < stroke_width / 2 - 0.8].min(initial=1) == 1
    assert dark[distance > stroke_width / 2 + 0.9].max() == 0
    area = (
        stroke_width * (room + room / 3)
        + np.pi * stroke_width**2 / 4
        - stroke_width**2 * (1 / 2 + np.pi / 8 - np.pi / 4) / 2
    )
    assert dark.sum() == pytest.approx(area, rel=0.06)


def test_line_is_not_shifted():
    dark = darkness(decoded(png(np.array([[0, 30, 1]]), cell_size=100, stroke_width=4, color="black")))
    np.testing.assert_allclose(dark.sum(axis=0) @ (np.arange(100) + 0.5) / dark.sum(), 50, atol=0.13)
    np.testing.assert_allclose(dark.sum(axis=1) @ (np.arange(100) + 0.5) / dark.sum(), 50, atol=0.13)


def test_edges_are_antialiased():
    levels = np.unique(darkness(decoded(png(np.array([[20, 31, 1]]), cell_size=64, color="black"))).round(3))
    assert len(levels) > 8


def test_dot():
    dark = darkness(decoded(png(np.zeros([1, 3]), cell_size=20, stroke_width=4, color="black")))
    assert dark[9:11, 9:11].min() == 1 and dark[distances(20, 20, [(10, 10), (10, 10.001)]) > 3].max() == 0
    assert dark.sum() == pytest.approx(np.pi * 4, rel=0.1)


def test_grid_with_an_empty_drawing():
    pixels = decoded(png([L_SHAPE, [], L_SHAPE], columns=2, cell_size=40, color="black"))
    assert pixels.shape == (80, 80, 3)
    dark = darkness(pixels)
    inner = dark[2:38, 42:78], dark[42:78, 42:78]
    assert all(cell.max() == 0 for cell in inner)
    assert dark[2:38, 2:38].max() == 1 and dark[42:78, 2:38].max() == 1
    # A light rule, one pixel wide, between the cells and not around them.
    assert 0.05 < dark[20, 39] < 0.2 and dark[20, 40] == 0 and dark[0, 20] == 0 and dark[20, 79] == 0


def test_colors_and_background():
    pixels = decoded(png(L_SHAPE, cell_size=100, stroke_width=8, color="#d01040", background="#f0fff0"))
    assert tuple(pixels[50, 38]) == (0xD0, 0x10, 0x40) and tuple(pixels[2, 2]) == (0xF0, 0xFF, 0xF0)


def test_transparent_background():
    pixels = decoded(png(L_SHAPE, cell_size=100, stroke_width=8, color="#d01040", background=None))
    assert pixels.shape == (100, 100, 4)
    assert pixels[2, 2, 3] == 0 and tuple(pixels[50, 38]) == (0xD0, 0x10, 0x40, 255)
    np.testing.assert_allclose(pixels[(pixels[..., 3] > 64), 0], 0xD0, atol=6)


def test_draw_first_segment():
    sketch = np.array([[10, 10, 0], [10, 0, 1], [-20, -10, 1]])
    drawn, skipped = (decoded(png(sketch, draw_first_segment=flag)).astype(int) for flag in (True, False))
    y, x = np.nonzero((drawn != skipped).any(axis=-1))
    # Only from the origin (top left of the drawing) to its middle, where the first segment ends.
    assert len(x) > 50 and x.max() <= 66
    assert (skipped >= drawn).all()


def test_bands_join_without_a_seam():
    line = np.array([[1, 10, 0], [-1, 10, 1]])
    tall = decoded(png(line, cell_size=2 * BAND_HEIGHT + 100, stroke_width=6, color="black"))
    dark = darkness(tall).sum(axis=1)
    seam = dark[BAND_HEIGHT - 3 : BAND_HEIGHT + 3]
    np.testing.assert_allclose(seam, seam.mean(), rtol=0.06)
    assert seam.mean() > 5


def test_captions_are_legible_and_inside():
    dark = darkness(decoded(png([[], []], cell_size=60, captions=["cat", ""])))
    assert dark[60:82, :59].max() > 0.4 and dark[60:82, 60:].max() == 0 and dark[:58, :58].max() == 0


def test_side_by_side():
    pixels = decoded(side_by_side_png([("real", [L_SHAPE]), ("drawn", [L_SHAPE])], color=["red", "blue"]))
    ink = [np.nonzero((pixels == color).all(axis=-1))[1] for color in ((255, 0, 0), (0, 0, 255))]
    assert len(ink[0]) > 100 and len(ink[1]) > 100 and ink[0].max() < 128 < ink[1].min()


def test_too_large_a_picture():
    figure = Figure(20_000, 20_000, [], [], [], 2, "#ffffff", "huge")
    with pytest.raises(ValueError, match="20000 x 20000 pixels; expected at most 80000000"):
        to_png(figure)
