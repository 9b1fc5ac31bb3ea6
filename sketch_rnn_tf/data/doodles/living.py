"""Recipes of animals and plants: each returns ideal strokes for one drawing."""

from sketch_rnn_tf.data.doodles.curves import (
    arc,
    around,
    curve,
    dot,
    ellipse,
    mirrored,
    moved,
    polygon,
    segment,
    spiral,
    zigzag,
)


def _eyes(rng, x, y, size=0.05):
    """Two eyes at +-x: spots, rings or short strokes."""
    kind = rng.integers(0, 3)
    if kind == 0:
        return [dot(rng, side * x, y, size * 0.6) for side in (-1, 1)]
    if kind == 1:
        return [ellipse(rng, side * x, y, size, size * rng.uniform(1, 1.5)) for side in (-1, 1)]
    return [segment((side * x, y - size), (side * x, y + size)) for side in (-1, 1)]


def _whiskers(rng, x, y, length, count):
    strokes = []
    for side in (-1, 1):
        for k in range(count):
            rise = (k - (count - 1) / 2) * 0.16
            strokes.append(
                segment((side * x, y + rise * 0.4), (side * (x + length), y + rise + rng.normal(0, 0.03)))
            )
    return strokes


def cat(rng):
    """A cat's head from the front."""
    w, ear = rng.uniform(0.62, 0.8), rng.uniform(0.3, 0.5)
    if rng.random() < 0.5:
        outline = [
            curve(
                (-w * 0.8, -0.42),
                (-w, 0.05),
                (-w * 0.6, 0.55),
                (0, 0.68),
                (w * 0.6, 0.55),
                (w, 0.05),
                (w * 0.8, -0.42),
            ),
            segment((-w * 0.8, -0.42), (-w * 0.75, -0.45 - ear), (-w * 0.25, -0.58)),
            curve((-w * 0.25, -0.58), (0, -0.61), (w * 0.25, -0.58)),
            segment((w * 0.25, -0.58), (w * 0.75, -0.45 - ear), (w * 0.8, -0.42)),
        ]
    else:
        outline = [
            ellipse(rng, 0, 0, w, rng.uniform(0.58, 0.7)),
            segment((-w * 0.85, -0.3), (-w * 0.8, -0.4 - ear), (-w * 0.3, -0.58)),
            segment((w * 0.3, -0.58), (w * 0.8, -0.4 - ear), (w * 0.85, -0.3)),
        ]
    face = _eyes(rng, 0.27, -0.12, 0.07)
    face.append(
        polygon((-0.07, 0.12), (0.07, 0.12), (0, 0.2)) if rng.random() < 0.6 else dot(rng, 0, 0.15, 0.05)
    )
    face.append(curve((-0.2, 0.3), (-0.1, 0.35), (0, 0.22), (0.1, 0.35), (0.2, 0.3)))
    if rng.random() < 0.9:
        face += _whiskers(rng, rng.uniform(0.2, 0.4), 0.2, rng.uniform(0.4, 0.6), rng.integers(2, 4))
    return outline + face


def rabbit(rng):
    """A rabbit's head with long ears."""
    tall, lean = rng.uniform(0.7, 0.95), rng.uniform(0.02, 0.2)
    ears = []
    for side in (-1, 1):
        ears.append(
            curve(
                (side * 0.08, -0.25),
                (side * (0.1 + lean), -tall),
                (side * (0.3 + lean), -tall),
                (side * 0.36, -0.2),
            )
        )
        if rng.random() < 0.4:
            ears.append(
                curve((side * 0.17, -0.35), (side * (0.2 + lean), -tall + 0.12), (side * 0.28, -0.33))
            )
    head = [ellipse(rng, 0, 0.15, rng.uniform(0.42, 0.52), rng.uniform(0.38, 0.48))]
    face = _eyes(rng, 0.18, 0.05)
    face += [dot(rng, 0, 0.2, 0.04), segment((0, 0.24), (0, 0.33))]
    if rng.random() < 0.6:
        face.append(polygon((-0.07, 0.34), (0.07, 0.34), (0.07, 0.46), (-0.07, 0.46)))
    if rng.random() < 0.6:
        face += _whiskers(rng, 0.12, 0.25, 0.38, 2)
    return (head + ears if rng.random() < 0.5 else ears + head) + face


def pig(rng):
    """A pig's head, or a whole pig from the side."""
    if rng.random() < 0.5:
        strokes = [ellipse(rng, 0, 0, 0.7, 0.62)]
        strokes += [polygon((s * 0.25, -0.55), (s * 0.62, -0.8), (s * 0.62, -0.32)) for s in (-1, 1)]
        strokes += [
            ellipse(rng, 0, 0.15, 0.25, 0.18),
            dot(rng, -0.09, 0.15, 0.04),
            dot(rng, 0.09, 0.15, 0.04),
        ]
        strokes += _eyes(rng, 0.27, -0.18)
        if rng.random() < 0.6:
            strokes.append(arc(0, 0.3, 0.25, 0.15, 0.45, 0.05))
        return strokes
    strokes = [
        ellipse(rng, 0, 0, 0.62, 0.4),
        ellipse(rng, -0.62, -0.12, 0.3, 0.28),
        ellipse(rng, -0.87, -0.08, 0.09, 0.11),
    ]
    strokes += [polygon((-0.6, -0.38), (-0.5, -0.62), (-0.42, -0.32)), dot(rng, -0.68, -0.18)]
    for x in (-0.4, -0.2, 0.25, 0.45)[:: rng.integers(1, 3)]:
        strokes.append(segment((x, 0.33), (x, 0.65), (x + 0.13, 0.65), (x + 0.13, 0.32)))
    strokes.append(moved(spiral(0, 0, 0.13, 1.6), 0.74, -0.12))
    return strokes


def fish(rng):
    """A fish swimming to the left or to the right."""
    long, high, tail = rng.uniform(0.6, 0.75), rng.uniform(0.28, 0.45), rng.uniform(0.22, 0.34)
    if rng.random() < 0.5:
        body = [
            curve((0.55, tail * 0.9), (0.3, 0.05), (-0.2, -high), (-long, 0)),
            curve((-long, 0), (-0.2, high), (0.3, -0.05), (0.55, -tail * 0.9)),
            segment((0.55, -tail * 0.9), (0.55, tail * 0.9)),
        ]
    else:
        body = [
            ellipse(rng, -0.1, 0, long, high),
            polygon((long - 0.12, 0), (long + 0.25, -tail), (long + 0.25, tail)),
        ]
    body.append(dot(rng, -long * 0.65, -high * 0.25, rng.uniform(0.03, 0.07)))
    if rng.random() < 0.6:
        body.append(arc(-long * 0.8, 0, 0.3, high * 0.9, -0.14, 0.14))
    if rng.random() < 0.5:
        body.append(curve((-0.25, -high * 0.9), (-0.05, -high - 0.2), (0.18, -high * 0.75)))
    if rng.random() < 0.4:
        body += [arc(x, 0, 0.1, 0.12, -0.22, 0.22) for x in (-0.1, 0.08, 0.24)]
    if rng.random() < 0.3:
        body.append(arc(-long, 0.05, 0.16, 0.1, 0.02, 0.2))
    return [mirrored(stroke) for stroke in body] if rng.random() < 0.35 else body


def bird(rng):
    """A bird from the side."""
    strokes = [
        ellipse(rng, 0, 0.1, 0.5, 0.32),
        ellipse(rng, -0.48, -0.3, 0.24, 0.22),
        segment((-0.71, -0.36), (-0.95, -0.27), (-0.7, -0.22)),
        dot(rng, -0.53, -0.34),
    ]
    strokes.append(
        segment((0.45, 0.0), (0.9, -0.12), (0.85, 0.1), (0.47, 0.18))
        if rng.random() < 0.6
        else zigzag((0.48, -0.02), (0.9, 0.02), 2, 0.14)
    )
    strokes.append(
        curve((-0.2, 0.02), (0.05, 0.32), (0.32, 0.0))
        if rng.random() < 0.6
        else curve((-0.15, 0), (0.15, -0.5), (0.3, 0.02))
    )
    for x in (-0.1, 0.12):
        strokes.append(segment((x, 0.41), (x, 0.72)))
        if rng.random() < 0.7:
            strokes.append(segment((x - 0.1, 0.8), (x, 0.72), (x + 0.1, 0.8)))
    return [mirrored(stroke) for stroke in strokes] if rng.random() < 0.4 else strokes


def butterfly(rng):
    """A butterfly with spread wings."""
    strokes = [ellipse(rng, 0, 0.05, 0.07, 0.42)]
    up, out = rng.uniform(0.6, 0.85), rng.uniform(0.7, 0.95)
    for side in (-1, 1):
        strokes.append(
            curve(
                (side * 0.05, -0.1),
                (side * out * 0.6, -up),
                (side * out, -up * 0.6),
                (side * 0.6, -0.02),
                (side * 0.05, 0.05),
            )
        )
        strokes.append(
            curve(
                (side * 0.05, 0.08),
                (side * 0.65, 0.1),
                (side * 0.62, 0.6),
                (side * 0.25, 0.62),
                (side * 0.04, 0.3),
            )
        )
        if rng.random() < 0.4:
            strokes.append(ellipse(rng, side * 0.55, -0.38, 0.12))
    for side in (-1, 1):
        strokes.append(curve((side * 0.02, -0.36), (side * 0.1, -0.6), (side * 0.22, -0.7)))
    return strokes


def snail(rng):
    """A snail with its house."""
    turns = rng.uniform(2.2, 3.3)
    strokes = [spiral(0.15, -0.1, 0.5, turns)]
    strokes.append(
        curve(
            (0.85, 0.42),
            (0.3, 0.45),
            (-0.4, 0.42),
            (-0.62, 0.2),
            (-0.65, -0.15),
            (-0.8, -0.2),
            (-0.9, 0.0),
            (-0.8, 0.4),
            (-0.5, 0.55),
            (0.2, 0.56),
            (0.85, 0.42),
        )
    )
    strokes += [segment((-0.72, -0.2), (-0.64, -0.5)), segment((-0.82, -0.18), (-0.92, -0.46))]
    if rng.random() < 0.6:
        strokes += [dot(rng, -0.63, -0.54), dot(rng, -0.93, -0.5)]
    return [mirrored(stroke) for stroke in strokes] if rng.random() < 0.4 else strokes


def spider(rng):
    """A spider with eight bent legs."""
    strokes = [ellipse(rng, 0, 0.1, rng.uniform(0.25, 0.34), rng.uniform(0.25, 0.34))]
    if rng.random() < 0.7:
        strokes.append(ellipse(rng, 0, -0.3, 0.16))
    for side in (-1, 1):
        for k in range(4):
            y, reach = -0.12 + 0.13 * k, rng.uniform(0.65, 0.9)
            knee = (side * reach * 0.6, y - 0.3 + 0.14 * k)
            strokes.append(segment((side * 0.24, y), knee, (side * reach, knee[1] + rng.uniform(0.3, 0.5))))
    if rng.random() < 0.3:
        strokes.append(segment((0, -0.45), (0, -0.95)))
    if rng.random() < 0.5:
        strokes += _eyes(rng, 0.06, -0.32, 0.03)
    return strokes


def tree(rng):
    """A tree: a round crown, a cloudy one, or a fir."""
    w = rng.uniform(0.09, 0.16)
    trunk = [segment((-w, 0.25), (-w * 1.3, 0.9)), segment((w, 0.25), (w * 1.3, 0.9))]
    kind = rng.integers(0, 3)
    if kind == 2:
        levels = rng.integers(2, 4)
        strokes = []
        for k in range(levels):
            top, reach = -0.95 + 0.38 * k, 0.3 + 0.17 * k
            strokes.append(polygon((0, top), (reach, top + 0.55), (-reach, top + 0.55)))
        bottom = -0.95 + 0.38 * (levels - 1) + 0.55
        return [*strokes, segment((-w, bottom), (-w, bottom + 0.35), (w, bottom + 0.35), (w, bottom))]
    crown = (
        ellipse(rng, 0, -0.3, rng.uniform(0.5, 0.68), 0.55)
        if kind == 0
        else around(rng, 0, -0.3, 0.58, 0.55, rng.integers(6, 10), 0.22)
    )
    if rng.random() < 0.3:
        trunk.append(segment((0, 0.25), (0, -0.1), (0.15, -0.3)))
    if rng.random() < 0.3:
        trunk.append(segment((-0.5, 0.9), (0.55, 0.9)))
    return [crown, *trunk] if rng.random() < 0.6 else [*trunk, crown]


def flower(rng):
    """A flower on its stem."""
    count, length = rng.integers(5, 8), rng.uniform(0.22, 0.32)
    strokes = [ellipse(rng, 0, -0.4, rng.uniform(0.12, 0.18))]
    for k in range(count):
        angle = k / count + rng.normal(0, 0.01)
        petal = arc(0.15 + length / 2, 0, length / 2 + 0.03, length * rng.uniform(0.38, 0.5), 0.5, 1.5)
        strokes.append(moved(petal, 0, -0.4, 1.0, angle))
    strokes.append(curve((0, 0.0), (rng.normal(0, 0.06), 0.4), (0, 0.9)))
    if rng.random() < 0.8:
        strokes.append(curve((0, 0.6), (0.22, 0.35), (0.42, 0.36), (0.25, 0.55), (0, 0.62)))
    if rng.random() < 0.5:
        strokes.append(curve((0, 0.7), (-0.22, 0.45), (-0.42, 0.46), (-0.25, 0.65), (0, 0.72)))
    return strokes


def mushroom(rng):
    """A mushroom, with or without spots."""
    w = rng.uniform(0.6, 0.78)
    strokes = [arc(0, 0.0, w, rng.uniform(0.55, 0.75), 0.5, 1.0)]
    strokes.append(segment((-w, 0), (w, 0)) if rng.random() < 0.6 else curve((-w, 0), (0, 0.16), (w, 0)))
    strokes.append(
        curve((-0.17, 0.04), (-0.15, 0.4), (-0.22, 0.75), (0, 0.82), (0.22, 0.75), (0.15, 0.4), (0.17, 0.04))
    )
    if rng.random() < 0.65:
        spots = ((-0.3, -0.2), (0.05, -0.42), (0.33, -0.15))[: rng.integers(2, 4)]
        strokes += [ellipse(rng, x, y, rng.uniform(0.06, 0.12)) for x, y in spots]
    return strokes


def apple(rng):
    """An apple with stalk and leaf."""
    strokes = [
        curve(
            (0, -0.35),
            (-0.35, -0.5),
            (-0.65, -0.2),
            (-0.55, 0.35),
            (-0.2, 0.68),
            (0, 0.62),
            (0.2, 0.68),
            (0.55, 0.35),
            (0.65, -0.2),
            (0.35, -0.5),
            (0, -0.35),
        ),
        curve((0, -0.36), (0.02, -0.55), (rng.uniform(0.0, 0.15), -0.75)),
    ]
    if rng.random() < 0.8:
        strokes.append(curve((0.05, -0.6), (0.25, -0.85), (0.5, -0.75), (0.3, -0.58), (0.05, -0.6)))
    if rng.random() < 0.3:
        strokes.append(arc(-0.25, 0.0, 0.2, 0.3, 0.5, 0.66))
    return strokes


RECIPES = {
    "apple": apple,
    "bird": bird,
    "butterfly": butterfly,
    "cat": cat,
    "fish": fish,
    "flower": flower,
    "mushroom": mushroom,
    "pig": pig,
    "rabbit": rabbit,
    "snail": snail,
    "spider": spider,
    "tree": tree,
}

__all__ = ["RECIPES"]
