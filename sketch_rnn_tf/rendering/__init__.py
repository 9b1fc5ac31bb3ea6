"""Pictures of sketches; needs no TensorFlow.

`svg` and `png` take one stroke-3 sketch `[N, 3]` or a list of them, which they lay out in a grid. The first segment, from
the origin, is drawn. Options are those of `layout.grid` (`columns`, `cell_size`, `color`, `color_by_order`,
`draw_first_segment`) and `stroke_width` and `background`.
"""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf.rendering import layout
from sketch_rnn_tf.rendering.png import to_png
from sketch_rnn_tf.rendering.svg import STROKE_WIDTH, to_svg


def svg(
    drawings, *, stroke_width: float = STROKE_WIDTH, background: str | None = "#ffffff", **options
) -> str:
    """Draws one sketch or a grid of them as an SVG document.

    Raises:
        ValueError: a drawing is malformed.
    """
    return to_svg(layout.grid(drawings, **options), stroke_width, background)


def png(drawings, *, stroke_width: float = STROKE_WIDTH, background: str = "#ffffff", **options) -> bytes:
    """Draws one sketch or a grid of them as a PNG file.

    Raises:
        ValueError: a drawing is malformed.
    """
    return to_png(layout.grid(drawings, **options), stroke_width, background)


def side_by_side_svg(groups: Sequence[tuple[str, Sequence[np.ndarray]]], **options) -> str:
    """Draws titled grids beside each other as an SVG document; options of `layout.grid`."""
    return to_svg(layout.side_by_side(groups, **options))


def side_by_side_png(groups: Sequence[tuple[str, Sequence[np.ndarray]]], **options) -> bytes:
    """Draws titled grids beside each other as a PNG file; options of `layout.grid`."""
    return to_png(layout.side_by_side(groups, **options))


__all__ = ["png", "side_by_side_png", "side_by_side_svg", "svg"]
