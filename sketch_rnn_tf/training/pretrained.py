"""Models that come with the project: workdirs without logs, their weights rounded to float16."""

import dataclasses
import pathlib
import shutil
import tempfile

import numpy as np

from sketch_rnn_tf.training import checkpoints, prior_file
from sketch_rnn_tf.training.workdir import Workdir

PREFIX = "pretrained:"
# Settings of training that suited the machine of a run, as they are on any other.
ANY_MACHINE = {"precision": "float32", "shards": 0}


def folder() -> pathlib.Path:
    """Returns where the models lie: beside the package in a checkout, inside it once installed."""
    package = pathlib.Path(__file__).resolve().parents[1]
    inside = package / "pretrained_models"
    return inside if inside.is_dir() else package.parent / "pretrained"


def names() -> list[str]:
    """Returns the names of the models that come with the project."""
    return sorted(path.parent.name for path in folder().glob("*/config.json"))


def resolve(path) -> pathlib.Path:
    """Returns the workdir that a user means.

    Args:
        path: a workdir, or "pretrained:NAME".

    Raises:
        FileNotFoundError: no model of that name comes with the project.
    """
    if not str(path).startswith(PREFIX):
        return pathlib.Path(path)
    name = str(path)[len(PREFIX) :]
    known = names()
    if name not in known:
        raise FileNotFoundError(
            f"no pretrained model is called {name!r}; there are {', '.join(known) or 'none'}"
        )
    return folder() / name


def pack(workdir, output, checkpoint: str = "best") -> pathlib.Path:
    """Writes what is needed to draw with a run's model: config, metadata, fitted prior and weights in float16, about 2 bytes a weight.

    The optimiser's state, logs, samples and settings that suited the machine of the run are left out, and of data
    files only their names and sha256 are told.

    Args:
        workdir: a trained workdir.
        output: the folder to make.
        checkpoint: "best" or "last".

    Returns:
        `output`.

    Raises:
        ValueError: a weight is too large for float16.
        FileExistsError: `output` is there.
        FileNotFoundError: the workdir or its checkpoint is missing.
    """
    source, output = Workdir(resolve(workdir)), pathlib.Path(output)
    if output.exists():
        raise FileExistsError(f"{output} is there already; remove it or give another name")
    config, metadata = source.read()
    loaded = checkpoints.load(source.checkpoints, checkpoint)
    arrays = {
        f"model/{path}": _halved(path, array)
        for path, array in checkpoints.model_arrays(loaded.arrays).items()
    }
    files = tuple(
        {**entry, **{key: pathlib.PurePath(entry[key]).name for key in ("source", "path") if key in entry}}
        for entry in metadata.files
    )
    start_from = _without_folders(config.train.start_from)
    train = dataclasses.replace(config.train, start_from=start_from, **ANY_MACHINE)
    sources = tuple(map(_without_folders, config.data.sources))
    config = dataclasses.replace(config, data=dataclasses.replace(config.data, sources=sources), train=train)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".packing") as temporary:
        made = Workdir(pathlib.Path(temporary) / output.name)
        made.create(config, dataclasses.replace(metadata, files=files, data_dir=None))
        info = {key: loaded.info[key] for key in ("figures", "seed") if key in loaded.info}
        checkpoints.save(made.checkpoints, arrays, loaded.info["step"], ("best",), **info)
        if (source.path / prior_file.FILE).is_file():
            shutil.copyfile(source.path / prior_file.FILE, made.path / prior_file.FILE)
        shutil.move(made.path, output)
    return output


def _without_folders(name: str) -> str:
    return name if ":" in name else pathlib.PurePath(name).name


def _halved(path: str, array: np.ndarray) -> np.ndarray:
    if not np.abs(array).max(initial=0) <= np.finfo(np.float16).max:
        raise ValueError(
            f"{path} does not fit float16 (it goes beyond 65504); train with a smaller train.learning_rate"
        )
    return np.asarray(array, np.float16)
