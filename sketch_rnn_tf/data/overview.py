"""A picture of what a file holds: random sketches, and below them how long the sketches are."""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf.rendering import colors, layout, text
from sketch_rnn_tf.rendering.figure import Figure, Line, Rule, Text, moved

HEIGHT = 140.0
MARGIN = 28.0
BARS = 50
TEXT_SIZE = 12


def overview(sketches: Sequence[np.ndarray], lengths: np.ndarray) -> Figure:
    """Lays out a grid of sketches above a histogram of lengths.

    Args:
        sketches: stroke-3 `[N, 3]`, at least one.
        lengths: points of all sketches, at least one.

    Returns:
        a figure, in pixels.
    """
    grid = layout.grid(list(sketches), rules=False)
    bars = histogram(lengths, grid.width)
    below = moved(bars, 0, grid.height)
    return grid._replace(
        height=grid.height + bars.height,
        drawings=grid.drawings + below.drawings,
        rules=grid.rules + below.rules,
        texts=grid.texts + below.texts,
        title=f"{len(sketches)} of {len(lengths)} sketches and a histogram of their lengths",
    )


def histogram(lengths: np.ndarray, width: float) -> Figure:
    """Lays out a histogram of lengths in points, drawn with vertical pen lines."""
    longest = int(lengths.max())
    bins = min(BARS, longest)
    counts, edges = np.histogram(lengths, bins=bins, range=(0, longest))
    left, right = MARGIN, width - MARGIN
    bottom, top = HEIGHT - MARGIN, MARGIN
    centres = left + (edges[:-1] + edges[1:]) / 2 / longest * (right - left)
    heights = counts / counts.max() * (bottom - top)
    lines = [
        Line(np.array([[x, bottom], [x, bottom - height]]), colors.INK)
        for x, height in zip(centres.tolist(), heights.tolist(), strict=True)
        if height
    ]
    baseline = bottom + TEXT_SIZE + 4
    last = f"{longest} points"
    texts = [
        Text("0", left, baseline, TEXT_SIZE, "middle"),
        Text(last, min(right, width - text.width(last, TEXT_SIZE) / 2), baseline, TEXT_SIZE, "middle"),
        Text(
            f"{len(lengths)} sketches by length; half have at most {np.median(lengths):g} points",
            width / 2,
            top - TEXT_SIZE / 2,
            TEXT_SIZE,
            "middle",
        ),
    ]
    return Figure(width, HEIGHT, [lines], [Rule(left, bottom, right, bottom)], texts, 2.0, None, "lengths")
