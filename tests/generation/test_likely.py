"""z that makes what stands likely."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.data.strokes import to_stroke5
from sketch_rnn_tf.generation import likely
from sketch_rnn_tf.generation.completion import cut
from sketch_rnn_tf.losses import reconstruction_terms


def padded(model, sketches):
    """Sketches as stroke-5 behind the start token, with two rows of padding too many, and their lengths."""
    longest = max(map(len, sketches)) + 2
    strokes = np.stack([to_stroke5(np.asarray(sketch, np.float32), longest) for sketch in sketches])
    strokes[..., :2] /= model.metadata.scale_factor
    start = np.tile(np.float32(model.metadata.start_token), [len(sketches), 1, 1])
    return np.concatenate([start, strokes], axis=1), np.array([len(sketch) for sketch in sketches], np.int32)


def test_the_likelihood_is_what_the_loss_says_of_the_points(model, cups):
    beginnings = [cut(cup, share) for cup, share in zip(cups[:3], (0.2, 0.5, 0.9))]
    strokes, lengths = padded(model, beginnings)
    z = np.random.default_rng(3).normal(size=[3, model.network.z_size]).astype(np.float32)
    found = likely.log_likelihood(
        model.network, tf.constant(strokes), tf.constant(lengths + 1), z, tf.zeros([3], tf.int32)
    )
    params, _ = model.network.decode(strokes[:, :-1], z, tf.zeros([3], tf.int32))
    terms = reconstruction_terms(params, tf.constant(strokes[:, 1:]), 1000)
    np.testing.assert_allclose(found, -(terms.offset + terms.pen_masked), rtol=1e-4)


def test_choices_follow_the_weights():
    shares = np.array([0.6, 0.3, 0.1])
    totals = np.tile(np.log(shares) - 500, [20000, 1])
    chosen = likely.choose(totals, seed=2)
    np.testing.assert_allclose(np.bincount(chosen) / len(chosen), shares, atol=0.015)
    # A row's choice does not depend on how many there are.
    np.testing.assert_array_equal(likely.choose(totals[:5], seed=2), chosen[:5])
    assert not np.array_equal(likely.choose(totals[:50], seed=3), chosen[:50])


def test_likely_z_explain_a_beginning_better_than_the_prior(model, cups):
    beginnings = [cut(cup, 0.6) for cup in cups[:6]]
    strokes, lengths = padded(model, beginnings)
    class_ids = np.zeros([6], np.int32)

    def explained(z):
        totals = likely.log_likelihood(model.network, strokes, lengths + 1, z, class_ids)
        return float(tf.reduce_mean(totals))

    z = model.sampler.likely(beginnings, class_ids, seed=1)
    fresh = model.sampler.prior(
        np.stack([np.full(6, 1), 2 * np.arange(6)], axis=1).astype(np.int32), class_ids
    )
    assert explained(z) > explained(fresh)
    np.testing.assert_array_equal(z[:2], model.sampler.likely(beginnings[:2], class_ids[:2], seed=1))
    assert not np.array_equal(z, model.sampler.likely(beginnings, class_ids, seed=2))


def test_endings_begin_with_what_was_given(model, cups):
    beginning = cut(cups[0], 0.2)
    endings = model.complete(beginning, num=3, z="likely", class_name="cup", seed=4)
    assert len({ending.tobytes() for ending in endings}) == 3
    for ending in endings:
        np.testing.assert_array_equal(ending[: len(beginning)], beginning)
    again = model.complete(beginning, num=3, z="likely", class_name="cup", seed=4)
    assert all(map(np.array_equal, endings, again))
    with pytest.raises(ValueError, match="likely or prior or partial"):
        model.complete(beginning, z="unlikely", class_name="cup")


def test_a_decoder_alone_has_no_likely_z(decoder, cups):
    with pytest.raises(ValueError, match="has no encoder"):
        decoder.sampler.likely([cups[0][:3]])
    # Its endings need none, whatever z is asked for.
    assert len(decoder.complete(cups[0][:3], num=2, z="likely")) == 2
