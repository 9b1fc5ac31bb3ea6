"""Recipes of faces: two sexes with seven expressions each, what AI-Sketcher's FaceX set holds (Cao et al. 2019)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data.doodles.curves import arc, curve, dot, ellipse, mirrored, segment, zigzag


class Expression(NamedTuple):
    """How a face moves: brows, eyes and mouth.

    Attributes:
        inner, outer: how far the brow's inner and outer end stand above the middle position.
        open: height of the eye, 1 is at rest.
        corner: how far the corners of the mouth stand above its middle.
        gape: how far the mouth is open.
        width: of the mouth.
    """

    inner: float
    outer: float
    open: float
    corner: float
    gape: float
    width: float


EXPRESSIONS = {
    "neutral": Expression(0.0, 0.0, 1.0, 0.0, 0.0, 0.22),
    "happy": Expression(0.03, 0.04, 0.8, 0.15, 0.07, 0.30),
    "sad": Expression(0.11, -0.06, 0.75, -0.12, 0.0, 0.20),
    "angry": Expression(-0.10, 0.10, 0.7, -0.08, 0.03, 0.24),
    "surprised": Expression(0.14, 0.12, 1.7, 0.0, 0.17, 0.11),
    "afraid": Expression(0.15, 0.02, 1.4, -0.07, 0.09, 0.24),
    "disgusted": Expression(-0.06, 0.05, 0.45, -0.09, 0.0, 0.23),
}


def _outline(rng, woman):
    w, jaw = rng.uniform(0.48, 0.58), rng.uniform(0.24, 0.32) if woman else rng.uniform(0.34, 0.46)
    chin = rng.uniform(0.72, 0.82)
    if rng.random() < 0.5:
        return [
            curve(
                (-w, -0.3),
                (-w, 0.15),
                (-jaw, chin - 0.16),
                (0, chin),
                (jaw, chin - 0.16),
                (w, 0.15),
                (w, -0.3),
            )
        ]
    return [
        curve(
            (0, -0.72),
            (-w * 0.8, -0.55),
            (-w, 0),
            (-jaw, chin - 0.14),
            (0, chin),
            (jaw, chin - 0.14),
            (w, 0),
            (w * 0.8, -0.55),
            (0, -0.72),
        )
    ]


def _hair(rng, woman):
    if woman:
        return _long_hair(rng)
    kind = rng.integers(0, 3)
    if kind == 0:
        return [zigzag((-0.56, -0.35), (0.56, -0.35), rng.integers(4, 7), -0.36)]
    if kind == 1:
        return [
            curve((-0.55, -0.25), (-0.5, -0.72), (0, -0.88), (0.5, -0.72), (0.55, -0.25)),
            curve((-0.55, -0.25), (-0.3, -0.5), (0.3, -0.52), (0.55, -0.25)),
        ]
    skull = curve((-0.5, -0.25), (-0.42, -0.58), (0, -0.73), (0.42, -0.58), (0.5, -0.25))
    places = np.linspace(-0.35, 0.3, rng.integers(4, 7))
    return [skull, *(curve((x, -0.68), (x + 0.05, -0.85), (x + 0.12, -0.9)) for x in places)]


def _long_hair(rng):
    """Straight or wavy hair down to the jaw or below, or put up in a bun; a parting or a fringe."""
    kind, length, out = rng.integers(0, 3), rng.uniform(0.35, 0.95), rng.uniform(0.0, 0.14)
    if kind == 2:
        side = curve((0, -0.82), (-0.45, -0.72), (-0.6, -0.35), (-0.56, 0.0))
        strokes = [side, mirrored(side), ellipse(rng, rng.normal(0, 0.04), -0.95, 0.2, 0.15)]
    elif kind == 1:
        places = np.linspace(-0.55, length, 6)
        waves = [(-0.64 - out + 0.07 * (-1) ** k, y) for k, y in enumerate(places)]
        side = curve((0, -0.86), (-0.45, -0.8), *waves, (-0.45, length))
        strokes = [side, mirrored(side)]
    else:
        side = curve((0, -0.85), (-0.55, -0.72), (-0.72, -0.1), (-0.66 - out, length), (-0.42, length + 0.03))
        strokes = [side, mirrored(side)]
    if rng.random() < 0.3:
        return [*strokes, zigzag((-0.45, -0.42), (0.45, -0.42), rng.integers(3, 5), -0.1)]
    parting = rng.uniform(-0.15, 0.15)
    return [*strokes, *(curve((parting, -0.66), (s * 0.3, -0.44), (s * 0.52, -0.15)) for s in (-1, 1))]


def _eye(rng, woman, expression):
    height, x, y = 0.065 * expression.open * rng.uniform(0.85, 1.15), 0.24, -0.12
    strokes = [ellipse(rng, x, y, 0.105, height)]
    strokes.append(dot(rng, x + rng.normal(0, 0.01), y, 0.032))
    if woman:
        top = y - height
        strokes += [
            segment((x + dx, top + 0.02 + 0.02 * k), (x + dx * 1.45 + 0.02, top - 0.05))
            for k, dx in enumerate((0.03, 0.075, 0.105))
        ][: rng.integers(2, 4)]
    return strokes


def _brow(rng, woman, expression):
    y = -0.3 - 0.03 * expression.open + rng.normal(0, 0.01)
    inner, outer = (0.12, y - expression.inner), (0.38, y - expression.outer + 0.03)
    middle = (0.25, (inner[1] + outer[1]) / 2 - (0.045 if woman else 0.025))
    strokes = [curve(inner, middle, outer)]
    if not woman and rng.random() < 0.5:
        strokes.append(curve((inner[0], inner[1] + 0.04), (middle[0], middle[1] + 0.045), outer))
    return strokes


def _nose(rng, disgusted):
    strokes = [
        curve((-0.02, -0.08), (-0.06, 0.14), (-0.09, 0.22), (0.0, 0.26), (0.08, 0.22))
        if rng.random() < 0.6
        else segment((0, -0.05), (-0.09, 0.22), (0.05, 0.23))
    ]
    if disgusted:
        strokes += [curve((s * 0.1, 0.05), (s * 0.17, 0.16), (s * 0.16, 0.26)) for s in (-1, 1)]
        strokes.append(segment((-0.05, -0.12), (0.05, -0.13)))
    return strokes


def _mouth(rng, woman, expression):
    y, w = 0.47, expression.width * rng.uniform(0.9, 1.1)
    corner, gape = expression.corner * rng.uniform(0.8, 1.2), expression.gape * rng.uniform(0.8, 1.2)
    upper = [
        (-w, y - corner),
        (-w / 2, y - corner * 0.2),
        (0, y - gape * 0.4),
        (w / 2, y - corner * 0.2),
        (w, y - corner),
    ]
    if gape > 0.1 and expression.width < 0.15:
        return [ellipse(rng, 0, y, w, gape)]
    if gape > 0.02:
        lower = curve(
            (-w, y - corner),
            (-w * 0.5, y + gape * 0.8),
            (0, y + gape),
            (w * 0.5, y + gape * 0.8),
            (w, y - corner),
        )
        strokes = [curve(*upper), lower]
        if rng.random() < 0.4:
            strokes.append(
                segment((-w * 0.7, y - corner * 0.4 + gape * 0.3), (w * 0.7, y - corner * 0.4 + gape * 0.3))
            )
        return strokes
    strokes = [curve((-w, y - corner), (0, y + corner * 0.5), (w, y - corner))]
    if woman and corner > -0.05:
        strokes = [
            curve(
                (-w * 0.8, y - corner),
                (-w * 0.3, y - 0.05 + corner * 0.3),
                (0, y - 0.02 + corner * 0.3),
                (w * 0.3, y - 0.05 + corner * 0.3),
                (w * 0.8, y - corner),
            ),
            *strokes,
        ]
        strokes.append(
            curve((-w * 0.6, y - corner * 0.5 + 0.03), (0, y + 0.09), (w * 0.6, y - corner * 0.5 + 0.03))
        )
    elif rng.random() < 0.5:
        strokes.append(arc(0, y + 0.05, w * 0.5, 0.06, 0.42, 0.08))
    return strokes


def _face(woman: bool, name: str) -> Callable:
    expression = EXPRESSIONS[name]

    def recipe(rng):
        outline, hair = _outline(rng, woman), _hair(rng, woman)
        eye, brow = _eye(rng, woman, expression), _brow(rng, woman, expression)
        features = eye + brow
        other = [mirrored(stroke) for stroke in features]
        inside = [features + other, _nose(rng, name == "disgusted"), _mouth(rng, woman, expression)]
        if rng.random() < 0.3:
            inside[1], inside[2] = inside[2], inside[1]
        extras = []
        if not woman and rng.random() < 0.5:
            extras += [
                arc(s * 0.57, 0.0, 0.09, 0.15, 0.25 if s < 0 else -0.25, 0.75 if s < 0 else 0.25)
                for s in (-1, 1)
            ]
        if woman and rng.random() < 0.35:
            extras += [dot(rng, s * 0.52, 0.28, 0.035) for s in (-1, 1)]
        if not woman and rng.random() < 0.2 and name != "surprised":
            extras.append(curve((-0.2, 0.37), (-0.08, 0.32), (0, 0.36), (0.08, 0.32), (0.2, 0.37)))
        if name == "sad" and rng.random() < 0.5:
            extras.append(curve((0.26, -0.02), (0.22, 0.1), (0.27, 0.14), (0.31, 0.1), (0.26, -0.02)))
        if name == "angry" and rng.random() < 0.5:
            extras += [segment((s * 0.03, -0.3), (s * 0.04, -0.2)) for s in (-1, 1)]
        start = [*outline, *hair] if rng.random() < 0.7 else [*hair, *outline]
        return [*start, *(stroke for group in inside for stroke in group), *extras]

    recipe.__doc__ = f"A {'woman' if woman else 'man'} looking {name}."
    return recipe


RECIPES = {f"{sex} {name}": _face(sex == "woman", name) for sex in ("man", "woman") for name in EXPRESSIONS}
