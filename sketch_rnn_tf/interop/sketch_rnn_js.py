"""Models to and from the weight files of sketch-rnn-js."""

import hashlib
import math
import pathlib

import numpy as np
from absl import logging

from sketch_rnn_tf.config import CHECKPOINTS, Config, with_values
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.interop import js_format
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.training import checkpoints
from sketch_rnn_tf.training.workdir import Metadata, Workdir, describe_run

VERSION = 6
# The published weights fit a start of zeros better (first point 2.76 nats against 3.88).
START = (0.0, 0.0, 0.0, 0.0, 0.0)
MAX_BYTES = 500_000_000


def import_js(source, path, scale_factor: float | None = None) -> Workdir:
    """Writes a workdir that draws and evaluates as a sketch-rnn-js weight file does.

    Departs from sketch-rnn-js in the encoder of VAE files: it reads the real points only, without the row that marks the end.

    Args:
        source: `.gen.json`, `.vae.json`, or the same in a `.js`.
        path: the workdir to make; it must not hold a run.
        scale_factor: data units per normalised unit; that of the file where None.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no such file or larger than half a gigabyte, or the workdir is taken.
    """
    source, workdir = pathlib.Path(source), Workdir(path)
    if workdir.exists:
        raise ValueError(f"{workdir.path} already holds a run; choose another --workdir")
    if source.stat().st_size > MAX_BYTES:
        raise ValueError(f"{source} has {source.stat().st_size} bytes; expected {MAX_BYTES} at most")
    data = source.read_bytes()
    info, arrays = js_format.parse(data.decode("utf-8", "replace"), str(source))
    config = _config(arrays)
    network = build_network(config.model)
    assign_weights(network, arrays)
    metadata = Metadata(
        scale_factor=_positive(scale_factor or info.get("scale_factor"), f"{source}: scale_factor"),
        n_max=int(_positive(info.get("max_seq_len", 250), f"{source}: max_seq_len")),
        class_names=(str(info["name"]),) if info.get("name") else (),
        start_token=START,
        files=({"source": source.name, "path": None, "sha256": hashlib.sha256(data).hexdigest()},),
        **describe_run(config),
    )
    workdir.create(config, metadata)
    weights = {f"model/{name}": np.asarray(weight) for name, weight in named_weights(network).items()}
    checkpoints.save(workdir.checkpoints, weights, 0, CHECKPOINTS, seed=config.train.seed)
    return workdir


def export_js(model, output) -> pathlib.Path:
    """Writes a model as a weight file that sketch-rnn-js, magenta-js and ml5.js load.

    Args:
        model: a `SketchModel`: LSTM cells, 20 mixture components, no class conditioning.
        output: the file, usually NAME.gen.json or NAME.vae.json.

    Returns:
        `output`.

    Raises:
        ValueError: the format has no place for such a model; names the reason.
    """
    config = model.config.model
    reasons = [
        (config.kind != "sketch_rnn", f"a {config.kind} model"),
        (config.decoder.cell != "lstm", f"a decoder of {config.decoder.cell} cells"),
        (config.conditional and config.encoder.cell != "lstm", f"an encoder of {config.encoder.cell} cells"),
        (config.num_mixtures != 20, f"{config.num_mixtures} mixture components"),
        (config.class_conditioning != "none", "class conditioning"),
    ]
    for refused, what in reasons:
        if refused:
            raise ValueError(
                f"sketch-rnn-js has no place for {what}; it keeps LSTM models with 20 mixture components and one class"
            )
    names = model.class_names
    info = {
        "mode": 0 if config.conditional else 2,
        "version": VERSION,
        "max_seq_len": int(model.metadata.n_max),
        "name": names[0] if len(names) == 1 else pathlib.Path(output).name.split(".")[0],
        "scale_factor": float(model.metadata.scale_factor),
    }
    arrays = {path: np.asarray(weight) for path, weight in named_weights(model.network).items()}
    text, clipped = js_format.serialise(info, arrays)
    if clipped:
        logging.warning(
            "%d weights beyond 10 are clipped, which sketch-rnn-js's numbers cannot hold", clipped
        )
    if model.metadata.start_token != START:
        logging.info(
            "this model begins from (0, 0, 1, 0, 0), as magenta-js does; sketch-rnn-js begins from zeros"
        )
    output = pathlib.Path(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(output, text)
    return output


def _config(arrays: dict[str, np.ndarray]) -> Config:
    conditional = "mu/kernel" in arrays
    values = {
        "model.conditional": conditional,
        "model.decoder.units": arrays["decoder/cell/recurrent_kernel"].shape[0],
        "loss.tail": "full",
    }
    if conditional:
        values["model.z_size"] = arrays["mu/kernel"].shape[1]
        values["model.encoder.units"] = arrays["encoder/forward/cell/recurrent_kernel"].shape[0]
    return with_values(Config(), values)


def _positive(value, what: str) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not (math.isfinite(value) and value > 0)
    ):
        raise ValueError(f"{what} is {value!r}; expected a positive number, give it with --scale_factor")
    return float(value)
