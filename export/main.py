"""sketch_rnn_export: a trained model for TensorFlow Serving and whatever else reads SavedModels, for browsers, or for sketch-rnn-js.

sketch_rnn_export --workdir=runs/cats --output=served/cats --format=saved_model,sketch_rnn_js
sketch_rnn_export --workdir=runs/cats --output=web/cats --format=tfjs --quantize=float16 --data=cat.npz
sketch_rnn_export --workdir=runs/cats --output=web/cats --format=web --quantize=float16
"""

import pathlib

from absl import flags

from sketch_rnn_tf import cli, config

FORMATS = ("saved_model", "sketch_rnn_js", "tfjs", "web")
QUANTIZE = ("float32", "float16", "uint8")

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run, or pretrained:NAME")
_OUTPUT = flags.DEFINE_string("output", None, "folder to write; its name is the model's")
_FORMAT = flags.DEFINE_list(
    "format", ["saved_model"], "what to write; several with commas: " + ", ".join(FORMATS)
)
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which weights")
_VERSION = flags.DEFINE_integer("version", 1, "saved_model: number of the version")
_QUANTIZE = flags.DEFINE_enum("quantize", "float32", QUANTIZE, "tfjs, web: how their files keep weights")
_DATA = flags.DEFINE_string(
    "data",
    None,
    "tfjs: an .npz with a test split, on which what quantizing costs is measured and written to the manifest",
)


def main(_) -> None:
    for name, value in (("workdir", _WORKDIR.value), ("output", _OUTPUT.value)):
        if not value:
            raise ValueError(f"no --{name} was given; name a folder")
    for name in _FORMAT.value:
        if name not in FORMATS:
            raise ValueError(f"--format={name} is unknown; expected {' or '.join(FORMATS)}")
    from sketch_rnn_tf.sketch_model import load_model

    model = load_model(_WORKDIR.value, _CHECKPOINT.value)
    output = pathlib.Path(_OUTPUT.value)
    if "sketch_rnn_js" in _FORMAT.value:
        from sketch_rnn_tf.interop.sketch_rnn_js import export_js

        kind = "vae" if model.config.model.conditional else "gen"
        print(export_js(model, output / f"{output.name}.{kind}.json"))
    if "web" in _FORMAT.value:
        from export.web_model import export_web

        print(export_web(model, output / f"{output.name}.sketchrnn", _QUANTIZE.value))
    if "saved_model" in _FORMAT.value:
        from export.saved_model import export_saved_model

        print(export_saved_model(model, output, _VERSION.value))
    if "tfjs" in _FORMAT.value:
        from export.tfjs import export_tfjs

        print(export_tfjs(model, output / "tfjs", _QUANTIZE.value, *_sketches(model)))


def _sketches(model):
    """Returns the test sketches of --data that fit the model, and their class, named as the file where the model has classes."""
    if not _DATA.value:
        return None, None
    from sketch_rnn_tf.data import read_npz

    path = pathlib.Path(_DATA.value)
    held = [sketch for sketch in read_npz(path)["test"] if len(sketch) <= model.metadata.n_max]
    return held, path.stem.replace("_", " ") if model.class_conditional else None


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
