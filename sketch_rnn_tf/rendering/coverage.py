"""Anti-aliased lines: how much of each pixel a pen of some width covers, in NumPy.

A pixel's coverage follows from the distance of its middle to the nearest segment: whole inside the pen, falling to nothing over
one pixel at its edge. So round caps and joins come by themselves, and strokes that cross never add up. The picture is cut into
square tiles; each segment meets only the tiles around it, and all pairs of segment and tile are computed at once.
"""

from collections.abc import Sequence

import numpy as np

TILE = 8
# Pairs of segment and tile computed at once, which bounds memory (a few arrays of TILE * TILE floats each).
CHUNK = 1 << 14
_Y, _X = (np.mgrid[:TILE, :TILE].reshape(2, -1) + 0.5).astype(np.float32)


def tiles_of(
    lines: Sequence[np.ndarray], layers: np.ndarray, widths: np.ndarray, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Covers tiles with lines.

    Args:
        lines: pixels `[P, 2]`, P at least 1; one point is a dot.
        layers: int `[L]`, ascending: lines of one layer unite, so they share a colour.
        widths: float `[L]`, pixels.
        shape: rows and columns of tiles; ink outside them is left out.

    Returns:
        layer `[K]`, tile `[K]` (row times columns plus column) and coverage float32 `[K, TILE * TILE]`, 0 to 1, of every pair of
        layer and tile with ink near it, layers ascending.
    """
    starts, ends, line = _segments(lines)
    pairs, rows, columns = _pairs(starts, ends, widths[line], shape)
    layer, tile = layers[line[pairs]].astype(np.int64), rows * shape[1] + columns
    order = np.argsort(layer * (shape[0] * shape[1]) + tile, kind="stable")
    pairs, layer, tile, corners = pairs[order], layer[order], tile[order], np.stack([columns, rows], 1)[order]
    first = np.flatnonzero(np.diff(layer, prepend=-1) | np.diff(tile, prepend=-1))
    coverage = np.empty([len(first), TILE * TILE], np.float32)
    limits = np.append(first, len(pairs))
    bounds = np.unique(np.append(np.searchsorted(first, np.arange(0, len(pairs), CHUNK)), len(first)))
    for low, high in zip(bounds, bounds[1:]):
        part = slice(limits[low], limits[high])
        corner = corners[part] * TILE
        inked = _coverage(starts[pairs[part]] - corner, ends[pairs[part]] - corner, widths[line[pairs[part]]])
        coverage[low:high] = np.maximum.reduceat(inked, first[low:high] - limits[low], axis=0)
    return layer[first], tile[first], coverage


def _segments(lines: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns where all segments start and end, `[S, 2]` each, and which line each is of; a dot starts where it ends."""
    counts = np.array([len(line) for line in lines], np.int64)
    points = np.concatenate(lines) if lines else np.zeros([0, 2])
    line = np.repeat(np.arange(len(lines)), counts)
    last = np.cumsum(counts) - 1
    kept = np.ones(len(points), bool)
    kept[last[counts > 1]] = False
    start = np.flatnonzero(kept)
    end = np.minimum(start + 1, last[line[start]])
    return points[start], points[end], line[start]


def _pairs(starts, ends, widths, shape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns segment, tile row and tile column of all that may meet."""
    reach = (widths / 2 + 0.5)[:, None]
    limit = np.array([shape[1], shape[0]])
    low = np.clip(np.floor((np.minimum(starts, ends) - reach) / TILE), 0, limit).astype(np.int64)
    high = np.clip(np.floor((np.maximum(starts, ends) + reach) / TILE) + 1, 0, limit).astype(np.int64)
    across, down = np.maximum(high - low, 0).T
    counts = across * down
    pairs = np.repeat(np.arange(len(starts)), counts)
    place = np.arange(len(pairs)) - np.repeat(np.cumsum(counts) - counts, counts)
    rows, columns = np.divmod(place, across[pairs])
    rows, columns = rows + low[pairs, 1], columns + low[pairs, 0]
    # The middle of a tile may be farther from the line than any of its pixels could bear.
    middle = (np.stack([columns, rows], axis=1) + 0.5) * TILE
    along, side = _distances(starts[pairs], ends[pairs], middle[:, :1], middle[:, 1:])
    near = np.hypot(along, side)[:, 0] < reach[pairs, 0] + TILE / np.sqrt(2)
    return pairs[near], rows[near], columns[near]


def _coverage(starts, ends, widths) -> np.ndarray:
    """Returns `[K, TILE * TILE]` for segments in coordinates of their tiles."""
    along, side = _distances(starts.astype(np.float32), ends.astype(np.float32), _X[None], _Y[None])
    np.multiply(along, along, out=along)
    np.multiply(side, side, out=side)
    distance = np.sqrt(np.add(along, side, out=along), out=along)
    half = (widths / 2).astype(np.float32)[:, None]
    # A pen thinner than a pixel covers no more of it than its width.
    return np.clip(half + 0.5 - distance, 0, 1) - np.clip(0.5 - half - distance, 0, 1)


def _distances(starts, ends, x, y) -> tuple[np.ndarray, np.ndarray]:
    """Returns how far points lie beyond the ends of segments and beside them, `[K, X]` each."""
    across = ends - starts
    length = np.hypot(across[:, 0], across[:, 1])[:, None]
    direction = np.where(length > 0, across / np.where(length > 0, length, 1), np.array([1, 0], starts.dtype))
    dx, dy = direction[:, :1], direction[:, 1:]
    side = (x - starts[:, :1]) * dy - (y - starts[:, 1:]) * dx
    along = (x - starts[:, :1]) * dx + (y - starts[:, 1:]) * dy
    return np.maximum(np.maximum(-along, along - length), 0), side
