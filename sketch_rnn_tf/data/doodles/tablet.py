"""The tablet: raw pen points become stroke-3 as it is published, simplified and in whole pixels."""

from collections.abc import Sequence

import numpy as np

EPSILON = 2.0  # pixels; Google's own value for QuickDraw's simplified drawings of 256 pixels


def record(drawings: Sequence[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
    """Turns drawings into sketches; all at once, because NumPy is slow at many small arrays.

    Args:
        drawings: of each, points `[P, 2]` in pixels, and the number of the stroke each belongs to `[P]`, from 0 upwards.

    Returns:
        int16 stroke-3 `[N, 3]` each.
    """
    strokes = [owner[-1] + 1 for _, owner in drawings]
    firsts = np.cumsum([0, *strokes])
    points = np.concatenate([points for points, _ in drawings])
    owner = np.concatenate([owner + first for (_, owner), first in zip(drawings, firsts)])
    kept = simplified(points, owner, EPSILON)
    points, owner = np.rint(points[kept]).astype(np.int64), owner[kept]
    offsets = points[1:] - points[:-1]
    lifted = np.append(owner[2:] != owner[1:-1], True)
    sketch = np.repeat(np.arange(len(drawings)), strokes)[owner]
    # A point that rounding left in place goes, unless the pen goes up there or has come down there.
    real = (offsets != 0).any(axis=1) | lifted | (owner[1:] != owner[:-1])
    real &= sketch[1:] == sketch[:-1]
    rows = np.concatenate([offsets, lifted[:, None]], axis=1)[real].astype(np.int16)
    return np.split(rows, np.cumsum(np.bincount(sketch[1:][real], minlength=len(drawings)))[:-1])


def simplified(points: np.ndarray, owner: np.ndarray, epsilon: float) -> np.ndarray:
    """Returns which points Ramer-Douglas-Peucker keeps, in all strokes at once.

    Args:
        points: `[P, 2]`.
        owner: number of the stroke of each point `[P]`, ascending.
        epsilon: how far a dropped point may lie from the line between its kept neighbours, in units of the points.

    Returns:
        bool `[P]`.
    """
    starts = np.append(True, owner[1:] != owner[:-1])
    kept = starts | np.append(starts[1:], True)
    low = np.flatnonzero(starts)
    high = np.flatnonzero(np.append(starts[1:], True))
    while True:
        wide = high - low > 1
        low, high = low[wide], high[wide]
        if len(low) == 0:
            return kept
        # All points inside the spans, side by side.
        counts = high - low - 1
        begins = np.cumsum(counts) - counts
        span = np.repeat(np.arange(len(low)), counts)
        index = np.arange(len(span)) + (low + 1 - begins)[span]
        chord = points[high] - points[low]
        squared = np.maximum((chord**2).sum(axis=1), 1e-12)
        away, chord = points[index] - points[low][span], chord[span]
        along = np.clip((away * chord).sum(axis=1) / squared[span], 0, 1)
        gap = ((away - along[:, None] * chord) ** 2).sum(axis=1)
        largest = np.maximum.reduceat(gap, begins)
        hits = np.flatnonzero(gap == largest[span])
        farthest = index[hits[np.searchsorted(span[hits], np.arange(len(low)))]]
        split = largest > epsilon**2
        low, high, farthest = low[split], high[split], farthest[split]
        kept[farthest] = True
        low, high = np.concatenate([low, farthest]), np.concatenate([farthest, high])
