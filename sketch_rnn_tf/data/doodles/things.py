"""Recipes of things to use: each returns ideal strokes for one drawing."""

from sketch_rnn_tf.data.doodles.curves import (
    arc,
    box,
    curve,
    ellipse,
    mirrored,
    moved,
    polygon,
    segment,
)


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


RECIPES = {
    "clock": clock,
    "cup": cup,
    "envelope": envelope,
    "glasses": glasses,
    "ice cream": ice_cream,
    "key": key,
    "ladder": ladder,
    "umbrella": umbrella,
}
