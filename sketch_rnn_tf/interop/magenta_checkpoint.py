"""A TensorFlow 1 checkpoint of Magenta's sketch_rnn becomes a workdir."""

import json
import pathlib

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import hparams
from sketch_rnn_tf.config import CHECKPOINTS, Config
from sketch_rnn_tf.interop.magenta_variables import weights_from_variables
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.training import checkpoints
from sketch_rnn_tf.training.workdir import Metadata, Workdir, describe_run

CONFIG_NAME = "model_config.json"


def import_checkpoint(source, path, scale_factor: float, hparams_text: str = "") -> Workdir:
    """Writes a workdir that draws and evaluates as the checkpoint did.

    Magenta's optimiser state is not taken over: the checkpoints of its trainer hold two of them, and published ones none.

    Args:
        source: prefix of the checkpoint (`vector-0`) or its folder; `model_config.json` lies beside it.
        path: the workdir to make; it must not hold a run.
        scale_factor: data units per normalised unit; a TF1 checkpoint does not hold it.
        hparams_text: Magenta's hyper-parameters, over or instead of `model_config.json`.

    Raises:
        FileNotFoundError: there is no checkpoint.
        ValueError: it is no checkpoint of this model, its config is unreadable, or the workdir is taken.
    """
    if not scale_factor > 0:
        raise ValueError(f"scale_factor is {scale_factor}; expected a positive number of data units per unit")
    prefix = _prefix(pathlib.Path(source))
    config, max_length = _config(prefix, hparams_text)
    workdir = Workdir(path)
    if workdir.exists:
        raise ValueError(f"{workdir.path} already holds a run; choose another --workdir")
    try:
        reader = tf.train.load_checkpoint(str(prefix))
    except (tf.errors.OpError, ValueError) as error:
        message = str(error).splitlines()[0]
        raise ValueError(f"{prefix} cannot be read as a TensorFlow checkpoint ({message})") from error
    names = reader.get_variable_to_shape_map()
    weights = weights_from_variables(_Variables(reader, names), config.model)
    network = build_network(config.model)
    assign_weights(network, weights)
    metadata = Metadata(
        scale_factor=float(scale_factor),
        n_max=max_length,
        class_names=(),
        files=({"source": prefix.name, "path": None, "sha256": None},),
        **describe_run(config),
    )
    workdir.create(config, metadata)
    arrays = {f"model/{name}": np.asarray(weight) for name, weight in named_weights(network).items()}
    checkpoints.save(workdir.checkpoints, arrays, 0, CHECKPOINTS, seed=config.train.seed)
    return workdir


class _Variables(dict):
    """Variables by name, read when asked for: a checkpoint also holds optimiser slots that nobody needs."""

    def __init__(self, reader, names):
        super().__init__(dict.fromkeys(names))
        self._reader = reader

    def __getitem__(self, name):
        return self._reader.get_tensor(name)


def _prefix(source: pathlib.Path) -> pathlib.Path:
    if source.is_dir():
        latest = tf.train.latest_checkpoint(str(source))
        if latest is None:
            raise FileNotFoundError(
                f"the folder {source} names no TensorFlow checkpoint; give its prefix, like vector-0"
            )
        return pathlib.Path(latest)
    if not source.with_name(source.name + ".index").is_file():
        raise FileNotFoundError(
            f"there is no checkpoint {source} (no {source.name}.index); give the prefix, like vector-0"
        )
    return source


def _config(prefix: pathlib.Path, hparams_text: str) -> tuple[Config, int]:
    path = prefix.with_name(CONFIG_NAME)
    values = {}
    if path.is_file():
        try:
            values = json.loads(path.read_text())
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"{path} is no JSON ({error}); give the hyper-parameters with --hparams"
            ) from error
        if isinstance(values, list) and not hparams_text:
            raise ValueError(
                f"{path} holds only the names of the hyper-parameters, as current Magenta writes it, not their values; "
                "give the values with --hparams"
            )
        values = values if isinstance(values, dict) else {}
    elif not hparams_text:
        raise FileNotFoundError(
            f"there is no {CONFIG_NAME} beside {prefix}; give the hyper-parameters with --hparams"
        )
    values = {**values, **hparams.parse(hparams_text)}
    return hparams.config_from_values(values), hparams.max_length(values)
