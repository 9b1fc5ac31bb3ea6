"""From the names in `--data` to sketches with their classes."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from sketch_rnn_tf.data import normalization
from sketch_rnn_tf.data.npz import SPLITS, Splits, read_npz

ACCEPTED = "an .npz file, a folder of them, tfds:NAME, doodles, or doodles:cat,house"
STREAM_ABOVE_MB = 2000

# What the source `doodles` holds of each class, and the seed it is drawn from.
DOODLES_PER_SPLIT = {"train": 500, "valid": 50, "test": 50}  # some 26,000 sketches in all, made in seconds
DOODLES_SEED = 0


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Sketches of one or more sources, clamped to +-1000, in data units.

    Attributes:
        sketches: stroke-3 `[N, 3]` by split (`train`, `valid`, `test`); int16, or float32 for data published as floats. The
            training sketches may be `StreamedSketches` that stay on disk.
        class_ids: int32, one a sketch, by split; None for streamed ones, which bring theirs.
        class_names: names in the order of ids.
        files: what was read: `source`, `path` (None for doodles) and `sha256` each; of streamed data the sha256 is that of
            TFDS' record of the files and their sizes.
        scale_factor: of the training split.
        n_max: Nmax, the points of the longest sketch over all splits.
        left_out: how many sketches `max_length` kept out, by split.
    """

    sketches: dict[str, list[np.ndarray]]
    class_ids: dict[str, np.ndarray]
    class_names: tuple[str, ...]
    files: tuple[dict, ...]
    scale_factor: float
    n_max: int
    left_out: dict[str, int]

    def in_memory(self, split: str) -> tuple[list[np.ndarray], np.ndarray]:
        """Returns the sketches of a split and their class ids.

        Raises:
            ValueError: the split is streamed.
        """
        if self.class_ids[split] is None:
            raise ValueError(
                f"the {split} split of {self.files[0]['source']} takes more than data.stream_above_mb and stays on disk, where "
                "it can only be trained on; choose valid or test"
            )
        return self.sketches[split], self.class_ids[split]


@dataclasses.dataclass(frozen=True)
class _Part:
    """One file, or one dataset: classes by name, sketches and class ids by split."""

    class_names: tuple[str, ...]
    where: str
    splits: Splits
    class_ids: dict[str, np.ndarray]
    file: dict


def load_sources(
    sources: Sequence[str], data_dir=None, max_length: int = 0, stream_above_mb: int = STREAM_ABOVE_MB
) -> Dataset:
    """Reads all sketches of some sources into memory, or finds those to stream.

    An npz holds one class, named by its file with underscores as spaces; a TFDS dataset brings its classes. Classes of the
    same name are joined. Magenta joins several files too, but forgets which is which.

    Args:
        sources: names as `--data` takes them: `a.npz`, a folder of npz, `tfds:NAME`, `doodles`, `doodles:cat,house`.
        data_dir: folder in which relative paths are looked up where they are not found as they are, and where TFDS data lie.
        max_length: leave out sketches of more points; 0 for no limit.
        stream_above_mb: the training split of a TFDS dataset that takes more megabytes on disk stays there.

    Raises:
        FileNotFoundError: a file is missing, or a dataset is not prepared.
        ValueError: a source has an unknown form or cannot be read, a split is empty, or one of several would have to be streamed.
    """
    if not sources:
        raise ValueError(f"no data was named; give {ACCEPTED}")
    tfds = _open_tfds(sources, data_dir)
    for opened in tfds.values():
        if opened.records["train"].num_bytes > stream_above_mb * 1e6:
            return _streamed(opened, sources, max_length, stream_above_mb)
    class_names: list[str] = []
    files: list[dict] = []
    sketches: dict[str, list] = {split: [] for split in SPLITS}
    class_ids: dict[str, list] = {split: [] for split in SPLITS}
    left_out = dict.fromkeys(SPLITS, 0)
    for part in (part for source in sources for part in _read(source, data_dir, tfds)):
        class_names += [name for name in part.class_names if name not in class_names]
        ids_here = np.array([class_names.index(name) for name in part.class_names], np.int32)
        files.append(part.file)
        for split in SPLITS:
            kept, ids = _kept(part, split, max_length)
            left_out[split] += len(part.splits[split]) - len(kept)
            sketches[split] += kept
            class_ids[split].append(ids_here[ids])
    return Dataset(
        sketches=sketches,
        class_ids={split: np.concatenate(ids) for split, ids in class_ids.items()},
        class_names=tuple(class_names),
        files=tuple(files),
        scale_factor=normalization.scale_factor(sketches["train"]),
        n_max=normalization.longest(sketches),
        left_out=left_out,
    )


def _kept(part: _Part, split: str, max_length: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Returns the sketches of a part that are short enough, clamped, in a small dtype, and their class ids."""
    sketches = part.splits[split]
    if not sketches:
        raise ValueError(f"the {split} split of {part.where} is empty; every split needs at least one sketch")
    places = normalization.within_length(sketches, max_length)
    if not len(places):
        raise ValueError(
            f"every sketch in the {split} split of {part.where} has more than max_length={max_length} points; give a "
            "larger data.max_length"
        )
    return [_compact(normalization.clamp(sketches[place])) for place in places], part.class_ids[split][places]


def _open_tfds(sources: Sequence[str], data_dir) -> dict:
    """Returns the TFDS datasets among some sources, by source."""
    names = [source for source in sources if source.startswith("tfds:")]
    if not names:
        return {}
    from sketch_rnn_tf.data.tfds_source import open_tfds

    return {name: open_tfds(name, data_dir) for name in names}


def _streamed(opened, sources: Sequence[str], max_length: int, stream_above_mb: int) -> Dataset:
    """Makes a dataset whose training sketches stay on disk; one pass finds their scale factor and longest sketch."""
    from sketch_rnn_tf.data import streaming, tfds_source

    if len(sources) > 1:
        raise ValueError(
            f"{opened.source} takes more than data.stream_above_mb={stream_above_mb}, and what is streamed must be the only "
            "data; prepare one dataset of all classes, or raise data.stream_above_mb"
        )
    part = _read_tfds(opened, ("valid", "test"))
    kept = {split: _kept(part, split, max_length) for split in part.splits}
    moments = streaming.Moments(max_length)
    for chunk in opened.checked_chunks("train", progress=True):
        moments.add(chunk.points, chunk.lengths)
    train = streaming.StreamedSketches(opened.records["train"], opened.parse, max_length, moments.left_out)
    if not len(train):
        raise ValueError(
            f"every sketch in the train split of {opened.source} has more than max_length={max_length} points; give a larger "
            "data.max_length"
        )
    left_out = {split: len(part.splits[split]) - len(sketches) for split, (sketches, _) in kept.items()}
    return Dataset(
        sketches={"train": train} | {split: sketches for split, (sketches, _) in kept.items()},
        class_ids={"train": None} | {split: ids for split, (_, ids) in kept.items()},
        class_names=opened.class_names,
        files=({**part.file, "sha256": tfds_source.sha256_of_info(opened)},),
        scale_factor=moments.scale_factor,
        n_max=max(moments.longest, normalization.longest({s: sketches for s, (sketches, _) in kept.items()})),
        left_out={"train": moments.left_out} | left_out,
    )


def _compact(sketch: np.ndarray) -> np.ndarray:
    """Returns a clamped sketch as int16, which holds +-1000, or float32."""
    return sketch.astype(np.float32 if sketch.dtype.kind == "f" else np.int16, copy=False)


def _read(source: str, data_dir, tfds: dict) -> Iterator[_Part]:
    """Yields the files or the dataset of a source."""
    if source in tfds:
        yield _read_tfds(tfds[source], SPLITS)
        return
    kind, colon, names = source.partition(":")
    if kind == "doodles":
        yield from _read_doodles(source, [name.strip() for name in names.split(",")] if colon else None)
        return
    path = _find(source, data_dir)
    paths = sorted(path.glob("*.npz")) if path.is_dir() else [path]
    if not paths:
        raise ValueError(f"the folder {path} holds no .npz file; give {ACCEPTED}")
    for path in paths:
        splits = read_npz(path)
        file = {"source": source, "path": str(path), "sha256": _sha256_of_file(path)}
        yield _one_class(path.stem.replace("_", " "), str(path), splits, file)


def _one_class(name: str, where: str, splits: Splits, file: dict) -> _Part:
    ids = {split: np.zeros(len(sketches), np.int32) for split, sketches in splits.items()}
    return _Part((name,), where, splits, ids, file)


def _read_tfds(opened, splits: Sequence[str]) -> _Part:
    """Reads some splits of a TFDS dataset into memory."""
    sketches: Splits = {split: [] for split in splits}
    class_ids: dict[str, list] = {split: [] for split in splits}
    for split in splits:
        for chunk in opened.checked_chunks(split):
            sketches[split] += chunk.sketches
            class_ids[split].append(chunk.class_ids)
    file = {"source": opened.source, "path": opened.path, "sha256": _sha256_of_arrays(sketches)}
    ids = {split: np.concatenate(parts) for split, parts in class_ids.items()}
    return _Part(opened.class_names, opened.source, sketches, ids, file)


def _find(source: str, data_dir) -> pathlib.Path:
    """Returns the path of an npz file or a folder."""
    path = pathlib.Path(source).expanduser()
    places = [path]
    if data_dir and not path.is_absolute():
        places.append(pathlib.Path(data_dir).expanduser() / path)
    for place in places:
        if place.is_dir() or (place.is_file() and place.suffix == ".npz"):
            return place
    if path.suffix == ".npz":
        looked = " nor ".join(str(place) for place in places)
        raise FileNotFoundError(f"there is no file {looked}; give {ACCEPTED}")
    raise ValueError(f"the data source {source!r} is unknown; expected {ACCEPTED}")


def _sha256_of_file(path: pathlib.Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def _read_doodles(source: str, names: Sequence[str] | None) -> Iterator[_Part]:
    """Yields the embedded classes of some names; all where None."""
    from sketch_rnn_tf.data import doodles

    names = doodles.class_names() if names is None else names
    unknown = [name for name in names if name not in doodles.class_names()]
    if unknown:
        known = ", ".join(doodles.class_names())
        raise ValueError(
            f"{source!r} names {', '.join(map(repr, unknown))}, which is no doodle; expected some of {known}"
        )
    for name in names:
        splits = doodles.make_splits(name, **DOODLES_PER_SPLIT, seed=DOODLES_SEED)
        file = {"source": source, "path": None, "sha256": _sha256_of_arrays(splits)}
        yield _one_class(name, f"doodles:{name}", splits, file)


def _sha256_of_arrays(splits: Splits) -> str:
    digest = hashlib.sha256()
    for split, sketches in splits.items():
        for sketch in sketches:
            digest.update(f"{split} {len(sketch)} ".encode())
            digest.update(
                np.ascontiguousarray(sketch, "<f4" if sketch.dtype.kind == "f" else "<i2").tobytes()
            )
    return digest.hexdigest()
