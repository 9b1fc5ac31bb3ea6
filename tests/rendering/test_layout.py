"""Geometry of figures, against arithmetic done by hand."""

import numpy as np
import pytest

from sketch_rnn_tf.rendering.compare import side_by_side
from sketch_rnn_tf.rendering.layout import MARGIN, grid

# An L: 30 down, then 10 right. Its extent is 30, so a unit is ROOM / 30 pixels.
L_SHAPE = np.array([[0, 30, 0], [10, 0, 1]], np.int16)
ROOM = 100 * (1 - 2 * MARGIN) - 2
UNIT = ROOM / 30


def points(figure, drawing=0):
    return [line.points for line in figure.drawings[drawing]]


def test_l_shape_fills_its_cell_and_is_centred():
    (line,) = points(grid(L_SHAPE, cell_size=100, stroke_width=2))
    left, top = 50 - 5 * UNIT, 50 - 15 * UNIT
    expected = [[left, top], [left, top + 30 * UNIT], [left + 10 * UNIT, top + 30 * UNIT]]
    np.testing.assert_allclose(line, expected, atol=1e-9)


def test_without_first_segment_the_rest_alone_is_placed():
    (line,) = points(grid(L_SHAPE, cell_size=100, stroke_width=2, draw_first_segment=False))
    np.testing.assert_allclose(line, [[50 - ROOM / 2, 50], [50 + ROOM / 2, 50]], atol=1e-9)


def test_draw_first_segment_changes_only_the_first_segment():
    # A square from the origin around (0, 0) to (10, 10) by other lines, so that the bounds are the same either way.
    sketch = np.array([[5, 5, 1], [-5, -5, 0], [10, 0, 0], [0, 10, 0], [-10, 0, 1]], np.float32)
    drawn, skipped = points(grid(sketch)), points(grid(sketch, draw_first_segment=False))
    assert len(drawn) == len(skipped) == 2
    np.testing.assert_array_equal(drawn[0][1:], skipped[0])
    np.testing.assert_array_equal(drawn[1], skipped[1])


def test_origin_is_in_bounds_only_when_the_first_segment_is_drawn():
    far = np.array([[1000, 0, 1], [10, 0, 0], [0, 10, 1]], np.float32)
    assert np.ptp(points(grid(far))[1], axis=0).max() < 2
    assert np.ptp(points(grid(far, draw_first_segment=False))[1], axis=0).max() > 50


def test_ink_stays_inside_each_cell():
    rng = np.random.default_rng(3)
    sketches = [np.concatenate([rng.normal(0, 9, [20, 2]), rng.random([20, 1]) < 0.3], 1) for _ in range(7)]
    figure = grid(sketches, columns=3, cell_size=40, stroke_width=6)
    assert (figure.width, figure.height) == (120, 120)
    for place, lines in enumerate(figure.drawings):
        ink = np.concatenate([line.points for line in lines])
        corner = np.array([place % 3, place // 3]) * 40
        assert (ink - 3 >= corner).all() and (ink + 3 <= corner + 40).all()


@pytest.mark.parametrize(
    "count, columns, size",
    [
        (0, None, (1, 1)),
        (1, None, (1, 1)),
        (5, None, (3, 2)),
        (9, None, (3, 3)),
        (10, None, (4, 3)),
        (5, 2, (2, 3)),
        (2, 9, (2, 1)),
    ],
)
def test_near_square_or_given_columns(count, columns, size):
    figure = grid([L_SHAPE] * count, columns=columns, cell_size=10, stroke_width=1)
    assert (figure.width, figure.height) == (10 * size[0], 10 * size[1])
    assert len(figure.rules) == size[0] - 1 + size[1] - 1
    assert len(figure.drawings) == count


def test_rows_of_different_lengths():
    figure = grid([[L_SHAPE], [L_SHAPE, [], L_SHAPE]], cell_size=10, stroke_width=1)
    assert (figure.width, figure.height) == (30, 20)
    assert [len(lines) for lines in figure.drawings] == [1, 1, 0, 1]
    np.testing.assert_allclose(points(figure, 3)[0] - points(figure, 1)[0], np.full([3, 2], [20, 0]))
    with pytest.raises(ValueError, match="columns"):
        grid([[L_SHAPE]], columns=2)


@pytest.mark.parametrize(
    "as_given", [list, tuple, lambda rows: np.array(rows), lambda rows: np.array(rows)[None]]
)
def test_one_sketch_in_any_form(as_given):
    figure = grid(as_given([[0, 30, 0], [10, 0, 1]]))
    np.testing.assert_array_equal(points(figure)[0], points(grid(L_SHAPE))[0])


def test_object_array_of_sketches_as_published():
    sketches = np.empty(2, object)
    sketches[:] = [L_SHAPE, L_SHAPE[:1]]
    assert len(grid(sketches).drawings) == 2


def test_empty_drawings_leave_empty_cells():
    figure = grid([np.zeros([0, 3]), L_SHAPE, []])
    assert [len(lines) for lines in figure.drawings] == [0, 1, 0]
    assert grid([[], []]).drawings == [[], []]
    assert grid(np.zeros([0, 3])).drawings == [[]]


@pytest.mark.parametrize("sketch", [np.zeros([1, 3]), np.zeros([4, 3]), np.array([[0, 0, 1], [0, 0, 1]])])
def test_drawing_without_extent_is_a_dot_in_the_middle(sketch):
    for line in points(grid(sketch, cell_size=100)):
        np.testing.assert_array_equal(line, np.full_like(line, 50))


def test_smallest_extent_is_still_scaled():
    (line,) = points(grid(np.array([[1e-300, 0, 1]]), cell_size=100, stroke_width=2))
    np.testing.assert_allclose(np.ptp(line[:, 0]), ROOM)


def test_line_of_one_point_is_kept():
    sketch = np.array([[10, 0, 1], [0, 10, 1]])
    assert [len(line) for line in points(grid(sketch))] == [2, 1]


def test_colors():
    figure = grid([L_SHAPE, L_SHAPE], color=["red", "#0a0"])
    assert [lines[0].color for lines in figure.drawings] == ["#ff0000", "#00aa00"]
    figure = grid([L_SHAPE] * 2, color="hsl(240, 100%, 50%)")
    assert {lines[0].color for lines in figure.drawings} == {"#0000ff"}


TWO_STROKES = np.array([[10, 0, 0], [0, 10, 1], [5, 5, 0], [10, 0, 1]], np.float32)


def test_a_color_for_each_stroke():
    figure = grid([TWO_STROKES, L_SHAPE], color=[["red", "blue"], "lime"])
    assert [line.color for line in figure.drawings[0]] == ["#ff0000", "#0000ff"]
    assert [line.color for line in figure.drawings[1]] == ["#00ff00"]
    with pytest.raises(ValueError, match="color has 1 entries for 2 strokes of drawing 0"):
        grid([TWO_STROKES], color=[["red"]])
    with pytest.raises(ValueError, match="color has 1 entries for 2 drawings"):
        grid([TWO_STROKES] * 2, color=[["red", "blue"]])


@pytest.mark.parametrize(
    "given, colors, lengths",
    [
        (0, ["k", "k"], [3, 2]),
        (1, ["r", "k", "k"], [2, 2, 2]),
        (2, ["r", "k"], [3, 2]),
        (3, ["r", "k"], [3, 2]),
        (4, ["r", "r"], [3, 2]),
        (99, ["r", "r"], [3, 2]),
    ],
)
def test_given_points_have_a_color_of_their_own(given, colors, lengths):
    # Points 0 to 4 are the origin and the four rows; a stroke begins at the third, where the pen comes down.
    figure = grid([TWO_STROKES, TWO_STROKES], given=[given, 0], color="black", given_color="red")
    lines, whole = figure.drawings
    assert [line.color for line in lines] == [{"r": "#ff0000", "k": "#000000"}[color] for color in colors]
    assert [len(line.points) for line in lines] == lengths
    joined = np.concatenate([line.points for line in lines])
    unique = joined[np.r_[True, (np.diff(joined, axis=0) != 0).any(axis=1)]]
    np.testing.assert_allclose(
        unique - unique[0], np.concatenate([line.points for line in whole]) - whole[0].points[0]
    )


def test_given_is_checked():
    with pytest.raises(ValueError, match="given has 1 entries for 2"):
        grid([L_SHAPE] * 2, given=[1])
    with pytest.raises(ValueError, match="given is -1"):
        grid([L_SHAPE], given=-1)


def test_dark_theme():
    figure = grid([L_SHAPE], theme="dark", captions=["a"])
    assert figure.background == "#0d1117" and figure.drawings[0][0].color == "#e6edf3"
    assert figure.text_color != figure.rule_color
    assert grid([L_SHAPE], theme="dark", background=None).background is None
    assert grid([L_SHAPE], theme="dark", color="red").drawings[0][0].color == "#ff0000"
    with pytest.raises(ValueError, match="theme is 'grey'; expected light or dark"):
        grid([L_SHAPE], theme="grey")


def test_rules_and_title_can_be_chosen():
    figure = grid([L_SHAPE] * 4, rules=False, title="sheep & co")
    assert figure.rules == [] and figure.title == "sheep & co"


def test_captions_and_titles_stand_at_their_cells():
    labels = {"captions": ["a", "", "c", "d"], "column_titles": ["x", "y"], "row_titles": ["r", "s"]}
    figure = grid([L_SHAPE] * 4, cell_size=60, **labels)
    texts = {text.text: text for text in figure.texts}
    assert set(texts) == set("acdxyrs")
    left = figure.width - 120
    assert texts["x"].x == texts["a"].x == texts["c"].x == left + 30
    assert texts["y"].x == texts["d"].x == left + 90
    assert texts["r"].x < left and texts["s"].x < left
    heights = [texts[name].y for name in "xrasc"]
    assert heights == sorted(set(heights)) and heights[-1] < figure.height
    ink = [np.concatenate([line.points for line in lines]) for lines in figure.drawings]
    assert ink[0][:, 1].min() > texts["x"].y and ink[0][:, 0].min() > left
    assert ink[0][:, 1].max() < texts["a"].y - texts["a"].size * 0.7 and ink[2][:, 1].min() > texts["a"].y


def test_long_captions_are_cut():
    (text,) = grid(L_SHAPE, captions=["a very long caption " * 500]).texts
    assert text.text.startswith("a very") and text.text.endswith("…") and len(text.text) < 30


def test_side_by_side():
    figure = side_by_side([("real", [L_SHAPE] * 4), ("model's own", [L_SHAPE] * 3)], color=["gray", "blue"])
    assert figure.title == "real, model's own"
    assert [text.text for text in figure.texts] == ["real", "model's own"]
    assert figure.texts[0].x == 128 and figure.texts[1].x == figure.width - 128
    assert figure.width > 512 and figure.height > 256
    shift = points(figure, 4)[0] - points(figure, 0)[0]
    np.testing.assert_allclose(shift, np.full([3, 2], [figure.width - 256, 0]))
    assert [lines[0].color for lines in figure.drawings] == ["#808080"] * 4 + ["#0000ff"] * 3


def test_side_by_side_makes_room_for_titles():
    figure = side_by_side(
        [("a title that is wider than its cell", [L_SHAPE]), ("b", [L_SHAPE])], cell_size=64
    )
    assert "…" in figure.texts[0].text or figure.texts[0].x > 32
    lines = [lines[0].points[:, 0] for lines in figure.drawings]
    # The grid stands in the middle below its title.
    assert (lines[0].min() + lines[0].max()) / 2 == pytest.approx(figure.texts[0].x, abs=0.51)
    assert lines[0].max() < lines[1].min() and figure.width > 160


NAN = np.array([[0, 1, 0], [np.nan, 1, 1]])


@pytest.mark.parametrize(
    "drawings, options, message",
    [
        ([L_SHAPE, NAN], {}, "drawing 1 has a NaN"),
        ([[L_SHAPE, L_SHAPE], [np.array([[np.inf, 0, 1]])]], {}, "drawing 2 has a NaN or infinite"),
        ([L_SHAPE, np.array([[1e200, 0, 1]])], {}, "drawing 1 has offsets that add up to 1e"),
        (np.array([[1.7e308, 0, 1], [1.7e308, 0, 1]]), {}, "drawing 0 has offsets that add up to inf"),
        (np.zeros([4, 5]), {}, r"drawing 0 has shape \[4, 5\]"),
        ([[[0, 1, 0], [0, 1]]], {}, "drawing 0 has rows of different lengths"),
        ([np.array([[0, 1, 2]])], {}, "drawing 0 has pen 2"),
        (None, {}, "expected stroke-3"),
        ([1, 2, 3], {}, "expected stroke-3"),
        ("cat.npz", {}, "expected stroke-3"),
        (L_SHAPE, {"columns": 0}, "columns is 0"),
        (L_SHAPE, {"cell_size": 4}, "cell_size is 4"),
        (L_SHAPE, {"stroke_width": 0}, "stroke_width is 0"),
        (L_SHAPE, {"stroke_width": 50}, "stroke_width is 50"),
        (L_SHAPE, {"stroke_width": float("nan")}, "stroke_width is nan"),
        (L_SHAPE, {"color": "inkish"}, "color is 'inkish'"),
        (L_SHAPE, {"color": ["red", "blue"]}, "color has 2 entries for 1 drawings"),
        (L_SHAPE, {"background": "#12345"}, "background is '#12345'"),
        (L_SHAPE, {"captions": ["a", "b"]}, "captions is 2 texts; expected a list of 1"),
        (L_SHAPE, {"row_titles": "a"}, "row_titles is 'a'; expected a list"),
        (L_SHAPE, {"column_titles": []}, "column_titles is 0 texts"),
    ],
)
def test_errors_name_what_is_wrong(drawings, options, message):
    with pytest.raises(ValueError, match=message):
        grid(drawings, **options)


def test_side_by_side_errors_name_the_group():
    with pytest.raises(ValueError, match="redrawn: drawing 0 has a NaN"):
        side_by_side([("real", [L_SHAPE]), ("redrawn", [NAN])])
    with pytest.raises(ValueError, match="at least one"):
        side_by_side([])
    with pytest.raises(ValueError, match="color has 3 entries for 1 groups"):
        side_by_side([("real", [L_SHAPE])], color=["red"] * 3)
