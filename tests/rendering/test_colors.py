"""The ramp of colours by order, against published formulas (Oklab; WCAG 2 contrast)."""

import numpy as np
import pytest

from sketch_rnn_tf.rendering.colors import DARK, by_order, corner_blend, gradient, temperature_colors


def linear(colors):
    values = np.array([[int(color[i : i + 2], 16) for i in (1, 3, 5)] for color in colors]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def oklab(colors):
    """Björn Ottosson, "A perceptual color space for image processing", 2020."""
    to_lms = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.cbrt(linear(colors) @ np.transpose(to_lms)) @ np.transpose(to_lab)


def test_contrast_on_white():
    luminance = linear(by_order(100)) @ [0.2126, 0.7152, 0.0722]
    assert (1.05 / (luminance + 0.05)).min() > 3


def test_steps_are_perceptually_even():
    steps = np.linalg.norm(np.diff(oklab(by_order(9)), axis=0), axis=1)
    assert steps.max() / steps.min() < 1.1
    # Between the anchors, too.
    steps = np.linalg.norm(np.diff(oklab(by_order(17)), axis=0), axis=1)
    assert steps.max() / steps.min() < 1.5


def test_order_is_told_by_lightness_alone():
    assert (np.diff(oklab(by_order(17))[:, 0]) > 0).all()


def test_counts():
    assert by_order(0) == []
    assert len(by_order(1)) == 1 and len(set(by_order(2))) == 2
    assert by_order(2) == [by_order(9)[0], by_order(9)[-1]]


def test_gradient_is_straight_in_oklab():
    colors = gradient(9, "#1f4fd8", "#d9261c")
    assert colors[0] == "#1f4fd8" and colors[-1] == "#d9261c"
    ends = oklab([colors[0], colors[-1]])
    expected = ends[0] + np.linspace(0, 1, 9)[:, None] * (ends[1] - ends[0])
    np.testing.assert_allclose(oklab(colors), expected, atol=0.005)
    assert gradient(1, "red", "blue") == ["#ff0000"] and gradient(0) == []


def test_temperatures_go_from_blue_to_red():
    first, middle, last = temperature_colors([0.2, 0.55, 0.9])
    channels = np.array([[int(color[i : i + 2], 16) for i in (1, 5)] for color in (first, middle, last)])
    assert channels[0, 1] > 2 * channels[0, 0] and channels[2, 0] > 2 * channels[2, 1]
    assert middle == gradient(3)[1]
    assert temperature_colors([0.9, 0.2]) == [last, first]
    assert temperature_colors([0.0, 5.0], low=0.2, high=0.9) == [first, last]
    assert temperature_colors([0.5]) == [first] and temperature_colors([]) == []
    with pytest.raises(ValueError, match="NaN"):
        temperature_colors([float("nan")])
    with pytest.raises(ValueError, match="below low"):
        temperature_colors([1.0], low=2, high=1)


def test_corner_blend():
    corners = ["#ff0000", "#0000ff", "#ffff00", "#00ff00"]
    blend = np.array(corner_blend(5, 3, corners)).reshape(5, 3)
    assert [blend[0, 0], blend[0, -1], blend[-1, 0], blend[-1, -1]] == corners
    np.testing.assert_allclose(oklab([blend[2, 1]])[0], oklab(corners).mean(axis=0), atol=0.01)
    assert blend[0].tolist() == gradient(3, "#ff0000", "#0000ff")
    assert blend[:, 0].tolist() == gradient(5, "#ff0000", "#ffff00")
    with pytest.raises(ValueError, match="four colours"):
        corner_blend(2, 2, corners[:3])
    with pytest.raises(ValueError, match="rows is 0"):
        corner_blend(0, 2)


def test_ramp_and_ink_can_be_seen_on_dark_paper():
    def contrast(colors, paper):
        light, dark = (linear(some) @ [0.2126, 0.7152, 0.0722] + 0.05 for some in (colors, [paper]))
        return (light / dark).min()

    assert contrast(by_order(50, DARK), DARK.background) > 4.5
    assert contrast([DARK.ink, DARK.text], DARK.background) > 4.5
    assert (np.diff(oklab(by_order(17, DARK))[:, 0]) > 0).all()
