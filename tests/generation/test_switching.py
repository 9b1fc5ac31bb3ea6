"""Drawings by several hands, on trained models."""

import numpy as np
import pytest

from sketch_rnn_tf.generation.completion import cut
from sketch_rnn_tf.generation.switching import Hand, switch


def test_drawn_points_stay_exactly_across_models_of_other_scale(model, decoder):
    assert decoder.metadata.scale_factor > 2 * model.metadata.scale_factor
    first = model.generate(4, temperature=0.4, class_name="cup", seed=6)
    for same_units in (True, False):
        hands = [Hand(model, "cup"), Hand(decoder)]
        drawings, ends = switch(hands, num=4, share=0.5, seed=6, same_units=same_units)
        for drawing, (end,), begun in zip(drawings, ends, first):
            assert end == (max(1, round(0.5 * len(begun))) if len(begun) else 0)
            np.testing.assert_array_equal(drawing[:end], begun[:end])
        assert any(len(drawing) > end for drawing, (end,) in zip(drawings, ends))


def test_the_second_decoder_reads_the_points_in_its_own_scale(model, decoder, cups):
    """Greedy: the end of a switch is what the second model makes of the same points; in own units, of points so many times
    larger."""
    begun = cut(cups[0], 0.5)
    hands = [Hand(model, "cup"), Hand(decoder)]
    ((same,), _) = switch(hands, sketches=[cups[0]], share=0.5, greedy=True, max_steps=40)
    (expected,) = decoder.complete(begun, num=1, greedy=True, max_steps=40)
    np.testing.assert_allclose(same, expected, atol=1e-2)

    ratio = decoder.metadata.scale_factor / model.metadata.scale_factor
    ((own,), _) = switch(hands, sketches=[cups[0]], share=0.5, greedy=True, max_steps=40, same_units=False)
    larger = begun * np.array([ratio, ratio, 1])
    (expected,) = decoder.complete(larger, num=1, greedy=True, max_steps=40)
    np.testing.assert_allclose(own, expected / np.array([ratio, ratio, 1]), atol=1e-2)


def test_switching_class_encodes_what_stands_as_the_second_class(model, cups):
    begun = cut(cups[0], 0.6)
    hands = [Hand(model, "cup"), Hand(model, "fish")]
    options = {"greedy": True, "max_steps": 40}
    ((drawn,), ((end,),)) = switch(hands, sketches=[cups[0]], share=0.6, **options)
    (expected,) = model.complete(begun, num=1, z="partial", class_name="fish", **options)
    assert end == len(begun)
    np.testing.assert_allclose(drawn, expected, atol=1e-2)


def test_several_switches(model, decoder, cups):
    hands = [Hand(model, "cup"), Hand(model, "fish"), Hand(decoder), Hand(model, "cup")]
    options = {"sketches": cups[:3], "seed": 2, "at": "strokes"}
    drawings, ends = switch(hands, share=[0.5, 0.3, 0.8], **options)
    for drawing, stops in zip(drawings, ends):
        assert len(stops) == 3 and stops == sorted(stops) and stops[-1] <= len(drawing)
        assert drawing[stops[0] - 1, 2] == 1
    (fewer, _) = switch(hands[:2], share=0.5, **options)
    for drawing, short, stops in zip(drawings, fewer, ends):
        np.testing.assert_allclose(drawing[: stops[1]], short[: stops[1]], atol=1e-2)


def test_a_drawing_depends_on_its_own_seed_row_and_equal_seeds_draw_equal_bytes(model, decoder):
    hands = [Hand(model, "fish"), Hand(decoder)]
    few, many, again = (switch(hands, num=num, seed=8)[0] for num in (2, 5, 5))
    for a, b in zip(few, many):
        np.testing.assert_allclose(a, b, atol=1e-2)
    assert [a.tobytes() for a in many] == [b.tobytes() for b in again]


def test_a_drawing_without_room_stays_as_it_is(model, decoder, cups):
    sketches = [cups[0][:4], cups[0][:30]]
    drawings, _ = switch([Hand(model, "cup"), Hand(decoder)], sketches=sketches, share=1, max_steps=10)
    assert len(drawings[0]) <= 10
    np.testing.assert_array_equal(drawings[1], sketches[1])


def test_in_python(model, decoder):
    drawings = model.switch(decoder, class_names=["cup", None], num=2, seed=4)
    expected, _ = switch([Hand(model, "cup"), Hand(decoder)], num=2, seed=4)
    assert [a.tobytes() for a in drawings] == [b.tobytes() for b in expected]
    assert len(model.switch(class_names=["cup", "fish", "cup"], num=2)) == 2


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m, d: m.switch(), "0 models or classes"),
        (lambda m, d: m.switch(class_names=["cup"]), "1 models or classes"),
        (lambda m, d: m.switch(d), "name the class"),
        (lambda m, d: m.switch(class_names=["cup", "pig"]), "no class 'pig'"),
        (lambda m, d: d.switch(class_names=["cup", "fish"]), "not class-conditional"),
        (lambda m, d: m.switch(d, class_names=["cup"]), "1 class names for 2 models"),
        (lambda m, d: m.switch(d, class_names=["cup", None], share=0), "share is 0"),
        (lambda m, d: m.switch(d, class_names=["cup", None], share=[0.5, 0.5]), "2 shares for 1 switches"),
        (lambda m, d: m.switch(d, class_names=["cup", None], temperature=-1), "temperature is -1"),
        (lambda m, d: m.switch(d, class_names=["cup", None], num=0), "num is 0"),
        (lambda m, d: d.switch(d, sketches=[np.zeros((0, 3))]), "is empty"),
        (lambda m, d: d.switch(d, sketches=[]), "no sketches"),
    ],
)
def test_refusals(model, decoder, call, words):
    with pytest.raises(ValueError, match=words):
        call(model, decoder)
