"""Models that differ in some settings, trained alike and scored alike: what the tables of the papers compare."""

import json
import pathlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf import presets
from sketch_rnn_tf.files import write_atomically


class Training(NamedTuple):
    """What all variants have in common: steps, `key=value` settings, where relative data lie, seed, progress bars or none."""

    steps: int
    overrides: Sequence[str] = ()
    data_dir: str | None = None
    seed: int = 0
    progress: bool = True


class Variant(NamedTuple):
    """One model: a preset, settings beside it, and what `--data` takes."""

    preset: str
    values: Mapping[str, object]
    sources: tuple[str, ...]


class Trained(NamedTuple):
    """A variant after its training: the model, test sketches with their classes, and its figures on them.

    `figures` are those of `SketchModel.evaluate`, with `steps`, `weights` (their number) and `total`, L_R with all pen losses and the
    floored L_KL by the weight it has in the end, as the checkpoint was chosen.
    """

    model: object
    sketches: list[np.ndarray]
    names: list[str]
    figures: dict


def train_variants(
    variants: Mapping[str, Variant], folder, training: Training
) -> Iterator[tuple[str, Trained]]:
    """Trains what is missing and scores each on its test split; the same call goes on where one stopped.

    Args:
        variants: by the name of the workdir each gets in `folder`.
        folder: made if missing; gets `figures.json` too, anew after each variant.
        training: what they have in common; a variant's own settings hold over its overrides.

    Yields:
        each variant's name and what became of it, in order.

    Raises:
        ValueError: a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    from sketch_rnn_tf.sketch_model import load_model
    from sketch_rnn_tf.training.loop import train_and_evaluate
    from sketch_rnn_tf.training.workdir import load_data

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    figures: dict[str, dict] = {}
    # Every config first: a wrong setting of the last one is said before the first one's hours.
    configs = {name: _config(variant, training) for name, variant in variants.items()}
    for name, config in configs.items():
        reached = train_and_evaluate(
            config, folder / name, data_dir=training.data_dir, progress=training.progress
        )
        if reached.get("stopped"):
            raise InterruptedError(
                f"training of {name} was stopped and saved; the same command goes on from there"
            )
        model = load_model(folder / name)
        dataset = load_data(model.config, model.metadata, training.data_dir, variants[name].sources)
        sketches, class_ids = dataset.in_memory("test")
        names = [dataset.class_names[place] for place in class_ids]
        figures[name] = _figures(model, sketches, names, training)
        write_atomically(folder / "figures.json", json.dumps(figures, indent=1) + "\n")
        yield name, Trained(model, sketches, names, figures[name])


def _config(variant: Variant, training: Training) -> config_lib.Config:
    common = {
        "data.sources": tuple(variant.sources),
        "train.steps": training.steps,
        "train.seed": training.seed,
    }
    base = config_lib.apply_overrides(presets.preset(variant.preset), training.overrides)
    return config_lib.with_values(base, {**variant.values, **common})


def _figures(model, sketches, names: list[str], training: Training) -> dict:
    figures = model.evaluate(
        sketches, class_name=names if model.class_conditional else None, seed=training.seed
    )
    total = figures["reconstruction_unmasked"] + model.config.loss.kl_weight * figures["kl_floored"]
    weights = sum(int(np.prod(variable.shape)) for variable in model.network.trainable_variables)
    return {**figures, "total": total, "weights": weights, "steps": training.steps}
