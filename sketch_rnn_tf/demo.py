"""make demo: makes doodles, trains on them for about two minutes, and draws real ones beside the model's own.

python -m sketch_rnn_tf.demo --output=runs/demo
"""

import pathlib

from absl import flags

from sketch_rnn_tf import cli

_OUTPUT = flags.DEFINE_string("output", "runs/demo", "folder for data, run and picture")
_CLASSES = flags.DEFINE_list("classes", ["cup", "fish", "mushroom", "house"], "doodles to learn")
_STEPS = flags.DEFINE_integer("steps", 1700, "training steps")
_NUM = flags.DEFINE_integer("num", 2000, "training sketches of each class")

DRAWINGS_A_CLASS = 4
TEMPERATURE = 0.25

# In two minutes a decoder alone learns more than one with an encoder to feed.
RECIPE = {
    "data.batch_size": 100,
    "model.conditional": False,
    "model.class_conditioning": "one_hot",
    "train.learning_rate": 0.004,
    "train.learning_rate_decay": 0.998,
}


def make_data(folder: pathlib.Path) -> list[str]:
    """Writes one npz a class, in the published format; returns their names."""
    from sketch_rnn_tf.data import doodles, write_npz

    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in _CLASSES.value:
        path = folder / f"{name.replace(' ', '_')}.npz"
        write_npz(path, doodles.make_splits(name, train=_NUM.value, valid=50, test=50))
        paths.append(str(path))
    return paths


def main(_) -> None:
    from sketch_rnn_tf import presets, rendering
    from sketch_rnn_tf.config import with_values
    from sketch_rnn_tf.data.sources import load_sources
    from sketch_rnn_tf.files import write_atomically
    from sketch_rnn_tf.generation.sheets import SampleSheet
    from sketch_rnn_tf.sketch_model import load_model
    from sketch_rnn_tf.training.loop import train_and_evaluate

    output = pathlib.Path(_OUTPUT.value)
    sources = make_data(output / "data")
    values = {
        **RECIPE,
        "data.sources": tuple(sources),
        "train.steps": _STEPS.value,
        "train.eval_every": max(1, _STEPS.value // 2),
    }
    config = with_values(presets.preset("quick"), values)
    train_and_evaluate(config, output / "run", make_sheet=SampleSheet)

    model = load_model(output / "run", "last")
    dataset = load_sources(sources)
    real = []
    for place in range(len(dataset.class_names)):
        mine = [s for s, c in zip(dataset.sketches["test"], dataset.class_ids["test"]) if c == place]
        real += mine[:DRAWINGS_A_CLASS]
    names = [name for name in dataset.class_names for _ in range(DRAWINGS_A_CLASS)]
    drawn = model.generate(len(names), temperature=TEMPERATURE, class_name=names, seed=1)
    picture = output / "drawings.svg"
    groups = [("real sketches", real), ("drawn by the model", drawn)]
    write_atomically(picture, rendering.side_by_side_svg(groups, columns=DRAWINGS_A_CLASS))
    write_atomically(
        picture.with_suffix(".png"), rendering.side_by_side_png(groups, columns=DRAWINGS_A_CLASS)
    )
    print(picture)


def entry() -> None:
    """Runs the demo."""
    cli.run(main)


if __name__ == "__main__":
    entry()
