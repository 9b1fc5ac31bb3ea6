"""sketch_rnn_fit_prior: learns where a model's encoder puts sketches, so that new drawings begin there.

    sketch_rnn_fit_prior --workdir=runs/cats

Writes `prior.npz` into the workdir; drawing, measuring and exporting use it from then on. Without that file z comes from
N(0, 1) as in the paper.
"""

import pathlib

import numpy as np
from absl import flags

from sketch_rnn_tf import checks, cli
from sketch_rnn_tf.models.mixture_prior import MAX_COMPONENTS, NAMES, MixturePrior

SMALLEST = 20  # sketches a component, below which its covariance says nothing
VARIANCE = 1e-4  # added to each component's, so that it can be inverted

_FIT_WORKDIR = flags.DEFINE_string("workdir", None, "a trained run with an encoder")
_FIT_DATA = flags.DEFINE_multi_string(
    "data", [], "sketches to fit to; the run's own training data if not given"
)
_FIT_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "folder in which relative data files are looked up as well"
)
_COMPONENTS = flags.DEFINE_integer("components", 10, "Gaussians a class")
_FIT_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which checkpoint")
_FIT_SEED = flags.DEFINE_integer("seed", 0, "of the first guess")


def fit(model, sketches, class_ids, components: int = 10, seed: int = 0) -> MixturePrior:
    """Fits a mixture to the posteriors of sketches: Gaussians to their means, widened by the posteriors' mean variance.

    Args:
        model: a `SketchModel` with an encoder.
        sketches: stroke-3 `[N, 3]` in data units, at least 20 a class.
        class_ids: int `[N]`, their classes.
        components: Gaussians a class; fewer where a class has less than 20 sketches for each.
        seed: of the first guess.

    Raises:
        ValueError: the model has no encoder, or there are too few sketches of a class.

    Source: Ghosh et al. 2020, From variational to deterministic autoencoders, section 4 (there a density fitted after
    training, for autoencoders without noise).
    """
    checks.between("components", components, 1, MAX_COMPONENTS)
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
        _of_class(mu[groups == one], log_var[groups == one], components, seed) for one in range(num_classes)
    ]
    return MixturePrior(
        {name: np.stack(arrays) for name, arrays in zip(NAMES, zip(*fitted))}, num_classes, mu.shape[1]
    )


def _of_class(mu, log_var, components: int, seed: int):
    from sklearn.mixture import GaussianMixture

    mixture = GaussianMixture(components, reg_covar=VARIANCE, random_state=seed).fit(mu.astype(np.float64))
    spread = np.diag(np.exp(log_var.astype(np.float64)).mean(axis=0))
    return mixture.weights_, mixture.means_, np.linalg.cholesky(mixture.covariances_ + spread)


def main(_) -> None:
    if not _FIT_WORKDIR.value:
        raise ValueError("no --workdir was given; name a trained run")
    from sketch_rnn_tf.sketch_model import load_model
    from sketch_rnn_tf.training import checkpoints, prior_file
    from sketch_rnn_tf.training.workdir import Workdir, load_data

    workdir = Workdir(pathlib.Path(_FIT_WORKDIR.value))
    model = load_model(workdir.path, _FIT_CHECKPOINT.value)
    sources = tuple(_FIT_DATA.value)
    if not (sources or model.config.data.sources):
        raise ValueError("the model names no data (it was imported); give sketches with --data")
    data = load_data(model.config, model.metadata, _FIT_DATA_DIR.value, sources)
    if model.class_conditional and tuple(data.class_names) != tuple(model.class_names):
        raise ValueError(
            f"the data hold the classes {', '.join(data.class_names)} and the model {', '.join(model.class_names)}; give the same"
        )
    prior = fit(model, data.sketches["train"], data.class_ids["train"], _COMPONENTS.value, _FIT_SEED.value)
    step = checkpoints.load(workdir.checkpoints, _FIT_CHECKPOINT.value).info["step"]
    print(prior_file.save(workdir.path, prior, step))


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
