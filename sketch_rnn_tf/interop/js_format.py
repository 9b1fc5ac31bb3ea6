"""The weight file of sketch-rnn-js, which magenta-js and ml5.js read too: `[info, shapes, blobs]`.

Weights are 16-bit integers between -10 and 10. Format: magenta-demos, sketch-rnn-js/lib/sketch_rnn.js.
"""

import base64
import binascii
import json
import math
from collections.abc import Sequence

import numpy as np

LIMIT, LARGEST = 10.0, 32767
NUM_OUTPUTS = 123  # 20 mixture components
DECODER_MODES, VAE_MODES = (2, "gen"), (0, 1, "vae")
MAX_WEIGHTS = 100_000_000

OUTPUT = ("head/kernel", "head/bias")
HEADS = ("mu", "log_var", "initial")


def _cell(path: str) -> tuple[str, ...]:
    return tuple(f"{path}/{name}" for name in ("kernel", "recurrent_kernel", "bias"))


GEN = (*OUTPUT, *_cell("decoder/cell"))
VAE = (
    *_cell("encoder/forward/cell"),
    *_cell("encoder/backward/cell"),
    *(f"{head}/{name}" for head in HEADS for name in ("kernel", "bias")),
    *OUTPUT,
    *_cell("decoder/cell"),
)


def parse(text: str, name: str) -> tuple[dict, dict[str, np.ndarray]]:
    """Reads a file's text, `.json` or the `.js` that wraps it in a variable.

    Args:
        text: the file's.
        name: the file's, for errors.

    Returns:
        info, and float32 weights under our own paths.

    Raises:
        ValueError: it is no such file, or its shapes are not those of an LSTM model with 20 mixture components.
    """
    try:
        values = json.loads(_unwrapped(text))
        info, shapes, blobs = values
        shapes = [tuple(int(size) for size in shape) for shape in shapes]
        if not isinstance(info, dict) or not all(isinstance(blob, str) for blob in blobs):
            raise TypeError("its parts are not info, shapes and texts")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(
            f"{name} is no weight file of sketch-rnn-js ({error!s:.200}); expected [info, shapes, blobs]"
        ) from error
    paths = _paths(info, name)
    if len(shapes) != len(paths) or len(blobs) != len(paths):
        raise ValueError(f"{name} holds {len(blobs)} arrays; mode {info.get('mode')!r} has {len(paths)}")
    if any(size < 1 for shape in shapes for size in shape) or sum(map(math.prod, shapes)) > MAX_WEIGHTS:
        raise ValueError(
            f"{name} claims shapes {shapes!s:.200}; expected positive sizes of {MAX_WEIGHTS} weights at most"
        )
    arrays = {path: _decoded(blob, shape, name) for path, shape, blob in zip(paths, shapes, blobs)}
    _check_shapes(arrays, name)
    return info, arrays


def serialise(info: dict, arrays: dict[str, np.ndarray]) -> tuple[str, int]:
    """Returns the text of a `.json` file, and how many weights were clipped to +-10.

    Args:
        info: its first part; `mode` says which arrays are written.
        arrays: weights under our own paths.
    """
    paths = _paths(info, "the model")
    ordered = [np.asarray(arrays[path], np.float64) for path in paths]
    clipped = sum(int((np.abs(array) > LIMIT).sum()) for array in ordered)
    return json.dumps([info, [list(array.shape) for array in ordered], list(map(_encoded, ordered))]), clipped


def _unwrapped(text: str) -> str:
    """Returns the JSON in `var name = '...';`, or the text itself."""
    text = text.strip()
    name, equals, _ = text[:1000].partition("=")
    if text.startswith(("[", "{")) or not equals:
        return text
    value = text[len(name) + 1 :].strip().removesuffix(";").rstrip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def _paths(info: dict, name: str) -> Sequence[str]:
    mode = info.get("mode")
    if mode in DECODER_MODES:
        return GEN
    if mode in VAE_MODES:
        return VAE
    raise ValueError(f"{name} has mode {mode!r}; expected 2 or gen (a decoder alone), or 0, 1 or vae")


def _decoded(blob: str, shape: tuple[int, ...], name: str) -> np.ndarray:
    try:
        values = np.frombuffer(base64.b64decode(blob, validate=True), "<i2")
        return (values.astype(np.float64) * (LIMIT / LARGEST)).astype(np.float32).reshape(shape)
    except (binascii.Error, ValueError) as error:
        raise ValueError(
            f"{name} holds a damaged array of shape {list(shape)} ({error}); fetch it again"
        ) from error


def _encoded(array: np.ndarray) -> str:
    scaled = np.rint(np.clip(array, -LIMIT, LIMIT) * (LARGEST / LIMIT))
    return base64.b64encode(scaled.astype("<i2").tobytes()).decode("ascii")


def _check_shapes(arrays: dict[str, np.ndarray], name: str) -> None:
    """Checks every shape against the sizes that the recurrent kernels and z's kernel have."""
    units = arrays["decoder/cell/recurrent_kernel"].shape[0]
    z = arrays["mu/kernel"].shape[-1] if "mu/kernel" in arrays else 0
    expected = {
        "head/kernel": (units, NUM_OUTPUTS),
        "head/bias": (NUM_OUTPUTS,),
        **_cell_shapes("decoder/cell", units, 5 + z),
    }
    if z:
        encoder = arrays["encoder/forward/cell/recurrent_kernel"].shape[0]
        for direction in ("forward", "backward"):
            expected |= _cell_shapes(f"encoder/{direction}/cell", encoder, 5)
        for head, rows, columns in (
            ("mu", 2 * encoder, z),
            ("log_var", 2 * encoder, z),
            ("initial", z, 2 * units),
        ):
            expected |= {f"{head}/kernel": (rows, columns), f"{head}/bias": (columns,)}
    for path, shape in expected.items():
        if arrays[path].shape != shape:
            raise ValueError(
                f"{name}: {path} has shape {list(arrays[path].shape)}, expected {list(shape)}; only LSTM models with 20 "
                "mixture components are kept in this format"
            )


def _cell_shapes(path: str, units: int, width: int) -> dict[str, tuple[int, ...]]:
    return dict(zip(_cell(path), ((width, 4 * units), (units, 4 * units), (4 * units,))))
