"""Checkpoints: flat npz files under our own paths, with two small JSON files that name the last and the best.

Keras' own formats do not cross between Keras 2.15 and Keras 3, and some restore silently to initial values.
"""

import contextlib
import hashlib
import io
import json
import pathlib
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from absl import logging

from sketch_rnn_tf.config import CHECKPOINTS
from sketch_rnn_tf.data.npz_members import open_npz
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.training import optimizers

PREVIOUS = "previous"  # names what "last" did before
CHECK = "check"  # sha256 of the other values
MAX_BYTES = 2**32
_FILE = re.compile(r"step-\d+\.npz")


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

    Raises:
        OSError: there is no room, or the folder cannot be written; what was saved before stays whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    data = buffer.getvalue()
    path = folder / f"step-{step}.npz"
    write_atomically(path, data)
    pointer = {"step": step, "file": path.name, "sha256": hashlib.sha256(data).hexdigest(), **info}
    text = json.dumps({**pointer, CHECK: _check_sum(pointer)}, indent=1)
    for name in names:
        if name == "last":
            _keep_previous(folder, step)
        write_atomically(folder / f"{name}.json", text)
    _remove_unnamed(folder)


def load(folder: pathlib.Path, name: str = "best") -> Checkpoint:
    """Reads the checkpoint that `name` means; where it is damaged another one, with a warning: for `last` the one before it.

    Args:
        folder: the workdir's `checkpoints/`.
        name: "last" or "best"; a workdir without "best" gives "last".

    Raises:
        ValueError: `name` is neither, or all checkpoints are damaged.
        FileNotFoundError: nothing has been saved yet.
    """
    if name not in CHECKPOINTS:
        raise ValueError(f"checkpoint is {name!r}; expected last or best")
    problems = []
    for pointer in (name, *(other for other in ("last", PREVIOUS, "best") if other != name)):
        if pointer == "best" != name and not problems:
            break
        try:
            info = _pointer(folder, pointer)
            if info is None:
                continue
            arrays = _arrays(folder / info["file"], info["sha256"])
        except ValueError as error:
            problems.append(str(error))
            continue
        for problem in problems:
            logging.warning("%s; going back to %s", problem, info["file"])
        return Checkpoint(arrays, info)
    if problems:
        raise ValueError(f"{problems[0]}; train again or restore the file from a copy")
    raise FileNotFoundError(f"{folder} holds no checkpoint; train first with sketch_rnn_train")


def exists(folder: pathlib.Path) -> bool:
    """Whether anything has been saved in `folder`, damaged or not."""
    return any((folder / f"{name}.json").is_file() for name in ("last", PREVIOUS))


def _arrays(path: pathlib.Path, sha256: str) -> dict[str, np.ndarray]:
    """Returns the arrays of a file, or raises ValueError; not by `np.load`, which believes what sizes a file claims."""
    if not path.is_file():
        raise ValueError(f"{path} is missing")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} has more than {MAX_BYTES} bytes")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"{path} does not have the sha256 recorded for it")
    with open_npz(path, data) as members:
        return {key: members.array(key) for key in members}


def _check_sum(pointer: Mapping) -> str:
    return hashlib.sha256(json.dumps(pointer, sort_keys=True).encode()).hexdigest()


def _pointer(folder: pathlib.Path, name: str) -> dict | None:
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    try:
        info = json.loads(path.read_text())
        if not _FILE.fullmatch(info["file"]):
            raise ValueError("the file it names is no checkpoint of this folder")
        info = {**info, "step": int(info["step"]), "sha256": str(info["sha256"])}
        if CHECK in info and info.pop(CHECK) != _check_sum(info):
            raise ValueError("its checksum is another")
        if not all(
            isinstance(info.get(key, 0), int | float) for key in ("best_cost", "without_gain", "rollbacks")
        ):
            raise ValueError("a number is missing")
        return info
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{path} is damaged ({error!s:.200})") from error


def _keep_previous(folder: pathlib.Path, step: int) -> None:
    """Lets the name for the checkpoint before the last mean what is the last now, unless that is damaged."""
    try:
        info = _pointer(folder, "last")
    except ValueError:
        return
    if info and info["step"] != step:
        write_atomically(folder / f"{PREVIOUS}.json", (folder / "last.json").read_bytes())


def _remove_unnamed(folder: pathlib.Path) -> None:
    """Removes checkpoints without a name, and what a killed process had begun to write."""
    kept = set()
    for name in (*CHECKPOINTS, PREVIOUS):
        with contextlib.suppress(ValueError):
            info = _pointer(folder, name)
            kept |= {info["file"]} if info else set()
    for path in (*folder.glob("step-*.npz"), *folder.glob(".step-*.npz.*"), *folder.glob(".*.json.*")):
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
