"""Splits: exact sizes, nothing twice, the same for the same seed."""

import numpy as np
import pytest

from sketch_rnn_tf.data.splitting import assign, parse


@pytest.mark.parametrize(
    "text, count, expected",
    [
        ("70,20,10", 150, (70, 20, 10)),
        ("rest,20,10", 150, (120, 20, 10)),
        ("0.9,0.05,0.05", 1000, (900, 50, 50)),
        ("0.9,0.05,0.05", 4, (2, 1, 1)),
        ("0.9,0.05,0.05", 2, (2, 0, 0)),
        ("0.5,rest,0", 10, (5, 5, 0)),
        ("0.3333,0.3333,0.3334", 100, (34, 33, 33)),
        ("5,0,0", 5, (5, 0, 0)),
        ("1.0,0.0,0.0", 5, (5, 0, 0)),
        ("0.5,0.2,0.2", 10, (5, 2, 2)),
    ],
)
def test_sizes(text, count, expected):
    splits = assign(count, parse(text.split(",")), seed=1, class_name="cat")
    assert tuple(len(splits[split]) for split in ("train", "valid", "test")) == expected
    pooled = np.concatenate(list(splits.values()))
    assert len(np.unique(pooled)) == len(pooled) and pooled.min() >= 0 and pooled.max() < count


def test_order_depends_on_seed_and_class_only():
    sizes = parse(["rest", "100", "100"])
    first, again = assign(1000, sizes, 3, "cat"), assign(1000, sizes, 3, "cat")
    assert all(np.array_equal(first[split], again[split]) for split in first)
    for seed, name in ((4, "cat"), (3, "dog")):
        other = assign(1000, sizes, seed, name)
        assert len(np.intersect1d(first["test"], other["test"])) < 40  # 10 expected by chance
    assert first["train"][:5].tolist() != sorted(first["train"][:5].tolist())


@pytest.mark.parametrize(
    "text", ["", "1,2", "1,2,3,4", "a,1,1", "-1,1,1", "0.9,0.9,0.1", "rest,rest,1", "1.5,0,0", "nan,0,0"]
)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match="--splits .*expected"):
        parse(text.split(","))


def test_too_few():
    with pytest.raises(ValueError, match="'cat' has 5 sketches, --splits asks for 6"):
        assign(5, parse(["4", "1", "1"]), 0, "cat")
