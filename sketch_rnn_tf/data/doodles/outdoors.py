"""Recipes of what stands, rides or shines outdoors: each returns ideal strokes for one drawing."""

from sketch_rnn_tf.data.doodles.curves import (
    arc,
    around,
    box,
    curve,
    dot,
    ellipse,
    mirrored,
    polygon,
    segment,
    zigzag,
)


def house(rng):
    """A house from the front."""
    w, top, floor = rng.uniform(0.5, 0.7), rng.uniform(-0.25, -0.05), 0.75
    roof = polygon((-w - 0.12, top), (0, rng.uniform(-0.95, -0.75)), (w + 0.12, top))
    if rng.random() < 0.4:
        roof = roof[: len(roof) * 2 // 3]
    strokes = [box(-w, top, w, floor), roof]
    if rng.random() < 0.4:
        strokes = strokes[::-1]
    x, d = rng.uniform(-0.25, 0.15), rng.uniform(0.1, 0.15)
    strokes.append(segment((x - d, floor), (x - d, floor - 0.45), (x + d, floor - 0.45), (x + d, floor)))
    if rng.random() < 0.5:
        strokes.append(dot(rng, x + d * 0.5, floor - 0.2, 0.02))
    for side in (-1, 1)[: rng.integers(1, 3)]:
        wx, wy = side * w * 0.62, top + 0.25
        strokes.append(box(wx - 0.12, wy - 0.1, wx + 0.12, wy + 0.12))
        if rng.random() < 0.6:
            strokes += [segment((wx, wy - 0.1), (wx, wy + 0.12)), segment((wx - 0.12, wy), (wx + 0.12, wy))]
    if rng.random() < 0.4:
        strokes.append(segment((w * 0.45, -0.42), (w * 0.45, -0.82), (w * 0.72, -0.82), (w * 0.72, -0.26)))
    return strokes


def car(rng):
    """A car from the side."""
    if rng.random() < 0.5:
        body = [
            curve(
                (-0.9, 0.2),
                (-0.88, -0.05),
                (-0.5, -0.12),
                (-0.3, -0.45),
                (0.25, -0.48),
                (0.5, -0.1),
                (0.88, -0.02),
                (0.92, 0.22),
            )
        ]
        body.append(segment((-0.9, 0.22), (0.92, 0.22)))
    else:
        body = [
            box(-0.9, -0.12, 0.9, 0.25),
            segment((-0.55, -0.12), (-0.4, -0.5), (0.3, -0.5), (0.52, -0.12)),
        ]
    wheel = rng.uniform(0.15, 0.21)
    wheels = [ellipse(rng, x, 0.27, wheel) for x in (-0.48, 0.48)]
    if rng.random() < 0.4:
        wheels += [ellipse(rng, x, 0.27, wheel * 0.45) for x in (-0.48, 0.48)]
    details = []
    if rng.random() < 0.7:
        details.append(segment((-0.03, -0.47), (-0.03, -0.12)))
    if rng.random() < 0.5:
        details.append(polygon((0.04, -0.4), (0.24, -0.4), (0.38, -0.15), (0.04, -0.15)))
        details.append(polygon((-0.1, -0.4), (-0.28, -0.4), (-0.4, -0.15), (-0.1, -0.15)))
    strokes = [*body, *wheels, *details] if rng.random() < 0.7 else [*wheels, *body, *details]
    return [mirrored(stroke) for stroke in strokes] if rng.random() < 0.4 else strokes


def sailboat(rng):
    """A boat with one or two sails."""
    strokes = [
        polygon((-0.8, 0.35), (0.8, 0.35), (0.5, 0.72), (-0.5, 0.72))
        if rng.random() < 0.6
        else curve((-0.85, 0.35), (-0.5, 0.75), (0.5, 0.75), (0.85, 0.35))
    ]
    if len(strokes[0]) and strokes[0][0][1] != strokes[0][-1][1] or rng.random() < 0.5:
        strokes.append(segment((-0.83, 0.35), (0.83, 0.35)))
    mast = rng.uniform(-0.12, 0.12)
    strokes.append(segment((mast, 0.35), (mast, -0.85)))
    strokes.append(polygon((mast + 0.04, -0.8), (mast + rng.uniform(0.5, 0.7), 0.2), (mast + 0.04, 0.2)))
    if rng.random() < 0.6:
        strokes.append(
            polygon((mast - 0.05, -0.65), (mast - rng.uniform(0.35, 0.55), 0.2), (mast - 0.05, 0.2))
        )
    if rng.random() < 0.4:
        strokes.append(
            curve(
                (-0.95, 0.85), (-0.6, 0.78), (-0.3, 0.88), (0, 0.78), (0.3, 0.88), (0.6, 0.78), (0.95, 0.86)
            )
        )
    return strokes


def bicycle(rng):
    """A bicycle from the side."""
    r = rng.uniform(0.32, 0.4)
    strokes = [ellipse(rng, -0.55, 0.3, r), ellipse(rng, 0.55, 0.3, r)]
    strokes.append(polygon((-0.55, 0.3), (-0.22, -0.2), (0.32, -0.2), (0.0, 0.3)))
    strokes.append(segment((0.55, 0.3), (0.3, -0.35)))
    strokes.append(segment((0.0, 0.3), (-0.26, -0.32)))
    strokes.append(segment((-0.4, -0.34), (-0.13, -0.33)))
    strokes.append(
        curve((0.18, -0.42), (0.3, -0.36), (0.46, -0.42), (0.44, -0.3))
        if rng.random() < 0.6
        else segment((0.3, -0.35), (0.48, -0.4))
    )
    if rng.random() < 0.3:
        strokes.append(ellipse(rng, 0.0, 0.3, 0.09))
    return strokes


def snowman(rng):
    """Two or three balls of snow with a face."""
    three = rng.random() < 0.6
    balls = [(0.55, 0.38), (0.0, 0.28), (-0.45, 0.2)] if three else [(0.42, 0.45), (-0.28, 0.3)]
    strokes = [ellipse(rng, 0, y, r) for y, r in balls]
    if rng.random() < 0.5:
        strokes = strokes[::-1]
    y, r = balls[-1]
    strokes += [dot(rng, -r * 0.35, y - r * 0.2, 0.025), dot(rng, r * 0.35, y - r * 0.2, 0.025)]
    strokes.append(
        segment((0, y), (r * 1.1, y + 0.05), (0, y + 0.08))
        if rng.random() < 0.7
        else dot(rng, 0, y + 0.03, 0.03)
    )
    if rng.random() < 0.6:
        strokes.append(arc(0, y + r * 0.1, r * 0.5, r * 0.5, 0.4, 0.1))
    if rng.random() < 0.6:
        strokes += [
            segment((-r * 1.3, y - r * 0.85), (r * 1.3, y - r * 0.85)),
            box(-r * 0.75, y - r * 2.1, r * 0.75, y - r * 0.88),
        ]
    if rng.random() < 0.6:
        middle = balls[1] if three else balls[0]
        strokes += [dot(rng, 0, middle[0] + dy, 0.025) for dy in (-0.12, 0.05)]
        strokes += [
            segment(
                (s * middle[1], middle[0] - 0.1), (s * (middle[1] + 0.35), middle[0] - rng.uniform(0.15, 0.4))
            )
            for s in (-1, 1)
        ]
    return strokes


def sun(rng):
    """The sun with its rays."""
    r, rays = rng.uniform(0.32, 0.45), rng.integers(7, 13)
    strokes = [ellipse(rng, 0, 0, r)]
    long = rng.random() < 0.5
    for k in range(rays):
        angle, reach = (
            k / rays + rng.normal(0, 0.006),
            r + rng.uniform(0.3, 0.42) * (0.6 if long and k % 2 else 1),
        )
        ends = [tuple(arc(0, 0, d, d, angle, angle)[0]) for d in (r + 0.09, reach)]
        strokes.append(segment(*ends))
    if rng.random() < 0.25:
        strokes += [
            dot(rng, -0.13, -0.08, 0.03),
            dot(rng, 0.13, -0.08, 0.03),
            arc(0, 0.05, 0.18, 0.14, 0.45, 0.05),
        ]
    return strokes


def cloud(rng):
    """A cloud, sometimes with rain."""
    w = rng.uniform(0.75, 0.92)
    if rng.random() < 0.5:
        strokes = [around(rng, 0, -0.1, w, 0.42, rng.integers(6, 9), 0.3)]
    else:
        strokes = [
            arc(-0.45, 0, 0.32, 0.28, 0.25, 0.85),
            arc(-0.05, -0.2, 0.38, 0.36, 0.52, 1.0),
            arc(0.45, 0, 0.32, 0.28, 0.68, 1.25),
            segment((-0.45, 0.28), (0.45, 0.28)),
        ]
    if rng.random() < 0.3:
        strokes += [segment((x, 0.5), (x - 0.08, 0.75)) for x in (-0.4, -0.1, 0.2, 0.5)]
    return strokes


def star(rng):
    """A five-pointed star, in one line or as an outline."""

    def tip(k, r):
        return tuple(arc(0, 0, r, r, k / 10 - 0.25, k / 10 - 0.25)[0])

    if rng.random() < 0.5:
        return [polygon(*(tip(4 * k, 0.9) for k in range(5)))]
    inner = rng.uniform(0.33, 0.45)
    return [polygon(*(tip(k, 0.9 if k % 2 == 0 else inner) for k in range(10)))]


def lightning(rng):
    """A bolt of lightning."""
    if rng.random() < 0.5:
        return [
            polygon(
                (0.1, -0.95),
                (-0.4, 0.1),
                (-0.05, 0.08),
                (-0.25, 0.95),
                (0.4, -0.15),
                (0.05, -0.12),
                (0.35, -0.95),
            )
        ]
    return [zigzag((0.25, -0.95), (-0.25, 0.95), 2, rng.uniform(0.2, 0.35))]


RECIPES = {
    "bicycle": bicycle,
    "car": car,
    "cloud": cloud,
    "house": house,
    "lightning": lightning,
    "sailboat": sailboat,
    "snowman": snowman,
    "star": star,
    "sun": sun,
}
