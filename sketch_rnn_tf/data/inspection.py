"""What a file of sketches holds, in numbers."""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf.data.normalization import longest, scale_factor
from sketch_rnn_tf.data.npz import read_arrays


def inspect_npz(path) -> tuple[dict, list[np.ndarray]]:
    """Counts what a sketch-rnn `.npz` holds, sound or not.

    Args:
        path: the file, as `read_npz` takes it; its sketches may be malformed.

    Returns:
        the figures, and the sound sketches of all splits. Figures: `splits` (for each `count` of all its sketches, and of the
        sound ones `max_length mean_length p50 p95 p99` in points), `scale_factor` (None where no training sketch is sound),
        `n_max`, `duplicates` (sound sketches equal to an earlier one of any split) and `bad_rows` (rows with a NaN or
        infinite offset or a pen other than 0 and 1; an array that is empty or not `[N, 3]` counts as one).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, refused, or lacks a split.
    """
    splits = read_arrays(path)
    bad_rows = {split: [_count_bad_rows(array) for array in arrays] for split, arrays in splits.items()}
    sound = {
        split: [array for array, bad in zip(arrays, bad_rows[split], strict=True) if not bad]
        for split, arrays in splits.items()
    }
    pooled = [sketch for sketches in sound.values() for sketch in sketches]
    figures = {
        "splits": {split: {"count": len(splits[split]), **_lengths(sound[split])} for split in splits},
        "scale_factor": scale_factor(sound["train"]) if sound["train"] else None,
        "n_max": longest(sound),
        "duplicates": len(pooled) - len({_content(sketch) for sketch in pooled}),
        "bad_rows": sum(map(sum, bad_rows.values())),
    }
    return figures, pooled


def _count_bad_rows(array: np.ndarray) -> int:
    if array.ndim != 2 or array.shape[1] != 3 or len(array) == 0:
        return 1
    pen = array[:, 2]
    return int((~np.isfinite(array).all(axis=1) | ((pen != 0) & (pen != 1))).sum())


def _lengths(sketches: Sequence[np.ndarray]) -> dict:
    lengths = [len(sketch) for sketch in sketches] or [0]
    p50, p95, p99 = np.percentile(lengths, [50, 95, 99]).tolist()
    return {
        "max_length": max(lengths),
        "mean_length": float(np.mean(lengths)),
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }


def _content(sketch: np.ndarray) -> bytes:
    """Returns bytes that are equal for equal sketches, whatever their dtype."""
    return (sketch.astype(np.float64) + 0.0).tobytes()  # adding 0 turns -0 into 0
