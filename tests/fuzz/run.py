"""Fuzzes one reader with coverage guidance (atheris); new inputs go to the first folder, a crash to the working directory.

python tests/fuzz/run.py svg -max_total_time=180 runs/fuzz/svg tests/fuzz/corpus/svg
"""

import importlib
import os
import sys

import atheris

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# What is instrumented: our readers and the Python below them, not TensorFlow.
PACKAGES = ["sketch_rnn_tf", "svg", "defusedxml", "PIL", "zipfile", "pickletools", "readers"]
MODULES = {
    "png": ("data.photo",),
    "config": ("config", "hparams", "presets"),
    "metadata": ("training.workdir",),
    "checkpoint": ("training.checkpoints",),
    "js_weights": ("interop.js_format",),
    "tfrecord": ("data.tfrecord",),
}

name = sys.argv.pop(1)
if name in ("png", "metadata", "checkpoint", "tfrecord"):
    import tensorflow  # noqa: F401
with atheris.instrument_imports(include=PACKAGES):
    import readers

    for module in ("data.reading", "data.safe_pickle", "data.npz_members", *MODULES.get(name, ())):
        importlib.import_module(f"sketch_rnn_tf.{module}")


def one(data: bytes) -> None:
    """Lets the reader have one input."""
    readers.read(name, data)


atheris.Setup([*sys.argv, f"-max_len={readers.MAX_BYTES}"], one)
atheris.Fuzz()
