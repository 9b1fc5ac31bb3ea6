"""What every reader gives: drawings, and pieces of files small enough to hand to another process."""

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from sketch_rnn_tf.data.safe_pickle import MAX_POINTS

BLOCK_BYTES = 2**20
MAX_LINE_BYTES = 2**24


class Drawing(NamedTuple):
    """One drawing as a file gives it.

    Attributes:
        sketch: stroke-3 float64 `[N, 3]` in the file's units, N at least 1.
        key: what names the drawing among all drawings, as QuickDraw's `key_id` does; None where nothing does.
        word: the class the file itself gives; None where it gives none.
        recognized: whether QuickDraw's game recognised it; None where the file does not say.
        country: two letters as QuickDraw gives them; None where the file does not say.
        split: `train`, `valid` or `test` where the file says so.
        raw: whether these are raw pen points with times, not yet aligned, scaled and simplified.
    """

    sketch: np.ndarray
    key: str | None = None
    word: str | None = None
    recognized: bool | None = None
    country: str | None = None
    split: str | None = None
    raw: bool = False


class Block(NamedTuple):
    """A piece of a file.

    Attributes:
        path: the file, as messages name it.
        kind: the file's ending in small letters, such as `.svg`; it says who decodes the block.
        first: number of the first line or sketch in it.
        payload: bytes, rows or arrays, as the format's module understands them.
        size: bytes of the file it stands for.
    """

    path: str
    kind: str
    first: int
    payload: Any
    size: int


class Item(NamedTuple):
    """A decoded row: where it stood, and a drawing, or the sentence that says why there is none."""

    where: str
    drawing: Drawing | None
    error: str | None = None


def from_points(points: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Turns absolute points into stroke-3 without losing digits, which `strokes.from_polylines` gives up for float32.

    Args:
        points: float64 `[P, 2]`, line after line, P at least 1.
        lengths: points of each line, each at least 1, P in all.

    Returns:
        float64 `[N, 3]`; the first point is the origin, the pen is lifted after each line. A first line of one point becomes
        the row (0, 0, 1), a dot.

    Raises:
        ValueError: there is no point, one is NaN or infinite, or there are more than 100,000.
    """
    if len(points) == 0:
        raise ValueError("it holds no points; expected at least one line")
    if len(points) > MAX_POINTS:
        raise ValueError(f"it has {len(points)} points; expected at most {MAX_POINTS}")
    if not -1e15 <= points.min() <= points.max() <= 1e15:  # false for NaN too
        raise ValueError("it holds NaN, infinity or numbers above 1e15; expected finite coordinates")
    ends = np.cumsum(lengths) - 1
    if lengths[0] == 1:
        points = np.concatenate([points[:1], points])
        ends = ends + 1
    sketch = np.zeros([len(points) - 1, 3])
    np.subtract(points[1:], points[:-1], out=sketch[:, :2])
    sketch[ends - 1, 2] = 1
    return sketch


def lines(file: BinaryIO) -> Iterator[bytes]:
    """Yields the lines of a file; of a line above 16 MB only its beginning, as no memory is taken for the rest."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE_BYTES + 1)
