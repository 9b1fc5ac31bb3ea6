"""Every cell against an independent NumPy recurrence, and the scan's masking, dropout and Keras contract."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.layers import Recurrence, make_cell, noise
from sketch_rnn_tf.layers.initializers import GateOrthogonal
from sketch_rnn_tf.layers.recurrences import packing
from sketch_rnn_tf.models.weights import named_weights

KINDS = ("lstm", "layer_norm", "hyper")
UNITS, INPUTS = 6, 4


@pytest.fixture(autouse=True)
def same_initial_weights():
    tf.keras.utils.set_random_seed(11)


def cell_of(kind, **options):
    if kind == "hyper":
        options |= {"inner_units": 5, "embedding_size": 3}
    return make_cell(kind, UNITS, **options)


def perturbed(layer, seed=0):
    """Moves every weight away from its initial value, so that gammas, betas and biases matter."""
    rng = np.random.default_rng(seed)
    for weight in layer.weights:
        weight.assign(np.asarray(weight) + rng.normal(0, 0.3, weight.shape))
    return layer


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def layer_norm(x, gamma, beta):
    mean = x.mean(-1, keepdims=True)
    return (x - mean) / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + 1e-3) * gamma + beta


class Reference:
    """One step of each cell in float64, written from the papers and Magenta's description; state as a dict."""

    def __init__(self, kind, weights):
        self.kind = kind
        self.w = {path: np.asarray(weight).astype(np.float64) for path, weight in weights.items()}

    def step(self, x, state):
        return getattr(self, self.kind)(x, state, "")

    def finish(self, gates, c, prefix, normalised):
        i, j, f, o = gates
        c = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
        shown = c
        if normalised:
            shown = layer_norm(c, self.w[prefix + "memory_gamma"], self.w[prefix + "memory_beta"])
        return np.tanh(shown) * sigmoid(o), c

    def normalised_gates(self, gates, prefix):
        gammas = np.split(self.w[prefix + "gate_gamma"], 4)
        betas = np.split(self.w[prefix + "gate_beta"], 4)
        return [layer_norm(*arguments) for arguments in zip(gates, gammas, betas)]

    def lstm(self, x, state, prefix):
        pre = x @ self.w["kernel"] + state["h"] @ self.w["recurrent_kernel"] + self.w["bias"]
        h, c = self.finish(np.split(pre, 4, 1), state["c"], prefix, normalised=False)
        return {"h": h, "c": c}

    def layer_norm(self, x, state, prefix):
        pre = x @ self.w[prefix + "kernel"] + state["h"] @ self.w[prefix + "recurrent_kernel"]
        gates = self.normalised_gates(np.split(pre, 4, 1), prefix)
        h, c = self.finish(gates, state["c"], prefix, normalised=True)
        return {"h": h, "c": c}

    def hyper(self, x, state, prefix):
        inner_state = {"h": state["inner_h"], "c": state["inner_c"]}
        inner = self.layer_norm(np.concatenate([x, state["h"]], 1), inner_state, "inner/")
        scale = inner["h"] @ self.w["scale_embedding"] + self.w["scale_embedding_bias"]
        scale = np.split(scale, 8, 1)
        shift = np.split(inner["h"] @ self.w["shift_embedding"], 4, 1)
        from_x = np.split(x @ self.w["kernel"], 4, 1)
        from_h = np.split(state["h"] @ self.w["recurrent_kernel"], 4, 1)
        bias = np.split(self.w["bias"], 4)
        gates = [
            from_x[g] * (scale[g] @ self.w["scale_kernel"][g])
            + from_h[g] * (scale[4 + g] @ self.w["scale_kernel"][4 + g])
            + shift[g] @ self.w["shift_kernel"][g]
            + bias[g]
            for g in range(4)
        ]
        h, c = self.finish(self.normalised_gates(gates, ""), state["c"], "", normalised=True)
        return {"h": h, "c": c, "inner_h": inner["h"], "inner_c": inner["c"]}


STATE_NAMES = {"lstm": ("c", "h"), "layer_norm": ("h", "c"), "hyper": ("h", "inner_h", "c", "inner_c")}


def sequence(rows=3, steps=7, width=INPUTS, seed=1):
    return np.random.default_rng(seed).normal(size=(rows, steps, width)).astype(np.float32)


def reference_run(kind, layer, inputs, mask, initial):
    reference = Reference(kind, named_weights(layer.cell))
    state = dict(zip(STATE_NAMES[kind], (part.astype(np.float64) for part in initial)))
    outputs = []
    for t in range(inputs.shape[1]):
        new, now = reference.step(inputs[:, t].astype(np.float64), state), mask[:, t, None]
        state = {name: np.where(now, new[name], state[name]) for name in state}
        outputs.append(np.where(now, new["h"], 0))
    return np.stack(outputs, 1), [state[name] for name in STATE_NAMES[kind]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("static", [False, True])
def test_equals_the_numpy_recurrence(kind, static):
    inputs, of_sketch = sequence(), np.random.default_rng(2).normal(size=(3, 2)).astype(np.float32)
    layer = Recurrence(cell_of(kind), static_size=2 * static, return_sequences=True, return_state=True)
    layer.build((None, None, INPUTS))
    perturbed(layer)
    rng = np.random.default_rng(3)
    initial = [rng.normal(0, 0.5, (3, size)).astype(np.float32) for size in layer.cell.state_size]
    mask = np.arange(7) < np.array([[7], [3], [1]])
    outputs, *state = layer(
        tf.constant(inputs),
        static=tf.constant(of_sketch) if static else None,
        initial_state=[tf.constant(part) for part in initial],
        mask=tf.constant(mask),
    )
    joined = np.concatenate([inputs, np.repeat(of_sketch[:, None], 7, 1)], 2) if static else inputs
    expected, expected_state = reference_run(kind, layer, joined, mask, initial)
    np.testing.assert_allclose(outputs, expected, atol=1e-5)
    for part, expected_part in zip(state, expected_state):
        np.testing.assert_allclose(part, expected_part, atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("backwards", [False, True])
def test_padding_changes_nothing(kind, backwards):
    """The result of a sketch alone equals its result padded, whatever lies in the padding."""
    layer = perturbed_layer(kind, go_backwards=backwards)
    alone = layer(tf.constant(sequence(1, 4)))
    padded = np.concatenate([sequence(1, 4), 100 * sequence(1, 5, seed=9)], 1)
    mask = tf.constant(np.arange(9)[None] < 4)
    np.testing.assert_allclose(layer(tf.constant(padded), mask=mask), alone, atol=1e-6)


def perturbed_layer(kind, cell_options=(), **options):
    layer = Recurrence(cell_of(kind, **dict(cell_options)), **options)
    layer.build((None, None, INPUTS))
    return perturbed(layer)


@pytest.mark.parametrize("kind", KINDS)
def test_backwards_reads_the_reversed_sequence(kind):
    layer = perturbed_layer(kind)
    backwards = Recurrence(layer.cell, go_backwards=True)
    inputs = sequence()
    np.testing.assert_allclose(
        backwards(tf.constant(inputs)), layer(tf.constant(inputs[:, ::-1].copy())), atol=1e-6
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_scan_equals_keras_rnn_over_the_same_cell(kind):
    layer = perturbed_layer(kind, return_sequences=True)
    keras_layer = tf.keras.layers.RNN(layer.cell, return_sequences=True)
    inputs = tf.constant(sequence())
    np.testing.assert_allclose(keras_layer(inputs), layer(inputs), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_equal_those_of_keras_rnn(kind):
    layer = perturbed_layer(kind, return_sequences=True)
    keras_layer = tf.keras.layers.RNN(layer.cell, return_sequences=True)
    inputs = tf.constant(sequence())
    weights = layer.cell.trainable_weights

    def gradients(run):
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.square(run(inputs)) * tf.range(1.0, UNITS + 1))
        return tape.gradient(loss, weights)

    expected = gradients(keras_layer)
    largest = max(np.abs(theirs).max() for theirs in expected)
    for ours, theirs, weight in zip(gradients(layer), expected, weights):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * largest, err_msg=weight.name)
        assert np.abs(theirs).max() > 0, f"{weight.name} gets no gradient"


MASKS = {
    "none": None,
    "prefixes": np.arange(7) < np.array([[7], [3], [1]]),
    "equal lengths": np.arange(7) < np.array([[4], [4], [4]]),
    "holes and an empty row": np.array([[0, 1, 1, 0, 0, 1, 0], [0] * 7, [1, 0, 1, 1, 1, 1, 0]], bool),
}


def values_and_gradients(layer, mask, num_states, traced=False):
    """Values, final states and the gradients of everything that has one, from states that are not zero."""
    rng = np.random.default_rng(4)
    states = [rng.normal(size=(3, size)) for size in layer.cell.state_size]
    given = [tf.constant(value, tf.float32) for value in [sequence(), *states]]
    if layer.static_size:
        given.append(tf.constant(rng.normal(size=(3, layer.static_size)), tf.float32))

    def run():
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs, *last = layer(
                given[0],
                static=given[1 + num_states] if layer.static_size else None,
                initial_state=given[1 : 1 + num_states],
                mask=None if mask is None else tf.constant(mask),
                training=True,
                seed=tf.constant([1, 2]),
            )
            loss = tf.reduce_sum(tf.square(outputs) * tf.range(1.0, UNITS + 1))
            for place, part in enumerate(last):
                loss += (place + 1.0) * tf.reduce_sum(tf.square(part) + part)
        return [outputs, *last, *tape.gradient(loss, given + layer.cell.trainable_weights)]

    return (tf.function(run) if traced else run)()


@pytest.mark.parametrize("kind", KINDS)
def test_a_graph_gives_what_eager_mode_gives(kind):
    """The other comparisons run eagerly, which spares the tracing."""
    layer = perturbed_layer(kind, return_sequences=True, return_state=True, static_size=2)
    num_states, mask = len(layer.cell.state_size), MASKS["holes and an empty row"]
    eager = values_and_gradients(layer, mask, num_states)
    for actual, expected in zip(values_and_gradients(layer, mask, num_states, traced=True), eager):
        np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "mask, backwards, static, dropout",
    [
        ("none", False, 0, 0.0),
        ("none", True, 2, 0.4),
        ("prefixes", False, 2, 0.4),
        ("prefixes", True, 0, 0.4),
        ("equal lengths", False, 2, 0.0),
        ("holes and an empty row", False, 0, 0.4),
        ("holes and an empty row", True, 2, 0.0),
    ],
)
def test_the_fused_scan_equals_the_plain_loop(monkeypatch, kind, mask, backwards, static, dropout):
    """Values and all gradients of the hand-derived pass against automatic ones of a loop over the plain cell."""
    mask = MASKS[mask]
    options = {
        "return_sequences": True,
        "return_state": True,
        "go_backwards": backwards,
        "static_size": static,
    }
    layer = perturbed_layer(kind, {"recurrent_dropout_rate": dropout, "forget_bias": 0.7}, **options)
    where = packing.of_mask(tf.ones([3, 7], tf.bool) if mask is None else tf.constant(mask), backwards)
    num_packed = int(tf.reduce_sum(where.counts))
    multipliers = noise.keep_multipliers([num_packed, UNITS], dropout, tf.constant([1, 2]))
    # Both take the same masks: the scan those of its packed steps, the loop the same ones laid out along time.
    monkeypatch.setattr(layer, "_keep", lambda *arguments: multipliers if dropout else None)
    fused = values_and_gradients(layer, mask, len(layer.cell.state_size))
    layer.fused = False
    along_time = tf.transpose(where.unpack(multipliers, backwards), [1, 0, 2])
    monkeypatch.setattr(layer, "_keep", lambda *arguments: along_time if dropout else None)
    plain = values_and_gradients(layer, mask, len(layer.cell.state_size))
    assert len(fused) == len(plain) and all(part is not None for part in fused)
    largest = max(float(tf.reduce_max(tf.abs(expected))) for expected in plain)
    for place, (actual, expected) in enumerate(zip(fused, plain)):
        np.testing.assert_allclose(actual, expected, atol=1e-5 * max(1.0, largest), err_msg=str(place))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fused_scan_equals_the_plain_loop_in_bfloat16(kind):
    """Rounding comes in at other places in the two; neither may be further from float32 than roundings explain."""
    options = {"return_sequences": True, "return_state": True}
    exact = perturbed_layer(kind, **options)
    layer = perturbed_layer(kind, {"product_dtype": "bfloat16"}, **options)
    results = []
    for of_layer, fused in ((exact, True), (layer, True), (layer, False)):
        of_layer.fused = fused
        results.append(values_and_gradients(of_layer, MASKS["prefixes"], len(layer.cell.state_size)))
    largest = max(float(tf.reduce_max(tf.abs(part))) for part in results[0])
    for truth, fused, plain in zip(*results):
        error, plain_error = (float(tf.reduce_max(tf.abs(part - truth))) for part in (fused, plain))
        assert 0 < error < 2 * plain_error + 0.02 * largest


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradient_is_right_to_finite_differences(kind):
    layer = perturbed_layer(kind, return_sequences=True)
    inputs = tf.constant(sequence())
    weights = layer.cell.trainable_weights
    rng = np.random.default_rng(7)
    directions = [rng.normal(size=weight.shape).astype(np.float32) for weight in weights]

    def loss():
        return tf.reduce_sum(layer(inputs, mask=tf.constant(MASKS["prefixes"])) * tf.range(1.0, UNITS + 1))

    with tf.GradientTape() as tape:
        value = loss()
    gradients = tape.gradient(value, weights)
    for weight, gradient, direction in zip(weights, gradients, directions):
        before, step = np.asarray(weight), 3e-3
        weight.assign(before + step * direction)
        above = float(loss())
        weight.assign(before - step * direction)
        below = float(loss())
        weight.assign(before)
        assert (above - below) / (2 * step) == pytest.approx(
            float(np.sum(gradient * direction)), rel=2e-2, abs=2e-2
        ), weight.name


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_never_touches_the_memory(kind):
    """With an input gate held shut, the candidate is irrelevant, so dropout must change nothing."""
    layer = perturbed_layer(kind, {"recurrent_dropout_rate": 0.5}, return_sequences=True)
    inputs, seed = tf.constant(sequence()), tf.constant([1, 2])
    assert np.abs(layer(inputs, training=True, seed=seed) - layer(inputs)).max() > 1e-3
    names = named_weights(layer.cell)
    shut = np.zeros(4 * UNITS, np.float32)
    shut[:UNITS] = -1e4
    offset = names["bias"] if kind == "lstm" else names["gate_beta"]
    offset.assign_add(shut)
    np.testing.assert_allclose(layer(inputs, training=True, seed=seed), layer(inputs), atol=1e-6)


def test_dropout_is_fresh_each_step_and_keeps_the_mean():
    """With gates wide open and a candidate of 1, the memory counts the kept steps."""
    cell = make_cell("lstm", 400, recurrent_dropout_rate=0.25)
    layer = Recurrence(cell, return_state=True)
    layer.build((None, None, 1))
    cell.kernel.assign(tf.zeros_like(cell.kernel))
    cell.recurrent_kernel.assign(tf.zeros_like(cell.recurrent_kernel))
    cell.bias.assign(tf.repeat([50.0], 1600))
    _, memory, _ = layer(tf.zeros([5, 40, 1]), training=True, seed=tf.constant([3, 4]))
    kept = memory.numpy() * 0.75
    np.testing.assert_allclose(kept, np.round(kept), atol=1e-3)
    assert memory.numpy().mean() == pytest.approx(40, rel=0.02)
    assert kept.std() == pytest.approx(np.sqrt(40 * 0.25 * 0.75), rel=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_dropout_is_a_function_of_the_seed(kind):
    layer = perturbed_layer(kind, {"recurrent_dropout_rate": 0.3})
    inputs = tf.constant(sequence())
    first, again, other = (
        layer(inputs, training=True, seed=tf.constant(seed)) for seed in ([1, 2], [1, 2], [1, 3])
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1e-4
    assert np.isfinite(layer(inputs, training=True)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_config_round_trip_and_use_in_a_keras_model(kind):
    layer = Recurrence(
        cell_of(kind, recurrent_dropout_rate=0.1, forget_bias=0.5), return_sequences=True, name="scan"
    )
    inputs = tf.keras.Input([None, INPUTS])
    hidden = layer(tf.keras.layers.Masking()(inputs))
    model = tf.keras.Model(inputs, tf.keras.layers.Dense(1)(hidden))
    copy = tf.keras.layers.deserialize(tf.keras.layers.serialize(layer))
    assert copy.get_config() == layer.get_config()
    assert copy.cell.forget_bias == 0.5 and copy.cell.recurrent_dropout_rate == 0.1
    values = sequence()
    values[1, 4:] = 0  # what Masking takes for padding
    model.compile(optimizer="sgd", loss="mse", jit_compile=False)
    model.fit(values, np.zeros((3, 7, 1)), verbose=0)
    np.testing.assert_array_equal(
        np.asarray(layer(tf.constant(values), mask=tf.reduce_any(values != 0, -1)))[1, 4:], 0
    )
    copy.build((None, None, INPUTS))
    copy.set_weights(layer.get_weights())
    np.testing.assert_allclose(copy(tf.constant(values)), layer(tf.constant(values)), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_bfloat16_products_stay_close(kind):
    layer = perturbed_layer(kind)
    low = Recurrence(cell_of(kind, product_dtype="bfloat16"))
    low.build((None, None, INPUTS))
    low.set_weights(layer.get_weights())
    inputs = tf.constant(sequence())
    difference = np.abs(low(inputs) - layer(inputs)).max()
    assert low(inputs).dtype == tf.float32 and 0 < difference < 0.05


def test_recurrent_blocks_are_orthogonal_one_by_one():
    blocks = np.split(np.asarray(GateOrthogonal()((8, 32))), 4, 1)
    for block in blocks:
        np.testing.assert_allclose(block @ block.T, np.eye(8), atol=1e-5)
    assert np.abs(blocks[0] - blocks[1]).max() > 0.1
    with pytest.raises(ValueError, match=r"\[H, 4 H\]"):
        GateOrthogonal()((8, 30))


def test_refusals():
    with pytest.raises(ValueError, match="cell is 'gru'"):
        make_cell("gru", 4)
    with pytest.raises(ValueError, match="units is 0"):
        make_cell("lstm", 0)
    with pytest.raises(ValueError, match="recurrent_dropout_rate is 1.0"):
        make_cell("lstm", 4, recurrent_dropout_rate=1.0)
    with pytest.raises(ValueError, match="expected one of this package"):
        Recurrence(tf.keras.layers.LSTMCell(4))
    with pytest.raises(ValueError, match="static has width 3"):
        Recurrence(make_cell("lstm", 4))(tf.zeros([1, 2, 3]), static=tf.zeros([1, 3]))
