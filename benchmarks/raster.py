"""How fast strokes become pixels: images for models beside Pillow and Cairo at the same quality, and a page of 2,500 sketches.

Seconds are processor seconds, so a figure "a core" does not depend on how many cores there are.
"""

import math
import resource
import time
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from sketch_rnn_tf import rendering
from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.data.strokes import to_polylines

SIZE = 48
NUM_RASTER, NUM_COMPARED, NUM_GRID = 2000, 200, 2500
BATCH_SIZE = 100


def entries() -> list[dict]:
    """Returns a row a figure: `name seconds bound_seconds ratio units peak_mb`.

    `raster_48` draws 2,000 doodles; `raster_48_pillow` and `raster_48_cairo` give the seconds of those for as many sketches, and
    as `ratio` how many times as long they take as ours, at settings whose error is nearest to ours (named in `units`).
    `grid_svg_2500` and `grid_png_2500` draw 2,500 doodles in cells of 128 pixels; their `bound_seconds` is the 5 s asked for.
    """
    return [*raster_entries(), *grid_entries()]


def raster_entries() -> list[dict]:
    """Times images of 48 pixels a side."""
    import tensorflow as tf

    from sketch_rnn_tf.data.rasterize import rasterize

    sketches = _sketches(NUM_RASTER)
    signature = [tf.TensorSpec([None, None, 3]), tf.TensorSpec([None], tf.int32)]
    draw = tf.function(lambda strokes, lengths: rasterize(strokes, lengths, SIZE), input_signature=signature)
    batches = [_packed(sketches[start : start + BATCH_SIZE]) for start in range(0, NUM_RASTER, BATCH_SIZE)]
    draw(*batches[0])
    ours = _best(lambda: [draw(*batch) for batch in batches])
    drawn = np.concatenate([draw(*batch).numpy() for batch in batches[: NUM_COMPARED // BATCH_SIZE]])[..., 0]

    width = SIZE * 16 / 304
    lines = [_fitted(sketch, SIZE, width) for sketch in sketches[:NUM_COMPARED]]
    truth = np.stack([_by_pillow(one, SIZE, width, 64) for one in lines])
    error = np.abs(drawn - truth).mean()
    rows = [_entry("raster_48", ours, f"{NUM_RASTER / ours:.0f} sketches/s a core, error {error:.2%}")]
    others = {"pillow": _pillow_settings(), "cairo": _cairo_settings()}
    for name, settings in others.items():
        results = []
        for label, by in settings.items():
            seconds = (
                _best(lambda by=by: [by(one, SIZE, width) for one in lines], 2) * NUM_RASTER / NUM_COMPARED
            )
            images = np.stack([by(one, SIZE, width) for one in lines])
            results.append((np.abs(images - truth).mean(), seconds, label))
        if results:
            near, seconds, label = min(results, key=lambda result: abs(math.log(result[0] / error)))
            units = f"{NUM_RASTER / seconds:.0f} sketches/s a core, error {near:.2%} ({label})"
            rows.append(_entry(f"raster_48_{name}", seconds, units, ratio=seconds / ours))
    return rows


def grid_entries() -> list[dict]:
    """Times a page of 2,500 sketches as SVG and as PNG."""
    sketches = _sketches(NUM_GRID)
    rows = []
    for kind in ("svg", "png"):
        made = getattr(rendering, kind)
        seconds = _best(lambda made=made: made(sketches), 2)
        units = f"{NUM_GRID} sketches of 128 px, {len(made(sketches)) / 1e6:.1f} MB"
        rows.append(_entry(f"grid_{kind}_{NUM_GRID}", seconds, units, bound=5.0))
    return rows


def _entry(
    name: str, seconds: float, units: str, ratio: float | None = None, bound: float | None = None
) -> dict:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "name": name,
        "seconds": seconds,
        "bound_seconds": bound,
        "ratio": ratio,
        "units": units,
        "peak_mb": peak,
    }


def _sketches(count: int) -> list[np.ndarray]:
    names = doodles.class_names()
    each = -(-count // len(names))
    made = [doodles.make_splits(name, train=each, valid=1, test=1, seed=0)["train"] for name in names]
    return [sketch for group in zip(*made) for sketch in group][:count]


def _packed(sketches) -> tuple[np.ndarray, np.ndarray]:
    lengths = np.array([len(sketch) for sketch in sketches], np.int32)
    strokes = np.zeros([len(sketches), lengths.max(), 3], np.float32)
    strokes[np.arange(strokes.shape[1]) < lengths[:, None]] = np.concatenate(sketches)
    return strokes, lengths


def _best(work: Callable, repeats: int = 3) -> float:
    """Returns the processor seconds of the fastest of some runs."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def _fitted(sketch, size: int, width: float) -> list[np.ndarray]:
    """Returns polylines in pixels where `rasterize` draws them; the margin is as wide as the pen."""
    lines = to_polylines(sketch)
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    return [(line - (low + high) / 2) / (high - low).max() * (size - 3 * width) + size / 2 for line in lines]


def _by_pillow(lines, size: int, width: float, factor: int) -> np.ndarray:
    image = Image.new("L", (size * factor, size * factor))
    draw = ImageDraw.Draw(image)
    for line in lines:
        points = [tuple(point) for point in (line * factor - 0.5).tolist()]
        draw.line(points, fill=255, width=round(width * factor))
        for point in points:
            draw.circle(point, (width * factor - 1) / 2, fill=255)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX)) / np.float32(255)


def _pillow_settings() -> dict[str, Callable]:
    def at(factor: int) -> Callable:
        return lambda lines, size, width: _by_pillow(lines, size, width, factor)

    return {f"{factor} times as large": at(factor) for factor in (4, 8, 16, 32)}


def _cairo_settings() -> dict[str, Callable]:
    """Returns nothing where Cairo or its binding is not installed."""
    try:
        import cairocffi as cairo
    except (ImportError, OSError):
        return {}

    def at(antialias: int) -> Callable:
        def draw(lines, size: int, width: float) -> np.ndarray:
            stride = cairo.ImageSurface.format_stride_for_width(cairo.FORMAT_A8, size)
            buffer = np.zeros([size, stride], np.uint8)
            surface = cairo.ImageSurface(cairo.FORMAT_A8, size, size, data=buffer, stride=stride)
            context = cairo.Context(surface)
            context.set_antialias(antialias)
            context.set_line_cap(cairo.LINE_CAP_ROUND)
            context.set_line_join(cairo.LINE_JOIN_ROUND)
            context.set_line_width(width)
            for line in lines:
                points = line.tolist()
                context.move_to(*points[0])
                for x, y in points[1:] or points:
                    context.line_to(x, y)
            context.stroke()
            surface.flush()
            return buffer[:, :size] / np.float32(255)

        return draw

    return {
        "antialias default": at(cairo.ANTIALIAS_DEFAULT),
        "antialias fast": at(cairo.ANTIALIAS_FAST),
    }
