"""A prior of z that was fitted to where a trained encoder puts sketches: a mixture of Gaussians for each class."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

NAMES = ("shares", "means", "factors")
MAX_COMPONENTS = 1000


class MixturePrior:
    """Draws z as the encoder would have: N(0, I) of the paper leaves places to which no sketch is encoded (Ghosh et al. 2020).

    Args:
        arrays: `shares` `[C, K]`, which are positive and sum to 1 in each class; `means` `[C, K, Z]`; `factors`
            `[C, K, Z, Z]`, lower triangular, factor times its transpose being a component's covariance. C is 1 for a model
            without classes.
        num_classes: C.
        z_size: Z.

    Raises:
        ValueError: an array is missing, has another shape, or holds numbers that cannot be.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], num_classes: int, z_size: int):
        missing = [name for name in NAMES if name not in arrays]
        if missing:
            raise ValueError(f"the prior has no {missing[0]}; fit it again")
        shares, means, factors = (np.asarray(arrays[name], np.float32) for name in NAMES)
        components = shares.shape[-1] if shares.ndim == 2 else 0
        shapes = [(num_classes, components), (num_classes, components, z_size)]
        shapes.append((*shapes[-1], z_size))
        for name, array, shape in zip(NAMES, (shares, means, factors), shapes):
            if array.shape != shape or not 1 <= components <= MAX_COMPONENTS:
                raise ValueError(
                    f"the prior's {name} have shape {list(array.shape)}; expected {list(shape)} for this model; fit it again"
                )
            if not np.isfinite(array).all():
                raise ValueError(f"the prior's {name} hold NaN or infinity; fit it again")
        if (shares < 0).any() or not np.allclose(shares.sum(axis=1), 1, atol=0.01):
            raise ValueError("the prior's shares do not sum to 1 in each class; fit it again")
        self.arrays = dict(zip(NAMES, (shares, means, factors)))
        self.num_classes, self.z_size = num_classes, z_size

    @property
    def noise_size(self) -> int:
        """How many standard normal numbers one z takes: Z, and one that chooses the component."""
        return self.z_size + 1

    def __call__(self, noise, class_id=None) -> tf.Tensor:
        """Returns z, float32 `[B, Z]`.

        Args:
            noise: float32 `[B, Z + 1]`, standard normal.
            class_id: int32 `[B]`, or the share of each class, float32 `[B, C]`; not read where there is one class.
        """
        of_class = tf.ones([tf.shape(noise)[0], 1])
        if self.num_classes > 1:
            of_class = tf.convert_to_tensor(class_id)
            if not of_class.dtype.is_floating:
                of_class = tf.one_hot(tf.cast(of_class, tf.int32), self.num_classes)
        shares, means, factors = (tf.constant(self.arrays[name]) for name in NAMES)
        chances = tf.reshape(of_class[:, :, None] * shares, [tf.shape(noise)[0], -1])  # [B, C K]
        upto = tf.cumsum(chances, axis=-1)
        chosen = 0.5 * tf.math.erfc(-noise[:, self.z_size :] / np.float32(np.sqrt(2.0))) * upto[:, -1:]
        place = tf.reduce_sum(tf.cast(chosen >= upto[:, :-1], tf.int32), axis=-1)
        mean = tf.gather(tf.reshape(means, [-1, self.z_size]), place)
        factor = tf.gather(tf.reshape(factors, [-1, self.z_size, self.z_size]), place)
        return mean + tf.linalg.matvec(factor, noise[:, : self.z_size])
