"""Learn-to-draw sheets: what each panel adds."""

import numpy as np
import pytest

from sketch_rnn_tf.rendering import lesson, lesson_pages

# Strokes of 40, 10, 10 and 60 units.
FOUR = np.array(
    [[20, 0, 0], [20, 0, 1], [0, 20, 0], [-10, 0, 1], [-10, 0, 0], [-10, 0, 1], [-10, 20, 0], [60, 0, 1]],
    np.float32,
)
NEW, OLD = "#d9261c", "#1f2328"


def shown(figure):
    return [[line.color for line in panel] for panel in figure.drawings]


def test_each_panel_adds_a_stroke():
    figure = lesson(FOUR, columns=2)
    assert shown(figure) == [[NEW], [OLD, NEW], [OLD, OLD, NEW], [OLD, OLD, OLD, NEW]]
    assert [text.text for text in figure.texts] == ["1", "2", "3", "4"]
    assert (figure.width, figure.height) == (256, 256)


def test_drawing_keeps_its_place_in_all_panels():
    figure = lesson(FOUR, columns=4, cell_size=100)
    for step, panel in enumerate(figure.drawings):
        for line, last in zip(panel, figure.drawings[-1]):
            np.testing.assert_allclose(line.points - [100 * step, 0], last.points - [300, 0], atol=1e-9)


def test_short_strokes_share_a_step():
    assert shown(lesson(FOUR, steps=3)) == [[NEW], [OLD, NEW, NEW], [OLD, OLD, OLD, NEW]]


def test_long_strokes_are_drawn_in_several_steps():
    sketch = np.concatenate([np.tile([[10, 0, 0]], [11, 1]), [[10, 0, 1]]]).astype(np.float32)
    figure = lesson(sketch, steps=4)
    assert [len(panel) for panel in figure.drawings] == [1, 2, 3, 4]
    pieces = figure.drawings[-1]
    for piece, following in zip(pieces, pieces[1:]):
        np.testing.assert_array_equal(piece.points[-1], following.points[0])
    lengths = [np.ptp(piece.points[:, 0]) for piece in pieces]
    np.testing.assert_allclose(lengths, np.mean(lengths))


def test_too_few_points_for_so_many_steps():
    assert len(lesson(np.array([[10, 0, 0], [0, 10, 1]]), steps=5).drawings) == 2
    assert len(lesson(np.array([[0, 0, 1]])).drawings) == 1


def test_pages():
    first, second = lesson_pages([FOUR, FOUR[:4]], titles=["how to draw", ""], page=(100, 200), margin=10)
    assert (first.width, first.height, first.unit, first.title) == (100, 200, "mm", "how to draw")
    # It has three segments, too few for four steps.
    assert second.title == "a sketch in 3 steps"
    for page in (first, second):
        points = np.concatenate([line.points for panel in page.drawings for line in panel])
        assert points.min() > 10 and points[:, 0].max() < 90 and points[:, 1].max() < 190
        assert page.rule_width < 0.5
    heading = next(text for text in first.texts if text.text == "how to draw")
    assert heading.x == 50 and heading.y < min(line.points[:, 1].min() for line in first.drawings[0])


@pytest.mark.parametrize(
    "sketch, options, message",
    [
        (np.zeros([0, 3]), {}, "the sketch is empty"),
        (np.zeros([3, 2]), {}, r"the sketch has shape \[3, 2\]"),
        (FOUR, {"steps": 0}, "steps is 0"),
        (FOUR, {"columns": -1}, "columns is -1"),
        (FOUR, {"new_color": "reddish"}, "new_color is 'reddish'"),
        (FOUR, {"stroke_width": 90}, "stroke_width is 90"),
    ],
)
def test_errors(sketch, options, message):
    with pytest.raises(ValueError, match=message):
        lesson(sketch, **options)
