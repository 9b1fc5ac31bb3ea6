"""Bitmap files as Google's: shape, type and values of what NumPy reads back."""

import numpy as np
import pytest

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.data.raster_npy import write_raster_npy


@pytest.mark.parametrize("size", [28, 48])
def test_rows_are_flat_images(tmp_path, size):
    sketches = doodles.make_splits("cat", 70, 1, 1, seed=1)["train"]
    write_raster_npy(tmp_path / "cat.npy", sketches, size)
    images = np.load(tmp_path / "cat.npy", allow_pickle=False)
    assert images.dtype == np.uint8 and images.shape == (70, size * size)
    assert images.min() == 0 and images.max() == 255
    assert [file.name for file in tmp_path.iterdir()] == ["cat.npy"]


def test_pixels_of_a_level_line(tmp_path):
    # The pen and the margins of the published bitmaps: 16 of 304 units, so 28 pixels hold a pen of 1.47 between 1.47 and 26.53.
    write_raster_npy(tmp_path / "line.npy", [np.array([[256, 0, 1]], np.int16)])
    image = np.load(tmp_path / "line.npy").reshape(28, 28)
    inked = image.sum(axis=0)[3:-3] / 255
    np.testing.assert_allclose(inked, 28 * 16 / 304, atol=0.02)
    assert image[:12].max() == image[16:].max() == 0
    assert image[:, 0].max() == image[:, -1].max() == 0 and image[13, 2] > 128 and image[13, -3] > 128


def test_order_of_sketches_is_kept(tmp_path):
    tall, wide = np.array([[0, 9, 1]]), np.array([[9, 0, 1]])
    write_raster_npy(tmp_path / "two.npy", [tall, wide, tall])
    first, second, third = np.load(tmp_path / "two.npy").reshape(3, 28, 28)
    np.testing.assert_array_equal(first, third)
    np.testing.assert_array_equal(first, second.T)


@pytest.mark.parametrize(
    "name, sketches, options, message",
    [
        ("a.png", [np.zeros([1, 3])], {}, "ends in .npy"),
        ("a.npy", [], {}, "no sketches"),
        ("a.npy", [np.zeros([1, 3]), np.zeros([2, 4])], {}, "sketch 1 has shape"),
        ("a.npy", [np.zeros([1, 3])], {"size": 2}, "size is 2"),
        ("no/a.npy", [np.zeros([1, 3])], {}, "no folder"),
    ],
)
def test_errors_leave_nothing(tmp_path, name, sketches, options, message):
    with pytest.raises((ValueError, FileNotFoundError), match=message):
        write_raster_npy(tmp_path / name, sketches, **options)
    assert not list(tmp_path.iterdir())
