"""Whole-sequence LSTM with a backward pass derived by hand.

Automatic differentiation of a loop multiplies out and adds up the weight gradient at every step. Here the backward loop
carries only dh and dc, every factor that does not depend on them is formed in bulk before it, and each weight gradient is
one product over all steps at the end.

Kept for the backward pass: the four activated gates, the memory and the output of each step, 6 T B H floats (307 MB for 250
steps of 100 sketches and 512 units). While the backward pass runs it needs about as much again for its factors.
"""

from typing import NamedTuple

import tensorflow as tf


class _Trace(NamedTuple):
    """What a forward pass keeps, each `[T, B, *]`: activated gates i, j, f, o, carried memory and carried output."""

    gates: tf.Tensor
    memory: tf.Tensor
    hidden: tf.Tensor


def lstm_scan(projection, kernel, bias, state, forget_bias, keep=None, active=None, dtype=tf.float32):
    """Runs an LSTM over time; the values and gradients of a loop over `LSTMCell.step`.

    Args:
        projection: float32 `[T, B, 4 H]`, products of all inputs, gates in the order i, j, f, o.
        kernel: float32 `[H, 4 H]`, the recurrent kernel.
        bias: float32 `[4 H]`.
        state: (c, h), float32 `[B, H]` each.
        forget_bias: added to the forget gate.
        keep: float32 `[T, B, H]`, dropout multipliers of the candidate, or None.
        active: bool `[T, B, 1]`, False where a row's state stands still and its output is 0, or None.
        dtype: in which matrix products read their operands.

    Returns:
        outputs float32 `[T, B, H]`, and the final (c, h).
    """

    @tf.custom_gradient
    def run(projection, kernel, bias, c, h):
        trace = _forward(projection, kernel, bias, c, h, forget_bias, keep, active, dtype)
        outputs = trace.hidden if active is None else tf.where(active, trace.hidden, 0.0)

        def grad(d_outputs, d_c, d_h):
            d_pre, d_c, d_h = _backward(trace, c, kernel, keep, active, dtype, d_outputs, d_c, d_h)
            before = tf.concat([h[None], trace.hidden[:-1]], axis=0)
            d_kernel = product(_flat(before), _flat(d_pre), dtype, transpose_a=True)
            return d_pre, d_kernel, tf.reduce_sum(d_pre, axis=[0, 1]), d_c, d_h

        return (outputs, trace.memory[-1], trace.hidden[-1]), grad

    rows, units = tf.shape(projection)[1], kernel.shape[0]
    c, h = (tf.ensure_shape(tf.broadcast_to(part, [rows, units]), [None, units]) for part in state)
    outputs, c, h = run(projection, kernel, bias, c, h)
    return outputs, (c, h)


def product(left, right, dtype=tf.float32, transpose_a=False, transpose_b=False) -> tf.Tensor:
    """Matrix product whose operands are read in `dtype`; the result is float32."""
    left, right = tf.cast(left, dtype), tf.cast(right, dtype)
    result = tf.matmul(left, right, transpose_a=transpose_a, transpose_b=transpose_b)
    return tf.cast(result, tf.float32)


def _forward(projection, kernel, bias, c, h, forget_bias, keep, active, dtype) -> _Trace:
    num_steps, units = tf.shape(projection)[0], kernel.shape[0]
    projection = projection + tf.concat(
        [bias[: 2 * units], bias[2 * units : 3 * units] + forget_bias, bias[3 * units :]], 0
    )
    kernel = tf.cast(kernel, dtype)
    arrays = tuple(
        tf.TensorArray(tf.float32, num_steps, element_shape=[None, width])
        for width in (4 * units, units, units)
    )

    def step(t, arrays, c, h):
        i, j, f, o = tf.split(projection[t] + product(h, kernel, dtype), 4, axis=-1)
        i, j, f, o = tf.sigmoid(i), tf.tanh(j), tf.sigmoid(f), tf.sigmoid(o)
        new_c = f * c + i * (j if keep is None else j * keep[t])
        new_h = o * tf.tanh(new_c)
        if active is not None:
            new_c, new_h = tf.where(active[t], new_c, c), tf.where(active[t], new_h, h)
        values = (tf.concat([i, j, f, o], axis=-1), new_c, new_h)
        return t + 1, tuple(array.write(t, value) for array, value in zip(arrays, values)), new_c, new_h

    _, arrays, _, _ = tf.while_loop(
        lambda t, *_: t < num_steps,
        step,
        (tf.constant(0), arrays, c, h),
        parallel_iterations=1,
        maximum_iterations=num_steps,
    )
    return _Trace(*(array.stack() for array in arrays))


def _backward(trace, first_c, kernel, keep, active, dtype, d_outputs, d_c, d_h):
    """Returns the gradients of the pre-activations `[T, B, 4 H]`, of the first c and of the first h."""
    num_steps, units = tf.shape(trace.memory)[0], kernel.shape[0]
    i, j, f, o = tf.split(trace.gates, 4, axis=-1)
    before = tf.concat([first_c[None], trace.memory[:-1]], axis=0)
    shown = tf.tanh(trace.memory)
    kept = 1.0 if keep is None else keep
    # d pre-activation = factor * (dc for i, j and f; dh for o); dc gains from_h * dh; dc passes back through f.
    factors = tf.concat(
        [
            kept * j * i * (1.0 - i),
            kept * i * (1.0 - tf.square(j)),
            before * f * (1.0 - f),
            shown * o * (1.0 - o),
        ],
        axis=-1,
    )
    from_h = o * (1.0 - tf.square(shown))
    if active is not None:
        d_outputs = tf.where(active, d_outputs, 0.0)
        factors, from_h, f = (
            tf.where(active, factors, 0.0),
            tf.where(active, from_h, 0.0),
            tf.where(active, f, 1.0),
        )
    kernel = tf.cast(kernel, dtype)
    array = tf.TensorArray(tf.float32, num_steps, element_shape=[None, 4 * units])

    def step(t, array, d_c, d_h):
        d_h += d_outputs[t]
        d_c += from_h[t] * d_h
        d_pre = factors[t] * tf.concat([d_c, d_c, d_c, d_h], axis=-1)
        d_c *= f[t]
        through = product(d_pre, kernel, dtype, transpose_b=True)
        d_h = through if active is None else tf.where(active[t], through, d_h)
        return t - 1, array.write(t, d_pre), d_c, d_h

    _, array, d_c, d_h = tf.while_loop(
        lambda t, *_: t >= 0,
        step,
        (num_steps - 1, array, d_c, d_h),
        parallel_iterations=1,
        maximum_iterations=num_steps,
    )
    return array.stack(), d_c, d_h


def _flat(values):
    return tf.reshape(values, [-1, values.shape[-1]])
