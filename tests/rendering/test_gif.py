"""GIF files, decoded with Pillow."""

import io

import numpy as np
import pytest
from PIL import Image, ImageSequence

from sketch_rnn_tf.rendering import colors, gif, morph_gif, png

SQUARE = np.array([[10, 0, 0], [0, 10, 0], [-10, 0, 0], [0, -10, 1]], np.float32)
CROSS = np.array([[10, 10, 1], [-10, 0, 0], [10, -10, 1]], np.float32)


def frames_of(data):
    """Returns the frames, `[H, W, 3]` each, and their durations in milliseconds."""
    image = Image.open(io.BytesIO(data))
    assert image.format == "GIF"
    frames = [
        (np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(image)
    ]
    return [frame for frame, _ in frames], [duration for _, duration in frames], image


def ink(frame):
    return (255 - frame.astype(float)).sum() / 255 / 3


def test_pen_goes_steadily_and_ends_with_the_picture():
    options = {"cell_size": 60, "color": "black"}
    frames, durations, image = frames_of(
        gif([SQUARE], seconds=2.0, hold=1.0, frames_per_second=10, **options)
    )
    assert len(frames) == 20 and durations == [100] * 19 + [1100] and image.info["loop"] == 0
    drawn = np.array([ink(frame) for frame in frames])
    np.testing.assert_allclose(drawn / drawn[-1], np.arange(1, 21) / 20, atol=0.04)
    for frame, following in zip(frames, frames[1:]):
        assert (following <= frame).all()
    np.testing.assert_array_equal(frames[-1], np.asarray(Image.open(io.BytesIO(png([SQUARE], **options)))))


def test_order_of_the_pen():
    frames, _, _ = frames_of(
        gif([SQUARE], seconds=1, hold=0, frames_per_second=4, cell_size=60, color="black")
    )
    near, far, middle = slice(4, 9), slice(51, 57), slice(28, 32)
    sides = [(near, middle), (middle, far), (far, middle), (middle, near)]  # top, right, bottom, left
    seen = [next(i for i, frame in enumerate(frames) if frame[side].min() < 50) for side in sides]
    assert seen == [0, 1, 2, 3]


def test_no_loop_and_equal_bytes():
    first = gif([SQUARE, CROSS], seconds=0.5, loop=False)
    assert first == gif([SQUARE, CROSS], seconds=0.5, loop=False)
    assert "loop" not in Image.open(io.BytesIO(first)).info


def test_morph_shows_frames_in_order():
    options = {"cell_size": 40, "background": "black", "frame_colors": ["red", "lime", "blue"]}
    data = morph_gif([[SQUARE], [CROSS], [SQUARE]], seconds=0.6, hold=0.5, **options)
    frames, durations, _ = frames_of(data)
    assert durations == [700, 200, 700]
    assert [frame.max(axis=(0, 1)).tolist() for frame in frames] == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]
    back, durations, _ = frames_of(
        morph_gif([SQUARE, CROSS, SQUARE, CROSS], back_and_forth=True, seconds=0.8, hold=0.1)
    )
    assert len(back) == 6 and durations == [300, 200, 200, 300, 200, 200]
    np.testing.assert_array_equal(back[1], back[5])


def test_more_than_256_colors():
    many = colors.gradient(60, "red", "blue") + colors.gradient(40, "green", "orange")
    data = morph_gif([[SQUARE] * 100], frame_colors=[many], cell_size=32, seconds=1)
    frames, _, _ = frames_of(data)
    exact = np.asarray(Image.open(io.BytesIO(png([SQUARE] * 100, color=many, cell_size=32)))).astype(int)
    assert len(np.unique(exact.reshape(-1, 3), axis=0)) > 256
    assert (
        np.abs(frames[0].astype(int) - exact).mean() < 2 and np.abs(frames[0].astype(int) - exact).max() < 64
    )


def test_empty_drawings():
    assert len(frames_of(gif([[], SQUARE], seconds=0.2))[0]) == 4
    assert len(frames_of(gif([[]], seconds=0.2))[0]) >= 1


@pytest.mark.parametrize(
    "options, message",
    [
        ({"seconds": 0}, "seconds is 0"),
        ({"hold": -1}, "hold is -1"),
        ({"frames_per_second": 100}, "frames_per_second is 100"),
        ({"seconds": 1e4}, "200000 frames; expected at most 1000"),
        ({"background": None}, "give a background colour"),
    ],
)
def test_errors(options, message):
    with pytest.raises(ValueError, match=message):
        gif([SQUARE], **options)


def test_morph_errors():
    with pytest.raises(ValueError, match="no frames"):
        morph_gif([])
    with pytest.raises(ValueError, match="frames have sizes"):
        morph_gif([[SQUARE], [SQUARE, SQUARE]])
    with pytest.raises(ValueError, match="frame_colors has 1 entries for 2 frames"):
        morph_gif([[SQUARE], [SQUARE]], frame_colors=["red"])
