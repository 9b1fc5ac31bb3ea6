"""Prepared TensorFlow Datasets of sketches: found by name, read in large batches.

TFDS' own `as_dataset` parses one example at a time, some 30,000 sketches a second here; parsing whole batches gives ten times
as many.
"""

import contextlib
import dataclasses
import hashlib
import importlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from absl import logging

PREFIX = "tfds:"
SPLIT_NAMES = {"train": ("train",), "valid": ("validation", "valid"), "test": ("test",)}  # ours and TFDS'
CHUNK = 4000  # sketches parsed together


class Records(NamedTuple):
    """The TFRecord files of a split: `paths`, the number of sketches in each, and bytes in all."""

    paths: tuple[str, ...]
    counts: tuple[int, ...]
    num_bytes: int


class Chunk(NamedTuple):
    """Sketches end to end.

    Attributes:
        points: `[P, 3]` in the dtype of the data.
        lengths: int32 `[K]`.
        class_ids: int32 `[K]`.
    """

    points: np.ndarray
    lengths: np.ndarray
    class_ids: np.ndarray

    @property
    def sketches(self) -> list[np.ndarray]:
        """Stroke-3 `[N, 3]` each."""
        return np.split(self.points, np.cumsum(self.lengths)[:-1])


@dataclasses.dataclass(frozen=True)
class TfdsSketches:
    """A prepared dataset.

    Attributes:
        source: as given, `tfds:NAME`.
        path: its folder.
        class_names: in the order of labels.
        records: files by split.
        parse: from serialised examples, string `[K]`, to points `[P, 3]`, lengths int32 `[K]`, class ids int32 `[K]`.
    """

    source: str
    path: str
    class_names: tuple[str, ...]
    records: dict[str, Records]
    parse: Callable

    def chunks(self, split: str, progress: bool = False) -> Iterator[Chunk]:
        """Reads a split once, in stored order, in bounded memory.

        Raises:
            ValueError: a file is missing or damaged.
        """
        import tensorflow as tf
        import tqdm

        records = self.records[split]
        dataset = tf.data.TFRecordDataset(list(records.paths)).batch(CHUNK)
        dataset = dataset.map(self.parse, num_parallel_calls=2, deterministic=True).prefetch(2)
        title = f"reading {self.source} {split}"
        with tqdm.tqdm(total=sum(records.counts), desc=title, disable=not progress or None) as bar:
            try:
                for values in dataset.as_numpy_iterator():
                    yield Chunk(*values)
                    bar.update(len(values[1]))
            except tf.errors.OpError as error:
                raise ValueError(
                    f"the {split} split of {self.source} in {self.path} is damaged ({error.message:.100}); prepare it again"
                ) from error

    def checked_chunks(self, split: str, progress: bool = False) -> Iterator[Chunk]:
        """Reads a split like `chunks`, and checks it.

        Raises:
            ValueError: a file is missing or damaged, a sketch is not stroke-3 (empty, NaN or infinite offsets, a pen other
                than 0 and 1), or a label names no class.
        """
        done = 0
        for chunk in self.chunks(split, progress):
            pens = chunk.points[:, 2]
            bad = ~np.isfinite(chunk.points).all(axis=1) | ((pens != 0) & (pens != 1))
            if bad.any() or not chunk.lengths.all():
                ends = np.cumsum(chunk.lengths)
                place = np.searchsorted(ends, bad.argmax(), "right") if bad.any() else chunk.lengths.argmin()
                raise ValueError(
                    f"{self.source}: {split} sketch {done + place} is not stroke-3 (empty, NaN or infinite offsets, or a pen "
                    "other than 0 and 1); mend the data and prepare it again"
                )
            if not ((chunk.class_ids >= 0) & (chunk.class_ids < len(self.class_names))).all():
                raise ValueError(
                    f"{self.source}: the {split} split has labels outside of its {len(self.class_names)} classes; leave "
                    "unlabelled sketches out"
                )
            done += len(chunk.lengths)
            yield chunk


def open_tfds(source: str, data_dir=None) -> TfdsSketches:
    """Finds a prepared dataset.

    Args:
        source: `tfds:` and a name as TFDS takes it, such as `tfds:tfds_quickdraw/cat_pig`.
        data_dir: where TFDS keeps its data; TFDS' own default where None.

    Raises:
        ValueError: tensorflow_datasets is not installed; no dataset or config has that name; its features are no sketches.
        FileNotFoundError: it has not been prepared.
    """
    tfds = _import_tfds()
    name = source.removeprefix(PREFIX)
    try:
        with _quiet():
            builder = tfds.builder(name, data_dir=data_dir)
    except ValueError as error:  # TFDS' messages run over many lines
        raise ValueError(f"{source} cannot be found: {_first_line(error)}") from error
    if not (builder.data_path / "dataset_info.json").exists():
        raise FileNotFoundError(
            f"{source} is not prepared in {builder.data_path}; prepare it with `{_build_command(builder)}`, or name the folder "
            "that holds it with --data_dir"
        )
    if builder.info.file_format.value != "tfrecord":
        raise ValueError(
            f"{source} is stored as {builder.info.file_format.value}; prepare it with --file_format=tfrecord"
        )
    return TfdsSketches(
        source=source,
        path=str(builder.data_path),
        parse=_parser(builder.info.features, source),
        class_names=_class_names(builder),
        records={split: _records(builder, source, names) for split, names in SPLIT_NAMES.items()},
    )


def sha256_of_info(opened: TfdsSketches) -> str:
    """Returns what identifies a dataset too large to hash: TFDS' record of its shards, their sizes and its features."""
    from etils import epath

    digest = hashlib.sha256()
    for name in ("dataset_info.json", "features.json"):
        digest.update((epath.Path(opened.path) / name).read_bytes())
    return digest.hexdigest()


def _import_tfds():
    importlib.import_module(
        "tensorflow"
    )  # before TFDS, which looks for it in a way that undoes cli's quiet import
    try:
        tfds = importlib.import_module("tensorflow_datasets")
    except ImportError as error:
        raise ValueError(
            "tfds: data need tensorflow_datasets, which is not installed; pip install 'sketch-rnn-tf[tfds]'"
        ) from error
    with contextlib.suppress(ImportError):
        importlib.import_module("tfds_quickdraw")  # registers it
    return tfds


@contextlib.contextmanager
def _quiet():
    """Keeps TFDS' warnings about configs that it does not know from its list."""
    verbosity = logging.get_verbosity()
    logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)


def _first_line(error: Exception) -> str:
    """Returns what TFDS says, without the builder's arguments that it puts before."""
    text = str(error).rpartition('}": ')[2]
    return next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)


def _build_command(builder) -> str:
    package = type(builder).__module__.partition(".")[0]
    imports = f"--imports={package} " if package != "tensorflow_datasets" else ""
    config = builder.builder_config
    name = f"{builder.name}/{config.name}" if config else builder.name
    return f"tfds build {imports}{name} --data_dir={builder.data_path.parents[2 if config else 1]}"


def _class_names(builder) -> tuple[str, ...]:
    label = dict(builder.info.features).get("label")
    return tuple(getattr(label, "names", None) or (builder.name,))


def _records(builder, source: str, names: tuple[str, ...]) -> Records:
    found = next((builder.info.splits[name] for name in names if name in builder.info.splits), None)
    if found is None or not found.num_examples:
        held = ", ".join(f"{name} ({split.num_examples})" for name, split in builder.info.splits.items())
        raise ValueError(f"{source} has no sketches in a split {names[0]}; it holds {held or 'nothing'}")
    paths = tuple(str(path) for path in found.filepaths)
    return Records(paths, tuple(found.shard_lengths), found.num_bytes)


def _parser(features, source: str) -> Callable:
    """Returns `TfdsSketches.parse` for a dataset's features."""
    import tensorflow as tf
    import tensorflow_datasets as tfds

    strokes = dict(features).get("strokes") if isinstance(features, tfds.features.FeaturesDict) else None
    if not isinstance(strokes, tfds.features.Tensor) or tuple(strokes.shape) != (None, 3):
        raise ValueError(f"{source} holds no sketches: expected a feature 'strokes' of shape [None, 3]")
    dtype = tf.as_dtype(strokes.np_dtype)
    encoding = strokes.to_json_content().encoding
    stored = tf.io.RaggedFeature(tf.int64 if dtype.is_integer else tf.float32)
    spec = {"strokes": stored if encoding in ("", "none") else tf.io.FixedLenFeature([], tf.string)}
    labelled = isinstance(dict(features).get("label"), tfds.features.ClassLabel)
    if labelled:
        spec["label"] = tf.io.FixedLenFeature([], tf.int64)

    def parse(serialized):
        parsed = tf.io.parse_example(serialized, spec)
        data = parsed["strokes"]
        if isinstance(data, tf.RaggedTensor):
            lengths, numbers = data.row_lengths() // 3, tf.cast(data.values, dtype)
        else:
            if encoding == "zlib":
                data = tf.io.decode_compressed(data, "ZLIB")
            lengths = tf.strings.length(data) // (3 * dtype.size)
            numbers = tf.io.decode_raw(tf.strings.reduce_join(data), dtype)
        label = parsed["label"] if labelled else tf.zeros_like(lengths)
        return tf.reshape(numbers, [-1, 3]), tf.cast(lengths, tf.int32), tf.cast(label, tf.int32)

    return parse
