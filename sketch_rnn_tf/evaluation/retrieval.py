"""Rank of the original among a gallery, asked for with its reconstruction (Ret; Zang et al., RPCL-pix2seq)."""

import numpy as np

from sketch_rnn_tf.extras import require


def ranks(queries, gallery) -> np.ndarray:
    """Returns the rank of row i of the gallery for query i, 1 the nearest; ties go against it.

    Args:
        queries, gallery: `[K, F]`; row i belongs to row i.

    Returns:
        int64 `[K]`.

    Raises:
        ValueError: the shapes differ.
    """
    queries, gallery = np.asarray(queries, np.float64), np.asarray(gallery, np.float64)
    if queries.shape != gallery.shape:
        raise ValueError(
            f"queries have shape {queries.shape} and the gallery {gallery.shape}; expected the same"
        )
    pairwise = require("sklearn.metrics").pairwise
    found, start = [], 0
    for chunk in pairwise.pairwise_distances_chunked(queries, gallery, working_memory=256):
        rows = np.arange(len(chunk))
        own = chunk[rows, start + rows][:, None]
        found.append((chunk <= own).sum(axis=1))
        start += len(chunk)
    return np.concatenate(found)
