"""The ramp of colours by order, against published formulas (Oklab; WCAG 2 contrast)."""

import numpy as np

from sketch_rnn_tf.rendering.colors import by_order


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
