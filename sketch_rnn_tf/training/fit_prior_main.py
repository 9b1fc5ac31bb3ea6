"""sketch_rnn_fit_prior: learns where a model's encoder puts sketches, so that new drawings begin there.

    sketch_rnn_fit_prior --workdir=runs/cats

Writes `prior.npz` into the workdir; drawing, measuring and exporting use it from then on. Without that file z comes from
N(0, 1) as in the paper.
"""

import pathlib

from absl import flags

from sketch_rnn_tf import cli, config

_WORKDIR = flags.DEFINE_string("workdir", None, "a trained run with an encoder")
_DATA = flags.DEFINE_multi_string("data", [], "sketches to fit to; the run's own training data if not given")
_DATA_DIR = flags.DEFINE_string("data_dir", None, "folder in which relative data files are looked up as well")
_COMPONENTS = flags.DEFINE_integer("components", 10, "Gaussians a class")
_NOISE = flags.DEFINE_float(
    "noise",
    1.0,
    "how much of the posteriors' variance widens them, 0 to 1; less draws cleaner and a little more alike",
)
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which checkpoint")
_SEED = flags.DEFINE_integer("seed", 0, "of the first guess")


def main(_) -> None:
    if not _WORKDIR.value:
        raise ValueError("no --workdir was given; name a trained run")
    from sketch_rnn_tf.sketch_model import load_model
    from sketch_rnn_tf.training import checkpoints, prior_file
    from sketch_rnn_tf.training.prior_fitting import fit
    from sketch_rnn_tf.training.workdir import Workdir, load_data

    workdir = Workdir(pathlib.Path(_WORKDIR.value))
    model = load_model(workdir.path, _CHECKPOINT.value)
    sources = tuple(_DATA.value)
    if not (sources or model.config.data.sources):
        raise ValueError("the model names no data (it was imported); give sketches with --data")
    data = load_data(model.config, model.metadata, _DATA_DIR.value, sources)
    if model.class_conditional and tuple(data.class_names) != tuple(model.class_names):
        raise ValueError(
            f"the data hold the classes {', '.join(data.class_names)} and the model {', '.join(model.class_names)}; give the same"
        )
    prior = fit(model, *data.in_memory("train"), _COMPONENTS.value, _SEED.value, _NOISE.value)
    step = checkpoints.load(workdir.checkpoints, _CHECKPOINT.value).info["step"]
    print(prior_file.save(workdir.path, prior, step))


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
