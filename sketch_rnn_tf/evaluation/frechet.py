"""Frechet distance of two sets of features (FID, Heusel et al. 2017, arXiv 1706.08500), on the judge's features."""

import numpy as np

from sketch_rnn_tf.extras import require


def frechet_distance(first, second) -> float:
    """Returns the squared Frechet distance of the Gaussians fitted to two sets.

    The published FID has another feature network (Inception, 2048 features), so its values do not compare.

    Args:
        first, second: `[K, F]`, each K at least 2.

    Raises:
        ValueError: a set has another number of features, fewer than 2 rows, or values that are not finite.
    """
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.ndim != 2 or first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
        raise ValueError(
            f"features have shapes {first.shape} and {second.shape}; expected [K, F] with equal F and at least 2 rows"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("features hold NaN or infinity; look at the judge's weights")
    covariances = [np.atleast_2d(np.cov(features, rowvar=False)) for features in (first, second)]
    return gaussian_distance(first.mean(axis=0), covariances[0], second.mean(axis=0), covariances[1])


def gaussian_distance(mean1, covariance1, mean2, covariance2) -> float:
    """Returns |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^1/2) of two Gaussians, at least 0 (Dowson & Landau 1982).

    Args:
        mean1, mean2: `[F]`.
        covariance1, covariance2: `[F, F]`, positive semi-definite.
    """
    linalg = require("scipy.linalg")
    # tr (C1 C2)^1/2 through S C2 S with S = C1^1/2, which is symmetric: no complex numbers where features hardly vary.
    values, vectors = linalg.eigh(covariance1)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    inner = linalg.eigvalsh(root @ covariance2 @ root)
    trace = np.trace(covariance1) + np.trace(covariance2) - 2 * np.sqrt(np.maximum(inner, 0)).sum()
    return max(0.0, float(np.sum((np.asarray(mean1) - mean2) ** 2) + trace))
