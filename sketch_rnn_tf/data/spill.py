"""Converted sketches on their way to a file: on disk, with an index of some 20 bytes a sketch in memory."""

import pathlib
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from sketch_rnn_tf.data.npz import SPLITS

ROW_BYTES = 6
# Sketches read back together.
TOGETHER = 4096


class Spill:
    """The sketches of one class, in the order they came.

    Args:
        path: a file that does not exist yet.
    """

    def __init__(self, path: pathlib.Path):
        self._path = path
        self._lengths, self._hashes, self._splits = array("i"), array("q"), array("b")

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, points: np.ndarray, lengths: np.ndarray, hashes: np.ndarray, splits: np.ndarray) -> None:
        """Adds sketches.

        Args:
            points: int16 `[P, 3]`, their rows one after another.
            lengths: int32 `[K]`.
            hashes: int64 `[K]`, equal for sketches that are the same.
            splits: int8 `[K]`, the place in SPLITS that the file gave, or -1.
        """
        with open(self._path, "ab") as file:
            file.write(np.ascontiguousarray(points, "<i2").tobytes())
        self._lengths.frombytes(np.ascontiguousarray(lengths, np.int32).tobytes())
        self._hashes.frombytes(np.ascontiguousarray(hashes, np.int64).tobytes())
        self._splits.frombytes(np.ascontiguousarray(splits, np.int8).tobytes())

    def first_of_each(self) -> np.ndarray:
        """Returns the places of all sketches but those that equal an earlier one, in order."""
        _, places = np.unique(np.array(self._hashes, np.int64), return_index=True)
        return np.sort(places)

    def published_splits(self, places: np.ndarray) -> dict[str, np.ndarray] | None:
        """Returns the splits that the files gave, None where one sketch has none."""
        splits = np.array(self._splits, np.int8)[places]
        if (splits < 0).any():
            return None
        return {name: places[splits == number] for number, name in enumerate(SPLITS)}

    def lengths(self, places: np.ndarray) -> np.ndarray:
        """Returns the points of each sketch."""
        return np.array(self._lengths, np.int64)[places]

    def chunks(self, places: Sequence[int]) -> Iterator[list[np.ndarray]]:
        """Yields sketches, int16 `[N, 3]`, some thousands at a time."""
        lengths = np.array(self._lengths, np.int64)
        starts = np.cumsum(lengths) - lengths
        with open(self._path, "rb", buffering=0) as file:
            for first in range(0, len(places), TOGETHER):
                yield [
                    self._read(file, int(starts[place]), int(lengths[place]))
                    for place in places[first : first + TOGETHER]
                ]

    @staticmethod
    def _read(file, start: int, length: int) -> np.ndarray:
        file.seek(start * ROW_BYTES)
        data = file.read(length * ROW_BYTES)
        return np.frombuffer(data, "<i2").reshape(length, 3)
