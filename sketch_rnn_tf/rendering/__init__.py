"""Pictures of sketches; needs no TensorFlow.

    svg(drawings), png(drawings)         one stroke-3 sketch `[N, 3]`, a list of them (a grid), or a list of rows
    side_by_side_svg(groups), side_by_side_png(groups)    titled grids beside each other

Options of the first two are those of `layout.grid`, of the others those of `compare.side_by_side`. SVG and PNG draw the same
`Figure`, so they show the same picture.
"""

from collections.abc import Sequence

from sketch_rnn_tf.rendering.compare import side_by_side
from sketch_rnn_tf.rendering.layout import grid
from sketch_rnn_tf.rendering.png import to_png
from sketch_rnn_tf.rendering.svg import to_svg


def svg(drawings, **options) -> str:
    """Draws one sketch or a grid of them as an SVG document; arguments and errors of `layout.grid`."""
    return to_svg(grid(drawings, **options))


def png(drawings, **options) -> bytes:
    """Draws one sketch or a grid of them as a PNG file; arguments and errors of `layout.grid`."""
    return to_png(grid(drawings, **options))


def side_by_side_svg(groups: Sequence[tuple[str, Sequence]], **options) -> str:
    """Draws titled grids beside each other as an SVG document; arguments and errors of `compare.side_by_side`."""
    return to_svg(side_by_side(groups, **options))


def side_by_side_png(groups: Sequence[tuple[str, Sequence]], **options) -> bytes:
    """Draws titled grids beside each other as a PNG file; arguments and errors of `compare.side_by_side`."""
    return to_png(side_by_side(groups, **options))


__all__ = ["grid", "png", "side_by_side", "side_by_side_png", "side_by_side_svg", "svg", "to_png", "to_svg"]
