"""From the names in `--data` to sketches with their classes."""

import dataclasses
import hashlib
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from sketch_rnn_tf.data import normalization
from sketch_rnn_tf.data.npz import SPLITS, Splits, read_npz

ACCEPTED = "an .npz file, a folder of them, doodles, or doodles:cat,house"

# What the source `doodles` holds of each class, and the seed it is drawn from.
DOODLES_PER_SPLIT = {"train": 500, "valid": 50, "test": 50}  # some 26,000 sketches in all, made in seconds
DOODLES_SEED = 0


@dataclasses.dataclass(frozen=True)
class Dataset:
    """Sketches of one or more sources, clamped to +-1000, in data units.

    Attributes:
        sketches: stroke-3 `[N, 3]` by split (`train`, `valid`, `test`); int16, or float32 for data published as floats.
        class_ids: int32, one a sketch, by split.
        class_names: names in the order of ids.
        files: what was read: `source`, `path` (None for doodles) and `sha256` each.
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


@dataclasses.dataclass(frozen=True)
class _Part:
    """One class of one source."""

    class_name: str
    where: str
    splits: Splits
    file: dict


def load_sources(sources: Sequence[str], data_dir=None, max_length: int = 0) -> Dataset:
    """Reads all sketches of some sources into memory.

    An npz holds one class, named by its file with underscores as spaces; parts of the same name are joined. Magenta joins
    several files too, but forgets which is which.

    Args:
        sources: names as `--data` takes them: `a.npz`, a folder of npz, `doodles`, `doodles:cat,house`.
        data_dir: folder in which relative paths are looked up where they are not found as they are.
        max_length: leave out sketches of more points; 0 for no limit.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a source has an unknown form or cannot be read, or a split is empty.
    """
    if not sources:
        raise ValueError(f"no data was named; give {ACCEPTED}")
    class_names: list[str] = []
    files: list[dict] = []
    sketches: dict[str, list] = {split: [] for split in SPLITS}
    class_ids: dict[str, list] = {split: [] for split in SPLITS}
    left_out = dict.fromkeys(SPLITS, 0)
    for part in (part for source in sources for part in _read(source, data_dir)):
        if part.class_name not in class_names:
            class_names.append(part.class_name)
        files.append(part.file)
        for split in SPLITS:
            kept = _kept(part, split, max_length)
            left_out[split] += len(part.splits[split]) - len(kept)
            sketches[split] += kept
            class_ids[split] += [class_names.index(part.class_name)] * len(kept)
    return Dataset(
        sketches=sketches,
        class_ids={split: np.array(ids, np.int32) for split, ids in class_ids.items()},
        class_names=tuple(class_names),
        files=tuple(files),
        scale_factor=normalization.scale_factor(sketches["train"]),
        n_max=normalization.longest(sketches),
        left_out=left_out,
    )


def _kept(part: _Part, split: str, max_length: int) -> list[np.ndarray]:
    """Returns the sketches of a part that are short enough, clamped, in a small dtype."""
    if not part.splits[split]:
        raise ValueError(f"the {split} split of {part.where} is empty; every split needs at least one sketch")
    kept = normalization.within_length(part.splits[split], max_length)
    if not kept:
        raise ValueError(
            f"every sketch in the {split} split of {part.where} has more than max_length={max_length} points; give a "
            "larger data.max_length"
        )
    return [_compact(normalization.clamp(sketch)) for sketch in kept]


def _compact(sketch: np.ndarray) -> np.ndarray:
    """Returns a clamped sketch as int16, which holds +-1000, or float32."""
    return sketch.astype(np.float32 if sketch.dtype.kind == "f" else np.int16, copy=False)


def _read(source: str, data_dir) -> Iterator[_Part]:
    """Yields the classes of a source."""
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
        yield _Part(path.stem.replace("_", " "), str(path), splits, file)


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
        yield _Part(name, f"doodles:{name}", splits, file)


def _sha256_of_arrays(splits: Splits) -> str:
    digest = hashlib.sha256()
    for split in SPLITS:
        for sketch in splits[split]:
            digest.update(f"{split} {len(sketch)} ".encode())
            digest.update(np.ascontiguousarray(sketch, "<i2").tobytes())
    return digest.hexdigest()
