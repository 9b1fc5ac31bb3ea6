"""Sketches as plain arrays: an `.npz` that any NumPy reads without pickle.

For each split two members: `train_points`, int16 `[P, 3]`, the rows of all sketches one after another; and `train_offsets`,
int64 `[K + 1]`, where each sketch begins: `points[offsets[i]:offsets[i + 1]]` is sketch i.
"""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO, NamedTuple

import numpy as np
from numpy.lib import format as npy_format

from sketch_rnn_tf.data.safe_pickle import MAX_POINTS, MAX_SKETCHES

POINTS, OFFSETS = "_points", "_offsets"
# Of zlib; 6, the usual one, makes files 2 % smaller and takes eight times as long on strokes.
LEVEL = 4


class Plain(NamedTuple):
    """The sketches of a split, which need not be in memory together.

    Attributes:
        lengths: points of each sketch, in order.
        chunks: int16 `[P, 3]` rows, sketch after sketch, cut anywhere.
    """

    lengths: Sequence[int]
    chunks: Iterable[np.ndarray]


def write(file: BinaryIO, splits: Mapping[str, Plain]) -> None:
    """Writes an `.npz`; the same sketches give the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for split, (lengths, chunks) in splits.items():
            offsets = np.concatenate([[0], np.cumsum(lengths)]).astype("<i8")
            _add(archive, split + POINTS, (int(offsets[-1]), 3), "<i2", chunks)
            _add(archive, split + OFFSETS, offsets.shape, "<i8", [offsets])


def _add(archive: zipfile.ZipFile, name: str, shape, dtype: str, chunks: Iterable[np.ndarray]) -> None:
    # Opened by name, a member gets the date of the zip format's beginning: the time of writing does not show.
    with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
        header = {"descr": dtype, "fortran_order": False, "shape": shape}
        npy_format.write_array_header_1_0(stream, header)
        for chunk in chunks:
            stream.write(np.ascontiguousarray(chunk, dtype).tobytes())


def join(points: np.ndarray, offsets: np.ndarray, name: str) -> list[np.ndarray]:
    """Returns the sketches of a pair of arrays, each `[N, 3]`.

    Raises:
        ValueError: the arrays do not belong together, or a sketch has too many points.
    """
    if points.ndim != 2 or points.shape[1] != 3 or offsets.ndim != 1 or offsets.dtype.kind != "i":
        raise ValueError(
            f"{name}{POINTS} has shape {list(points.shape)} and {name}{OFFSETS} is {offsets.dtype} of shape "
            f"{list(offsets.shape)}; expected [P, 3] and integers [K + 1]"
        )
    lengths = np.diff(offsets)
    ends = (int(offsets[0]), int(offsets[-1])) if len(offsets) else None
    if ends != (0, len(points)) or (lengths < 0).any():
        raise ValueError(f"{name}{OFFSETS} does not rise from 0 to the {len(points)} rows of {name}{POINTS}")
    if len(lengths) > MAX_SKETCHES or (len(lengths) and lengths.max() > MAX_POINTS):
        raise ValueError(
            f"{name} has {len(lengths)} sketches of up to {lengths.max()} points; expected at most {MAX_SKETCHES} and "
            f"{MAX_POINTS}"
        )
    return np.split(points, offsets[1:-1]) if len(lengths) else []
