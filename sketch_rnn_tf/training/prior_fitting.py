"""Learning where a trained encoder puts sketches, so that new drawings begin there."""

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.extras import require
from sketch_rnn_tf.models.mixture_prior import MAX_COMPONENTS, NAMES, MixturePrior

SMALLEST = 20  # sketches a component, below which its covariance says nothing
VARIANCE = 1e-4  # added to each component's, so that it can be inverted


def fit(model, sketches, class_ids, components: int = 10, seed: int = 0, noise: float = 1.0) -> MixturePrior:
    """Fits a mixture to the posteriors of sketches: Gaussians to their means, widened by the posteriors' mean variance.

    Args:
        model: a `SketchModel` with an encoder.
        sketches: stroke-3 `[N, 3]` in data units, at least 20 a class.
        class_ids: int `[N]`, their classes.
        components: Gaussians a class; fewer where a class has less than 20 sketches for each.
        seed: of the first guess.
        noise: how much of that variance, 0 to 1; drawings of less are cleaner and a little more alike.

    Raises:
        ValueError: the model has no encoder, or there are too few sketches of a class, or scikit-learn (the extra `measure`) is not there.

    Source: Ghosh et al. 2020, From variational to deterministic autoencoders, section 4 (there a density fitted after
    training, for autoencoders without noise).
    """
    checks.between("components", components, 1, MAX_COMPONENTS)
    checks.between("noise", noise, 0, 1)
    if not model.network.conditional:
        raise ValueError(
            "this model has no z (it was trained with model.conditional=false), so there is no prior to fit"
        )
    class_ids = np.asarray(class_ids, np.int32)
    mu, log_var = model.encode_ids(sketches, class_ids)
    groups = class_ids if model.class_conditional else np.zeros_like(class_ids)
    num_classes = len(model.class_names) if model.class_conditional else 1
    counts = np.bincount(groups, minlength=num_classes)
    if counts.min() < SMALLEST:
        raise ValueError(
            f"there are {counts.min()} sketches of class {int(counts.argmin())}; expected {SMALLEST} of each class at least"
        )
    components = int(min(components, counts.min() // SMALLEST))
    fitted = [
        _of_class(mu[groups == one], noise * np.exp(log_var[groups == one]), components, seed)
        for one in range(num_classes)
    ]
    return MixturePrior(
        {name: np.stack(arrays) for name, arrays in zip(NAMES, zip(*fitted))}, num_classes, mu.shape[1]
    )


def _of_class(mu, variance, components: int, seed: int):
    mixture = require("sklearn.mixture").GaussianMixture(components, reg_covar=VARIANCE, random_state=seed)
    mixture.fit(mu.astype(np.float64))
    spread = np.diag(variance.astype(np.float64).mean(axis=0))
    return mixture.weights_, mixture.means_, np.linalg.cholesky(mixture.covariances_ + spread)
