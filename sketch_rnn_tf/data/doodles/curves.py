"""Ideal strokes: dense polylines in a box of about -1 to 1, y downwards, before any hand draws them."""

import numpy as np

TAU = 2 * np.pi
DENSITY = 16  # points a unit of length
_T = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
_BASIS = 0.5 * np.array(
    [-_T + 2 * _T**2 - _T**3, 2 - 5 * _T**2 + 3 * _T**3, _T + 4 * _T**2 - 3 * _T**3, _T**3 - _T**2]
)


def line(xs, ys) -> np.ndarray:
    """Straight lines from point to point, `[P, 2]`."""
    corners = np.array([xs, ys], np.float64).T
    steps = corners[1:] - corners[:-1]
    counts = np.maximum(2, (np.hypot(steps[:, 0], steps[:, 1]) * DENSITY).astype(int))
    piece = np.repeat(np.arange(len(steps)), counts)
    share = (np.arange(len(piece)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[piece]
    return np.concatenate([corners[piece] + steps[piece] * share[:, None], corners[-1:]])


def loop(xs, ys) -> np.ndarray:
    """Straight lines from point to point and back to the first."""
    return line([*xs, xs[0]], [*ys, ys[0]])


def box(left, top, right, bottom) -> np.ndarray:
    """A rectangle, clockwise from its upper left corner."""
    return loop([left, right, right, left], [top, top, bottom, bottom])


def curve(xs, ys, closed=False) -> np.ndarray:
    """A smooth line through the points (Catmull-Rom spline)."""
    points = np.array([xs, ys], np.float64).T
    if closed:
        padded = np.concatenate([points[-1:], points, points[:2]])
    else:
        padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    windows = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    inner = sum(weight * window for weight, window in zip(_BASIS, windows))  # [8, pieces, 2]
    return np.concatenate([inner.transpose(1, 0, 2).reshape(-1, 2), padded[-2:-1]])


def both(xs, ys) -> tuple[list, list]:
    """The points, then their images in a mirror at x = 0 on the way back; a last point on the mirror is taken once."""
    once = -1 if xs[-1] == 0 else None
    return [*xs, *(-x for x in xs[:once][::-1])], [*ys, *ys[:once][::-1]]


def rim(x, y, rx, ry, turns) -> tuple[float, float]:
    """A point of an ellipse; angles in turns, 0 to the right, 0.25 downwards."""
    return x + rx * np.cos(turns * TAU), y + ry * np.sin(turns * TAU)


def arc(x, y, rx, ry, start, end) -> np.ndarray:
    """Part of an ellipse, from one angle to another."""
    count = max(8, int(abs(end - start) * TAU * max(rx, ry) * DENSITY))
    return np.stack(rim(x, y, rx, ry, np.linspace(start, end, count)), axis=1)


def ellipse(rng, x, y, rx, ry=None) -> np.ndarray:
    """A whole ellipse as a hand draws it: from anywhere, either way round, growing on the way, not quite closed or too far."""
    way, over, growth = rng.choice([-1, 1]), rng.uniform(-0.04, 0.07), rng.normal(0, 0.03)
    start = rng.normal(0.75, 0.15) if rng.random() < 0.6 else rng.random()
    ring = arc(0, 0, rx, rx if ry is None else ry, start, start + way * (1 + over))
    return ring * (1 + growth * np.linspace(-1, 1, len(ring))[:, None]) + [x, y]


def dot(rng, x, y, radius=0.03) -> np.ndarray:
    """A spot, as a quick ring or a short dash."""
    if rng.random() < 0.7:
        return ellipse(rng, x, y, radius)
    return line([x, x + rng.normal(0, 0.3) * radius], [y - radius, y + radius])


def bumps(x, y, rx, ry, count, depth, start=0.0, end=1.0) -> np.ndarray:
    """An elliptic outline of round bumps, like a cloud or curls; depth in fractions of the radius."""
    share = np.linspace(0, 1, count * 10 + 1)
    ripple = 1 + depth * (np.abs(np.sin(share * count * np.pi)) - 0.6)
    return np.stack(rim(x, y, rx * ripple, ry * ripple, start + (end - start) * share), axis=1)


def zigzag(x0, y0, x1, y1, teeth, height) -> np.ndarray:
    """A zigzag from one point to another; the tips stand to the left of the way, by `height`."""
    share = np.linspace(0, 1, 2 * teeth + 1)
    side = height * (np.arange(2 * teeth + 1) % 2) / max(np.hypot(x1 - x0, y1 - y0), 1e-9)
    return line(x0 + (x1 - x0) * share + (y1 - y0) * side, y0 + (y1 - y0) * share - (x1 - x0) * side)


def wave(x0, y0, x1, y1, swings, height) -> np.ndarray:
    """A wavy line from one point to another."""
    share = np.linspace(0, 1, 2 * swings + 1)
    side = height * (np.arange(2 * swings + 1) % 2 - 0.5) / max(np.hypot(x1 - x0, y1 - y0), 1e-9)
    return curve(x0 + (x1 - x0) * share + (y1 - y0) * side, y0 + (y1 - y0) * share - (x1 - x0) * side)


def spiral(x, y, radius, turns, start=0.0) -> np.ndarray:
    """A spiral from its middle outwards."""
    share = np.linspace(0, 1, int(turns * 20) + 8)
    r = radius * (0.06 + 0.94 * share)
    return np.stack(rim(x, y, r, r, start + turns * share), axis=1)


def petal(x, y, length, width, turn) -> np.ndarray:
    """A leaf or petal that starts and ends at a point and grows towards `turn`."""
    return moved(
        curve([0, 0.35, 0.8, 1, 0.8, 0.35, 0], [0, -0.42, -0.45, 0, 0.45, 0.42, 0]) * [length, width],
        x,
        y,
        turn=turn,
    )


def mirrored(stroke: np.ndarray) -> np.ndarray:
    """The stroke seen in a mirror that stands upright at x = 0."""
    return stroke * [-1, 1]


def moved(stroke: np.ndarray, x=0.0, y=0.0, scale=1.0, turn=0.0) -> np.ndarray:
    """The stroke scaled and turned about the origin, then moved; turn in turns, clockwise on paper."""
    c, s = scale * np.cos(turn * TAU), scale * np.sin(turn * TAU)
    return stroke @ np.array([[c, s], [-s, c]]) + [x, y]


def facing(rng, strokes: list[np.ndarray]) -> list[np.ndarray]:
    """The drawing as it is, or, in 4 of 10, seen in a mirror."""
    return [mirrored(stroke) for stroke in strokes] if rng.random() < 0.4 else strokes
