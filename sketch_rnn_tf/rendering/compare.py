"""Titled grids beside each other, for instance real sketches and those of a model."""

import math
from collections.abc import Sequence

from sketch_rnn_tf.rendering import colors, text
from sketch_rnn_tf.rendering.figure import Figure, Text, moved
from sketch_rnn_tf.rendering.layout import grid

GAP = 32
TITLE_HEIGHT = 34
TITLE_BASELINE = 22


def side_by_side(
    groups: Sequence[tuple[str, Sequence]], *, color: str | Sequence[str] | None = None, **options
) -> Figure:
    """Lays out titled grids from left to right.

    Args:
        groups: `(title, drawings)` pairs, drawings as in `layout.grid`.
        color: of all lines (the theme's ink where None), or one for each group.
        **options: as in `layout.grid`, for every group alike.

    Raises:
        ValueError: there is no group, or a drawing or an option is malformed; the group is named.
    """
    if not groups:
        raise ValueError("there is nothing to lay out; give at least one titled group of drawings")
    group_colors = [None] * len(groups) if color is None else colors.for_each(color, len(groups), "groups")
    parts, x = [], 0
    for (title, drawings), group_color in zip(groups, group_colors):
        title = text.clean(title)
        try:
            figure = grid(drawings, color=group_color, **options)
        except ValueError as error:
            raise ValueError(f"{title}: {error}") from error
        heading = text.shortened(title, text.TITLE_SIZE, 2 * figure.width)
        width = max(figure.width, math.ceil(text.width(heading, text.TITLE_SIZE)))
        figure = moved(figure, x + (width - figure.width) // 2, TITLE_HEIGHT)
        figure.texts.append(Text(heading, x + width / 2, TITLE_BASELINE, text.TITLE_SIZE, "middle"))
        parts.append(figure)
        x += width + GAP
    return parts[0]._replace(
        width=x - GAP,
        height=TITLE_HEIGHT + max(figure.height for figure in parts),
        drawings=[lines for figure in parts for lines in figure.drawings],
        rules=[rule for figure in parts for rule in figure.rules],
        texts=[heading for figure in parts for heading in figure.texts],
        title=", ".join(text.clean(title) for title, _ in groups),
    )
