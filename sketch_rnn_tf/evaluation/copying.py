"""Whether drawings are copies: their distance to the nearest training sketch, and the distance of two drawings' points."""

import numpy as np

from sketch_rnn_tf.data.strokes import to_polylines
from sketch_rnn_tf.extras import require

POINTS = 128


def nearest_distances(images, train_images) -> np.ndarray:
    """Returns each image's distance to the nearest training image: 0 a copy, 1 no ink in common.

    The distance is the Euclidean one of images of unit length, over the square root of 2.

    Args:
        images, train_images: float32 `[K, size, size]`.

    Returns:
        float64 `[K]`.
    """
    neighbors = require("sklearn.neighbors")
    search = neighbors.NearestNeighbors(n_neighbors=1, algorithm="brute").fit(_unit(train_images))
    distances, _ = search.kneighbors(_unit(images))
    return distances[:, 0].astype(np.float64) / np.sqrt(2)


def pooled(images) -> np.ndarray:
    """Returns images `[K, size, size]` at half the size, each pixel the mean of four: small shifts of a pen count less."""
    count, size, _ = np.shape(images)
    return np.reshape(images, [count, size // 2, 2, size // 2, 2]).mean(axis=(2, 4))


def chamfer(first: np.ndarray, second: np.ndarray) -> float:
    """Returns the Chamfer distance of two drawings: the mean distance of a point to the other's nearest, both ways, halved.

    Both are moved and scaled to fill a unit square, and POINTS points are spread evenly along their lines.

    Args:
        first, second: stroke-3 `[N, 3]`.
    """
    spatial = require("scipy.spatial")
    points = [even_points(drawing) for drawing in (first, second)]
    there = spatial.cKDTree(points[1]).query(points[0])[0].mean()
    back = spatial.cKDTree(points[0]).query(points[1])[0].mean()
    return float(there + back) / 2


def even_points(drawing: np.ndarray) -> np.ndarray:
    """Returns float64 `[POINTS, 2]` spread evenly along a drawing's lines, its box centred in the unit square."""
    lines = to_polylines(drawing) or [np.zeros([1, 2])]
    joined = np.concatenate(lines)
    low, high = joined.min(axis=0), joined.max(axis=0)
    extent = float((high - low).max())
    lengths = np.concatenate(
        [np.append(np.linalg.norm(np.diff(line, axis=0), axis=1), 0.0) for line in lines]
    )[: len(joined) - 1]
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    # Moves of the pen in the air have no length; a hair keeps the places in order.
    along += np.arange(len(along)) * 1e-9 * max(extent, 1.0)
    places = np.linspace(0, along[-1], POINTS)
    points = np.stack([np.interp(places, along, joined[:, axis]) for axis in (0, 1)], axis=1)
    return (points - (low + high) / 2) / (extent if extent > 0 else 1.0) + 0.5


def _unit(images) -> np.ndarray:
    flat = np.asarray(images, np.float32).reshape(len(images), -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-12)
