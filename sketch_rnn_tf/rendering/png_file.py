"""Figures as PNG, with the look of the SVG."""

import io

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from sketch_rnn_tf.rendering import colors
from sketch_rnn_tf.rendering.figure import Figure, Line
from sketch_rnn_tf.rendering.text import font

# Everything is drawn this many times larger and averaged, since Pillow draws without antialiasing.
SUPERSAMPLING = 4
# A picture is drawn in bands of this many rows, so that a large one takes little memory.
BAND_HEIGHT = 512
# Below the size from which Pillow warns of decompression bombs.
MAX_PIXELS = 80_000_000


def to_png(figure: Figure) -> bytes:
    """Draws a figure as a PNG file.

    Raises:
        ValueError: the picture would have more than MAX_PIXELS pixels.
    """
    if figure.width * figure.height > MAX_PIXELS:
        raise ValueError(
            f"the picture would have {figure.width} x {figure.height} pixels; expected at most {MAX_PIXELS} in all, "
            "take fewer drawings, a smaller cell_size, or SVG"
        )
    mode = "RGB" if figure.background else "RGBA"
    image = Image.new(mode, (figure.width, figure.height))
    lines = [line for lines in figure.drawings for line in lines]
    reach = figure.stroke_width + 1
    spans = np.array([[line.points[:, 1].min() - reach, line.points[:, 1].max() + reach] for line in lines])
    for top in range(0, figure.height, BAND_HEIGHT):
        height = min(BAND_HEIGHT, figure.height - top)
        inside = [line for line, (low, high) in zip(lines, spans) if high > top and low < top + height]
        image.paste(_band(figure, mode, inside, top, height), (0, top))
    draw = ImageDraw.Draw(image)
    for text in figure.texts:
        anchor = {"start": "ls", "middle": "ms"}[text.anchor]
        draw.text((text.x, text.y), text.text, fill=figure.text_color, font=font(text.size), anchor=anchor)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _band(figure: Figure, mode: str, lines: list[Line], top: int, height: int) -> Image.Image:
    """Draws rules and lines between the rows `top` and `top + height`."""
    size = (figure.width * SUPERSAMPLING, height * SUPERSAMPLING)
    image = Image.new(mode, size, figure.background or (*ImageColor.getrgb(colors.LIGHT.background), 0))
    draw = ImageDraw.Draw(image)
    # Pillow counts from the middle of the first pixel, a figure from its edge.
    offset = np.array([0.5, top * SUPERSAMPLING + 0.5])
    for x1, y1, x2, y2 in figure.rules:
        ends = np.array([[x1, y1], [x2, y2]]) * SUPERSAMPLING - offset
        draw.line(ends.ravel().tolist(), fill=figure.rule_color, width=SUPERSAMPLING)
    width = figure.stroke_width * SUPERSAMPLING
    for line in lines:
        points = (line.points * SUPERSAMPLING - offset).tolist()
        draw.line([tuple(point) for point in points], fill=line.color, width=max(1, round(width)))
        for point in points:
            draw.circle(point, (width - 1) / 2, fill=line.color)
    return image.resize((figure.width, height), Image.Resampling.BOX)
