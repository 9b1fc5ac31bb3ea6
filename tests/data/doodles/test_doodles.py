"""The made-up drawings: reproducible, well-formed, varied, and told apart by their shape."""

import numpy as np
import pytest

from sketch_rnn_tf.data import doodles, npz
from sketch_rnn_tf.data.doodles import faces

OBJECTS = [name for name in doodles.class_names() if name not in faces.RECIPES]


def test_at_least_twenty_objects_and_fourteen_faces():
    assert len(OBJECTS) >= 20
    assert len(faces.RECIPES) == 14
    expressions = {name.split()[1] for name in faces.RECIPES}
    assert {f"{sex} {e}" for sex in ("man", "woman") for e in expressions} == set(faces.RECIPES)
    assert len(expressions) == 7


@pytest.mark.parametrize("name", doodles.class_names())
def test_sketches_are_well_formed(name):
    for sketch in doodles.draw(name, 12, seed=3):
        assert sketch.dtype == np.int16 and sketch.ndim == 2 and sketch.shape[1] == 3
        assert set(np.unique(sketch[:, 2])) <= {0, 1} and sketch[-1, 2] == 1
        assert 4 <= len(sketch) <= 250
        positions = np.concatenate([[[0, 0]], np.cumsum(sketch[:, :2].astype(int), 0)])
        longer_side = np.ptp(positions, axis=0).max()
        assert 185 <= longer_side <= 256
        # Only a move with the pen up may be of length 0: without it, the segment after it would be taken for the move.
        in_air = np.append(False, sketch[:-1, 2] == 1)
        stays = (sketch[:, :2] == 0).all(1) & (sketch[:, 2] == 0) & ~in_air
        assert not stays.any()


def test_a_sketch_depends_on_class_seed_and_place_alone():
    few, many = doodles.draw("cat", 3, seed=1), doodles.draw("cat", 6, seed=1)
    for a, b in zip(few, many):
        np.testing.assert_array_equal(a, b)
    other = doodles.draw("cat", 3, seed=2)
    assert not any(a.shape == b.shape and (a == b).all() for a in few for b in other)
    assert len({sketch.tobytes() for sketch in many}) == 6


def test_splits_share_no_sketch_and_do_not_depend_on_each_others_size():
    splits = doodles.make_splits("house", train=30, valid=10, test=10, seed=4)
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 30, "valid": 10, "test": 10}
    everything = [sketch.tobytes() for rows in splits.values() for sketch in rows]
    assert len(set(everything)) == 50
    more = doodles.make_splits("house", train=5, valid=12, test=10, seed=4)
    for a, b in zip(splits["valid"], more["valid"]):
        np.testing.assert_array_equal(a, b)


def test_the_files_are_in_the_published_format(tmp_path):
    splits = doodles.make_splits("ice cream", train=5, valid=2, test=2)
    npz.write_npz(tmp_path / "ice_cream.npz", splits)
    for name, rows in npz.read_npz(tmp_path / "ice_cream.npz").items():
        for a, b in zip(rows, splits[name]):
            np.testing.assert_array_equal(a, b)


def picture(sketch, size=14):
    """A blurred picture of the drawn lines, centred, aspect kept; plain NumPy."""
    positions = np.concatenate([[[0, 0]], np.cumsum(sketch[:, :2].astype(float), 0)])
    drawn = np.concatenate([[True], sketch[:-1, 2] == 0])
    lines = [np.linspace(a, b, 12) for a, b, down in zip(positions, positions[1:], drawn) if down]
    points = np.concatenate(lines)
    middle = (points.max(0) + points.min(0)) / 2
    places = (points - middle) / np.ptp(points, axis=0).max() * (size - 3) + size / 2
    image = np.histogram2d(places[:, 0], places[:, 1], size, [[0, size], [0, size]])[0] > 0
    image = np.pad(image.astype(float), 1)
    blurred = sum(image[1 + i : size + 1 + i, 1 + j : size + 1 + j] for i in (-1, 0, 1) for j in (-1, 0, 1))
    return blurred.ravel() / np.linalg.norm(blurred)


def nearest_neighbour_accuracy(names, features):
    known = [(features(s), name) for name in names for s in doodles.draw(name, 30, seed=11)]
    matrix, labels = np.stack([f for f, _ in known]), np.array([name for _, name in known])
    hits = []
    for name in names:
        for sketch in doodles.draw(name, 8, seed=12):
            hits.append(labels[np.argmin(((matrix - features(sketch)) ** 2).sum(1))] == name)
    return np.mean(hits)


def test_classes_differ_in_shape_and_not_in_a_marker():
    by_shape = nearest_neighbour_accuracy(OBJECTS, picture)
    assert by_shape > 0.6
    # Where a drawing starts and how many points it has must not give its class away.
    by_start = nearest_neighbour_accuracy(OBJECTS, lambda s: np.array([*s[0, :2] / 60, len(s) / 15], float))
    assert by_start < by_shape / 2


def test_drawings_of_a_class_vary():
    for name in OBJECTS:
        sketches = doodles.draw(name, 30, seed=5)
        assert len({len(sketch) for sketch in sketches}) > 5, name
        in_one_line = name in ("lightning", "star")
        assert in_one_line or len({int(sketch[:, 2].sum()) for sketch in sketches}) > 1, name
        pictures = np.stack([picture(sketch) for sketch in sketches])
        apart = np.sqrt(((pictures[::2] - pictures[1::2]) ** 2).sum(axis=1))
        assert apart.mean() > 0.2, name


def test_refusals():
    with pytest.raises(ValueError, match="no doodle class 'hause'; did you mean house"):
        doodles.draw("hause", 1)
    with pytest.raises(ValueError, match="num is -1"):
        doodles.draw("cat", -1)
