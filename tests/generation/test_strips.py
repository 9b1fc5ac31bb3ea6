"""Temperature strips and variations, on a trained model."""

import numpy as np
import pytest


def test_a_strip_differs_in_temperature_alone(model, cups):
    rows = model.strip([0.3, 0.0, 0.3, 0.9], sketches=cups[:2], class_name="cup", seed=5)
    assert [len(row) for row in rows] == [4, 4]
    greedy = model.reconstruct(cups[:2], class_name="cup", greedy=True)
    for row, copy in zip(rows, greedy):
        np.testing.assert_allclose(row[0], row[2], atol=1e-3)
        np.testing.assert_allclose(row[1], copy, atol=1e-3)
        assert row[0].shape != row[3].shape or np.abs(row[0] - row[3]).max() > 1


def test_a_strip_from_the_prior_has_the_drawings_of_generate(model):
    rows = model.strip([0.2, 0.7], num=3, class_name="fish", seed=5)
    for column, temperature in enumerate((0.2, 0.7)):
        drawn = model.generate(3, temperature=temperature, class_name="fish", seed=5)
        for row, drawing in zip(rows, drawn):
            np.testing.assert_allclose(row[column], drawing, atol=1e-3)


def test_a_strip_of_a_decoder_alone(decoder):
    assert [len(row) for row in decoder.strip([0.2, 0.5, 0.9], num=2)] == [3, 3]


def test_variations_scatter_around_the_sketch(model, cups):
    still = model.variations(cups[0], num=3, spread=0, class_name="cup", greedy=True)
    (copy,) = model.reconstruct(cups[:1], class_name="cup", greedy=True)
    for drawing in still:
        np.testing.assert_allclose(drawing, copy, atol=1e-3)
    apart = model.variations(cups[0], num=6, class_name="cup", seed=1)
    assert len({drawing.tobytes() for drawing in apart}) == 6


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m, d, a: m.strip([], num=1, class_name="cup"), "no temperatures"),
        (lambda m, d, a: m.strip([0.5, -0.5], num=1, class_name="cup"), "temperature is"),
        (lambda m, d, a: m.strip([0.5], num=0, class_name="cup"), "num is 0"),
        (lambda m, d, a: d.strip([0.5], sketches=[a]), "no encoder"),
        (lambda m, d, a: d.variations(a), "no encoder"),
        (lambda m, d, a: m.variations(a, class_name="cup", spread=-1), "spread is -1"),
    ],
)
def test_refusals(model, decoder, cups, call, words):
    with pytest.raises(ValueError, match=words):
        call(model, decoder, cups[0])
