"""sketch_rnn_generate: draws with a trained model.

sketch_rnn_generate --workdir=runs/sheep --num=16 --temperature=0.4 --seed=1 --output=sheep.svg
sketch_rnn_generate --workdir=runs/sheep --mode=reconstruct --input=aaron_sheep.npz --input_index=3 --output=copy.png
"""

from absl import flags

from sketch_rnn_tf import cli

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run")
_MODE = flags.DEFINE_enum(
    "mode",
    "sample",
    ["sample", "reconstruct"],
    "sample: new drawings; reconstruct: each input, then its copy",
)
_INPUT = flags.DEFINE_multi_string(
    "input", [], "sketches to encode, .npz or .json; the run's own test split if none"
)
_INPUT_INDEX = flags.DEFINE_multi_integer("input_index", [], "which sketches of the input; repeatable")
_CLASS = flags.DEFINE_string("class", None, "class to draw, for a class-conditional model")
_TEMPERATURE = flags.DEFINE_float(
    "temperature", None, "0 (most likely) to about 1; default 0.4, reconstruct 0.1"
)
_TEMPERATURE_MODE = flags.DEFINE_enum(
    "temperature_mode",
    "paper",
    ["paper", "magenta", "js"],
    "how temperature acts; see mixture.at_temperature",
)
_GREEDY = flags.DEFINE_bool("greedy", False, "take the most likely point each time")
_NUM = flags.DEFINE_integer("num", 9, "number of drawings")
_MAX_STEPS = flags.DEFINE_integer("max_steps", None, "points at most; the model's Nmax if not given")
_SEED = flags.DEFINE_integer("seed", 0, "same seed, same drawings")
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "which weights")
_OUTPUT = flags.DEFINE_string("output", None, "file to write: .svg, .png, .npz or .json")
_COLOR_BY_ORDER = flags.DEFINE_bool("color_by_order", False, "colour strokes by their order")


def _inputs(model):
    """Returns the sketches to encode and their class names (None where unknown)."""
    from sketch_rnn_tf.generation.files import read_sketches

    if _INPUT.value:
        sketches = [sketch for path in _INPUT.value for sketch in read_sketches(path)]
        return _chosen(sketches), _CLASS.value
    from sketch_rnn_tf.data.sources import load_sources

    if not model.config.data.sources:
        raise ValueError("the workdir names no data (it was imported); give sketches with --input")
    dataset = load_sources(model.config.data.sources, max_length=model.config.data.max_length)
    names = [dataset.class_names[place] for place in dataset.class_ids["test"]]
    pairs = list(zip(dataset.sketches["test"], names))
    if _CLASS.value:
        pairs = [pair for pair in pairs if pair[1] == _CLASS.value]
        if not pairs:
            raise ValueError(f"the test split has no sketch of class {_CLASS.value!r}")
    pairs = _chosen(pairs)
    return [sketch for sketch, _ in pairs], [name for _, name in pairs] if model.class_conditional else None


def _chosen(items: list) -> list:
    if not _INPUT_INDEX.value:
        import numpy as np

        order = np.random.default_rng(_SEED.value).permutation(len(items))[: _NUM.value]
        return [items[place] for place in order]
    too_far = [place for place in _INPUT_INDEX.value if not 0 <= place < len(items)]
    if too_far:
        raise ValueError(f"--input_index is {too_far[0]}; the input holds sketches 0 to {len(items) - 1}")
    return [items[place] for place in _INPUT_INDEX.value]


def main(_) -> None:
    if not _WORKDIR.value or not _OUTPUT.value:
        raise ValueError("give the folder of a run with --workdir and a file to write with --output")
    from sketch_rnn_tf.generation.files import check_output, write_drawings
    from sketch_rnn_tf.sketch_model import load_model

    check_output(_OUTPUT.value)
    model = load_model(_WORKDIR.value, _CHECKPOINT.value)
    options = {
        "seed": _SEED.value,
        "greedy": _GREEDY.value,
        "max_steps": _MAX_STEPS.value,
        "temperature_mode": _TEMPERATURE_MODE.value,
    }
    columns = None
    if _MODE.value == "sample":
        temperature = 0.4 if _TEMPERATURE.value is None else _TEMPERATURE.value
        drawings = model.generate(_NUM.value, temperature, class_name=_CLASS.value, **options)
    else:
        temperature = 0.1 if _TEMPERATURE.value is None else _TEMPERATURE.value
        sketches, names = _inputs(model)
        copies = model.reconstruct(sketches, temperature, class_name=names, **options)
        drawings, columns = [drawing for pair in zip(sketches, copies) for drawing in pair], 2
        if len(sketches) > 4:
            columns = 6
    write_drawings(_OUTPUT.value, drawings, columns=columns, color_by_order=_COLOR_BY_ORDER.value)
    print(_OUTPUT.value)


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
