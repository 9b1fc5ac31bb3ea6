"""Pictures of sketches, still and moving; needs no TensorFlow.

    svg(drawings), png(drawings)                 one stroke-3 sketch `[N, 3]`, a list of them (a grid), or a list of rows
    gif(drawings), animated_svg(drawings)        the same, drawing themselves
    morph_gif(frames), morph_svg(frames)         one after another
    side_by_side_svg(groups), side_by_side_png(groups)    titled grids beside each other
    pdf(pages), multipage_svg(pages)             pages of `pattern_pages`, `booklet_pages`, `lesson_pages`, or any figures

Layouts (`grid`, `side_by_side`, `lesson` and the pages) make figures, and `to_svg`, `to_png`, `drawing_gif` and so on draw
them, so all kinds of files show the same picture. Equal input gives equal bytes.
"""

from collections.abc import Sequence

from sketch_rnn_tf.rendering import colors
from sketch_rnn_tf.rendering.compare import side_by_side
from sketch_rnn_tf.rendering.figure import Figure
from sketch_rnn_tf.rendering.gif_file import drawing_gif, frames_gif
from sketch_rnn_tf.rendering.layout import grid
from sketch_rnn_tf.rendering.lesson import lesson, lesson_pages
from sketch_rnn_tf.rendering.moving_svg import drawing_svg, frames_svg
from sketch_rnn_tf.rendering.pages import booklet_pages, multipage_svg, pattern_pages
from sketch_rnn_tf.rendering.pdf_file import to_pdf as pdf
from sketch_rnn_tf.rendering.png_file import to_png
from sketch_rnn_tf.rendering.svg_file import to_svg

_MOTION = ("seconds", "hold", "frames_per_second", "loop", "timing", "back_and_forth")


def svg(drawings, **options) -> str:
    """Draws one sketch or a grid of them as an SVG document; arguments and errors of `layout.grid`."""
    return to_svg(grid(drawings, **options))


def png(drawings, **options) -> bytes:
    """Draws one sketch or a grid of them as a PNG file; arguments and errors of `layout.grid`."""
    return to_png(grid(drawings, **options))


def gif(drawings, **options) -> bytes:
    """Draws one sketch or a grid of them as a GIF in which the pens move; options of `drawing_gif` and `layout.grid`."""
    motion, layout = _parted(options)
    return drawing_gif(grid(drawings, **layout), **motion)


def animated_svg(drawings, **options) -> str:
    """Draws one sketch or a grid of them as an SVG in which the pens move; options of `drawing_svg` and `layout.grid`."""
    motion, layout = _parted(options)
    return drawing_svg(grid(drawings, **layout), **motion)


def morph_gif(frames: Sequence, *, frame_colors: Sequence | None = None, **options) -> bytes:
    """Shows frames one after another as a GIF.

    Args:
        frames: each what `layout.grid` takes, all with as many rows and columns.
        frame_colors: for each frame what `layout.grid` takes as `color`.
        **options: of `frames_gif` and, for every frame alike, of `layout.grid`.

    Raises:
        ValueError: as those.
    """
    motion, layout = _parted(options)
    return frames_gif(_frames(frames, frame_colors, layout), **motion)


def morph_svg(frames: Sequence, *, frame_colors: Sequence | None = None, **options) -> str:
    """Shows frames one after another as an SVG; arguments and errors as `morph_gif`."""
    motion, layout = _parted(options)
    return frames_svg(_frames(frames, frame_colors, layout), **motion)


def side_by_side_svg(groups: Sequence[tuple[str, Sequence]], **options) -> str:
    """Draws titled grids beside each other as an SVG document; arguments and errors of `compare.side_by_side`."""
    return to_svg(side_by_side(groups, **options))


def side_by_side_png(groups: Sequence[tuple[str, Sequence]], **options) -> bytes:
    """Draws titled grids beside each other as a PNG file; arguments and errors of `compare.side_by_side`."""
    return to_png(side_by_side(groups, **options))


def _parted(options: dict) -> tuple[dict, dict]:
    motion = {name: value for name, value in options.items() if name in _MOTION}
    return motion, {name: value for name, value in options.items() if name not in _MOTION}


def _frames(frames: Sequence, frame_colors: Sequence | None, layout: dict) -> list[Figure]:
    if frame_colors is None:
        return [grid(frame, **layout) for frame in frames]
    if len(frame_colors) != len(frames):
        raise ValueError(
            f"frame_colors has {len(frame_colors)} entries for {len(frames)} frames; give one for each"
        )
    return [grid(frame, color=color, **layout) for frame, color in zip(frames, frame_colors)]


__all__ = [
    "animated_svg",
    "booklet_pages",
    "colors",
    "drawing_gif",
    "drawing_svg",
    "frames_gif",
    "frames_svg",
    "gif",
    "grid",
    "lesson",
    "lesson_pages",
    "morph_gif",
    "morph_svg",
    "multipage_svg",
    "pattern_pages",
    "pdf",
    "png",
    "side_by_side",
    "side_by_side_png",
    "side_by_side_svg",
    "svg",
    "to_png",
    "to_svg",
]
