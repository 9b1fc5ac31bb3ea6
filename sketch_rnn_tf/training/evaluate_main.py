"""sketch_rnn_evaluate: the losses of a trained model on a split, exact over all its sketches.

sketch_rnn_evaluate --workdir=runs/sheep --split=test --json
"""

import json

from absl import flags

from sketch_rnn_tf import cli, config

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run")
_DATA = flags.DEFINE_multi_string("data", [], "other data than the run's own; repeatable")
_DATA_DIR = flags.DEFINE_string(
    "data_dir",
    None,
    "folder in which relative data files are looked up as well, and where TFDS data lie; the one training began with if none",
)
_SPLIT = flags.DEFINE_enum("split", "test", ["train", "valid", "test"], "which sketches")
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which weights")
_SEED = flags.DEFINE_integer("seed", 0, "of the z noise")
_JSON = flags.DEFINE_bool("json", False, "print one JSON object")


def main(_) -> None:
    if not _WORKDIR.value:
        raise ValueError("no --workdir was given; name the folder of a run")
    from sketch_rnn_tf.sketch_model import load_model
    from sketch_rnn_tf.training.workdir import load_data

    model = load_model(_WORKDIR.value, _CHECKPOINT.value)
    sources = tuple(_DATA.value) or model.config.data.sources
    if not sources:
        raise ValueError("the workdir names no data (it was imported); give some with --data")
    dataset = load_data(model.config, model.metadata, _DATA_DIR.value, sources)
    sketches, class_ids = dataset.in_memory(_SPLIT.value)
    names = None
    if model.class_conditional:
        names = [dataset.class_names[place] for place in class_ids]
    figures = model.evaluate(sketches, class_name=names, seed=_SEED.value)
    if _JSON.value:
        print(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        print(f"{name:24} {value:.4f}" if isinstance(value, float) else f"{name:24} {value}")


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
