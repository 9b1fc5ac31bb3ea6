"""SVG path data to polylines: curves and arcs become lines that stay within a tolerance."""

import re

import numpy as np

from sketch_rnn_tf.data.safe_pickle import MAX_POINTS

# Column vectors (a, b, c, d, e, f) as SVG writes them: x' = a x + c y + e, y' = b x + d y + f.
Transform = tuple[float, float, float, float, float, float]
IDENTITY: Transform = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

# With a point, a path has two numbers; six for a cubic curve.
MAX_NUMBERS = 6 * MAX_POINTS
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_BETWEEN = re.compile(r"[MmZzLlHhVvCcSsQqTtAa\s,]+")


def parse(data: str) -> list:
    """Returns the segments of path data, as svg.path knows them.

    Raises:
        ValueError: it is no path data, or has more numbers than a sketch can use.
        ImportError: svg.path is missing.
    """
    from svg.path import parse_path

    count = sum(1 for _ in _NUMBER.finditer(data))
    if count > MAX_NUMBERS:
        raise ValueError(f"a path has {count} numbers; expected at most {MAX_NUMBERS}, split the drawing")
    # svg.path silently stops at some of what it does not understand.
    rest = _BETWEEN.sub("", _NUMBER.sub("", data))
    if rest or data.lstrip()[:1] not in ("M", "m", ""):
        what = f"holds {data[data.index(rest[0]) :][:20]!r}" if rest else f"begins with {data.strip()[:10]!r}"
        raise ValueError(f"a path {what}; expected SVG path data, M x y first")
    try:
        return list(parse_path(data))
    except (ValueError, ArithmeticError, AssertionError, IndexError, TypeError) as error:
        raise ValueError(f"a path is malformed: {data[:60]!r}; expected SVG path data") from error


def apply(transform: Transform, points: np.ndarray) -> np.ndarray:
    """Returns complex points after a transform."""
    a, b, c, d, e, f = transform
    x, y = points.real, points.imag
    return (a * x + c * y + e) + 1j * (b * x + d * y + f)


def compose(outer: Transform, inner: Transform) -> Transform:
    """Returns the transform that applies `inner` first."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f


def control_points(segments: list) -> np.ndarray:
    """Returns complex points whose bounds tell about how large the segments are."""
    points = [point for segment in segments for point in (segment.start, segment.end) if point is not None]
    return np.array(points or [0j])


def flatten(segments: list, transform: Transform, tolerance: float) -> list[np.ndarray]:
    """Turns segments into polylines.

    Args:
        segments: of `parse`.
        transform: what to do with every point.
        tolerance: how far a line may be from its curve, in units after the transform; above 0.

    Returns:
        complex `[P]` arrays, one a subpath, without repeated points; a subpath that moves only is left out.

    Raises:
        ValueError: it would take more than 100,000 points.
    """
    from svg.path import Close, Move

    polylines, pieces, total = [], [], 0
    for segment in segments:
        if isinstance(segment, Move):
            _finish(polylines, pieces)
            pieces = [np.array([segment.end])]
            continue
        if not pieces:  # after Z, drawing goes on where the last subpath began
            pieces = [np.array([segment.start])]
        points = _points(segment, transform, tolerance)
        total += len(points)
        if total > MAX_POINTS:
            raise ValueError(
                f"it has more than {MAX_POINTS} points; give a larger --tolerance or split the drawing"
            )
        pieces.append(points)
        if isinstance(segment, Close):
            _finish(polylines, pieces)
            pieces = []
    _finish(polylines, pieces)
    return [apply(transform, line) for line in polylines]


def _finish(polylines: list[np.ndarray], pieces: list[np.ndarray]) -> None:
    """Adds a subpath."""
    if len(pieces) > 1:
        points = np.concatenate(pieces)
        polylines.append(points[np.concatenate([[True], points[1:] != points[:-1]])])


def _points(segment, transform: Transform, tolerance: float) -> np.ndarray:
    """Returns complex points along a segment, the last one included, before the transform."""
    from svg.path import Arc, CubicBezier, QuadraticBezier

    a, b, c, d = transform[:4]
    stretch = (np.hypot(a + d, b - c) + np.hypot(a - d, b + c)) / 2  # the larger singular value
    tolerance = tolerance / max(float(stretch), 1e-300)
    p0, p3 = segment.start, segment.end
    if isinstance(segment, CubicBezier):
        p1, p2 = segment.control1, segment.control2
        bend = 6 * max(abs(p0 - 2 * p1 + p2), abs(p1 - 2 * p2 + p3))
        t = _steps(np.sqrt(bend / (8 * tolerance)))
        s = 1 - t
        points = s**3 * p0 + 3 * s**2 * t * p1 + 3 * s * t**2 * p2 + t**3 * p3
    elif isinstance(segment, QuadraticBezier):
        control = segment.control
        t = _steps(np.sqrt(2 * abs(p0 - 2 * control + p3) / (8 * tolerance)))
        s = 1 - t
        points = s**2 * p0 + 2 * s * t * control + t**2 * p3
    elif isinstance(segment, Arc) and p0 != p3 and segment.radius.real and segment.radius.imag:
        radius = segment.radius * segment.radius_scale
        largest = max(radius.real, radius.imag)
        step = 2 * np.arccos(1 - min(tolerance / largest, 1.0))
        t = _steps(abs(np.radians(segment.delta)) / max(step, 1e-12))
        angle = np.radians(segment.theta + segment.delta * t)
        ellipse = radius.real * np.cos(angle) + 1j * radius.imag * np.sin(angle)
        points = ellipse * np.exp(1j * np.radians(segment.rotation)) + segment.center
    else:
        return np.array([p3])
    points[-1] = p3
    return points


def _steps(count: float) -> np.ndarray:
    """Returns the parameters of the ends of `count` equal steps, rounded up."""
    if not count <= MAX_POINTS:
        raise ValueError(f"a curve takes more than {MAX_POINTS} points; give a larger --tolerance")
    count = max(1, int(np.ceil(count)))
    return np.arange(1, count + 1) / count
