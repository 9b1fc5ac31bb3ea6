"""Colours of lines, as #rrggbb, and the light and the dark theme."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import ImageColor

from sketch_rnn_tf import checks


class Theme(NamedTuple):
    """Colours that go together.

    Attributes:
        ink: of lines.
        background, rule, text: of the page, the hairlines between cells, captions and titles.
        order: of a drawing's first to last line: equal steps in Oklab, so that order can be told without seeing hue.
    """

    ink: str
    background: str
    rule: str
    text: str
    order: tuple[str, ...]


# The order's lightness goes from 0.40 to 0.65, its chroma is 0.16, its hue 265 to 415 degrees, that is blue over purple and
# red to orange; contrast on white from 9.6 down to 3.4.
LIGHT = Theme(
    ink="#1f2328",
    background="#ffffff",
    rule="#e3e6ea",
    text="#57606a",
    order=(
        "#1b3d9c",
        "#4a3ba3",
        "#6b3aa1",
        "#893b97",
        "#a33c87",
        "#b94172",
        "#c94c58",
        "#d45b3a",
        "#d76f04",
    ),
)
# Lightness 0.62 to 0.87, chroma 0.11, hue 265 to 445 degrees: on to yellow, which a dark page bears.
DARK = Theme(
    ink="#e6edf3",
    background="#0d1117",
    rule="#262c36",
    text="#9198a1",
    order=(
        "#6584c9",
        "#8c84cf",
        "#ae85cc",
        "#cb88c1",
        "#e38fb0",
        "#f4999c",
        "#fda88a",
        "#feba7d",
        "#f5cf7d",
    ),
)
THEMES = {"light": LIGHT, "dark": DARK}
INK = LIGHT.ink

# As Figure 3 and Figure 7 of the paper: cold is blue, hot is red, and so is what a person drew.
COLD, HOT = "#1f4fd8", "#d9261c"
GIVEN = HOT
# Top left, top right, bottom left, bottom right.
CORNERS = ("#d9261c", "#1f4fd8", "#e09a00", "#1a8f4c")

# Björn Ottosson, "A perceptual color space for image processing", 2020.
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


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


def theme_named(name: str) -> Theme:
    """Returns the theme "light" or "dark".

    Raises:
        ValueError: there is no such theme.
    """
    checks.one_of("theme", name, list(THEMES))
    return THEMES[name]


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


def by_order(count: int, theme: Theme = LIGHT) -> list[str]:
    """Returns the colours of a drawing's first to last line, spread over the theme's whole ramp."""
    anchors = np.array([ImageColor.getrgb(color) for color in theme.order], np.float64)
    places = np.linspace(0, len(anchors) - 1, count) if count > 1 else np.zeros(count)
    channels = [np.interp(places, np.arange(len(anchors)), anchors[:, channel]) for channel in range(3)]
    return ["#{:02x}{:02x}{:02x}".format(*map(round, color)) for color in np.stack(channels, axis=1).tolist()]


def gradient(count: int, start: str = COLD, end: str = HOT) -> list[str]:
    """Returns `count` colours from `start` to `end`, both included, in steps that look alike (straight in Oklab).

    Raises:
        ValueError: an end is no colour.
    """
    shares = np.linspace(0, 1, count) if count > 1 else np.zeros(count)
    return _mixed(np.stack([1 - shares, shares], axis=1), [start, end])


def temperature_colors(
    temperatures: Sequence[float], low: float | None = None, high: float | None = None
) -> list[str]:
    """Returns a colour for each temperature: blue at `low`, red at `high`, as in Figure 3 of the paper.

    Args:
        temperatures: any numbers.
        low, high: the smallest and the largest temperature where None; what lies outside takes the colour of the end.

    Raises:
        ValueError: a temperature is not finite, or `high` lies below `low`.
    """
    values = np.asarray(list(temperatures), np.float64)
    if not np.isfinite(values).all():
        raise ValueError("temperatures hold a NaN or infinity; expected finite numbers")
    low = values.min(initial=np.inf) if low is None else low
    high = values.max(initial=-np.inf) if high is None else high
    if len(values) and not low <= high:
        raise ValueError(f"high is {high}, below low, which is {low}; exchange them")
    shares = np.clip((values - low) / ((high - low) or 1.0), 0, 1)
    return _mixed(np.stack([1 - shares, shares], axis=1), [COLD, HOT])


def corner_blend(rows: int, columns: int, corners: Sequence[str] = CORNERS) -> list[str]:
    """Returns the colours of a grid, row by row, blended from its four corners as the drawings between them are.

    Args:
        rows, columns: at least 1.
        corners: colours at the top left, top right, bottom left and bottom right.

    Raises:
        ValueError: there are not four corners, or one is no colour.
    """
    checks.at_least("rows", rows, 1)
    checks.at_least("columns", columns, 1)
    if isinstance(corners, str) or len(corners) != 4:
        raise ValueError(f"corners is {corners!r:.80}; expected four colours")
    down, right = (np.linspace(0, 1, n) if n > 1 else np.zeros(1) for n in (rows, columns))
    weights = [np.outer(d, r).ravel() for d in (1 - down, down) for r in (1 - right, right)]
    return _mixed(np.stack(weights, axis=1), corners)


def _mixed(weights: np.ndarray, ends: Sequence[str]) -> list[str]:
    """Mixes colours in Oklab; `weights` `[K, E]` add up to 1 in each row."""
    channels = [ImageColor.getrgb(to_hex(end, f"color {place}")) for place, end in enumerate(ends)]
    values = np.array(channels, np.float64) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    mixed = weights @ (np.cbrt(linear @ _TO_CONES.T) @ _TO_OKLAB.T)
    linear = (mixed @ np.linalg.inv(_TO_OKLAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = np.clip(linear, 0, 1)
    values = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return ["#{:02x}{:02x}{:02x}".format(*color) for color in np.rint(values * 255).astype(int).tolist()]
