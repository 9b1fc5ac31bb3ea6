"""Unfinished sketches, on trained models."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.generation.completion import cut

TWO_STROKES = np.array(
    [[1, 0, 0], [2, 0, 0], [3, 0, 1], [4, 0, 0], [5, 0, 0], [6, 0, 0], [7, 0, 1]], np.int16
)


@pytest.mark.parametrize(
    "share, at, count",
    [
        (0.5, "points", 4),
        (0.01, "points", 1),
        (1, "points", 7),
        (0.5, "strokes", 3),
        (0.9, "strokes", 7),
        (0.1, "strokes", 3),
    ],
)
def test_cut(share, at, count):
    np.testing.assert_array_equal(cut(TWO_STROKES, share, at), TWO_STROKES[:count])


def test_cut_of_a_sketch_whose_pen_is_never_lifted():
    assert len(cut(np.array([[1, 1, 0]] * 6), 0.3, "strokes")) == 6


def stepped(model, sketch, z, class_id, limit):
    """Consumes a sketch and goes on greedily, all with decode_step, one point at a time; float32 [N, 3] in data units."""
    scale = model.metadata.scale_factor
    rows = [np.array(model.metadata.start_token, np.float32)]
    rows += [np.array([dx / scale, dy / scale, 1 - pen, pen, 0], np.float32) for dx, dy, pen in sketch]
    state = model.network.start(z, tf.constant([class_id]), 1)
    for row in rows[:-1]:
        _, state = model.network.decode_step(row[None], state)
    stroke, drawn = rows[-1], []
    while len(sketch) + len(drawn) < limit:
        params, state = model.network.decode_step(stroke[None], state)
        k, pen = int(np.argmax(params.pi_logits)), int(np.argmax(params.pen_logits))
        if pen == 2:
            break
        dx, dy = float(params.mu1[0, k]), float(params.mu2[0, k])
        drawn.append([dx * scale, dy * scale, pen == 1])
        stroke = np.array([dx, dy, pen == 0, pen == 1, 0], np.float32)
    return np.concatenate([sketch, np.array(drawn).reshape(-1, 3)]).astype(np.float32)


@pytest.mark.parametrize("at", ["points", "strokes"])
def test_a_decoder_alone_goes_on_as_stepping_by_hand(decoder, houses, at):
    partial = cut(houses[1], 0.4, at)
    assert partial[-1, 2] == (at == "strokes")
    (drawn,) = decoder.complete(partial, num=1, greedy=True, max_steps=60)
    expected = stepped(decoder, partial, None, 0, 60)
    assert len(expected) > len(partial)
    np.testing.assert_allclose(drawn, expected, atol=1e-2)


def test_a_conditional_model_goes_on_as_stepping_by_hand(model, fishes):
    partial = cut(fishes[0], 0.5)
    (drawn,) = model.complete(partial, num=1, z="partial", greedy=True, class_name="fish", max_steps=30)
    mu, _ = model.encode([partial], "fish")
    np.testing.assert_allclose(drawn, stepped(model, partial, tf.constant(mu), 1, 30), atol=1e-2)


def test_given_points_stay_as_they_were(model, cups):
    partial = np.concatenate([cups[0][:5, :2] + 0.3, cups[0][:5, 2:]], axis=1).astype(np.float32)
    for z in ("likely", "partial", "prior", cups[1], np.zeros(4)):
        for drawing in model.complete(partial, num=3, z=z, class_name="cup", seed=2):
            assert drawing.dtype == np.float32
            np.testing.assert_array_equal(drawing[:5], partial)


def test_z_from_elsewhere_changes_the_ending(model, fishes):
    partial = cut(fishes[0], 0.3)
    options = {"num": 1, "class_name": "fish", "temperature": 0.5, "seed": 1}
    (own,) = model.complete(partial, z="partial", **options)
    z, _ = model.encode([partial], "fish")
    (same,) = model.complete(partial, z=z[0], **options)
    (other,) = model.complete(partial, z=z[0] + 4, **options)
    np.testing.assert_array_equal(own, same)
    assert own.shape != other.shape or np.abs(own - other).max() > 1e-3


def test_an_ending_depends_on_its_own_seed_row(decoder, cups):
    few, many = (decoder.complete(cups[0][:6], num=num, seed=7) for num in (2, 7))
    for a, b in zip(few, many):
        np.testing.assert_allclose(a, b, atol=1e-3)
    assert any(a.shape != many[0].shape or np.abs(a - many[0]).max() > 1 for a in many[1:])
    again = decoder.complete(cups[0][:6], num=7, seed=7)
    assert [a.tobytes() for a in many] == [b.tobytes() for b in again]


def test_rows_of_different_length_stop_at_the_limit(decoder, cups):
    """Sketches of different length in one batch: the shortest may go on for longest."""
    sketches = [cups[0][:2], cups[0][:9]]
    options = decoder.options(temperature=0.8, seed=3, max_steps=12)
    together = decoder.sampler.decode(None, None, count=2, given=sketches, **options)
    assert max(map(len, together)) <= 12
    (alone,) = decoder.sampler.decode(None, None, count=1, given=sketches[:1], **options)
    np.testing.assert_allclose(together[0], alone, atol=1e-3)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m, d, a: d.complete(np.zeros((0, 3))), "the sketch is empty"),
        (lambda m, d, a: d.complete(a, max_steps=len(a)), "cut it or give a larger max_steps"),
        (lambda m, d, a: d.complete(a[:3], num=0), "num is 0"),
        (lambda m, d, a: d.complete(a[:3], temperature=-1), "temperature is -1"),
        (lambda m, d, a: m.complete(a[:3]), "name the class"),
        (lambda m, d, a: m.complete(a[:3], class_name="pig"), "no class 'pig'"),
        (lambda m, d, a: m.complete(a[:3], class_name="cup", z="posterior"), "z is 'posterior'"),
        (lambda m, d, a: m.complete(a[:3], class_name="cup", z=np.zeros(3)), r"\[B, 4\]"),
        (lambda m, d, a: cut(a, 0), "share is 0"),
        (lambda m, d, a: cut(a, 1.5), "share is 1.5"),
        (lambda m, d, a: cut(a, 0.5, "lines"), "at is 'lines'"),
    ],
)
def test_refusals(model, decoder, cups, call, words):
    with pytest.raises(ValueError, match=words):
        call(model, decoder, cups[0])
