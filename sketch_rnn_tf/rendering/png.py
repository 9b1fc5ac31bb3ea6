"""Figures as PNG."""

import io

from PIL import Image, ImageDraw, ImageFont

from sketch_rnn_tf.rendering.layout import CAPTION_HEIGHT, Figure
from sketch_rnn_tf.rendering.svg import FRAME_COLOR, STROKE_WIDTH

SUPERSAMPLING = 3  # drawn this many times larger and averaged, since Pillow draws without antialiasing


def to_png(figure: Figure, stroke_width: float = STROKE_WIDTH, background: str = "#ffffff") -> bytes:
    """Draws a figure as a PNG file, with the look of the SVG.

    Args:
        figure: from `layout`.
        stroke_width: pixels.
        background: colour.
    """
    scale = SUPERSAMPLING
    image = Image.new("RGB", (figure.width * scale, figure.height * scale), background)
    draw = ImageDraw.Draw(image)
    if len(figure.frames) > 1:
        for frame in figure.frames:
            x, y, size = frame.x * scale, frame.y * scale, frame.size * scale
            draw.rectangle([x, y, x + size, y + size], outline=FRAME_COLOR, width=scale)
    width = max(1, round(stroke_width * scale))
    for line in figure.lines:
        points = [(float(x) * scale, float(y) * scale) for x, y in line.points]
        if len(points) > 1:
            draw.line(points, fill=line.color, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            draw.circle((x, y), width / 2, fill=line.color)
    font = ImageFont.load_default(size=(CAPTION_HEIGHT - 14) * scale)
    for caption in figure.captions:
        draw.text(
            (caption.x * scale, caption.y * scale), caption.text, fill="#333333", font=font, anchor="ls"
        )
    image = image.resize((figure.width, figure.height), Image.Resampling.BOX)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
