"""Ideal strokes: dense polylines in a box of about -1 to 1, y downwards, before any hand draws them."""

import numpy as np

TAU = 2 * np.pi
DENSITY = 14  # points a unit of length


def segment(*corners) -> np.ndarray:
    """Straight lines through the corners, `[P, 2]`."""
    corners = np.asarray(corners, np.float64)
    steps = np.maximum(2, (np.hypot(*np.diff(corners, axis=0).T) * DENSITY).astype(int) + 1)
    parts = [
        a + (b - a) * np.linspace(0, 1, count)[:, None] for a, b, count in zip(corners, corners[1:], steps)
    ]
    return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])


def polygon(*corners) -> np.ndarray:
    """A closed line through the corners."""
    return segment(*corners, corners[0])


def box(left, top, right, bottom) -> np.ndarray:
    """A rectangle, drawn clockwise from its upper left corner."""
    return polygon((left, top), (right, top), (right, bottom), (left, bottom))


def arc(x, y, rx, ry, start, end) -> np.ndarray:
    """Part of an ellipse; angles in turns, 0 to the right, 0.25 downwards."""
    count = max(6, int(abs(end - start) * TAU * max(rx, ry) * DENSITY))
    angle = np.linspace(start, end, count) * TAU
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def ellipse(rng, x, y, rx, ry=None) -> np.ndarray:
    """A whole ellipse as a hand draws it: from anywhere, either way round, not quite closed or too far."""
    start = rng.random()
    turn = rng.choice([-1, 1]) * (1 + rng.uniform(-0.03, 0.07))
    return arc(x, y, rx, rx if ry is None else ry, start, start + turn)


def curve(*points, closed=False) -> np.ndarray:
    """A smooth line through the points (Catmull-Rom spline)."""
    points = np.asarray(points, np.float64)
    if closed:
        padded = np.concatenate([points[-1:], points, points[:2]])
    else:
        padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = np.linspace(0, 1, 6, endpoint=False)[:, None, None]
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    inner = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )  # [6, pieces, 2]
    return np.concatenate([inner.transpose(1, 0, 2).reshape(-1, 2), padded[-2:-1]])


def around(rng, x, y, rx, ry, bumps, depth) -> np.ndarray:
    """A closed outline of bumps, like a cloud or a tree's crown; depth in fractions of the radius."""
    angle = np.linspace(0, 1, bumps * 10 + 1) * TAU
    ripple = 1 + depth * (np.abs(np.sin(angle * bumps / 2 + rng.uniform(0, 3))) - 0.6)
    return np.stack([x + rx * ripple * np.cos(angle), y + ry * ripple * np.sin(angle)], axis=1)


def zigzag(a, b, teeth, height) -> np.ndarray:
    """A zigzag from a to b."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    normal = np.array([a[1] - b[1], b[0] - a[0]]) / max(np.hypot(*(b - a)), 1e-9)
    places = np.linspace(0, 1, 2 * teeth + 1)
    side = np.tile([0, 1], teeth + 1)[: 2 * teeth + 1]
    return segment(*(a + (b - a) * p + normal * height * s for p, s in zip(places, side)))


def spiral(x, y, radius, turns) -> np.ndarray:
    """A spiral from its middle outwards."""
    angle = np.linspace(0, turns, int(turns * 22) + 8) * TAU
    r = radius * np.linspace(0.05, 1, len(angle))
    return np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], axis=1)


def dot(rng, x, y, radius=0.03) -> np.ndarray:
    """A small filled-in spot, as a quick ring."""
    return ellipse(rng, x, y, radius)


def mirrored(stroke: np.ndarray) -> np.ndarray:
    """The stroke seen in a mirror that stands upright at x = 0."""
    return stroke * [-1, 1]


def moved(stroke: np.ndarray, x=0.0, y=0.0, scale=1.0, turn=0.0) -> np.ndarray:
    """The stroke scaled and turned about the origin, then moved; turn in turns, clockwise on paper."""
    c, s = np.cos(turn * TAU), np.sin(turn * TAU)
    return stroke @ np.array([[c, s], [-s, c]]) * scale + [x, y]
