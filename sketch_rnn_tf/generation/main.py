"""sketch_rnn_generate: draws with a trained model.

sketch_rnn_generate --workdir=runs/sheep --num=16 --temperature=0.4 --seed=1 --output=sheep.svg
sketch_rnn_generate --workdir=runs/sheep --mode=reconstruct --input=aaron_sheep.npz --input_index=3 --output=copy.png
sketch_rnn_generate --workdir=runs/five --mode=interpolate --class=car --class2=sun --output=morph.gif
sketch_rnn_generate --workdir=runs/five --mode=switch --class=car --class2=sun --share=0.5 --output=mixed.svg

Modes that need sketches take those of --input, or seeded ones of the model's own test data, or its own drawings.
"""

from absl import flags

from sketch_rnn_tf import cli, config

_MODE_HELP = {
    "sample": "new drawings",
    "reconstruct": "each input, then its copy",
    "tidy": "each input, then redrawn cleanly",
    "strip": "rows at rising temperature",
    "complete": "endings of unfinished sketches",
    "interpolate": "from one sketch to another",
    "path": "through several sketches",
    "grid": "between four sketches",
    "analogy": "a weighted sum of sketches",
    "sweep": "along latent dimensions",
    "switch": "begun as one object, finished as another",
    "pattern": "pages of similar drawings",
    "lesson": "how to draw something, step by step",
    "booklet": "switched drawings, a page each",
}

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run")
_WORKDIR2 = flags.DEFINE_multi_string(
    "workdir2", [], "switch, booklet: the models that go on, in turn; repeatable"
)
_MODE = flags.DEFINE_enum(
    "mode", "sample", list(_MODE_HELP), "; ".join(f"{mode}: {text}" for mode, text in _MODE_HELP.items())
)
_INPUT = flags.DEFINE_multi_string(
    "input",
    [],
    "sketches to start from: .npz, .ndjson, .svg, .csv or .json, or images for models that read them; repeatable",
)
_INPUT_INDEX = flags.DEFINE_multi_integer("input_index", [], "which sketches of the input; repeatable")
_SPLIT = flags.DEFINE_enum("split", "test", ["train", "valid", "test"], "of inputs that have splits")
_CLASS = flags.DEFINE_multi_string(
    "class", [], "class of all sketches, or of each in turn, for a class-conditional model; repeatable"
)
_CLASS2 = flags.DEFINE_multi_string("class2", [], "one more --class; the class to go to")
_WEIGHTS = flags.DEFINE_list("weights", [], "analogy: a number for each input, such as 1,-1,1")
_SHARE = flags.DEFINE_multi_float(
    "share", [], "complete, switch: of the points, what stands (0 to 1); one for each switch, default 0.5"
)
_SHARE_OF = flags.DEFINE_enum(
    "share_of", "points", ["points", "strokes"], "stop anywhere, or at the nearest stroke's end"
)
_Z = flags.DEFINE_enum(
    "z",
    "likely",
    ["likely", "prior", "partial", "input"],
    "complete: a z of chance that makes the beginning likely, any z of chance, that of the unfinished sketch, or of the second input",
)
_METHOD = flags.DEFINE_enum("method", "slerp", ["slerp", "lerp"], "how to go between latent vectors")
_DIMENSION = flags.DEFINE_multi_integer(
    "dimension", [], "sweep: latent dimensions; the most used if none; repeatable"
)
_LOW = flags.DEFINE_float("low", -3.0, "sweep: from here")
_HIGH = flags.DEFINE_float("high", 3.0, "sweep: to here, in standard deviations of the prior")
_SPREAD = flags.DEFINE_float("spread", 1.0, "pattern: how unlike the drawings are; 0 or more")
_SAME_UNITS = flags.DEFINE_bool(
    "same_units", True, "switch: the models' data have one unit; if not, normalised units count"
)
_TEMPERATURE = flags.DEFINE_multi_float(
    "temperature",
    [],
    "0 (most likely) to about 1; 0.4 unless the mode has its own; strips take several",
)
_TEMPERATURE_MODE = flags.DEFINE_enum(
    "temperature_mode",
    "paper",
    ["paper", "magenta", "js"],
    "how temperature acts; see mixture.at_temperature",
)
_GREEDY = flags.DEFINE_bool("greedy", False, "take the most likely point each time")
_NUM = flags.DEFINE_integer("num", None, "number of drawings, endings or steps; the mode has its own")
_ROWS = flags.DEFINE_integer("rows", 5, "of a grid; of a sweep")
_COLS = flags.DEFINE_integer("cols", 5, "of a grid")
_MAX_STEPS = flags.DEFINE_integer("max_steps", None, "points at most; the model's Nmax if not given")
_SEED = flags.DEFINE_integer("seed", 0, "same seed, same drawings")
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which weights")
_OUTPUT = flags.DEFINE_string("output", None, "file to write: .svg, .png, .gif, .pdf, .npz or .json")
_ANIMATE = flags.DEFINE_bool("animate", False, "a moving .svg; a .gif always moves")
_COLOR_BY_ORDER = flags.DEFINE_bool("color_by_order", False, "colour strokes by their order")
_THEME = flags.DEFINE_enum("theme", "light", ["light", "dark"], "of pictures")
_CELL_SIZE = flags.DEFINE_integer("cell_size", 128, "pixels of a cell")
_PAGE = flags.DEFINE_string(
    "page", "a4", "pattern, lesson, booklet: a3 to a6, letter, or width x height in mm, 210x297"
)
_MARGIN = flags.DEFINE_float("margin", 10.0, "of a page, mm")
_PAGES = flags.DEFINE_integer("pages", 1, "pattern: number of pages")
_TILE = flags.DEFINE_float("tile", 30.0, "pattern: side of a tile, mm")
_ARRANGEMENT = flags.DEFINE_enum(
    "arrangement", "grid", ["grid", "brick", "half_drop"], "pattern: how tiles stand"
)
_TURN = flags.DEFINE_float("turn", 0.0, "pattern: largest turn of a drawing, degrees")
_STEPS = flags.DEFINE_integer("steps", None, "lesson: number of steps")


def _request():
    from sketch_rnn_tf import threads
    from sketch_rnn_tf.generation.inputs import Inputs
    from sketch_rnn_tf.generation.modes import Request
    from sketch_rnn_tf.sketch_model import load_model

    threads.one_per_operation()
    model = load_model(_WORKDIR.value, _CHECKPOINT.value)
    class_names = [*_CLASS.value, *_CLASS2.value]
    look = {"theme": _THEME.value, "cell_size": _CELL_SIZE.value}
    if _COLOR_BY_ORDER.value:
        look["color_by_order"] = True
    return Request(
        model=model,
        inputs=Inputs(model, _INPUT.value, _INPUT_INDEX.value, class_names, _SPLIT.value, _SEED.value),
        others=[load_model(path, _CHECKPOINT.value) for path in _WORKDIR2.value],
        class_names=class_names,
        num=_NUM.value,
        rows=_ROWS.value,
        cols=_COLS.value,
        temperatures=_TEMPERATURE.value,
        share=_SHARE.value,
        share_of=_SHARE_OF.value,
        weights=[_number("weights", weight) for weight in _WEIGHTS.value],
        method=_METHOD.value,
        dimensions=_DIMENSION.value,
        low=_LOW.value,
        high=_HIGH.value,
        spread=_SPREAD.value,
        z=_Z.value,
        same_units=_SAME_UNITS.value,
        page={
            "page": _page(_PAGE.value),
            "margin": _MARGIN.value,
            "pages": _PAGES.value,
            "cell": _TILE.value,
            "arrangement": _ARRANGEMENT.value,
            "turn": _TURN.value,
            # A plotter's page has nothing behind its lines; a picture has.
            "background": "theme" if _OUTPUT.value.endswith(".png") else None,
        },
        steps=_STEPS.value,
        look=look,
        options={
            "seed": _SEED.value,
            "greedy": _GREEDY.value,
            "max_steps": _MAX_STEPS.value,
            "temperature_mode": _TEMPERATURE_MODE.value,
        },
    )


def _page(text: str):
    """Returns a page's name, or its width and height in mm."""
    width, cross, height = text.partition("x")
    return (_number("page", width), _number("page", height)) if cross else text


def _number(flag: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"--{flag} holds {text!r}; expected numbers") from error


def main(_) -> None:
    if not _WORKDIR.value or not _OUTPUT.value:
        raise ValueError("give the folder of a run with --workdir and a file to write with --output")
    from sketch_rnn_tf.generation.files import check_output, write_sheet

    check_output(_OUTPUT.value)
    from sketch_rnn_tf.generation.modes import MODES

    request = _request()
    write_sheet(_OUTPUT.value, MODES[_MODE.value](request), request.look, _ANIMATE.value)
    print(_OUTPUT.value)


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
