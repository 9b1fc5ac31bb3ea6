"""Every public layer: config round trip, use alone in a Keras model, and values against NumPy."""

import inspect

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import layers
from sketch_rnn_tf.layers import (
    ClassVector,
    ImageDecoder,
    InfluencedDecoder,
    MixtureHead,
    RasterEncoder,
    Recurrence,
    StrokeEncoder,
    make_cell,
)

# Every layer of the room with arguments that all differ from the defaults, and an input without the batch axis.
CASES = {
    "ClassVector": (lambda: ClassVector(5, kind="embedding", size=7), ()),
    "HyperLSTMCell": (lambda: make_cell("hyper", 6, inner_units=5, embedding_size=3, forget_bias=0.5), None),
    "ImageDecoder": (lambda: ImageDecoder(16), (8,)),
    # Called by `scan`, which takes more than an input; test_influence.py tries it.
    "InfluencedDecoder": (lambda: InfluencedDecoder(6, 4, 3, 0.2, "bfloat16"), None),
    "LSTMCell": (lambda: make_cell("lstm", 6, recurrent_dropout_rate=0.2), None),
    "LayerNormLSTMCell": (lambda: make_cell("layer_norm", 6, product_dtype="bfloat16"), None),
    "MixtureHead": (lambda: MixtureHead(3), (4, 8)),
    "RasterEncoder": (lambda: RasterEncoder(6, 16, network="residual", high_pass=True), (4, 5)),
    "Recurrence": (
        lambda: Recurrence(make_cell("lstm", 6), return_sequences=True, go_backwards=True),
        (4, 8),
    ),
    "StrokeEncoder": (lambda: StrokeEncoder("layer_norm", 6, recurrent_dropout_rate=0.1), (4, 5)),
}


def test_every_public_layer_has_a_case():
    public = {
        name
        for name, value in vars(layers).items()
        if inspect.isclass(value) and issubclass(value, tf.keras.layers.Layer) and name != "RecurrentCell"
    }
    assert public == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_config_round_trip(name):
    layer = CASES[name][0]()
    copy = tf.keras.layers.deserialize(tf.keras.layers.serialize(layer))
    assert type(copy) is type(layer) and copy.get_config() == layer.get_config()
    arguments = [p for p in inspect.signature(type(layer).__init__).parameters if p not in ("self", "kwargs")]
    assert set(arguments) <= set(layer.get_config()), "an argument is missing from the config"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[1] is not None])
def test_alone_in_a_keras_model(name):
    make, shape = CASES[name]
    dtype = "int32" if name == "ClassVector" else "float32"
    inputs = tf.keras.Input(shape, dtype=dtype)
    layer = make()
    outputs = layer(inputs)
    features = outputs.mu1 if name == "MixtureHead" else outputs
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(1)(features))
    model.compile("sgd", "mse", jit_compile=False)
    rng = np.random.default_rng(0)
    values = rng.integers(0, 5, 6) if dtype == "int32" else rng.normal(size=(6, *shape)).astype(np.float32)
    before = [weight.copy() for weight in layer.get_weights()]
    model.fit(values, rng.normal(size=model(values).shape), verbose=0)
    assert any(np.abs(a - b).max() > 0 for a, b in zip(before, layer.get_weights()))


def test_encoder_joins_both_directions():
    encoder = StrokeEncoder("lstm", 4)
    encoder.build((None, None, 5))
    inputs = tf.constant(np.random.default_rng(1).normal(size=(2, 6, 5)), tf.float32)
    mask = tf.constant(np.arange(6) < np.array([[6], [3]]))
    summary = encoder(inputs, mask=mask)
    assert summary.shape == (2, 8)
    alone = encoder(inputs[1:, :3])
    np.testing.assert_allclose(summary[1], alone[0], atol=1e-6)
    np.testing.assert_allclose(alone[:, :4], encoder.forward(inputs[1:, :3]), atol=1e-6)
    np.testing.assert_allclose(alone[:, 4:], encoder.backward(inputs[1:, :3]), atol=1e-6)


def test_encoder_heeds_a_keras_mask():
    encoder = StrokeEncoder("lstm", 4)
    values = np.random.default_rng(2).normal(size=(2, 6, 5)).astype(np.float32)
    values[1, 3:] = 0
    masked = encoder(tf.keras.layers.Masking()(tf.constant(values)))
    np.testing.assert_allclose(masked[1], encoder(tf.constant(values[1:, :3]))[0], atol=1e-6)


def test_mixture_head_is_one_product_in_magentas_order():
    head = MixtureHead(2)
    params = head(tf.ones([1, 3]))
    raw = np.ones((1, 3)) @ np.asarray(head.kernel) + np.asarray(head.bias)
    np.testing.assert_allclose(params.pen_logits, raw[:, :3], atol=1e-6)
    for place, part in enumerate(params[:-1]):
        np.testing.assert_allclose(part, raw[:, 3 + 2 * place : 5 + 2 * place], atol=1e-6)


def test_class_vectors():
    one_hot = ClassVector(3)
    np.testing.assert_array_equal(one_hot(tf.constant([2, 0])), [[0, 0, 1], [1, 0, 0]])
    embedding = ClassVector(3, "embedding", 4)
    rows = embedding(tf.constant([2, 2, 1]))
    np.testing.assert_array_equal(rows[0], np.asarray(embedding.table)[2])
    np.testing.assert_array_equal(rows[0], rows[1])


def test_refusals():
    with pytest.raises(ValueError, match="num_mixtures is 0"):
        MixtureHead(0)
    with pytest.raises(ValueError, match="kind is 'word'"):
        ClassVector(2, "word")
    with pytest.raises(ValueError, match="cell is 'gru'"):
        StrokeEncoder("gru")


@pytest.mark.parametrize("cell", ["lstm", "layer_norm", "hyper"])
def test_the_encoder_that_xla_compiles_equals_the_fused_one(cell):
    fused, plain = StrokeEncoder(cell, 6), StrokeEncoder(cell, 6, fused=False)
    for layer in (fused, plain):
        layer.build((None, None, 5))
    plain.set_weights(fused.get_weights())
    inputs = tf.random.stateless_normal([3, 9, 5], [1, 2])
    mask = tf.constant(np.arange(9) < np.array([[9], [4], [1]]))
    compiled = tf.function(lambda x: plain(x, mask=mask), jit_compile=True, autograph=False)
    np.testing.assert_allclose(compiled(inputs), fused(inputs, mask=mask), atol=1e-5)
