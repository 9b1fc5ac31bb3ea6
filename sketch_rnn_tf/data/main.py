"""sketch_rnn_dataset: makes and inspects files of sketches.

sketch_rnn_dataset doodles --num=1000 --seed=1 --output=doodles [--classes=cat,house]
    writes embedded, generated drawings, one npz a class: --num training sketches of each class, and a tenth as many (at
    least one) each for validation and test
sketch_rnn_dataset inspect --input=cat.npz [--json] [--output=cat.svg]
    prints counts, lengths, scale factor, duplicates and malformed rows; draws a grid of the sketches
"""

import json
import pathlib
import sys

from absl import flags

from sketch_rnn_tf import checks, cli

_NUM = flags.DEFINE_integer(
    "num", 1000, "doodles: training sketches of each class; a tenth each for valid and test"
)
_SEED = flags.DEFINE_integer("seed", 0, "doodles: same seed, same drawings")
_CLASSES = flags.DEFINE_list("classes", [], "doodles: which classes, with commas; all if none")
_INPUT = flags.DEFINE_string("input", None, "inspect: a sketch-rnn .npz file")
_JSON = flags.DEFINE_bool("json", False, "inspect: print one JSON object")
_OUTPUT = flags.DEFINE_string(
    "output", None, "doodles: folder to write; inspect: picture to write, .svg or .png"
)

DRAWN = 25


def make_doodles() -> None:
    """Writes one npz for each class of embedded drawings."""
    if not _OUTPUT.value:
        raise ValueError("no --output was given; name the folder to write")
    checks.at_least("--num", _NUM.value, 1)
    checks.between("--seed", _SEED.value, 0, 2**31 - 1)
    from sketch_rnn_tf.data import doodles
    from sketch_rnn_tf.data.npz import write_npz

    names = _CLASSES.value or doodles.class_names()
    for name in names:
        if name not in doodles.class_names():
            raise ValueError(
                f"there is no doodle class {name!r}; expected some of {', '.join(doodles.class_names())}"
            )
    folder = pathlib.Path(_OUTPUT.value)
    folder.mkdir(parents=True, exist_ok=True)
    tenth = max(1, _NUM.value // 10)
    for name in names:
        path = folder / f"{name.replace(' ', '_')}.npz"
        write_npz(
            path, doodles.make_splits(name, train=_NUM.value, valid=tenth, test=tenth, seed=_SEED.value)
        )
        print(path)


def inspect() -> None:
    """Prints what a file holds, and draws some of it."""
    from sketch_rnn_tf.data.inspection import inspect_npz

    if not _INPUT.value:
        raise ValueError("no --input was given; name a sketch-rnn .npz file")
    output = pathlib.Path(_OUTPUT.value) if _OUTPUT.value else None
    if output and output.suffix not in (".svg", ".png"):
        raise ValueError(f"--output is {output.name!r}; expected a name that ends in .svg or .png")
    figures, sketches = inspect_npz(_INPUT.value)
    if output:
        _draw(output, sketches)
    if _JSON.value:
        print(json.dumps(figures, indent=1))
        return
    splits = figures.pop("splits")
    print(" ".join(f"{title:>12}" for title in ("split", *splits["train"])))
    for split, values in splits.items():
        print(
            " ".join(
                f"{value:>12.6g}" if value != split else f"{value:>12}" for value in (split, *values.values())
            )
        )
    for name, value in figures.items():
        print(f"{name:12} {value}")


def _draw(output: pathlib.Path, sketches) -> None:
    """Draws sketches from all over the file."""
    from sketch_rnn_tf import rendering
    from sketch_rnn_tf.files import write_atomically

    if not sketches:
        raise ValueError(f"{_INPUT.value} holds no sound sketch to draw; leave --output out")
    chosen = sketches[:: max(1, len(sketches) // DRAWN)][:DRAWN]
    write_atomically(output, rendering.svg(chosen) if output.suffix == ".svg" else rendering.png(chosen))


COMMANDS = {"doodles": make_doodles, "inspect": inspect}


def entry() -> None:
    """Runs the command."""
    program, *arguments = sys.argv
    command = arguments.pop(0) if arguments and not arguments[0].startswith("-") else None

    def main(_) -> None:
        if command not in COMMANDS:
            came = "no command was given" if command is None else f"{command!r} is no command"
            raise ValueError(f"{came}; expected {' or '.join(COMMANDS)}, --help describes them")
        COMMANDS[command]()

    cli.run(main, [program, *arguments])


if __name__ == "__main__":
    entry()
