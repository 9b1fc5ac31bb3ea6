"""Arithmetic on sketches: weighted sums of their latent vectors (Ha & Eck 2017, section 4.3)."""

from collections.abc import Sequence

import numpy as np


def weighted_sum(weights: Sequence[float], latents) -> np.ndarray:
    """Returns sum of w z, float32 `[Z]`: with weights 1, -1, 1 the analogy a - b + c.

    Args:
        weights: K numbers.
        latents: `[K, Z]`, K at least 1.

    Raises:
        ValueError: the counts differ, or a weight is not finite.
    """
    latents = np.asarray(latents, np.float64)
    weights = np.asarray(weights, np.float64)
    if weights.ndim != 1 or len(weights) != len(latents) or not len(weights):
        raise ValueError(f"there are {weights.size} weights for {len(latents)} sketches; give one for each")
    if not np.isfinite(weights).all():
        raise ValueError("a weight is NaN or infinite; give finite weights such as 1,-1,1")
    return (weights @ latents).astype(np.float32)


def class_shares(weights: Sequence[float], class_ids, num_classes: int) -> np.ndarray:
    """Returns the shares of the classes in what an analogy gives, float32 `[C]`.

    Classes are added like the latent vectors: pig - pig + cat is a cat. What comes out negative is left out, and a sum of
    nothing is the class of the last term.

    Args:
        weights: K numbers.
        class_ids: int `[K]`, or the shares of several classes, float `[K, C]`.
        num_classes: C.
    """
    class_ids = np.asarray(class_ids)
    one_hot = class_ids if class_ids.ndim == 2 else np.eye(num_classes)[class_ids]
    shares = np.maximum(np.asarray(weights, np.float64) @ one_hot, 0)
    shares = shares if shares.sum() > 0 else one_hot[-1]
    return (shares / shares.sum()).astype(np.float32)
