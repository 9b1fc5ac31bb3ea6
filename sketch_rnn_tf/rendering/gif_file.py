"""Moving pictures as GIF."""

import io
from collections.abc import Sequence

import numpy as np
from PIL import Image

from sketch_rnn_tf import checks
from sketch_rnn_tf.rendering import clock
from sketch_rnn_tf.rendering.figure import Figure
from sketch_rnn_tf.rendering.png_file import to_image

MAX_FRAMES = 1000
COLORS = 256


def drawing_gif(
    figure: Figure,
    *,
    seconds: float = 4.0,
    hold: float = 1.5,
    frames_per_second: float = 20.0,
    loop: bool = True,
    timing: str = "length",
) -> bytes:
    """Draws a figure before one's eyes, in the pen's order, all its drawings at once.

    Args:
        figure: with a background.
        seconds: until all stands, above 0.
        hold: seconds for which it then stands, at least 0.
        frames_per_second: 1 to 50; GIF rounds to hundredths of a second a frame.
        loop: whether it begins again.
        timing: "length" or "points", as in `clock.clocks`.

    Raises:
        ValueError: an option is out of range, there are more than 1000 frames, or the background is transparent.
    """
    checks.at_least("hold", hold, 0)
    checks.between("frames_per_second", frames_per_second, 1, 50)
    pens = clock.clocks(figure, seconds, timing)
    count = max(1, round(seconds * frames_per_second))
    _check_frames(count)
    frames = []
    for frame in range(1, count + 1):
        # The last frame shows all, whatever rounding says.
        time = seconds * frame / count if frame < count else np.inf
        drawn = [clock.until(lines, pen, time) for lines, pen in zip(figure.drawings, pens)]
        frames.append(figure._replace(drawings=drawn))
    return _encoded(frames, [seconds / count] * (count - 1) + [seconds / count + hold], loop)


def frames_gif(
    figures: Sequence[Figure],
    *,
    seconds: float = 3.0,
    hold: float = 1.0,
    back_and_forth: bool = False,
    loop: bool = True,
) -> bytes:
    """Shows figures one after another, as a morph.

    Args:
        figures: of equal size, each with a background.
        seconds: for all of them, above 0.
        hold: seconds for which the first and the last stand longer, at least 0.
        back_and_forth: whether it then goes back to the first.
        loop: whether it begins again.

    Raises:
        ValueError: there is no figure, sizes differ, an option is out of range, or a background is transparent.
    """
    order, durations = schedule(figures, seconds, hold, back_and_forth)
    return _encoded([figures[place] for place in order], durations, loop)


def schedule(
    figures: Sequence[Figure], seconds: float, hold: float, back_and_forth: bool
) -> tuple[list[int], list[float]]:
    """Returns the places of the figures in the order in which they are shown, and the seconds each is shown.

    Raises:
        ValueError: as `frames_gif`.
    """
    checks.positive("seconds", seconds)
    checks.at_least("hold", hold, 0)
    if not figures:
        raise ValueError("there are no frames; give at least one")
    sizes = sorted({(figure.width, figure.height) for figure in figures})
    if len(sizes) > 1:
        raise ValueError(
            f"frames have sizes {sizes[0]} and {sizes[1]}; give every frame as many drawings and titles"
        )
    order = list(range(len(figures)))
    durations = [seconds / len(figures)] * len(figures)
    durations[0] += hold
    if len(figures) > 1:
        durations[-1] += hold
    if back_and_forth:
        order, durations = order + order[-2:0:-1], durations + durations[-2:0:-1]
    _check_frames(len(order))
    return order, durations


def _check_frames(count: int) -> None:
    if count > MAX_FRAMES:
        raise ValueError(f"the animation would have {count} frames; expected at most {MAX_FRAMES}")


def _encoded(figures: Sequence[Figure], durations: Sequence[float], loop: bool) -> bytes:
    if any(figure.background is None for figure in figures):
        raise ValueError("a GIF cannot be half transparent; give a background colour")
    packed = [_packed(to_image(figure)) for figure in figures]
    used = np.unique(np.concatenate([np.unique(pixels) for pixels in packed]))
    palette = _palette(used)
    lookup = _nearest(used, palette)
    frames = []
    for pixels in packed:
        frame = Image.fromarray(lookup[np.searchsorted(used, pixels)], "P")
        frame.putpalette(palette.tobytes())
        frames.append(frame)
    # GIF counts hundredths of a second.
    milliseconds = [max(2, round(100 * seconds)) * 10 for seconds in durations]
    options = {"loop": 0} if loop else {}
    file = io.BytesIO()
    frames[0].save(
        file, "GIF", save_all=True, append_images=frames[1:], duration=milliseconds, optimize=False, **options
    )
    return file.getvalue()


def _packed(image: Image.Image) -> np.ndarray:
    """Returns each pixel's colour as one number, uint32 `[H, W]`."""
    return np.asarray(image).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)


def _unpacked(colors: np.ndarray) -> np.ndarray:
    return (colors[:, None] >> np.array([16, 8, 0], np.uint32) & 255).astype(np.uint8)


def _palette(used: np.ndarray) -> np.ndarray:
    """Returns at most 256 colours, uint8 `[K, 3]`: all that are used, or the median cut of them."""
    if len(used) <= COLORS:
        return _unpacked(used)
    cut = Image.fromarray(_unpacked(used)[None], "RGB").quantize(COLORS, Image.Quantize.MEDIANCUT)
    return np.array(cut.getpalette(), np.uint8).reshape(-1, 3)[:COLORS]


def _nearest(used: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Returns the place in the palette that comes nearest to each used colour, uint8 `[K]`."""
    colors, entries = _unpacked(used).astype(np.float32), palette.astype(np.float32)
    squares = (colors**2).sum(1)[:, None] - 2 * colors @ entries.T + (entries**2).sum(1)
    return squares.argmin(axis=1).astype(np.uint8)
