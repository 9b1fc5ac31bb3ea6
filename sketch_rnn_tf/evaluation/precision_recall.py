"""Improved precision and recall of generative models (Kynkaanniemi et al. 2019, arXiv 1904.06991)."""

import numpy as np

from sketch_rnn_tf.extras import require

NEIGHBOURS = 3


def covered(queries, support, neighbours: int = NEIGHBOURS) -> np.ndarray:
    """Returns whether each query lies in the support's manifold.

    The manifold is the union of balls around the support's points, each reaching to its k-th nearest neighbour among the
    others. Precision is the mean over drawings with real ones as support, recall that over real ones with drawings as support.

    Args:
        queries: `[Q, F]` features.
        support: `[K, F]`, K above `neighbours`.
        neighbours: k; 3 as in the paper.

    Returns:
        bool `[Q]`.

    Raises:
        ValueError: the support is too small.
    """
    queries, support = np.asarray(queries, np.float64), np.asarray(support, np.float64)
    if len(support) <= neighbours:
        raise ValueError(
            f"the set holds {len(support)} drawings; precision and recall need at least {neighbours + 1}"
        )
    pairwise = require("sklearn.metrics").pairwise
    # The nearest of a point to itself is itself, so the k-th of the others is the (k + 1)-th.
    radii = np.concatenate(
        [
            np.partition(chunk, neighbours, axis=1)[:, neighbours]
            for chunk in pairwise.pairwise_distances_chunked(support, working_memory=256)
        ]
    )
    # Distances are rounded where they are near 0, so that a point is in its own ball.
    slack = 1e-6 * (1 + radii)
    return np.concatenate(
        [
            (chunk <= radii + slack).any(axis=1)
            for chunk in pairwise.pairwise_distances_chunked(queries, support, working_memory=256)
        ]
    )
