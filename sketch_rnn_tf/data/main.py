"""sketch_rnn_dataset: makes, converts and inspects files of sketches.

sketch_rnn_dataset doodles --num=1000 --seed=1 --output=doodles [--classes=cat,house]
    writes embedded, generated drawings, one npz a class: --num training sketches of each class, and a tenth as many (at
    least one) each for validation and test
sketch_rnn_dataset convert --input=cat.ndjson --output=cat.npz [--splits=70000,2500,2500] [--max_points=200]
    turns drawings into training data. Input: QuickDraw's .ndjson (raw ones are simplified as Google does), .svg, .csv of
    points (columns sketch, stroke, x, y; optional class, time), .npz, .json of strokes, and folders of them, which become one
    file a class. Output: an .npz, a .tfrecord, or a folder of them
sketch_rnn_dataset inspect --input=cat.npz [--json] [--output=cat.svg]
    prints counts, lengths, scale factor, duplicates and malformed rows of any such file or folder, or of tfds:NAME; draws random
    sketches and a histogram of their lengths
"""

import json
import os
import pathlib
import sys

from absl import flags

from sketch_rnn_tf import checks, cli

_NUM = flags.DEFINE_integer(
    "num", 1000, "doodles: training sketches of each class; a tenth each for valid and test"
)
_SEED = flags.DEFINE_integer(
    "seed", 0, "same seed, same doodles; convert: same splits; inspect: same sketches drawn"
)
_CLASSES = flags.DEFINE_list("classes", [], "doodles: which classes, with commas; all if none")
_INPUT = flags.DEFINE_multi_string(
    "input", [], "convert, inspect: a file or folder; inspect: also tfds:NAME; repeatable"
)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "inspect: where TFDS data lie; TFDS' own default if none")
_JSON = flags.DEFINE_bool("json", False, "convert, inspect: print one JSON object")
_OUTPUT = flags.DEFINE_string(
    "output",
    None,
    "doodles: folder to write; convert: NAME.npz, NAME.tfrecord (written as NAME-train.tfrecord and so on) or a folder; "
    "inspect: picture to write, .svg or .png",
)
_EPSILON = flags.DEFINE_float(
    "epsilon", None, "convert: Ramer-Douglas-Peucker tolerance in the units written; raw QuickDraw has 2"
)
_MAX_POINTS = flags.DEFINE_integer(
    "max_points",
    0,
    "convert: simplify longer sketches by --epsilon, or 0.25, rising by 0.25 up to 2.25, until they have at most so many "
    "points; what is still longer is left out",
)
_FIT = flags.DEFINE_float(
    "fit",
    0,
    "convert: align each drawing to its top left and scale its longer side to this; raw QuickDraw has 255",
)
_SCALE = flags.DEFINE_float("scale", 1, "convert: multiply all coordinates by this")
_TOLERANCE = flags.DEFINE_float(
    "tolerance",
    0,
    "convert: how far lines may be from SVG curves, in the file's units; a 510th of the drawing if 0",
)
_SPLITS = flags.DEFINE_list(
    "splits",
    None,
    "convert: sizes of train, valid and test: numbers, shares, or rest once (70000,2500,2500 or rest,500,500 or 0.8,0.1,0.1);"
    " if none, those of the input, or 0.9,0.05,0.05",
)
_RECOGNIZED = flags.DEFINE_bool(
    "recognized_only", False, "convert: only drawings QuickDraw's game recognised"
)
_COUNTRY = flags.DEFINE_list(
    "country", [], "convert: only drawings from these countries, as QuickDraw's US,DE"
)
_DEDUP = flags.DEFINE_string(
    "dedup",
    "key",
    "convert: leave out drawings whose key (key_id) or content (points) came before, or none",
)
_CLASS_BY = flags.DEFINE_string(
    "class_by",
    "file",
    "convert: class by the file's or folder's name, by the word in each row, or none (one class)",
)
_SKIP_BAD = flags.DEFINE_bool(
    "skip_bad", False, "convert: leave out and count malformed rows, rather than stop"
)
_LEGACY = flags.DEFINE_bool(
    "legacy", False, "convert: write npz of pickled arrays, which Magenta's code reads"
)
_FORMAT = flags.DEFINE_string("format", None, "convert: npz or tfrecord; by --output if not given")
_RASTER_NPY = flags.DEFINE_integer(
    "raster_npy",
    0,
    "convert: also draw each npz as a QuickDraw-style bitmap file NAME.npy of so many pixels a side (28 as published, 48 for CNN "
    "encoders): uint8, a flat image a row, train, then valid, then test",
)
_WORKERS = flags.DEFINE_integer("workers", None, "convert: processes; one a processor if not given")
_PROGRESS = flags.DEFINE_bool("progress", True, "convert: show a bar on a terminal")

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


def convert() -> None:
    """Turns files of drawings into training data and prints what became of them."""
    from sketch_rnn_tf.data import conversion

    if _RASTER_NPY.value:
        checks.between("--raster_npy", _RASTER_NPY.value, 8, 1024)
        if _FORMAT.value == "tfrecord" or str(_OUTPUT.value).endswith(".tfrecord"):
            raise ValueError("--raster_npy draws npz files; leave it out, or write .npz")
    report = conversion.convert(
        _INPUT.value,
        _OUTPUT.value,
        conversion.Preparation(
            epsilon=_EPSILON.value, max_points=_MAX_POINTS.value, fit=_FIT.value, scale=_SCALE.value
        ),
        conversion.Selection(
            recognized_only=_RECOGNIZED.value,
            countries=tuple(country.upper() for country in _COUNTRY.value),
            skip_bad=_SKIP_BAD.value,
            dedup=_DEDUP.value,
            class_by=_CLASS_BY.value,
        ),
        splits=_SPLITS.value,
        seed=_SEED.value,
        legacy=_LEGACY.value,
        form=_FORMAT.value,
        tolerance=_TOLERANCE.value,
        workers=_WORKERS.value or os.cpu_count() or 1,
        progress=_PROGRESS.value,
    )
    if _RASTER_NPY.value:
        report["files"] += [_draw_bitmaps(file) for file in report["files"]]
    if _JSON.value:
        print(json.dumps(report, indent=1))
        return
    for name, sizes in report["classes"].items():
        print(f"{name}: " + ", ".join(f"{size} {split}" for split, size in sizes.items()))
    for name in ("read", "written", *conversion.LOSSES):
        if report[name] or name in ("read", "written"):
            print(f"{name:14} {report[name]}")
    for error in report["errors"]:
        print(f"skipped        {error}")
    if report["empty"]:
        print(f"nothing left of {', '.join(report['empty'])}")
    print("\n".join(report["files"]))


def _draw_bitmaps(npz) -> str:
    """Draws all sketches of an npz into an npy beside it; returns its path."""
    from sketch_rnn_tf.data.npz import SPLITS, read_npz
    from sketch_rnn_tf.data.raster_npy import write_raster_npy

    splits = read_npz(npz)
    path = pathlib.Path(npz).with_suffix(".npy")
    write_raster_npy(path, [sketch for split in SPLITS for sketch in splits[split]], _RASTER_NPY.value)
    return str(path)


def inspect() -> None:
    """Prints what files hold, and draws some of it."""
    from sketch_rnn_tf.data import inspection

    if not _INPUT.value:
        raise ValueError("no --input was given; name a file or folder of sketches")
    output = pathlib.Path(_OUTPUT.value) if _OUTPUT.value else None
    if output and output.suffix not in (".svg", ".png"):
        raise ValueError(f"--output is {output.name!r}; expected a name that ends in .svg or .png")
    checks.between("--seed", _SEED.value, 0, 2**31 - 1)
    figures, picked, lengths = inspection.inspect(_INPUT.value, DRAWN, _SEED.value, _DATA_DIR.value)
    if output:
        _draw(output, picked, lengths)
    if _JSON.value:
        print(json.dumps(figures, indent=1))
        return
    splits = figures.pop("splits")
    columns = list(next(iter(splits.values()))) if splits else []
    print(" ".join(f"{title:>12}" for title in ("split", *columns)))
    for split, values in splits.items():
        print(f"{split:>12} " + " ".join(f"{value:>12.6g}" for value in values.values()))
    dropped = figures.pop("dropped_at")
    for name, value in figures.items():
        print(f"{name:12} {value}")
    print("longer than  " + ", ".join(f"{cap}: {share:.2%}" for cap, share in dropped.items()))


def _draw(output: pathlib.Path, sketches, lengths) -> None:
    """Draws random sketches above a histogram of lengths."""
    from sketch_rnn_tf import rendering
    from sketch_rnn_tf.data.overview import overview
    from sketch_rnn_tf.files import write_atomically

    if not sketches:
        raise ValueError(f"{', '.join(_INPUT.value)} holds no sound sketch to draw; leave --output out")
    figure = overview(sketches, lengths)
    write_atomically(
        output, rendering.to_svg(figure) if output.suffix == ".svg" else rendering.to_png(figure)
    )


COMMANDS = {"doodles": make_doodles, "convert": convert, "inspect": inspect}


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
