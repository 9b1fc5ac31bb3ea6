"""What files of sketches hold, in numbers; read piece by piece, so that size does not matter."""

import itertools
from array import array
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from sketch_rnn_tf.data import inputs, reading
from sketch_rnn_tf.data.normalization import clamp
from sketch_rnn_tf.data.npz import SPLITS
from sketch_rnn_tf.data.preparation import as_read
from sketch_rnn_tf.data.tfds_source import PREFIX, open_tfds

# Limits on points for which the share of longer sketches is given.
CAPS = (50, 100, 150, 200, 250, 500)
ALL = "all"


def inspect(
    names: Sequence[str], num_drawn: int = 25, seed: int = 0, data_dir=None
) -> tuple[dict, list[np.ndarray], np.ndarray]:
    """Counts what files, folders and TFDS data hold, sound or not.

    Args:
        names: as `inputs.Inputs` takes them, or `tfds:NAME`.
        num_drawn: how many sketches to pick at random.
        seed: of the picked sketches.
        data_dir: where TFDS data lie; TFDS' own default where None.

    Returns:
        the figures, the picked sketches, and the lengths of all sound sketches (int32). Figures: `splits` (for each `count`
        of all its sketches, and of the sound ones `max_length mean_length p50 p95 p99` in points; one split, `all`, where the
        files have none), `scale_factor` (of the training split, or of `all`; None where no sketch in it is sound), `n_max`,
        `duplicates` (sound sketches equal to an earlier one of any split), `bad_rows` (malformed drawings; in npz, rows with
        a NaN or infinite offset or a pen other than 0 and 1, an array that is empty or not `[N, 3]` being one), and
        `dropped_at` (for each cap, as text, the share of sound sketches with more points).

    Raises:
        FileNotFoundError: there is no such file, or a dataset is not prepared.
        ValueError: a file is of an unknown kind, or damaged as a whole; a dataset holds no sketches.
    """
    prepared = [open_tfds(name, data_dir) for name in names if str(name).startswith(PREFIX)]
    files = [name for name in names if not str(name).startswith(PREFIX)]
    sources = inputs.Inputs(files) if files or not prepared else []
    tally = _Tally(num_drawn, seed)
    for opened, split in itertools.product(prepared, SPLITS):
        for sketch in (sketch for chunk in opened.chunks(split) for sketch in chunk.sketches):
            tally.add(split, sketch, _count_bad_rows(sketch))
    for source in sources:
        for block in reading.blocks(source.path):
            if block.kind == ".npz":
                split, sketches = block.payload
                for sketch in sketches:
                    tally.add(split if split in SPLITS else ALL, sketch, _count_bad_rows(sketch))
                continue
            for item in reading.decode(block):
                sketch, bad_rows = None, 1
                if not item.error:
                    try:
                        sketch, bad_rows = as_read(item.drawing), 0
                    except ValueError:
                        pass
                tally.add(ALL, sketch, bad_rows)
    return (
        tally.figures(),
        tally.picked,
        np.concatenate([np.array(values, np.int32) for values in tally.lengths.values()]),
    )


def inspect_npz(path) -> tuple[dict, list[np.ndarray]]:
    """Returns the figures of one file, and some of its sketches picked at random; see `inspect`."""
    figures, picked, _ = inspect([path])
    return figures, picked


class _Tally:
    """Sums over sketches, with a few bytes for each in memory."""

    def __init__(self, num_drawn: int, seed: int):
        self.picked: list[np.ndarray] = []
        self.lengths: dict[str, array] = {}
        self._num_drawn, self._rng = num_drawn, np.random.default_rng(seed)
        self._counts: dict[str, int] = {}
        self._hashes = array("q")
        self._moments: dict[str, np.ndarray] = {}
        self._bad_rows = self._num_sound = 0

    def add(self, split: str, sketch: np.ndarray | None, bad_rows: int) -> None:
        self._counts[split] = self._counts.get(split, 0) + 1
        lengths = self.lengths.setdefault(split, array("i"))
        self._bad_rows += bad_rows
        if bad_rows:
            return
        lengths.append(len(sketch))
        offsets = clamp(sketch[:, :2]).astype(np.float64)
        moments = np.array([offsets.size, offsets.sum(), np.square(offsets).sum()])
        self._moments[split] = self._moments.get(split, 0) + moments
        digest = blake2b(_content(sketch), digest_size=8).digest()
        self._hashes.append(int.from_bytes(digest, "little", signed=True))
        self._pick(sketch)

    def _pick(self, sketch: np.ndarray) -> None:
        """Keeps every sketch so far with the same probability (reservoir sampling, Vitter 1985, algorithm R)."""
        self._num_sound += 1
        if len(self.picked) < self._num_drawn:
            self.picked.append(sketch)
        elif (place := int(self._rng.integers(self._num_sound))) < self._num_drawn:
            self.picked[place] = sketch

    def figures(self) -> dict:
        lengths = {split: np.array(values, np.int32) for split, values in self.lengths.items()}
        names = [split for split in SPLITS if split in lengths] + [ALL] * (ALL in lengths)
        pooled = np.concatenate([lengths[name] for name in names]) if names else np.zeros(0, np.int32)
        return {
            "splits": {name: {"count": self._counts[name], **_percentiles(lengths[name])} for name in names},
            "scale_factor": self._scale_factor(),
            "n_max": int(pooled.max(initial=0)),
            "duplicates": len(self._hashes) - len(np.unique(np.array(self._hashes, np.int64))),
            "bad_rows": self._bad_rows,
            "dropped_at": {str(cap): float((pooled > cap).mean()) if len(pooled) else 0.0 for cap in CAPS},
        }

    def _scale_factor(self) -> float | None:
        moments = self._moments.get("train", self._moments.get(ALL))
        if moments is None:
            return None
        count, total, squares = moments.tolist()
        return float(np.sqrt(max(squares / count - (total / count) ** 2, 0.0)))


def _count_bad_rows(sketch: np.ndarray) -> int:
    if sketch.ndim != 2 or sketch.shape[1] != 3 or len(sketch) == 0:
        return 1
    pen = sketch[:, 2]
    return int((~np.isfinite(sketch).all(axis=1) | ((pen != 0) & (pen != 1))).sum())


def _percentiles(lengths: np.ndarray) -> dict:
    lengths = lengths if len(lengths) else np.zeros(1, np.int32)
    p50, p95, p99 = np.percentile(lengths, [50, 95, 99]).tolist()
    return {
        "max_length": int(lengths.max()),
        "mean_length": float(lengths.mean()),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }


def _content(sketch: np.ndarray) -> bytes:
    """Returns bytes that are equal for equal sketches, whatever their dtype."""
    return (sketch.astype(np.float64) + 0.0).tobytes()  # adding 0 turns -0 into 0
