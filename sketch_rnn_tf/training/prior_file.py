"""`prior.npz` of a workdir: a prior of z fitted to one of its checkpoints."""

import io
import pathlib

import numpy as np
from absl import logging

from sketch_rnn_tf.data.npz_members import open_npz
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.models.mixture_prior import NAMES, MixturePrior

FILE = "prior.npz"
STEP = "step"


def save(folder: pathlib.Path, prior: MixturePrior, step: int) -> pathlib.Path:
    """Writes a prior, in float16 as the pretrained models' weights, and the step it belongs to; returns the file."""
    buffer = io.BytesIO()
    halves = {name: prior.arrays[name].astype(np.float16) for name in NAMES}
    np.savez_compressed(buffer, **halves, **{STEP: np.asarray(step)})
    path = pathlib.Path(folder) / FILE
    write_atomically(path, buffer.getvalue())
    return path


def load(folder: pathlib.Path, step: int, num_classes: int, z_size: int) -> MixturePrior | None:
    """Reads the prior fitted at `step`; None where there is none, or with a warning one of another step.

    Raises:
        ValueError: the file is damaged or belongs to another model.
    """
    path = pathlib.Path(folder) / FILE
    if not path.is_file():
        return None
    with open_npz(path) as members:
        missing = [name for name in (STEP, *NAMES) if name not in members]
        if missing:
            raise ValueError(f"{path} holds no {missing[0]}; fit it again or remove it")
        arrays = {name: members.array(name) for name in (STEP, *NAMES)}
    fitted = arrays.pop(STEP)
    if fitted.size != 1 or int(fitted.item()) != step:
        logging.warning(
            "%s was fitted at step %s and the checkpoint is of step %d, so z comes from N(0, 1); fit it again",
            path,
            fitted.tolist(),
            step,
        )
        return None
    try:
        return MixturePrior(arrays, num_classes, z_size)
    except ValueError as error:
        raise ValueError(f"{path}: {error}, or remove it") from error
