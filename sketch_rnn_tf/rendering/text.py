"""Text that fits: measured with the font of the PNG, which the SVG's sans-serif resembles."""

import functools

from PIL import ImageFont

CAPTION_SIZE = 12
TITLE_SIZE = 15
# Other sans-serif fonts, which show the SVG, are up to this much wider (DejaVu Sans).
FONT_ALLOWANCE = 1.25


@functools.cache
def font(size: int):
    """Returns Pillow's own font (Latin letters) at `size` pixels."""
    return ImageFont.load_default(size=size)


def width(text: str, size: int) -> float:
    """Returns about how wide a line of text is, in pixels, whatever sans-serif font shows it."""
    return font(size).getlength(text) * FONT_ALLOWANCE


def clean(text) -> str:
    """Returns a text as one line without characters that cannot be shown (XML cannot even hold some of them)."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in str(text)).split())


def shortened(text: str, size: int, room: float) -> str:
    """Cuts a text to `room` pixels, with an ellipsis where something was cut."""
    if width(text, size) <= room:
        return text
    # Far more letters than ever fit, so that measuring a page of text takes no time.
    cut = text[: int(room)]
    while cut and width(cut + "…", size) > room:
        cut = cut[:-1]
    return cut.rstrip() + "…" if cut else ""
