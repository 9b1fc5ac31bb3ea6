"""Recipes of things: each returns ideal strokes for one drawing."""

from sketch_rnn_tf.data.doodles.curves import (
    arc,
    around,
    box,
    curve,
    dot,
    ellipse,
    mirrored,
    moved,
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


def cup(rng):
    """A cup with a handle."""
    w, taper = rng.uniform(0.42, 0.55), rng.uniform(0.0, 0.15)
    strokes = [ellipse(rng, 0, -0.45, w, 0.14)] if rng.random() < 0.6 else [segment((-w, -0.45), (w, -0.45))]
    strokes.append(
        curve(
            (-w, -0.45),
            (-w + taper * 0.5, 0.2),
            (-w + taper + 0.06, 0.6),
            (0, 0.68),
            (w - taper - 0.06, 0.6),
            (w - taper * 0.5, 0.2),
            (w, -0.45),
        )
    )
    strokes.append(curve((w - 0.02, -0.28), (w + 0.34, -0.25), (w + 0.32, 0.2), (w - 0.08, 0.3)))
    if rng.random() < 0.4:
        strokes += [
            curve((x, -0.65), (x + 0.08, -0.78), (x - 0.05, -0.9), (x + 0.04, -1.02)) for x in (-0.2, 0.05)
        ]
    return [mirrored(stroke) for stroke in strokes] if rng.random() < 0.3 else strokes


def umbrella(rng):
    """An open umbrella."""
    w = rng.uniform(0.75, 0.9)
    ribs = rng.integers(3, 5)
    strokes = [arc(0, -0.1, w, 0.72, 0.5, 1.0)]
    step = 2 * w / ribs
    scallops = [arc(-w + step * (k + 0.5), -0.1, step / 2, 0.13, 0.5, 1.0) for k in range(ribs)]
    strokes += scallops
    strokes.append(curve((0, -0.12), (0, 0.3), (0, 0.68), (0.1, 0.85), (0.24, 0.82), (0.28, 0.68)))
    if rng.random() < 0.4:
        strokes.append(segment((0, -0.82), (0, -0.95)))
    if rng.random() < 0.4:
        strokes += [
            curve((0, -0.82), (-w * 0.3, -0.5), (-w + step, -0.12)),
            curve((0, -0.82), (w * 0.3, -0.5), (w - step, -0.12)),
        ]
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


def key(rng):
    """A key with its teeth down."""
    r = rng.uniform(0.24, 0.32)
    strokes = [ellipse(rng, -0.6, 0, r)]
    if rng.random() < 0.7:
        strokes.append(ellipse(rng, -0.62, 0, r * 0.5))
    if rng.random() < 0.5:
        strokes.append(
            segment(
                (-0.6 + r, -0.06),
                (0.85, -0.06),
                (0.85, 0.08),
                (0.7, 0.08),
                (0.7, 0.24),
                (0.6, 0.24),
                (0.6, 0.08),
                (0.45, 0.08),
                (0.45, 0.2),
                (0.35, 0.2),
                (0.35, 0.08),
                (-0.6 + r, 0.08),
            )
        )
    else:
        strokes += [
            segment((-0.6 + r, 0), (0.85, 0)),
            segment((0.82, 0), (0.82, 0.26)),
            segment((0.62, 0), (0.62, 0.2)),
        ]
        if rng.random() < 0.5:
            strokes.append(segment((0.42, 0), (0.42, 0.18)))
    turn = rng.choice([0.0, 0.0, 0.12, -0.12, 0.25])
    return [moved(stroke, turn=turn) for stroke in strokes]


def envelope(rng):
    """A closed envelope."""
    h = rng.uniform(0.48, 0.6)
    strokes = [box(-0.85, -h, 0.85, h), segment((-0.85, -h), (0, rng.uniform(-0.05, 0.2)), (0.85, -h))]
    if rng.random() < 0.5:
        strokes += [segment((-0.85, h), (-0.2, 0.0)), segment((0.85, h), (0.2, 0.0))]
    if rng.random() < 0.25:
        strokes.append(
            curve((0, 0.25), (-0.14, 0.08), (-0.05, 0.0), (0, 0.08), (0.05, 0.0), (0.14, 0.08), (0, 0.25))
        )
    return strokes


def ice_cream(rng):
    """Scoops in a cone."""
    scoops = rng.integers(1, 4)
    strokes = [
        polygon((-0.33, 0.05), (0.33, 0.05), (0, 0.95))
        if rng.random() < 0.5
        else segment((-0.33, 0.05), (0, 0.95), (0.33, 0.05))
    ]
    if scoops == 3:
        strokes += [
            arc(-0.2, -0.1, 0.24, 0.24, 0.3, 1.1),
            arc(0.2, -0.1, 0.24, 0.24, 0.4, 1.2),
            arc(0, -0.42, 0.24, 0.24, 0.35, 1.15),
        ]
    else:
        strokes += [arc(0, -0.1 - 0.42 * k, 0.36 - 0.07 * k, 0.33, 0.42, 1.08) for k in range(scoops)]
    if rng.random() < 0.6:
        strokes += [
            segment((-0.2, 0.1), (0.1, 0.6)),
            segment((0.02, 0.1), (0.16, 0.4)),
            segment((0.2, 0.1), (-0.1, 0.6)),
            segment((-0.02, 0.1), (-0.16, 0.4)),
        ]
    if rng.random() < 0.3:
        strokes.append(ellipse(rng, 0.02, -0.5 - 0.3 * (scoops > 1), 0.08))
    return strokes


def glasses(rng):
    """A pair of spectacles."""
    r = rng.uniform(0.3, 0.38)
    if rng.random() < 0.6:
        strokes = [ellipse(rng, s * 0.46, 0, r, r * rng.uniform(0.8, 1)) for s in (-1, 1)]
    else:
        strokes = [box(s * 0.46 - r, -0.25, s * 0.46 + r, 0.22) for s in (-1, 1)]
    strokes.append(arc(0, -0.02, 0.46 - r, 0.12, 0.5, 1.0))
    strokes += [
        curve((s * (0.46 + r), -0.05), (s * 0.95, -0.25), (s * 1.1, -0.22), (s * 1.12, -0.05))
        for s in (-1, 1)
    ]
    return strokes


def clock(rng):
    """A round clock; the hands stand anywhere."""
    strokes = [ellipse(rng, 0, 0, 0.78)]
    hour, minute = rng.random(2)
    strokes += [
        segment((0, 0), tuple(arc(0, 0, 0.35, 0.35, hour, hour)[0])),
        segment((0, 0), tuple(arc(0, 0, 0.58, 0.58, minute, minute)[0])),
    ]
    marks = rng.choice([0, 4, 12])
    for k in range(marks):
        strokes.append(
            segment(
                tuple(arc(0, 0, 0.64, 0.64, k / marks, k / marks)[0]),
                tuple(arc(0, 0, 0.73, 0.73, k / marks, k / marks)[0]),
            )
        )
    if rng.random() < 0.3:
        strokes += [arc(s * 0.5, -0.72, 0.2, 0.15, 0.45, 1.05) for s in (-1, 1)]
        strokes += [segment((s * 0.5, 0.62), (s * 0.62, 0.85)) for s in (-1, 1)]
    return strokes


def ladder(rng):
    """A ladder, upright or leaning."""
    w, rungs = rng.uniform(0.22, 0.34), rng.integers(4, 8)
    strokes = [segment((-w, -0.95), (-w * 1.15, 0.95)), segment((w, -0.95), (w * 1.15, 0.95))]
    strokes += [segment((-w, y), (w, y)) for y in (-0.75 + 1.5 * k / (rungs - 1) for k in range(rungs))]
    turn = rng.choice([0.0, 0.0, 0.05, -0.05])
    return [moved(stroke, turn=turn) for stroke in strokes]


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
    "clock": clock,
    "cloud": cloud,
    "cup": cup,
    "envelope": envelope,
    "glasses": glasses,
    "house": house,
    "ice cream": ice_cream,
    "key": key,
    "ladder": ladder,
    "lightning": lightning,
    "sailboat": sailboat,
    "snowman": snowman,
    "star": star,
    "sun": sun,
    "umbrella": umbrella,
}
