"""Checkpoints: flat npz files under our own paths, with two small JSON files that name the last and the best.

Keras' own formats do not cross between Keras 2.15 and Keras 3, and some restore silently to initial values.
"""

import hashlib
import io
import json
import os
import pathlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from absl import logging

from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.training import optimizers

NAMES = ("last", "best")


class Checkpoint(NamedTuple):
    """A checkpoint read from disk: `arrays` by path, and `info`, the JSON that names it."""

    arrays: dict[str, np.ndarray]
    info: dict


def state_arrays(network: tf.keras.Model, optimizer: tf.keras.optimizers.Optimizer) -> dict[str, np.ndarray]:
    """Returns all that training carries from step to step: `model/...`, `optimizer/slotN/...`, `optimizer/iterations`."""
    variables = named_weights(network)
    arrays = {f"model/{path}": np.asarray(variable) for path, variable in variables.items()}
    for path, slot in _slots(network, optimizer).items():
        arrays[f"optimizer/{path}"] = np.asarray(slot)
    arrays["optimizer/iterations"] = np.asarray(optimizer.iterations)
    return arrays


def restore_state(
    arrays: Mapping[str, np.ndarray], network: tf.keras.Model, optimizer: tf.keras.optimizers.Optimizer
) -> None:
    """Puts back what `state_arrays` gave.

    Raises:
        ValueError: the arrays do not fit the network or the optimiser.
    """
    assign_weights(network, model_arrays(arrays))
    slots = _slots(network, optimizer)
    missing = [path for path in slots if f"optimizer/{path}" not in arrays]
    if missing or "optimizer/iterations" not in arrays:
        raise ValueError(
            f"the checkpoint holds no optimizer state ({len(missing)} of {len(slots)} arrays are missing), so training "
            "cannot go on from it; it can be evaluated and drawn with"
        )
    for path, slot in slots.items():
        slot.assign(arrays[f"optimizer/{path}"])
    optimizer.iterations.assign(int(arrays["optimizer/iterations"]))


def model_arrays(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Returns the network's weights of a checkpoint by path."""
    return {path[len("model/") :]: array for path, array in arrays.items() if path.startswith("model/")}


def save(
    folder: pathlib.Path, arrays: Mapping[str, np.ndarray], step: int, names: tuple[str, ...], **info
) -> None:
    """Writes `step-N.npz` and lets `names` point to it; checkpoints that nothing names any more are removed.

    The file is complete on disk before anything names it, so that a kill at any moment leaves the earlier one valid. The
    one that `last` named before is kept as well, in case the newest turns out damaged.

    Args:
        folder: the workdir's `checkpoints/`, made where missing.
        arrays: what `state_arrays` gave.
        step: number of training steps taken.
        names: which of "last" and "best" now mean this step.
        **info: further JSON values to keep with the names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    data = buffer.getvalue()
    path = folder / f"step-{step}.npz"
    write_atomically(path, data)
    pointer = {"step": step, "file": path.name, "sha256": hashlib.sha256(data).hexdigest(), **info}
    for name in names:
        previous = _pointer(folder, name) if name == "last" else None
        earlier = {}
        if previous and previous["step"] != step:
            earlier = {"previous": {key: value for key, value in previous.items() if key != "previous"}}
        write_atomically(folder / f"{name}.json", json.dumps({**pointer, **earlier}, indent=1))
    _remove_unnamed(folder)


def load(folder: pathlib.Path, name: str = "best") -> Checkpoint:
    """Reads the checkpoint that `name` means; a damaged `last` gives the one before it, with a warning.

    Args:
        folder: the workdir's `checkpoints/`.
        name: "last" or "best"; a workdir without "best" gives "last".

    Raises:
        ValueError: `name` is neither, or the file is damaged and there is none before it.
        FileNotFoundError: nothing has been saved yet.
    """
    if name not in NAMES:
        raise ValueError(f"checkpoint is {name!r}; expected last or best")
    info = _pointer(folder, name) or _pointer(folder, "last")
    if info is None:
        raise FileNotFoundError(f"{folder} holds no checkpoint; train first with sketch_rnn_train")
    while True:
        path = folder / info["file"]
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() == info["sha256"]:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                return Checkpoint({key: archive[key] for key in archive.files}, info)
        problem = "is missing" if not path.is_file() else "does not have the sha256 recorded for it"
        if "previous" not in info:
            raise ValueError(f"{path} {problem}; train again or restore the file from a copy")
        logging.warning("%s %s; going back to %s", path, problem, info["previous"]["file"])
        info = info["previous"]


def exists(folder: pathlib.Path) -> bool:
    """Whether anything has been saved in `folder`."""
    return _pointer(folder, "last") is not None


def _pointer(folder: pathlib.Path, name: str) -> dict | None:
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        info = json.loads(path.read_text())
        if os.path.basename(info["file"]) != info["file"]:
            raise ValueError("the file it names lies in another folder")
        return {**info, "step": int(info["step"]), "sha256": str(info["sha256"])}
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged ({error}); remove it or restore it from a copy") from error


def _remove_unnamed(folder: pathlib.Path) -> None:
    kept = set()
    for name in NAMES:
        info = _pointer(folder, name)
        if info:
            kept |= {info["file"], info.get("previous", info)["file"]}
    for path in folder.glob("step-*.npz"):
        if path.name not in kept:
            path.unlink()


def _slots(network, optimizer) -> dict[str, tf.Variable]:
    """Returns the optimiser's per-weight variables as `slotN/path`, N in the order in which the optimiser makes them."""
    trainable = [
        (path, variable)
        for path, variable in named_weights(network).items()
        if any(variable is other for other in network.trainable_variables)
    ]
    order = {id(variable): place for place, variable in enumerate(network.trainable_variables)}
    slots = {}
    for number, values in enumerate(optimizers.slots(optimizer, network.trainable_variables)):
        for path, variable in trainable:
            slots[f"slot{number}/{path}"] = values[order[id(variable)]]
    return slots
