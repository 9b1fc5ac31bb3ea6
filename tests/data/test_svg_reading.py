"""SVG against geometry worked out by hand."""

import numpy as np
import pytest

from sketch_rnn_tf import rendering
from sketch_rnn_tf.data import svg
from sketch_rnn_tf.data.strokes import to_polylines


def read(body, tolerance=0.01, attributes=""):
    document = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>{body}</svg>'
    return to_polylines(svg.parse(document.encode(), tolerance))


def shifted(lines, first):
    """Polylines begin at the origin; moves them back to where the first point lies in the file."""
    return [line + first for line in lines]


def test_lines_and_relative_commands():
    lines = read('<path d="M10 20 L40,20 v60 h-5 l-5-60 Z m 1 2 3 4"/><line x1="1" y1="2" x2="3" y2="5"/>')
    expected = [
        [[10, 20], [40, 20], [40, 80], [35, 80], [30, 20], [10, 20]],
        [[11, 22], [14, 26]],
        [[1, 2], [3, 5]],
    ]
    assert [line.tolist() for line in shifted(lines, [10, 20])] == expected


def test_shapes():
    lines = shifted(
        read(
            '<polyline points="5,5 6,7 8,9"/><polygon points="0 0, 4 0, 4 3"/><rect x="1" y="2" width="3" height="4"/>'
        ),
        5,
    )
    assert lines[0].tolist() == [[5, 5], [6, 7], [8, 9]]
    assert lines[1].tolist() == [[0, 0], [4, 0], [4, 3], [0, 0]]
    assert lines[2].tolist() == [[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]


@pytest.mark.parametrize("tolerance", [1.0, 0.1, 0.001])
def test_round_shapes_stay_within_the_tolerance(tolerance):
    circle, ellipse = read(
        '<circle cx="50" cy="60" r="40"/><ellipse cx="1" cy="2" rx="30" ry="10"/>', tolerance
    )
    circle, ellipse = circle + [90, 60], ellipse + [90, 60]
    for points, centre, radii in ((circle, (50, 60), (40, 40)), (ellipse, (1, 2), (30, 10))):
        unit = (points - centre) / radii
        assert np.allclose(np.hypot(*unit.T), 1) and np.allclose(points[0], points[-1])
        middles = (points[1:] + points[:-1]) / 2
        assert (1 - np.hypot(*((middles - centre) / radii).T)).max() * max(radii) <= tolerance * 1.001
    # The fewest chords of a circle that stay within the tolerance, and one more where a half circle is cut off.
    fewest = np.pi / np.arccos(1 - tolerance / 40)
    assert fewest <= len(circle) - 1 <= fewest + 2


def test_rounded_rectangle():
    (line,) = read('<rect x="0" y="0" width="10" height="6" rx="2"/>')
    line = line + [2, 0]
    assert line.min(axis=0) == pytest.approx([0, 0]) and line.max(axis=0) == pytest.approx([10, 6])
    length = np.hypot(*np.diff(line, axis=0).T).sum()
    assert length == pytest.approx(2 * 6 + 2 * 2 + 2 * np.pi * 2, rel=0.01)


def bezier(controls, t):
    """De Casteljau's construction."""
    points = np.array(controls, float)[:, None, :].repeat(len(t), axis=1)
    while len(points) > 1:
        points = points[:-1] * (1 - t)[:, None] + points[1:] * t[:, None]
    return points[0]


def distance_to_line(points, line):
    """The largest distance of points from a polyline."""
    starts, ends = line[:-1], line[1:]
    along = ends - starts
    t = ((points[:, None] - starts) * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-12)
    nearest = starts + np.clip(t, 0, 1)[..., None] * along
    return np.hypot(*np.moveaxis(points[:, None] - nearest, -1, 0)).min(axis=1).max()


@pytest.mark.parametrize(
    "d, controls",
    [
        ("M0 0C10 40 60 -40 80 10", [(0, 0), (10, 40), (60, -40), (80, 10)]),
        ("M0 0c10 40 60 -40 80 10", [(0, 0), (10, 40), (60, -40), (80, 10)]),
        ("M0 0S30 50 70 0", [(0, 0), (0, 0), (30, 50), (70, 0)]),
        ("M0 0Q30 80 90 0", [(0, 0), (30, 80), (90, 0)]),
    ],
)
def test_curves(d, controls):
    (line,) = read(f'<path d="{d}"/>', 0.05)
    curve = bezier(controls, np.linspace(0, 1, 500))
    assert distance_to_line(curve, line) <= 0.05 and np.allclose(line[-1], controls[-1])
    assert 5 < len(line) < 60


def test_smooth_curves_reflect():
    (line,) = read('<path d="M0 0C0 10 10 10 10 0S20 -10 20 0"/>')
    t = np.linspace(0, 1, 200)
    curve = np.concatenate(
        [bezier([(0, 0), (0, 10), (10, 10), (10, 0)], t), bezier([(10, 0), (10, -10), (20, -10), (20, 0)], t)]
    )
    assert distance_to_line(curve, line) <= 0.01
    (line,) = read('<path d="M0 0Q5 10 10 0T20 0"/>')
    curve = np.concatenate([bezier([(0, 0), (5, 10), (10, 0)], t), bezier([(10, 0), (15, -10), (20, 0)], t)])
    assert distance_to_line(curve, line) <= 0.01


def test_arcs():
    (line,) = read('<path d="M10 0A10 10 0 0 1 0 10"/>')  # a quarter of a circle about the origin
    points = line + [10, 0]
    assert np.allclose(np.hypot(*points.T), 10) and points.min() >= -1e-9
    (line,) = read('<path d="M10 0A10 10 0 1 0 0 10"/>')  # the other three quarters, the other way round
    points = line + [10, 0]
    assert np.allclose(np.hypot(*points.T), 10) and points.min() == pytest.approx(-10, abs=0.01)
    (line,) = read('<path d="M0 0A1 1 0 0 1 20 0"/>')  # too small a radius grows to reach
    assert np.allclose(np.hypot(*(line - [10, 0]).T), 10)
    (line,) = read(
        '<path d="M0 0a5 10 90 0110 0 0 5 0 01 5 5"/>'
    )  # flags without spaces, a zero radius is a line
    assert line[-1] == pytest.approx([15, 5])


def test_transforms():
    body = (
        '<g transform="translate(100,50) rotate(90)"><g transform="scale(2,3)"><path d="M1 0L2 0L2 1"/></g></g>'
        '<path transform="matrix(1 2 3 4 5 6)" d="M1 1L2 1"/><path transform="rotate(180 10 10)" d="M0 0L5 0"/>'
        '<path transform="skewX(45)" d="M0 0L0 5"/><path transform="skewY(45), translate(1)" d="M0 0L5 0"/>'
    )
    lines = shifted(read(body), [100, 52])
    expected = [
        [[100, 52], [100, 54], [97, 54]],
        [[9, 12], [10, 14]],
        [[20, 20], [15, 20]],
        [[0, 0], [5, 5]],
        [[1, 1], [6, 6]],
    ]
    for line, points in zip(lines, expected, strict=True):
        assert np.allclose(line, points)


def test_the_tolerance_holds_after_transforms():
    (line,) = read('<g transform="scale(50)"><circle r="1"/></g>', 0.1)
    middles = (line[1:] + line[:-1]) / 2 + [50, 0]
    assert 50 - np.hypot(*middles.T).min() <= 0.1


def test_use_symbols_and_unseen_elements():
    body = (
        '<defs><path id="a" d="M0 0L1 0"/><symbol id="s"><path d="M0 0L0 2"/></symbol></defs>'
        '<clipPath><rect width="9" height="9"/></clipPath><path display="none" d="M0 0L9 9"/>'
        '<g style="display: none"><path d="M0 0L9 9"/></g><path d="M0 0L7 7"/>'
        '<use href="#a" x="3" y="4"/><use xlink:href="#s" transform="translate(5 0)"/>'
        '<svg x="20" y="30"><path d="M0 0L1 1"/></svg>'
    )
    assert [line.tolist() for line in read(body)] == [
        [[0, 0], [7, 7]], [[3, 4], [4, 4]], [[5, 0], [5, 2]], [[20, 30], [21, 31]]
    ]  # fmt: skip


def test_strokes_count_where_there_are_any():
    sheet = '<rect width="100%" height="100%" fill="white"/><rect width="50" height="50" fill="white"/>'
    line = '<path d="M1 1L2 2" fill="none" stroke="black"/>'
    styled = '<g style="fill:none; stroke : #000"><path d="M3 3L4 4"/><path stroke="none" d="M8 8L9 9"/></g>'
    assert [len(read(body)) for body in (sheet + line, sheet + line + styled, sheet, line + styled)] == [
        1,
        2,
        1,
        2,
    ]


def test_units_and_doctype():
    lines = read('<line x1="0" y1="0" x2="1in" y2="25.4mm"/><line x2="72pt" y2="6pc"/>')
    assert np.allclose(lines[0][1], 96) and np.allclose(lines[1][1], 96)
    document = (
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg><title>\xe4</title><path d="M0 0h5"/></svg>'
    )
    assert len(svg.parse(document)) == 1


def test_dots():
    lines = read('<path d="M0 0L9 9M5 5L5 5M7 7z"/>')
    assert [line.tolist() for line in lines] == [[[0, 0], [9, 9]], [[5, 5]], [[7, 7]]]


def test_the_default_tolerance_goes_with_the_size():
    small, large = (len(svg.parse(f'<svg><circle r="{radius}"/></svg>'.encode())) for radius in (0.001, 1000))
    assert small == large


def test_our_own_pictures_come_back():
    sketch = np.array([[30, 0, 0], [0, 40, 1], [-20, 5, 0], [8, 8, 1]], np.float32)
    lines = to_polylines(svg.parse(rendering.svg(sketch).encode()))
    original = to_polylines(sketch)
    factor = np.ptp(lines[0][:, 0]) / 30
    assert len(lines) == 2 and factor > 0.5
    for line, expected in zip(lines, original, strict=True):
        assert np.allclose(line, expected * factor, atol=0.05)
