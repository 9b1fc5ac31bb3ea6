"""Ways through the latent space, as plain arithmetic on z; needs no TensorFlow."""

import numpy as np

from sketch_rnn_tf import checks

METHODS = ("slerp", "lerp")

# Below this sine of the angle between two vectors, slerp divides by nearly nothing.
SMALLEST_SINE = 1e-4


def lerp(a, b, share: float) -> np.ndarray:
    """Returns (1 - share) a + share b, float32 `[Z]`."""
    a, b = _vectors(a, b)
    return ((1 - share) * a + share * b).astype(np.float32)


def slerp(a, b, share: float) -> np.ndarray:
    """Returns what lies between two vectors on the arc from one to the other (White 2016), as the paper interpolates.

    Where the arc is undefined (a vector is zero, or both lie on one line through the origin) it is `lerp`; Magenta's gives
    NaN there.

    Args:
        a, b: `[Z]`.
        share: of the way from a to b; 0 gives a, 1 gives b.

    Returns:
        float32 `[Z]`.

    Raises:
        ValueError: the vectors differ in size or are not finite.

    Source: White 2016, arXiv 1609.04468; Shoemake 1985.
    """
    a, b = _vectors(a, b)
    norms = np.linalg.norm(a) * np.linalg.norm(b)
    angle = np.arccos(np.clip(np.dot(a, b) / norms, -1.0, 1.0)) if norms > 0 else 0.0
    sine = np.sin(angle)
    if sine < SMALLEST_SINE:
        return lerp(a, b, share)
    mixed = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / sine
    return mixed.astype(np.float32)


def between(a, b, share: float, method: str = "slerp") -> np.ndarray:
    """Returns `slerp` or `lerp` by name."""
    checks.one_of("method", method, METHODS)
    return slerp(a, b, share) if method == "slerp" else lerp(a, b, share)


def path(points, num: int, method: str = "slerp") -> np.ndarray:
    """Walks through any number of points of the latent space in turn.

    Args:
        points: `[K, Z]`, K at least 2.
        num: stops from each point to the next, both included; at least 2.
        method: "slerp" or "lerp".

    Returns:
        float32 `[(K - 1) (num - 1) + 1, Z]`; every point is one of the stops.

    Raises:
        ValueError: there are fewer than two points or stops.
    """
    points = np.asarray(points, np.float32)
    if len(points) < 2:
        raise ValueError(f"there are {len(points)} sketches to walk between; give at least 2")
    checks.at_least("num", num, 2)
    stops = [
        between(a, b, share, method)
        for a, b in zip(points, points[1:])
        for share in np.linspace(0, 1, num)[:-1]
    ]
    return np.stack([*stops, points[-1]])


def grid(corners, rows: int, cols: int, method: str = "slerp") -> np.ndarray:
    """Fills a grid between four corners (section A.5): along the top and bottom edges, then down each column.

    Args:
        corners: `[4, Z]`: top left, top right, bottom left, bottom right.
        rows, cols: at least 2 each.
        method: "slerp" or "lerp".

    Returns:
        float32 `[rows, cols, Z]`.

    Raises:
        ValueError: there are not four corners, or a side is too short.
    """
    corners = np.asarray(corners, np.float32)
    if len(corners) != 4:
        raise ValueError(f"there are {len(corners)} sketches for the corners of a grid; give 4")
    checks.at_least("rows", rows, 2)
    checks.at_least("cols", cols, 2)
    top, bottom = path(corners[:2], cols, method), path(corners[2:], cols, method)
    return np.stack([path([high, low], rows, method) for high, low in zip(top, bottom)], axis=1)


def shares_on_path(count: int, num: int) -> np.ndarray:
    """Returns how much of each of `count` points every stop of `path` holds, float32 `[stops, count]`, rows adding up to 1."""
    return path(np.eye(count, dtype=np.float32), num, "lerp")


def shares_on_grid(rows: int, cols: int) -> np.ndarray:
    """Returns how much of each corner every cell of `grid` holds, float32 `[rows, cols, 4]`, adding up to 1."""
    return grid(np.eye(4, dtype=np.float32), rows, cols, "lerp")


def sweep(z, direction, num: int, low: float = -3.0, high: float = 3.0) -> np.ndarray:
    """Moves z along one direction, from z + low * direction to z + high * direction.

    Args:
        z: `[Z]`.
        direction: `[Z]`, or the number of a latent dimension.
        num: stops, at least 2.
        low, high: ends of the way; for a dimension, in standard deviations of the prior.

    Returns:
        float32 `[num, Z]`.

    Raises:
        ValueError: there is no such dimension, the sizes differ, or there are fewer than two stops.
    """
    z = np.asarray(z, np.float32)
    checks.at_least("num", num, 2)
    if np.ndim(direction) == 0:
        checks.between("the latent dimension", int(direction), 0, len(z) - 1)
        direction = np.eye(len(z), dtype=np.float32)[int(direction)]
    z, direction = _vectors(z, direction)
    return (z + np.linspace(low, high, num)[:, None] * direction).astype(np.float32)


def most_used_dimensions(mu: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """Returns the latent dimensions, those first in which a model stores most: the largest KL from the prior over sketches.

    Args:
        mu, log_var: float32 `[B, Z]`, from `encode`.

    Returns:
        int `[Z]`.
    """
    kl = 0.5 * (np.square(mu) + np.exp(log_var) - 1.0 - log_var)
    return np.argsort(-kl.mean(axis=0), kind="stable")


def _vectors(a, b) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 1 or a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError(
            f"the vectors have shapes {a.shape} and {b.shape}; expected two of finite numbers [Z]"
        )
    return a, b
