"""The folder of a run: what it was made with, and where its parts lie."""

import dataclasses
import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import subprocess

import numpy as np
import tensorflow as tf
from absl import logging

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf import threads
from sketch_rnn_tf.config import Config
from sketch_rnn_tf.data.safe_pickle import MAX_POINTS
from sketch_rnn_tf.data.sources import Dataset, load_sources
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.types import START_TOKEN


@dataclasses.dataclass(frozen=True)
class Metadata:
    """What a model needs besides config and weights to read and draw sketches.

    Attributes:
        scale_factor: offsets in data units divided by it are normalised units.
        n_max: Nmax of the data it was trained on, in points.
        class_names: names in the order of class ids.
        start_token: stroke-5 of the decoder's first input; imported models may have another than (0, 0, 1, 0, 0).
        files: the data sources with their sha256.
        data_dir: folder in which data were looked up, absolute; None where none was given.
        seed: of the run.
        versions: of Python and the libraries at the start.
        machine: processor, cores, TensorFlow's threads and whether oneDNN was on; equal runs need them equal.
        git_commit: of the checkout the code ran from, None outside one.
        created: ISO date of the start.
    """

    scale_factor: float
    n_max: int
    class_names: tuple[str, ...]
    start_token: tuple[float, ...] = START_TOKEN
    files: tuple[dict, ...] = ()
    data_dir: str | None = None
    seed: int = 0
    versions: dict = dataclasses.field(default_factory=dict)
    machine: dict = dataclasses.field(default_factory=dict)
    git_commit: str | None = None
    created: str = ""

    @property
    def num_classes(self) -> int:
        return max(1, len(self.class_names))


class Workdir:
    """Paths and JSON files of a run's folder.

    Args:
        path: the folder.
    """

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.checkpoints = self.path / "checkpoints"
        self.logs = self.path / "logs"
        self.samples = self.path / "samples"

    @property
    def exists(self) -> bool:
        """Whether a run was started here."""
        return (self.path / "config.json").is_file()

    def make(self) -> None:
        """Makes the folder where it is missing.

        Raises:
            ValueError: the path is something else than a folder.
        """
        if self.path.exists() and not self.path.is_dir():
            raise ValueError(f"the workdir {self.path} is a file; give the name of a folder")
        self.path.mkdir(parents=True, exist_ok=True)

    def create(self, config: Config, metadata: Metadata) -> None:
        """Writes `config.json` and `metadata.json`, before step 0.

        Raises:
            ValueError: the path is something else than a folder.
        """
        self.make()
        write_atomically(
            self.path / "metadata.json", json.dumps(dataclasses.asdict(metadata), indent=1) + "\n"
        )
        write_atomically(self.path / "config.json", config_lib.to_json(config) + "\n")

    def read(self) -> tuple[Config, Metadata]:
        """Returns config and metadata of the run.

        Raises:
            FileNotFoundError: no run was started here.
            ValueError: a file is damaged.
        """
        if not self.exists:
            raise FileNotFoundError(
                f"{self.path} is no workdir (it holds no config.json); train one with sketch_rnn_train"
            )
        config = config_lib.from_json((self.path / "config.json").read_text())
        try:
            values = json.loads((self.path / "metadata.json").read_text())
            metadata = Metadata(
                **{
                    **values,
                    "scale_factor": float(values["scale_factor"]),
                    "n_max": int(values["n_max"]),
                    "class_names": tuple(values["class_names"]),
                    "start_token": tuple(float(v) for v in values["start_token"]),
                    "files": tuple(values["files"]),
                }
            )
            _check_metadata(metadata)
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ValueError(
                f"{self.path / 'metadata.json'} is missing or damaged ({error!s:.200}); restore it from a copy"
            ) from error
        return config, metadata

    def update_config(self, config: Config) -> None:
        """Replaces `config.json`, for a resumed run whose number of steps or the like has changed."""
        write_atomically(self.path / "config.json", config_lib.to_json(config) + "\n")


def _check_metadata(metadata: Metadata) -> None:
    """Raises ValueError for numbers no model has, and for sizes that would take all memory."""
    start = metadata.start_token
    if not (math.isfinite(metadata.scale_factor) and metadata.scale_factor >= 0):
        raise ValueError(f"scale_factor is {metadata.scale_factor}; expected a number above 0")
    if not 1 <= metadata.n_max <= MAX_POINTS:
        raise ValueError(f"n_max is {metadata.n_max}; expected 1 to {MAX_POINTS} points")
    if len(start) != 5 or not all(map(math.isfinite, start)):
        raise ValueError(f"start_token is {start!s:.60}; expected five numbers")
    if not all(isinstance(name, str) for name in metadata.class_names):
        raise ValueError("class_names holds something else than texts")
    if not all(isinstance(value, dict) for value in (metadata.versions, metadata.machine, *metadata.files)):
        raise ValueError("versions, machine or files is no object")


def load_data(config: Config, metadata: Metadata | None = None, data_dir=None, sources=()) -> Dataset:
    """Reads the data of a run.

    Args:
        config: sources and limits are taken from it.
        metadata: of the run, where it exists; says where its data were found.
        data_dir: looked up there instead.
        sources: other data than the run's own.
    """
    return load_sources(
        tuple(sources) or config.data.sources,
        data_dir=data_dir or (metadata.data_dir if metadata else None),
        max_length=config.data.max_length,
        stream_above_mb=config.data.stream_above_mb,
    )


def metadata_of(dataset: Dataset, config: Config, data_dir=None) -> Metadata:
    """Describes a run on `dataset`, looked up in `data_dir`, that starts now."""
    return Metadata(
        scale_factor=float(config.data.scale_factor or dataset.scale_factor),
        n_max=int(dataset.n_max),
        class_names=tuple(dataset.class_names),
        files=tuple(dict(file) for file in dataset.files),
        data_dir=_absolute(data_dir) if data_dir else None,
        **describe_run(config),
    )


def _absolute(folder) -> str:
    folder = os.path.expanduser(folder)
    return folder if "://" in folder else os.path.abspath(folder)


def describe_run(config: Config) -> dict:
    """Returns what `Metadata` says of a run whatever its data are: seed, versions, commit, date."""
    return {
        "seed": config.train.seed,
        "versions": _versions(),
        "machine": _machine(),
        "git_commit": _git_commit(),
        "created": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
    }


def check_resumable(saved: tuple[Config, Metadata], asked: tuple[Config, Metadata], path) -> None:
    """Refuses to go on with a run under another config or other data.

    Raises:
        ValueError: they differ in more than what may change on resuming; names the differences.
    """
    changed = {
        key: values
        for key, values in config_lib.difference(saved[0], asked[0]).items()
        if key not in config_lib.RESUMABLE_KEYS
    }
    for key in ("scale_factor", "n_max", "class_names"):
        old, new = getattr(saved[1], key), getattr(asked[1], key)
        if old != new:
            changed[f"data's {key}"] = (old, new)
    hashes = [sorted(str(file.get("sha256")) for file in metadata.files) for metadata in (saved[1], asked[1])]
    if hashes[0] != hashes[1]:
        changed["data files' sha256"] = tuple(", ".join(h[:12] for h in side) for side in hashes)
    if changed:
        shown = "; ".join(f"{key} was {old!r}, now {new!r}" for key, (old, new) in changed.items())
        raise ValueError(
            f"the workdir {path} belongs to a run with another config: {shown}; choose another --workdir or leave these "
            "as they were"
        )


def warn_of_another_machine(saved: Metadata, now: Metadata) -> None:
    """Warns where a resumed run cannot end bit for bit as an uninterrupted one: another TensorFlow, other threads or kernels."""
    before = {**saved.machine, "tensorflow": saved.versions.get("tensorflow")}
    here = {**now.machine, "tensorflow": now.versions.get("tensorflow")}
    other = [
        f"{key} was {before[key]!r}, now {here.get(key)!r}" for key in before if before[key] != here.get(key)
    ]
    if other:
        logging.warning(
            "going on under another machine, so the result will differ in rounding: %s", "; ".join(other)
        )


def _machine() -> dict:
    return {
        "processor": _processor(),
        "cores": threads.cores(),
        "threads_an_operation": tf.config.threading.get_intra_op_parallelism_threads(),
        "operations_at_once": tf.config.threading.get_inter_op_parallelism_threads(),
        "onednn": os.environ.get("TF_ENABLE_ONEDNN_OPTS", "1") != "0",
    }


def _processor() -> str:
    """Returns the processor's name where the system tells it."""
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _versions() -> dict:
    versions = {"python": platform.python_version(), "numpy": np.__version__, "tensorflow": tf.__version__}
    for name in ("keras", "sketch-rnn-tf"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    return versions


def _git_commit() -> str | None:
    folder = pathlib.Path(__file__).resolve().parent
    try:
        command = ["git", "-C", str(folder), "rev-parse", "HEAD"]
        return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
