"""The model as a whole: sizes, masking, stepping, gradients, configs."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.models import SketchRNN, build_network
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.types import Batch

SMALL = {"encoder_units": 6, "decoder_units": 8, "z_size": 3, "num_mixtures": 2}


def batch_of(lengths=(5, 2, 7), steps=9, num_classes=2, seed=0):
    rng = np.random.default_rng(seed)
    strokes = np.zeros((len(lengths), steps + 1, 5), np.float32)
    strokes[:, 0, 2] = 1
    for row, length in enumerate(lengths):
        strokes[row, 1 : length + 1, :2] = rng.normal(size=(length, 2))
        strokes[row, 1 : length + 1, 2] = 1
        strokes[row, length + 1 :, 4] = 1
    return Batch(
        tf.constant(strokes),
        tf.constant(lengths, tf.int32),
        tf.constant(np.arange(len(lengths)) % num_classes, tf.int32),
        tf.range(len(lengths)),
    )


@pytest.mark.parametrize(
    "values, count",
    [
        ({}, 2_186_107),
        ({"model.conditional": False}, 1_123_963),
        ({"model.encoder.cell": "layer_norm", "model.decoder.cell": "layer_norm"}, 2_192_251),
        ({"model.conditional": False, "model.decoder.cell": "layer_norm"}, 1_127_035),
        ({"model.decoder.cell": "hyper"}, 3_477_627),
        ({"model.encoder.cell": "layer_norm", "model.decoder.cell": "hyper"}, 3_480_699),
        ({"model.encoder.cell": "hyper", "model.decoder.cell": "hyper"}, 4_940_411),
        ({"model.conditional": False, "model.decoder.cell": "hyper"}, 2_218_363),
    ],
)
def test_parameter_counts_are_magentas(values, count):
    network = build_network(with_values(Config(), values).model)
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_variables) == count


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("conditional", [True, False])
@pytest.mark.parametrize("classes", ["none", "one_hot", "embedding"])
def test_stepping_equals_the_teacher_forced_pass(cell, conditional, classes):
    network = SketchRNN(
        conditional=conditional,
        encoder_cell="lstm",
        decoder_cell=cell,
        class_conditioning=classes,
        num_classes=2,
        class_embedding_size=4,
        **SMALL,
    )
    batch = batch_of()
    z = tf.random.stateless_normal([3, 3], [1, 2]) if conditional else None
    params, final = network.decode(batch.strokes[:, :-1], z, batch.class_id)
    state = network.start(z, batch.class_id, 3)
    for t in range(batch.strokes.shape[1] - 1):
        step, state = network.decode_step(batch.strokes[:, t], state)
        for now, whole in zip(step, params):
            np.testing.assert_allclose(now, whole[:, t], atol=1e-5)
    for part, expected in zip(state.cell, final):
        np.testing.assert_allclose(part, expected, atol=1e-5)


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_padding_changes_no_encoding(cell):
    network = SketchRNN(encoder_cell=cell, **SMALL)
    short, long = batch_of(steps=7), batch_of(steps=20)
    garbage = long.strokes.numpy()
    for row, length in enumerate((5, 2, 7)):
        garbage[row, length + 1 :] = 77.0
    a = network.encode(short.strokes[:, 1:], short.lengths)
    b = network.encode(tf.constant(garbage)[:, 1:], long.lengths)
    np.testing.assert_allclose(a.mu, b.mu, atol=1e-7)
    np.testing.assert_allclose(a.log_var, b.log_var, atol=1e-7)


@pytest.mark.parametrize("options", [{}, {"input_dropout_rate": 0.2, "output_dropout_rate": 0.2}])
@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_every_weight_gets_a_gradient(cell, options):
    network = SketchRNN(
        encoder_cell=cell,
        decoder_cell=cell,
        recurrent_dropout_rate=0.1,
        class_conditioning="embedding",
        num_classes=2,
        **options,
        **SMALL,
    )
    for weight in network.trainable_variables:  # away from zero-initialised products that hide each other
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.1))
    with tf.GradientTape() as tape:
        prediction = network(batch_of(), training=True, seed=tf.constant([5, 6]))
        loss = sum(tf.reduce_sum(tf.square(part)) for part in prediction.params)
    gradients = tape.gradient(loss, list(named_weights(network).values()))
    dead = [
        path for path, g in zip(named_weights(network), gradients) if g is None or not np.abs(g).max() > 0
    ]
    assert not dead


def test_classes_change_encoding_and_drawing():
    network = SketchRNN(class_conditioning="one_hot", num_classes=2, **SMALL)
    for weight in network.trainable_variables:
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.1))
    batch, z = batch_of(), tf.zeros([3, 3])
    zeros, ones = tf.zeros([3], tf.int32), tf.ones([3], tf.int32)
    first = network.encode(batch.strokes[:, 1:], batch.lengths, zeros).mu
    second = network.encode(batch.strokes[:, 1:], batch.lengths, ones).mu
    assert np.abs(first - second).min() > 1e-6
    a, _ = network.decode(batch.strokes[:, :-1], z, zeros)
    b, _ = network.decode(batch.strokes[:, :-1], z, ones)
    assert np.abs(a.mu1 - b.mu1).min() > 1e-7


def test_same_seed_same_pass_and_other_seed_another():
    network = SketchRNN(recurrent_dropout_rate=0.3, **SMALL)
    passes = [network(batch_of(), training=True, seed=tf.constant([1, s])).params.mu1 for s in (1, 1, 2)]
    np.testing.assert_array_equal(passes[0], passes[1])
    assert np.abs(passes[0] - passes[2]).max() > 1e-4


def test_initial_values_are_magentas():
    network = SketchRNN(encoder_units=64, decoder_units=128, z_size=16)
    weights = named_weights(network)
    bound = np.sqrt(3 / 123)
    bias = weights["head/bias"].numpy()
    assert 0.5 * bound < np.abs(bias).max() <= bound
    for name in ("mu/kernel", "log_var/kernel", "initial/kernel"):
        assert weights[name].numpy().std() == pytest.approx(0.001, rel=0.1)
    for name in ("mu/bias", "initial/bias", "decoder/cell/bias"):
        assert not weights[name].numpy().any()
    block = weights["decoder/cell/recurrent_kernel"].numpy()[:, :128]
    np.testing.assert_allclose(block @ block.T, np.eye(128), atol=1e-4)
    limit = np.sqrt(6 / (5 + 16 + 512))
    assert np.abs(weights["decoder/cell/kernel"].numpy()).max() == pytest.approx(limit, rel=0.01)


def test_config_round_trip_gives_an_equal_network():
    network = SketchRNN(decoder_cell="hyper", class_conditioning="embedding", num_classes=3, **SMALL)
    copy = SketchRNN.from_config(network.get_config())
    assign_weights(copy, {path: np.asarray(weight) for path, weight in named_weights(network).items()})
    batch = batch_of()
    a = network(batch, seed=tf.constant([1, 2])).params
    b = copy(batch, seed=tf.constant([1, 2])).params
    np.testing.assert_allclose(a.mu1, b.mu1, atol=1e-6)


def test_weights_that_do_not_fit_are_refused_and_nothing_is_assigned():
    network = SketchRNN(**SMALL)
    arrays = {path: np.zeros(weight.shape) for path, weight in named_weights(network).items()}
    before = network.get_weights()
    with pytest.raises(ValueError, match="missing head/bias"):
        assign_weights(network, {path: array for path, array in arrays.items() if path != "head/bias"})
    with pytest.raises(ValueError, match="unknown extra"):
        assign_weights(network, {**arrays, "extra": np.zeros(1)})
    with pytest.raises(ValueError, match=r"head/bias has shape \(4,\)"):
        assign_weights(network, {**arrays, "head/bias": np.zeros(4)})
    for ours, old in zip(network.get_weights(), before):
        np.testing.assert_array_equal(ours, old)


def test_refusals():
    with pytest.raises(ValueError, match="decoder-only model has no encoder"):
        SketchRNN(conditional=False, **SMALL).encode(tf.zeros([1, 2, 5]), tf.constant([2]))
    with pytest.raises(ValueError, match="data hold one class"):
        build_network(with_values(Config(), {"model.class_conditioning": "one_hot"}).model, 1)
    with pytest.raises(ValueError, match="output_dropout_rate is 1"):
        SketchRNN(output_dropout_rate=1.0, **SMALL)


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
@pytest.mark.parametrize("conditional", [True, False])
def test_consuming_rows_of_different_length_equals_stepping_each_alone(cell, conditional):
    network = SketchRNN(
        conditional=conditional,
        decoder_cell=cell,
        class_conditioning="embedding",
        num_classes=2,
        class_embedding_size=4,
        **SMALL,
    )
    for weight in network.trainable_variables:
        weight.assign_add(tf.random.stateless_normal(weight.shape, [3, 4], stddev=0.3))
    batch = batch_of()
    z = tf.random.stateless_normal([3, 3], [1, 2]) if conditional else None
    lengths = np.array([6, 1, 8], np.int32)
    last, state = tf.function(network.consume)(batch.strokes, tf.constant(lengths), z, batch.class_id)
    for row, length in enumerate(lengths):
        alone = network.start(None if z is None else z[row : row + 1], batch.class_id[row : row + 1], 1)
        for t in range(length - 1):
            _, alone = network.decode_step(batch.strokes[row : row + 1, t], alone)
        np.testing.assert_array_equal(last[row], batch.strokes[row, length - 1])
        for mine, theirs in zip(tf.nest.flatten(state), tf.nest.flatten(alone)):
            np.testing.assert_allclose(mine[row], theirs[0], atol=1e-5)


@pytest.mark.parametrize("kind", ["one_hot", "embedding"])
def test_classes_can_be_blended(kind):
    network = SketchRNN(class_conditioning=kind, num_classes=3, class_embedding_size=4, **SMALL)
    z = tf.zeros([1, 3])
    alone = [network.static_inputs(z, tf.constant([place])).numpy() for place in range(3)]
    blend = network.static_inputs(z, tf.constant([[0.25, 0.0, 0.75]]))
    np.testing.assert_allclose(blend, 0.25 * alone[0] + 0.75 * alone[2], atol=1e-6)
