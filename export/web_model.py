"""One file for the page and its JavaScript module: what a reader must know as JSON, then the weights as plain arrays.

The module steps the recurrence itself, so it needs weights rather than graphs, and no converter.
"""

import json
import pathlib
import struct

import numpy as np

from export.manifest import manifest
from export.signatures import Signatures
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.models.weights import named_weights

MAGIC = b"SKETCHRNN1\n\0"
CELLS = ("lstm", "layer_norm")
DTYPES = ("float32", "float16")


def export_web(model, path, quantize: str = "float32") -> pathlib.Path:
    """Writes a model for `export/web`: 12 bytes of magic, uint32 size of the header, the header as JSON, the weights.

    Numbers are little-endian; the header ends with spaces so that the weights begin at a multiple of 4.

    Args:
        model: a `SketchModel` of kind `sketch_rnn`.
        path: the file to write.
        quantize: "float32" or "float16", how the file keeps weights.

    Returns:
        `path`.

    Raises:
        ValueError: the module does not run such a model, or `quantize` is unknown.
    """
    if quantize not in DTYPES:
        raise ValueError(f"quantize is {quantize!r}; the web format keeps weights as {' or '.join(DTYPES)}")
    config = model.config.model
    parts = [config.decoder, *([config.encoder] if config.conditional else [])]
    if config.kind != "sketch_rnn" or model.network.image_size:
        raise ValueError(
            f"the web format holds models of kind sketch_rnn, this is {config.kind}; take --format=tfjs"
        )
    for part in parts:
        if part.cell not in CELLS:
            raise ValueError(
                f"the web format holds the cells {' and '.join(CELLS)}, this model has {part.cell}; take --format=tfjs"
            )
    arrays = {name: np.asarray(weight) for name, weight in named_weights(model.network).items()}
    if model.network.conditional and model.network.fitted_prior is not None:
        arrays |= {f"prior/{name}": array for name, array in model.network.fitted_prior.arrays.items()}
    header = manifest(model, Signatures(model, checked=False))
    del header["signatures"], header["state_size"], header["image_size"]
    header |= {
        "class_conditioning": config.class_conditioning,
        "decoder": {"cell": config.decoder.cell, "units": config.decoder.units},
        "encoder": {"cell": config.encoder.cell, "units": config.encoder.units}
        if config.conditional
        else None,
        "forget_bias": float(model.network.decoder.cell.forget_bias),
        "dtype": quantize,
        "weights": [{"name": name, "shape": list(array.shape)} for name, array in arrays.items()],
    }
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 4)
    little_endian = np.dtype(quantize).newbyteorder("<")
    pieces = [MAGIC, struct.pack("<I", len(text)), text]
    pieces += [np.ascontiguousarray(array, little_endian).tobytes() for array in arrays.values()]
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, pieces)
    return path
