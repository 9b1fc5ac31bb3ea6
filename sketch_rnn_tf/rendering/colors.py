"""Colours of lines, as #rrggbb."""

from collections.abc import Sequence

import numpy as np
from PIL import ImageColor

INK = "#1f2328"
BACKGROUND = "#ffffff"
RULE = "#e3e6ea"
TEXT = "#57606a"

# From the first line to the last: equal steps in Oklab (lightness 0.40 to 0.65, chroma 0.16, hue 265 to 415 degrees, that is
# blue over purple and red to orange), so that order can be told without seeing hue; contrast on white from 9.6 down to 3.4.
ORDER = ("#1b3d9c", "#4a3ba3", "#6b3aa1", "#893b97", "#a33c87", "#b94172", "#c94c58", "#d45b3a", "#d76f04")


def to_hex(color: str, name: str) -> str:
    """Returns a colour as #rrggbb, so that SVG and PNG understand it alike.

    Args:
        color: a CSS name, #rgb, #rrggbb, rgb(...) or hsl(...).
        name: what messages call it.

    Raises:
        ValueError: it is no opaque colour.
    """
    try:
        channels = ImageColor.getrgb(color)
    except (ValueError, AttributeError, TypeError):
        channels = ()
    if len(channels) != 3:
        raise ValueError(f"{name} is {color!r:.60}; expected an opaque colour such as #1f77b4 or red")
    return "#{:02x}{:02x}{:02x}".format(*channels)


def for_each(color: str | Sequence[str], count: int, what: str) -> list[str]:
    """Returns `count` colours from one colour for all, or one for each of `what` (drawings, say).

    Raises:
        ValueError: the number of colours is wrong, or one is no colour.
    """
    if isinstance(color, str):
        return [to_hex(color, "color")] * count
    if len(color) != count:
        raise ValueError(f"color has {len(color)} entries for {count} {what}; give one, or one for each")
    return [to_hex(one, f"color {place}") for place, one in enumerate(color)]


def by_order(count: int) -> list[str]:
    """Returns the colours of a drawing's first to last line, spread over the whole ramp."""
    anchors = np.array([ImageColor.getrgb(color) for color in ORDER], np.float64)
    places = np.linspace(0, len(ORDER) - 1, count) if count > 1 else np.zeros(count)
    channels = [np.interp(places, np.arange(len(ORDER)), anchors[:, channel]) for channel in range(3)]
    return ["#{:02x}{:02x}{:02x}".format(*map(round, color)) for color in np.stack(channels, axis=1).tolist()]
