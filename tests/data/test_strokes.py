"""Round trips between stroke-3, stroke-5 and polylines, against loops written from the definitions."""

import numpy as np
import pytest

from sketch_rnn_tf.data.strokes import (
    bounds,
    check_sketch,
    from_polylines,
    to_polylines,
    to_stroke3,
    to_stroke5,
)


def random_sketch(rng, finished=False):
    sketch = rng.integers(-300, 300, [rng.integers(1, 40), 3]).astype(np.int16)
    sketch[:, 2] = rng.random(len(sketch)) < rng.choice([0.0, 0.1, 0.5, 1.0])
    if finished:
        sketch[-1, 2] = 1
    return sketch


def walk(sketch):
    """Drawn lines of a sketch, by moving a pen point by point."""
    lines, line, x, y = [], [(0, 0)], 0, 0
    for dx, dy, lifted in sketch.tolist():
        x, y = x + dx, y + dy
        line.append((x, y))
        if lifted:
            lines.append(line)
            line = []
    return [*lines, line] if line else lines


@pytest.mark.parametrize("seed", range(30))
def test_stroke5_round_trip(seed):
    rng = np.random.default_rng(seed)
    sketch = random_sketch(rng)
    for length in (None, len(sketch), len(sketch) + 7):
        strokes = to_stroke5(sketch, length)
        assert strokes.dtype == np.float32 and len(strokes) == (length or len(sketch))
        np.testing.assert_array_equal(strokes[:, 2:].sum(axis=1), 1)
        np.testing.assert_array_equal(to_stroke3(strokes), sketch)


def test_stroke5_by_hand():
    np.testing.assert_array_equal(
        to_stroke5(np.array([[3, -4, 0], [5, 6, 1]], np.int16), 4),
        [[3, -4, 1, 0, 0], [5, 6, 0, 1, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]],
    )


def test_stroke5_keeps_large_numbers():
    sketch = np.array([[2**30 + 1, 0, 1]], np.int64)
    np.testing.assert_array_equal(to_stroke3(to_stroke5(sketch, 2)), sketch)


def test_stroke3_is_cut_at_the_first_end():
    rows = np.array([[1, 2, 1, 0, 0], [3, 4, 0, 0, 1], [5, 6, 1, 0, 0], [0, 0, 0, 0, 1]], np.float32)
    np.testing.assert_array_equal(to_stroke3(rows), [[1, 2, 0]])
    assert to_stroke3(rows[1:]).shape == (0, 3)
    np.testing.assert_array_equal(to_stroke3(rows[[0, 2]]), [[1, 2, 0], [5, 6, 0]])
    np.testing.assert_array_equal(to_stroke3(to_stroke5(np.zeros([0, 3]), 3)), np.zeros([0, 3]))


@pytest.mark.parametrize("seed", range(30))
def test_polylines_are_what_a_pen_draws(seed):
    sketch = random_sketch(np.random.default_rng(seed))
    lines = to_polylines(sketch)
    assert [line.tolist() for line in lines] == [[list(map(float, p)) for p in line] for line in walk(sketch)]
    np.testing.assert_array_equal(lines[0][0], 0)


@pytest.mark.parametrize("seed", range(30))
def test_polylines_round_trip(seed):
    rng = np.random.default_rng(seed)
    sketch = random_sketch(rng, finished=True)
    np.testing.assert_array_equal(from_polylines(to_polylines(sketch)), sketch)
    unfinished = random_sketch(rng)
    back = from_polylines(to_polylines(unfinished))
    np.testing.assert_array_equal(back[:, :2], unfinished[:, :2])
    np.testing.assert_array_equal(back[:-1, 2], unfinished[:-1, 2])
    assert back[-1, 2] == 1
    for line, again in zip(to_polylines(unfinished), to_polylines(back), strict=True):
        np.testing.assert_array_equal(line, again)


@pytest.mark.parametrize("seed", range(10))
def test_free_polylines_keep_their_form(seed):
    rng = np.random.default_rng(seed)
    lines = [rng.integers(-500, 500, [rng.integers(1, 6), 2]) for _ in range(rng.integers(1, 6))]
    lines[0] = np.concatenate([lines[0], [[1, 2]]])
    drawn = to_polylines(from_polylines(lines))
    for line, again in zip(lines, drawn, strict=True):
        np.testing.assert_array_equal(line - lines[0][0], again)


def test_dots():
    np.testing.assert_array_equal(from_polylines([[[9, 9]]]), [[0, 0, 1]])
    np.testing.assert_array_equal(from_polylines([[[9, 9]], [[10, 7]]]), [[0, 0, 1], [1, -2, 1]])
    assert [line.tolist() for line in to_polylines(np.array([[0, 0, 1], [1, -2, 1]]))] == [
        [[0, 0], [0, 0]],
        [[1, -2]],
    ]


def test_nothing_drawn():
    assert to_polylines(np.zeros([0, 3])) == []
    assert from_polylines([]).shape == (0, 3)
    assert bounds(np.zeros([0, 3])) == (0, 0, 0, 0)


def test_bounds_hold_the_origin():
    assert bounds(np.array([[10, 20, 0], [5, -8, 1]])) == (0, 15, 0, 20)
    assert bounds(np.array([[-10, -20, 0], [5, -8, 1]])) == (-10, 0, -28, 0)


def test_real_sketches_survive(shared_data):
    from sketch_rnn_tf.data.npz import read_npz

    for name in ("short_kanji", "omniglot", "sun"):
        for sketch in read_npz(shared_data / "npz" / f"{name}.npz")["test"][:200]:
            back = from_polylines(to_polylines(sketch))
            np.testing.assert_array_equal(back[:, :2], sketch[:, :2])
            np.testing.assert_array_equal(back[:-1, 2], sketch[:-1, 2])


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: to_stroke5(np.zeros([4, 3]), 3), "has 4 points, more than the length 3"),
        (lambda: to_stroke5(np.zeros([4, 5])), r"shape \[4, 5\]; expected \[N, 3\]"),
        (lambda: to_stroke3(np.zeros([4, 3])), r"shape \[4, 3\]; expected \[T, 5\]"),
        (lambda: from_polylines([np.zeros([2, 2]), np.zeros([0, 2])]), "polyline 1 has shape"),
        (lambda: from_polylines([[[0, np.nan]]]), "polyline 0 holds NaN"),
        (lambda: check_sketch([["a", "b", "c"]], "it"), "it holds <U1"),
        (lambda: check_sketch([], "it"), "it has shape"),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()
