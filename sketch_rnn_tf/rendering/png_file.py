"""Figures as PNG, with the look of the SVG."""

import io
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from sketch_rnn_tf.rendering import coverage
from sketch_rnn_tf.rendering.figure import Figure, Line, scaled
from sketch_rnn_tf.rendering.text import font

# A picture is drawn in bands of this many rows, so that a large one takes little memory.
BAND_HEIGHT = 512
# Below the size from which Pillow warns of decompression bombs.
MAX_PIXELS = 80_000_000
SHADES = 16
# Dots per millimetre of a page, about 300 an inch.
PIXELS_PER_MM = 12.0


def to_png(figure: Figure) -> bytes:
    """Draws a figure as a PNG file; a figure in millimetres has PIXELS_PER_MM.

    Raises:
        ValueError: the picture would have more than MAX_PIXELS pixels.
    """
    file = io.BytesIO()
    options = {"dpi": (PIXELS_PER_MM * 25.4,) * 2} if figure.unit == "mm" else {}
    to_image(figure).save(file, "PNG", **options)
    return file.getvalue()


def to_image(figure: Figure) -> Image.Image:
    """Draws a figure as RGB, or as RGBA where its background is transparent.

    Raises:
        ValueError: the picture would have more than MAX_PIXELS pixels.
    """
    if figure.unit == "mm":
        figure = scaled(figure, PIXELS_PER_MM)
    width, height = round(figure.width), round(figure.height)
    if width * height > MAX_PIXELS:
        raise ValueError(
            f"the picture would have {width} x {height} pixels; expected at most {MAX_PIXELS} in all, "
            "take fewer drawings, a smaller cell_size, or SVG"
        )
    mode = "RGB" if figure.background else "RGBA"
    image = Image.new(mode, (width, height))
    runs = [_Run(lines, pen) for lines, pen in _runs(figure)]
    for top in range(0, height, BAND_HEIGHT):
        rows = min(BAND_HEIGHT, height - top)
        inside = [run for run in runs if run.high > top and run.low < top + rows]
        image.paste(Image.fromarray(_band(figure.background, inside, width, top, rows), mode), (0, top))
    draw = ImageDraw.Draw(image)
    for text in figure.texts:
        anchor = {"start": "ls", "middle": "ms"}[text.anchor]
        draw.text(
            (text.x, text.y), text.text, fill=figure.text_color, font=font(round(text.size)), anchor=anchor
        )
    return image


class _Run:
    """Lines of one colour and width that unite: where they cross, ink does not add up."""

    def __init__(self, lines: Sequence[Line], width: float):
        self.lines, self.width, self.color = [line.points for line in lines], width, lines[0].color
        heights = np.concatenate([points[:, 1] for points in self.lines])
        self.low, self.high = heights.min() - width / 2 - 1, heights.max() + width / 2 + 1


def _runs(figure: Figure) -> Iterator[tuple[list[Line], float]]:
    """Goes through what is to be drawn, from bottom to top: rules, then each drawing's runs of equal colour."""
    for rule in figure.rules:
        yield [Line(np.array([rule[:2], rule[2:]], np.float64), figure.rule_color)], figure.rule_width
    for lines in figure.drawings:
        start = 0
        for place, line in enumerate(lines):
            if place + 1 == len(lines) or lines[place + 1].color != line.color:
                yield lines[start : place + 1], figure.stroke_width
                start = place + 1


def _band(background: str | None, runs: list[_Run], width: int, top: int, height: int) -> np.ndarray:
    """Draws runs between the rows `top` and `top + height`: uint8 `[height, width, 3]`, or 4 with transparency."""
    shape = (-(-height // coverage.TILE), -(-width // coverage.TILE))
    lines = [points - [0, top] for run in runs for points in run.lines]
    layers = np.repeat(np.arange(len(runs)), [len(run.lines) for run in runs])
    widths = np.array([run.width for run in runs])[layers] if runs else np.zeros(0)
    layer, tile, covered = coverage.tiles_of(lines, layers, widths, shape)
    inks = np.array([ImageColor.getrgb(run.color) for run in runs], np.float32).reshape(-1, 3)
    paper = np.array([*ImageColor.getrgb(background), 255] if background else [0, 0, 0, 0], np.float32)
    # Few shades at the edges of lines look the same and make files half as large.
    covered = np.rint(covered * SHADES) / SHADES
    touched, place = np.unique(tile, return_inverse=True)
    # Premultiplied, as layers are laid over each other: what is above covers what is below.
    canvas = np.tile(paper, [len(touched), coverage.TILE**2, 1])
    for chosen in _one_a_tile(place):
        share = covered[chosen, :, None]
        ink = np.concatenate([inks[layer[chosen]], np.full([len(chosen), 1], 255, np.float32)], axis=1)
        canvas[place[chosen]] += share * (ink[:, None] - canvas[place[chosen]])
    if background:
        canvas, paper = canvas[..., :3], paper[:3]
    else:
        canvas[..., :3] *= 255 / np.maximum(canvas[..., 3:], 1)
    pixels = np.tile(paper.astype(np.uint8), [shape[0] * shape[1], coverage.TILE**2, 1])
    pixels[touched] = np.rint(canvas)
    pixels = pixels.reshape(*shape, coverage.TILE, coverage.TILE, -1).transpose(0, 2, 1, 3, 4)
    picture = pixels.reshape(shape[0] * coverage.TILE, shape[1] * coverage.TILE, -1)
    return np.ascontiguousarray(picture[:height, :width])


def _one_a_tile(tile: np.ndarray) -> Iterator[np.ndarray]:
    """Goes through places in `tile`, those of a tile in turn: first the lowest of each tile, then the next ..."""
    order = np.argsort(tile, kind="stable")
    starts = np.flatnonzero(np.diff(tile[order], prepend=-1))
    rank = np.arange(len(tile)) - np.repeat(starts, np.diff(np.append(starts, len(tile))))
    for depth in range(rank.max(initial=-1) + 1):
        yield order[rank == depth]
