"""Lines through points, as a PNG: the figures of the papers that are no drawings."""

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from sketch_rnn_tf.evaluation.latent_map import COLORS
from sketch_rnn_tf.rendering.text import font

WIDTH, HEIGHT, BORDER = 640, 440, 70
TICKS = 6  # at most on an axis


class Line(NamedTuple):
    """Points `(x, y)` in their order, with a text beside each ("" for none); the name stands in the legend where it is not empty."""

    points: Sequence[tuple[float, float]]
    labels: Sequence[str] = ()
    name: str = ""


def line_plot(
    lines: Sequence[Line], x_label: str, title: str, level: tuple[str, float] | None = None
) -> bytes:
    """Draws lines as PNG, the x axis from 0.

    Args:
        lines: what to draw, in the colours of `latent_map.COLORS`.
        x_label: under the axis.
        title: above the plot.
        level: name and height of a line from side to side.

    Raises:
        ValueError: there are no points, or one is not finite.
    """
    points = np.array([point for line in lines for point in line.points], np.float64).reshape(-1, 2)
    heights = [*points[:, 1], *([level[1]] if level else [])]
    if not len(points) or not np.isfinite([*points[:, 0], *heights]).all():
        raise ValueError(f"there are {len(points)} points; a plot needs at least one, and finite ones only")
    right = max(points[:, 0].max(), 1e-6) * 1.15
    spare = max(float(np.ptp(heights)), 1e-6) * 0.15
    low, high = min(heights) - spare, max(heights) + spare

    def at(x: float, y: float) -> tuple[float, float]:
        across, up = x / right, (y - low) / (high - low)
        return BORDER + across * (WIDTH - 2 * BORDER), HEIGHT - BORDER - up * (HEIGHT - 2 * BORDER)

    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    pen = ImageDraw.Draw(image)
    write = {"fill": "#57606a", "font": font(14)}
    pen.rectangle([BORDER, BORDER, WIDTH - BORDER, HEIGHT - BORDER], outline="#e3e6ea")
    for x, text in ticks(0, right):
        pen.text((at(x, low)[0], HEIGHT - BORDER + 18), text, anchor="ms", **write)
    for y, text in ticks(low, high):
        pen.text((BORDER - 8, at(0, y)[1]), text, anchor="rm", **write)
    pen.text((WIDTH / 2, HEIGHT - 20), x_label, anchor="ms", **write)
    pen.text((BORDER, BORDER - 14), title, anchor="ls", **write)
    legend = WIDTH - BORDER
    if level:
        write_level = {**write, "fill": COLORS[1]}
        pen.line([at(0, level[1]), at(right, level[1])], fill=COLORS[1], width=2)
        pen.text((legend - 6, at(0, level[1])[1] - 6), level[0], anchor="rs", **write_level)
    for line, color in zip(lines, COLORS):
        places = [at(*point) for point in line.points]
        pen.line(places, fill=color, width=2)
        for place, (x, y) in enumerate(places):
            pen.ellipse([x - 4, y - 4, x + 4, y + 4], fill=color)
            if line.labels:
                pen.text((x + 8, y - 6), line.labels[place], anchor="ls", **write)
    for line, color in reversed(list(zip(lines, COLORS))):
        pen.text((legend, BORDER - 14), line.name, anchor="rs", **{**write, "fill": color})
        legend -= int(pen.textlength(line.name, font=font(14))) + 14
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Returns the round numbers of an axis, at most `TICKS` of them: multiples of 1, 2 or 5 times a power of ten.

    Args:
        low, high: ends of the axis, in units of what it shows; `low` below `high`.

    Returns:
        each number with its text, rising.
    """
    power = math.floor(math.log10((high - low) / TICKS))
    steps = [digit * 10.0**exponent for exponent in (power, power + 1) for digit in (1, 2, 5)]
    counted = [(step, math.ceil(low / step), math.floor(high / step)) for step in steps]
    step, first, last = next(found for found in counted if found[2] - found[1] < TICKS)
    digits = max(0, -math.floor(math.log10(step)))
    return [(place * step, f"{place * step:.{digits}f}") for place in range(first, last + 1)]
