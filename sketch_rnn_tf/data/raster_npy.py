"""QuickDraw-style bitmap files: `.npy` of uint8, a flat image a row, ink 255 on paper 0."""

import io
import itertools
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np

from sketch_rnn_tf.data.rasterize import rasterize
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.files import write_atomically

BATCH_SIZE = 64


def write_raster_npy(
    path, sketches: Sequence[np.ndarray], size: int = 28, line_width: float | None = None
) -> None:
    """Draws sketches into a file like Google's bitmaps, or like those for CNN encoders (48 pixels).

    Google's are 28 x 28 and were drawn with Cairo with the same pen and margin; single pixels differ by a few hundredths.

    Args:
        path: the `.npy` file; its folder must exist. It appears whole or not at all.
        sketches: stroke-3 `[N, 3]` each, in any units; N at least 1.
        size, line_width: as in `rasterize.rasterize`.

    Raises:
        OSError: the folder is missing, read-only or full.
        ValueError: there are no sketches, one is malformed, or an option is out of range.
    """
    path = pathlib.Path(path)
    if path.suffix.lower() != ".npy":
        raise ValueError(f"the output is {path.name!r}; expected a name that ends in .npy")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")
    if not len(sketches):
        raise ValueError("there are no sketches to draw; give at least one")
    for place, sketch in enumerate(sketches):
        check_sketch(sketch, f"sketch {place}")
    header = io.BytesIO()
    shape = (len(sketches), size * size)
    np.lib.format.write_array_header_1_0(header, {"descr": "|u1", "fortran_order": False, "shape": shape})
    write_atomically(path, itertools.chain([header.getvalue()], _rows(sketches, size, line_width)))


def _rows(sketches: Sequence[np.ndarray], size: int, line_width: float | None) -> Iterator[bytes]:
    for start in range(0, len(sketches), BATCH_SIZE):
        batch = sketches[start : start + BATCH_SIZE]
        lengths = np.array([len(sketch) for sketch in batch], np.int32)
        strokes = np.zeros([len(batch), lengths.max(), 3], np.float32)
        strokes[np.arange(strokes.shape[1]) < lengths[:, None]] = np.concatenate(batch)
        images = rasterize(strokes, lengths, size, line_width).numpy()
        yield np.rint(images * 255).astype(np.uint8).tobytes()
