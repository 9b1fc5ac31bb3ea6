"""Diversity: how much the drawings of a class differ, by perceptual hashes (AI-Sketcher, section 5)."""

import numpy as np
from PIL import Image

from sketch_rnn_tf.extras import require

PER_CLASS = 50


def hashes(images) -> np.ndarray:
    """Returns the perceptual hash of each image, bool `[K, 64]`.

    Args:
        images: float32 `[K, size, size]`, 0 for paper to 1 for ink.
    """
    imagehash = require("imagehash")
    paper = np.rint(255 * (1 - np.asarray(images))).astype(np.uint8)
    return np.array([imagehash.phash(Image.fromarray(image)).hash.ravel() for image in paper], bool).reshape(
        -1, 64
    )


def spread(codes) -> np.ndarray:
    """Returns each drawing's mean Hamming distance to the others, as a share of the bits: float64 `[K]`, K at least 2.

    Args:
        codes: bool `[K, 64]`.
    """
    distances = require("scipy.spatial.distance")
    return distances.squareform(distances.pdist(codes, "hamming")).sum(axis=1) / (len(codes) - 1)


def spread_by_class(images, class_ids, per_class: int = PER_CLASS, seed: int = 0) -> np.ndarray:
    """Returns `spread` within each class, classes one after another, of at most `per_class` drawings chosen by the seed.

    Classes of fewer than two drawings are left out, and so are drawings of no class, whose id is negative.
    """
    found = []
    class_ids = np.asarray(class_ids)
    for class_id in np.unique(class_ids[class_ids >= 0]):
        places = np.flatnonzero(class_ids == class_id)
        if len(places) > per_class:
            places = np.sort(
                np.random.default_rng([seed, int(class_id)]).choice(places, per_class, replace=False)
            )
        if len(places) > 1:
            found.append(spread(hashes(np.asarray(images)[places])))
    return np.concatenate(found) if found else np.zeros(0)


def same_mean(first, second) -> float | None:
    """Returns the p value of Welch's unpaired t-test that two samples have the same mean; None where it has none."""
    if min(len(first), len(second)) < 2:
        return None
    value = float(require("scipy.stats").ttest_ind(first, second, equal_var=False).pvalue)
    return None if np.isnan(value) else value
