"""A photograph or scan of a drawing as the image a model was trained to read."""

import pathlib
import warnings

import numpy as np
import tensorflow as tf
from PIL import Image, ImageFilter, UnidentifiedImageError

from sketch_rnn_tf.data.rasterize import MARGIN, PEN

MAX_PIXELS = 50_000_000
GROUND_SIZE = 128  # pixels of the longer side of the picture whose medians are the ground
THICKENED_SIZE = 256  # pixels a side, about, of the picture in which thin lines are thickened
SUFFIXES = (".png", ".jpg", ".jpeg")
# Pillow knows more, but some of its readers run other programs (EPS calls Ghostscript).
FORMATS = ("PNG", "JPEG")


class Picture(np.ndarray):
    """An image as a drawing: float32 stroke-3 `[N, 3]` with a line for each run of ink in a row, so that it can be shown like one.

    Its points say nothing of how the drawing was made. What a model should read is the image.

    Attributes:
        image: float32 `[size, size, 1]`, as `read_photo` gives it; None for arrays made from this one.
    """

    image: np.ndarray | None = None


def picture(image: np.ndarray) -> Picture:
    """Returns an image `[size, size, 1]`, 0 for paper to 1 for ink, as a `Picture`, a unit a pixel."""
    inked = np.pad(image[..., 0] >= 0.5 * image.max(), [(0, 0), (1, 1)]).astype(np.int8)
    starts, ends = (np.argwhere(np.diff(inked, axis=1) == step) for step in (1, -1))
    corners = np.stack([starts[:, ::-1], ends[:, ::-1] - np.array([1, 0])], axis=1)  # [runs, 2, (x, y)]
    places = corners.reshape(-1, 2).astype(np.float32)
    offsets = np.diff(places, axis=0, prepend=places[:1])
    lifted = np.tile([0.0, 1.0], len(starts))[:, None]
    drawing = np.concatenate([offsets, lifted], axis=1).astype(np.float32).view(Picture)
    drawing.image = image
    return drawing


def read_photo(path, size: int = 48) -> np.ndarray:
    """Reads an image file, tells ink from paper, centres the ink, and gives its lines the width of those in training images.

    Each pixel is compared with the ground around it, so that light may fall unevenly; light and dark are then told apart by
    Otsu's threshold (1979), and whichever covers less is ink, so chalk on a board works as well as ink on paper. The ink is scaled to fit with the margins of training images, its aspect kept.
    Lines thinner than those of training images are thickened; thicker ones stay.

    Args:
        path: PNG or JPEG; transparent parts are paper.
        size: pixels a side of the result.

    Returns:
        float32 `[size, size, 1]`, 0 for paper to 1 for ink.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no image, has more than 50 million pixels, or shows nothing or nothing but specks.
    """
    path = pathlib.Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}; give an image")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ValueError(
                        f"it has {image.width} x {image.height} pixels, expected {MAX_PIXELS} at most"
                    )
                rgba = image.convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(f"{path} cannot be read as an image ({error}); give a PNG or JPEG") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path} cannot be read as an image ({error}); give a PNG or JPEG") from error
    paper = Image.new("RGBA", rgba.size, "white")
    grey = np.asarray(Image.alpha_composite(paper, rgba).convert("L"))
    if grey.min() < grey.max():
        grey = _against_ground(grey)
    dark = grey <= _threshold(grey)
    ink = dark if dark.mean() <= 0.5 else ~dark
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not len(rows) or grey.min() == grey.max():
        raise ValueError(f"{path} shows nothing: all its pixels are alike; give a drawing on a plain ground")
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    shown = _fitted(cut, size)
    if not shown.any():
        raise ValueError(f"{path} shows nothing but specks; give a drawing of lines on a plain ground")
    return shown[..., None] / shown.max()


def _fitted(ink: np.ndarray, size: int) -> np.ndarray:
    """Returns float32 `[size, size]`, 0 to 1: ink (bool `[H, W]`, without margins) scaled, thickened where it is thin, and centred."""
    fine = max(1, THICKENED_SIZE // size)
    side, pen, room = size * fine, size * fine * PEN, size * fine * (1 - 2 * MARGIN)
    longest, width = max(ink.shape), _line_width(ink)
    scale = room / longest
    if width * scale < pen:
        scale = min((room - pen) / max(longest - width, 1.0), pen / width)
    height, length = (max(1, round(extent * scale)) for extent in ink.shape)
    small = Image.fromarray(ink.astype(np.float32)).resize((length, height), Image.Resampling.BOX)
    placed = np.zeros([side, side], np.float32)
    top, left = (side - height) // 2, (side - length) // 2
    # A line of less than a pixel makes a pixel as grey as it is thin, and a speck of noise less than that.
    placed[top : top + height, left : left + length] = np.asarray(small) > 0.35 * min(1.0, width * scale)
    reach = (pen - _line_width(placed > 0)) / 2 if placed.any() else 0.0
    if reach >= 0.5:
        around = np.arange(-int(reach), int(reach) + 1)
        disc = np.where(np.hypot(*np.meshgrid(around, around)) <= reach, 0.0, -1.0).astype(np.float32)
        placed = tf.nn.dilation2d(
            placed[None, ..., None], disc[..., None], [1] * 4, "SAME", "NHWC", [1] * 4
        ).numpy()[0, ..., 0]
    return placed.reshape(size, fine, size, fine).mean(axis=(1, 3))


def _line_width(ink: np.ndarray) -> float:
    """Returns the mean width of the lines of ink (bool `[H, W]`), pixels: twice their area by their outline, by Crofton's formula in four directions."""
    padded = np.pad(ink, 1)
    straight = np.count_nonzero(padded[1:] != padded[:-1]) + np.count_nonzero(padded[:, 1:] != padded[:, :-1])
    slanted = np.count_nonzero(padded[1:, 1:] != padded[:-1, :-1]) + np.count_nonzero(
        padded[1:, :-1] != padded[:-1, 1:]
    )
    outline = np.pi / 8 * (straight + slanted / np.sqrt(2))
    return 2 * np.count_nonzero(ink) / outline


def _against_ground(grey: np.ndarray) -> np.ndarray:
    """Returns how much lighter or darker than the ground around it each pixel is, uint8, 128 for the ground's own grey.

    The ground is the median over a third of the picture, which lines of less than a sixth of it do not move.
    """
    image = Image.fromarray(grey)
    scale = min(1.0, GROUND_SIZE / max(image.size))
    small = image.resize([max(1, round(side * scale)) for side in image.size], Image.Resampling.BOX)
    ground = small.filter(ImageFilter.MedianFilter(GROUND_SIZE // 3 | 1))
    ground = np.asarray(ground.resize(image.size, Image.Resampling.BILINEAR), np.int16)
    return (128 + (grey - ground) // 2).astype(np.uint8)


def _threshold(grey: np.ndarray) -> int:
    """Returns the grey value that splits an image into the two classes furthest apart."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    sums = np.cumsum(counts * np.arange(256))
    total, sums = sums[-1], sums[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (total - sums) / above) ** 2
    return int(np.nan_to_num(between).argmax())
