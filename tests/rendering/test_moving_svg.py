"""Animated SVG: the animation elements, read back and followed by hand."""

from xml.etree import ElementTree

import numpy as np
import pytest

from sketch_rnn_tf.rendering import animated_svg, morph_svg
from sketch_rnn_tf.rendering.clock import LIFTED_SPEED

NAMESPACE = "{http://www.w3.org/2000/svg}"
DASHED = np.array([[30, 0, 1], [30, 0, 0], [60, 0, 1]], np.float32)


def strokes(document):
    return [path for path in ElementTree.fromstring(document).iter(f"{NAMESPACE}path") if len(path)]


def animation(element, attribute):
    found = [one for one in element.findall(f"{NAMESPACE}animate") if one.get("attributeName") == attribute]
    if not found:
        return None
    (one,) = found
    values, times = one.get("values").split(";"), [float(time) for time in one.get("keyTimes").split(";")]
    assert len(values) == len(times) and times == sorted(times) and times[0] == 0
    return values, times, one


def test_strokes_follow_each_other():
    first, second = strokes(animated_svg([DASHED], seconds=3, hold=1))
    total = 90 + 30 / LIFTED_SPEED
    for path, start, end in ((first, 0, 30), (second, 30 + 30 / LIFTED_SPEED, total)):
        values, times, element = animation(path, "stroke-dasharray")
        assert values == ["0 2", "0 2", "1 2", "1 2"] and path.get("pathLength") == "1"
        np.testing.assert_allclose(times, [0, start / total * 0.75, end / total * 0.75, 1], atol=1e-5)
        assert element.get("dur") == "4s" and element.get("repeatCount") == "indefinite"
    assert animation(first, "opacity") is None
    values, times, element = animation(second, "opacity")
    assert values == ["0", "1"] and element.get("calcMode") == "discrete"
    np.testing.assert_allclose(times[1], (30 + 30 / LIFTED_SPEED) / total * 0.75, atol=1e-5)


def test_points_take_equally_long():
    sketch = np.array([[10, 0, 0], [30, 0, 1]], np.float32)
    (path,) = strokes(animated_svg([sketch], seconds=2, hold=0, timing="points", loop=False))
    values, times, element = animation(path, "stroke-dasharray")
    assert values == ["0 2", "0 2", "0.25 2", "1 2", "1 2"] and times == [0, 0, 0.5, 1, 1]
    assert element.get("fill") == "freeze"


def test_whoever_does_not_play_it_sees_the_whole():
    for path in strokes(animated_svg([DASHED])):
        assert path.get("stroke-dasharray") is None and path.get("opacity") is None


def test_dot_appears_in_its_turn():
    first, dot = strokes(animated_svg([np.array([[30, 0, 1], [0, 30, 1]], np.float32)], seconds=2, hold=0))
    assert animation(dot, "stroke-dasharray") is None and animation(dot, "opacity")[1][1] == 1


def test_morph_shows_one_frame_at_a_time():
    document = morph_svg(
        [[DASHED], [DASHED], [DASHED]],
        seconds=3,
        hold=1,
        back_and_forth=True,
        frame_colors=["red", "lime", "blue"],
    )
    root = ElementTree.fromstring(document)
    frames = [
        group for group in root.findall(f"{NAMESPACE}g") if group.find(f"{NAMESPACE}animate") is not None
    ]
    assert [frame.get("visibility") for frame in frames] == ["hidden", "hidden", None]
    # 2 s the first, 1 s the second, 2 s the third, 1 s the second again.
    for moment, shown in ((0.0, 0), (1.9, 0), (2.1, 1), (3.5, 2), (4.9, 2), (5.1, 1), (5.99, 1)):
        states = []
        for frame in frames:
            values, times, element = animation(frame, "visibility")
            assert element.get("dur") == "6s" and element.get("calcMode") == "discrete"
            states.append(values[int(np.searchsorted(times, moment / 6, side="right")) - 1])
        assert states == ["visible" if place == shown else "hidden" for place in range(3)]


def test_equal_bytes_and_errors():
    assert animated_svg([DASHED]) == animated_svg([DASHED])
    assert morph_svg([[DASHED]]) == morph_svg([[DASHED]])
    with pytest.raises(ValueError, match="hold is -1"):
        animated_svg([DASHED], hold=-1)
    with pytest.raises(ValueError, match="seconds is 0"):
        morph_svg([[DASHED]], seconds=0)
