"""Strokes to anti-aliased images in TensorFlow operations, inside `tf.data` and inside exported graphs alike."""

import math

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import checks

# The published QuickDraw bitmaps leave 16 units on each side of drawings of 256 units, and draw with a pen of 16.
PEN = 16 / 304
MARGIN = 16 / 304
SMALLEST_SIZE, LARGEST_SIZE = 8, 1024
# Images of at most this many pixels a side are drawn this much larger and averaged: strokes are close together in them.
LARGEST_FINE, FINE = 64, 2


def rasterize(
    strokes, lengths, size: int = 48, line_width: float | None = None, margin: float | None = None
) -> tf.Tensor:
    """Draws a batch of sketches, each scaled to fit its image with its aspect kept, and centred.

    The pen starts at the origin and the first segment is drawn, so the origin counts as part of a drawing. Coverage follows from
    the distance of a pixel's middle to the nearest segment: caps and joins are round, and strokes that cross never add up.
    The published QuickDraw bitmaps differ by a few hundredths (they were drawn with Cairo). Only operations with a kernel on every
    device; shapes inside depend on the drawing, so XLA cannot compile it.

    Args:
        strokes: float32 `[B, T, 3]` stroke-3, or `[B, T, 5]` stroke-5 without a start token, in any units.
        lengths: int32 `[B]`, the number of real points; rows past it are ignored. A sketch of length 0 is blank.
        size: pixels a side, 8 to 1024.
        line_width: of the pen, pixels, above 0 and at most a quarter of `size`; size * 16 / 304 where None, as in QuickDraw's bitmaps.
        margin: pixels left free on each side, at least 0; size * 16 / 304 where None.

    Returns:
        float32 `[B, size, size, 1]`, 0 for paper to 1 for ink; y runs downwards as in the data.

    Raises:
        ValueError: an option is out of range, or the strokes are neither stroke-3 nor stroke-5.
    """
    line_width = size * PEN if line_width is None else line_width
    margin = size * MARGIN if margin is None else margin
    _check(size, line_width, margin)
    strokes = tf.convert_to_tensor(strokes)
    if strokes.shape.rank != 3 or strokes.shape[-1] not in (3, 5):
        raise ValueError(f"strokes have shape {strokes.shape}; expected [B, T, 3] or [B, T, 5]")
    strokes = tf.cast(strokes, tf.float32)
    lengths = tf.cast(lengths, tf.int32)
    lifted = strokes[..., 2 if strokes.shape[-1] == 3 else 3] > 0.5
    fine = FINE if size <= LARGEST_FINE else 1
    images = _drawn(strokes[..., :2], lifted, lengths, size * fine, line_width * fine, margin * fine, fine)
    images = images[:, :size, :size]
    return tf.ensure_shape(images[..., None], [strokes.shape[0], size, size, 1])


def _drawn(offsets, lifted, lengths, size: int, line_width: float, margin: float, fine: int) -> tf.Tensor:
    """Returns float32 `[B, H, W]`, H and W at least size / fine, each pixel the mean of `fine` by `fine`."""
    starts, ends, real = _placed(offsets, lifted, lengths, size, size - 2 * margin - line_width)
    picture = tf.cast(tf.where(real)[:, 0], tf.int32)
    starts, ends = tf.boolean_mask(starts, real), tf.boolean_mask(ends, real)
    tile = 8 if size <= 128 else 16
    count = -(-size // tile)
    segment, row, column = _pairs(starts, ends, line_width / 2 + 0.5, tile, count)
    corner = tf.cast(tf.stack([column, row], axis=1), tf.float32) * tile
    squares = _squared_distances(tf.gather(starts, segment) - corner, tf.gather(ends, segment) - corner, tile)
    rows = tf.shape(lengths)[0]
    place = (tf.gather(picture, segment) * count + row) * count + column
    nearest = tf.math.unsorted_segment_min(squares, place, rows * count * count)
    nearest = tf.sqrt(nearest)
    inked = tf.clip_by_value(0.5 + line_width / 2 - nearest, 0.0, 1.0)
    if line_width < 1:
        # A pen thinner than a pixel covers no more of it than its width.
        inked -= tf.clip_by_value(0.5 - line_width / 2 - nearest, 0.0, 1.0)
    if fine > 1:
        # As one product, which is much faster than a mean over two of five axes.
        across = np.repeat(np.eye(tile // fine, dtype=np.float32), fine, axis=0) / fine
        inked = tf.matmul(inked, np.kron(across, across))
        tile //= fine
    images = tf.transpose(tf.reshape(inked, [rows, count, count, tile, tile]), [0, 1, 3, 2, 4])
    return tf.reshape(images, [rows, count * tile, count * tile])


def _placed(offsets, lifted, lengths, size: int, room: float):
    """Returns where each row's segment starts and ends in pixels `[B, T, 2]`, and whether the row is real `[B, T]`."""
    real = tf.sequence_mask(lengths, tf.shape(offsets)[1])
    ends = tf.cumsum(tf.where(real[..., None], offsets, 0.0), axis=1)
    # Rows past the end repeat the last point, and the origin is always a point.
    low = tf.minimum(tf.reduce_min(ends, axis=1), 0.0)
    high = tf.maximum(tf.reduce_max(ends, axis=1), 0.0)
    extent = tf.reduce_max(high - low, axis=-1, keepdims=True)
    scale = tf.math.divide_no_nan(room, extent)
    ends = (ends - ((low + high) / 2)[:, None]) * scale[:, None] + size / 2
    origin = -(low + high) / 2 * scale + size / 2
    starts = tf.concat([origin[:, None], ends[:, :-1]], axis=1)
    moved = tf.pad(lifted[:, :-1], [[0, 0], [1, 0]])
    # A row the pen reaches in the air is a dot where it comes down, which the line from there covers if there is one.
    return tf.where(moved[..., None], ends, starts), ends, real


def _pairs(starts, ends, reach: float, tile: int, count: int):
    """Returns segment, tile row and tile column, int32 `[P]`, of all that may meet: tiles within the segments' bounds."""
    low = tf.cast(tf.floor((tf.minimum(starts, ends) - reach) / tile), tf.int32)
    high = tf.cast(tf.floor((tf.maximum(starts, ends) + reach) / tile), tf.int32)
    low, high = tf.clip_by_value(low, 0, count - 1), tf.clip_by_value(high, 0, count - 1)
    across, down = tf.unstack(high - low + 1, axis=1)
    counts = across * down
    segment = tf.repeat(tf.range(tf.shape(starts)[0]), counts)
    place = tf.range(tf.shape(segment)[0]) - tf.gather(tf.cumsum(counts, exclusive=True), segment)
    across = tf.gather(across, segment)
    row = place // across
    column = place - row * across
    return segment, row + tf.gather(low[:, 1], segment), column + tf.gather(low[:, 0], segment)


def _squared_distances(starts, ends, tile: int):
    """Returns the squared distance of every pixel of a tile to a segment in the tile's coordinates, `[P, tile * tile]`."""
    across = ends - starts
    length = tf.norm(across, axis=1, keepdims=True)
    # A dot has no direction; any will do.
    direction = tf.where(length > 1e-6, across / tf.maximum(length, 1e-6), [1.0, 0.0])
    length = tf.where(length > 1e-6, length, 0.0)
    dx, dy = direction[:, :1], direction[:, 1:]
    before = tf.reduce_sum(starts * direction, axis=1, keepdims=True)
    aside = starts[:, 1:] * dx - starts[:, :1] * dy
    # Products with the pixels' coordinates (x, y, 1): beside the line, before its start, beyond its end.
    centres = tf.range(tile, dtype=tf.float32) + 0.5
    x, y = tf.tile(centres[None], [tile, 1]), tf.tile(centres[:, None], [1, tile])
    pixels = tf.reshape(tf.stack([x, y, tf.ones_like(x)]), [3, tile * tile])
    beside = tf.matmul(tf.concat([dy, -dx, aside], axis=1), pixels)
    short = tf.matmul(tf.concat([-dx, -dy, before], axis=1), pixels)
    beyond = tf.matmul(tf.concat([dx, dy, -before - length], axis=1), pixels)
    return tf.square(beside) + tf.square(tf.nn.relu(tf.maximum(short, beyond)))


def _check(size: int, line_width: float, margin: float) -> None:
    checks.between("size", size, SMALLEST_SIZE, LARGEST_SIZE)
    checks.positive("line_width", line_width)
    checks.between("line_width", line_width, 0, size / 4)
    checks.between("margin", margin, 0, size / 4)
    if not math.isfinite(line_width + margin):
        raise ValueError(f"line_width is {line_width} and margin {margin}; expected finite numbers")
