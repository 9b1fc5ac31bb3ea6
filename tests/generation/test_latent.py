"""What is drawn between, among and beside sketches, on a trained model."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.generation import interpolation
from sketch_rnn_tf.generation.latent import latents


def same(one, other, atol=1e-3):
    assert len(one) == len(other)
    for a, b in zip(one, other):
        np.testing.assert_allclose(a, b, atol=atol)


def stepped(model, z, shares, steps):
    """Draws the most likely points by hand from z [Z] and class shares [C]."""
    stroke, drawn = np.array([model.metadata.start_token], np.float32), []
    state = model.network.start(tf.constant(z[None]), tf.constant(shares[None], tf.float32), 1)
    for _ in range(steps):
        params, state = model.network.decode_step(tf.constant(stroke), state)
        k, pen = int(np.argmax(params.pi_logits)), int(np.argmax(params.pen_logits))
        if pen == 2:
            break
        dx, dy = float(params.mu1[0, k]), float(params.mu2[0, k])
        drawn.append([dx * model.metadata.scale_factor, dy * model.metadata.scale_factor, pen == 1])
        stroke = np.array([[dx, dy, pen == 0, pen == 1, 0]], np.float32)
    return np.array(drawn, np.float32).reshape(-1, 3)


def test_an_interpolation_blends_z_by_slerp_and_classes_by_shares(model, cups, fishes):
    drawn = model.interpolate(
        cups[0], fishes[0], num=5, class_name=["cup", "fish"], greedy=True, max_steps=20
    )
    assert len(drawn) == 5
    a, _ = model.encode([cups[0]], "cup")
    b, _ = model.encode([fishes[0]], "fish")
    z = interpolation.slerp(a[0], b[0], 0.25)
    np.testing.assert_allclose(drawn[1], stepped(model, z, np.array([0.75, 0.25]), 20), atol=1e-2)


def test_ends_of_a_path_are_reconstructions(model, cups, fishes):
    sketches = [cups[0], fishes[0], cups[1]]
    names = ["cup", "fish", "cup"]
    drawn = model.path(sketches, num=4, class_name=names, greedy=True)
    assert len(drawn) == 7
    same(drawn[::3], model.reconstruct(sketches, class_name=names, greedy=True))


def test_a_grid_has_the_four_reconstructions_at_its_corners(model, cups):
    rows = model.grid(cups[:4], rows=3, cols=4, class_name="cup", greedy=True)
    assert [len(row) for row in rows] == [4, 4, 4]
    corners = [rows[0][0], rows[0][-1], rows[-1][0], rows[-1][-1]]
    same(corners, model.reconstruct(cups[:4], class_name="cup", greedy=True))


def test_latent_vectors_stand_for_sketches(model, cups):
    z, _ = model.encode(cups[:2], "cup")
    same(
        model.interpolate(z[0], cups[1], num=3, class_name="cup", seed=4),
        model.interpolate(cups[0], cups[1], num=3, class_name="cup", seed=4),
    )
    mixed, _ = latents(model, [cups[0], z[1]], "cup")
    np.testing.assert_allclose(mixed, z, atol=1e-5)


def test_an_analogy_of_one_term_is_a_reconstruction_and_a_minus_a_falls_out(model, cups, fishes):
    copy = model.reconstruct([cups[0]], class_name="cup", greedy=True)
    same(model.analogy([(1, cups[0])], class_name="cup", greedy=True), copy)
    terms = [(1, fishes[0]), (-1, fishes[0]), (1, cups[0])]
    same(model.analogy(terms, class_name=["fish", "fish", "cup"], greedy=True), copy)
    fish = model.analogy(terms, class_name=["fish", "fish", "cup"], draw_class="fish", greedy=True)
    z, _ = model.encode([cups[0]], "cup")
    same(fish, model.decode(z, class_name="fish", greedy=True))


def test_a_sweep_passes_through_the_sketch(model, cups):
    drawn = model.sweep(cups[0], direction=2, num=5, low=-2, high=2, class_name="cup", greedy=True)
    same(drawn[2:3], model.reconstruct([cups[0]], class_name="cup", greedy=True))
    z, _ = model.encode([cups[0]], "cup")
    same(drawn[4:], model.decode(z + [[0, 0, 2, 0]], class_name="cup", greedy=True))


def test_drawings_of_one_way_share_their_noise(model, cups):
    z, _ = model.encode(cups[:1], "cup")
    still = model.path([z[0], z[0], z[0]], num=3, class_name="cup", temperature=0.9, seed=3)
    same(still, [still[0]] * 5)


def test_equal_seeds_draw_equal_bytes(model, cups):
    first, again, other = (
        model.interpolate(*cups[:2], num=4, class_name="cup", temperature=0.8, seed=seed)
        for seed in (3, 3, 4)
    )
    assert [a.tobytes() for a in first] == [b.tobytes() for b in again]
    assert [a.tobytes() for a in first] != [b.tobytes() for b in other]


def test_blended_classes_by_name(model):
    z = np.zeros([1, 4], np.float32)
    whole = model.decode(z, class_name={"fish": 1.0}, greedy=True)
    same(whole, model.decode(z, class_name="fish", greedy=True))


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda m, d, a: m.interpolate(a, a), "name the class"),
        (
            lambda m, d, a: m.interpolate(a, a, class_name="pig"),
            "no class 'pig'; it was trained on cup, fish",
        ),
        (lambda m, d, a: m.interpolate(a, a, class_name="cup", temperature=-0.1), "temperature is -0.1"),
        (lambda m, d, a: m.interpolate(a, np.zeros((0, 3)), class_name="cup"), "is empty"),
        (lambda m, d, a: m.interpolate(a, np.zeros(7), class_name="cup"), r"expected .* \[B, 4\]"),
        (lambda m, d, a: d.interpolate(a, a), "no encoder"),
        (lambda m, d, a: d.analogy([(1, a)]), "no encoder"),
        (lambda m, d, a: d.grid([np.zeros(0)] * 4), "no encoder"),
        (lambda m, d, a: d.generate(1, class_name={"cup": 1.0}), "not class-conditional"),
        (lambda m, d, a: m.analogy([], class_name="cup"), "no terms"),
        (lambda m, d, a: m.analogy([(1, a)], num=0, class_name="cup"), "num is 0"),
        (lambda m, d, a: m.sweep(a, direction=9, class_name="cup"), "latent dimension is 9"),
        (lambda m, d, a: m.path([a], class_name="cup"), "1 sketches"),
        (lambda m, d, a: m.decode(np.zeros((1, 4)), class_name={"pig": 1.0}), "no class 'pig'"),
    ],
)
def test_refusals(model, decoder, cups, call, words):
    with pytest.raises(ValueError, match=words):
        call(model, decoder, cups[0])
