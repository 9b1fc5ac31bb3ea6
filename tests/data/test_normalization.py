"""Clamp, scale factor and lengths, against the published facts of eight real files."""

import numpy as np
import pytest

from sketch_rnn_tf.data.normalization import clamp, longest, scale_factor, within_length
from sketch_rnn_tf.data.npz import read_npz

# name: (train, valid, test), longest, mean length to 0.1, scale factor as published
FACTS = {
    "aaron_sheep": ((7400, 300, 300), 250, 125.3, "18.519827"),
    "short_kanji": ((10000, 600, 500), 88, 40.8, "99.7125"),
    "omniglot": ((30000, 1000, 1000), 157, 31.1, "53.4370"),
    "car": ((10637, 500, 500), 223, 50.5, "28.079"),
    "sun": ((7112, 500, 500), 247, 41.3, "31.5794"),
    "shoe": ((6752, 500, 500), 219, 29.7, "32.8748"),
    "backpack": ((6818, 500, 500), 235, 51.6, "35.9364"),
    "power_outlet": ((7476, 500, 500), 240, 43.3, "36.9023"),
}


@pytest.mark.parametrize("name", FACTS)
def test_published_facts(shared_data, name):
    counts, nmax, mean, scale = FACTS[name]
    splits = read_npz(shared_data / "npz" / f"{name}.npz")
    lengths = [len(sketch) for sketches in splits.values() for sketch in sketches]
    assert tuple(len(splits[split]) for split in ("train", "valid", "test")) == counts
    assert longest(splits) == nmax
    assert round(np.mean(lengths), 1) == mean
    digits = len(scale.partition(".")[2])
    assert f"{scale_factor(splits['train']):.{digits}f}" == scale


def test_omniglots_longest_is_not_in_the_training_split(shared_data):
    assert longest({"train": read_npz(shared_data / "npz" / "omniglot.npz")["train"]}) == 143


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.float16, np.float32, np.float64])
def test_clamp_keeps_the_dtype(dtype):
    values = np.array([[-3000, 5, 1], [100, 1001, 0], [-1000, 1000, 1]])
    if dtype == np.int8:
        values = np.clip(values, -128, 127)
    clamped = clamp(values.astype(dtype))
    assert clamped.dtype == dtype
    np.testing.assert_array_equal(clamped, np.minimum(np.maximum(values, -1000), 1000))


def test_clamp_leaves_the_extreme_of_int16_right():
    np.testing.assert_array_equal(clamp(np.array([[-32768, 32767, 1]], np.int16)), [[-1000, 1000, 1]])


def test_scale_factor_by_hand():
    # dx, dy: 1, 2, 3, 1000 (clamped from 5000); pens do not count.
    sketches = [np.array([[1, 2, 1]], np.int16), np.array([[3, 5000, 0]], np.int16)]
    values = [1, 2, 3, 1000]
    mean = sum(values) / 4
    expected = (sum((v - mean) ** 2 for v in values) / 4) ** 0.5
    assert scale_factor(sketches) == pytest.approx(expected, rel=1e-12)
    assert scale_factor([np.ones([3, 3], np.float32)]) == 0


def test_scale_factor_of_nothing():
    with pytest.raises(ValueError, match="no sketches"):
        scale_factor([])


def test_length_filter():
    sketches = [np.zeros([n, 3]) for n in (3, 5, 4)]
    assert [len(sketches[place]) for place in within_length(sketches, 4)] == [3, 4]
    assert len(within_length(sketches, 0)) == 3
    with pytest.raises(ValueError, match="max_length is -1"):
        within_length(sketches, -1)
    assert longest({"train": [], "test": []}) == 0
