"""The LSTM over a whole sequence, with a backward pass derived by hand.

The input columns are joined to h and go through the same product as h at each step: a product of all inputs at once would
have to be written out and read again, 4 H numbers a step, which costs more than it saves while inputs are narrow.

tanh(j) = 2 sigmoid(2 j) - 1, so with the columns of j doubled beforehand one sigmoid serves all gates.

Kept for the backward pass: the four gates, the memory before, tanh of the memory after, h and the joined input of each
step, 8 H + D floats (430 MB for 250 steps of 100 sketches and 512 units; rows that have ended keep nothing).
"""

import tensorflow as tf

from sketch_rnn_tf.layers.recurrences import sweep
from sketch_rnn_tf.layers.recurrences.packing import Packing


def lstm_scan(packing: Packing, inputs, static, kernel, recurrent_kernel, state, keep=None, dtype=tf.float32):
    """Runs an LSTM over packed steps; the values and gradients of a loop over `LSTMCell.step`.

    Args:
        packing: which rows are going at each step.
        inputs: float32 `[P, D]`.
        static: float32 `[B, 4 H]`, what is added to the pre-activations at every step, or None; rows in the packing's order.
        kernel: float32 `[D, 4 H]`, gates in the order i, j, f, o.
        recurrent_kernel: float32 `[H, 4 H]`.
        state: (c, h), float32 `[B, H]`, rows in the packing's order.
        keep: float32 `[P, H]`, dropout multipliers of the candidate, or None.
        dtype: in which matrix products read their operands.

    Returns:
        outputs float32 `[P, H]`, and the final (c, h).
    """
    units, width = recurrent_kernel.shape[0], inputs.shape[-1]
    doubled = tf.repeat([1.0, 2.0, 1.0, 1.0], units)
    weights = tf.concat([recurrent_kernel, kernel], axis=0) * doubled
    dropout = () if keep is None else (keep,)
    statics = () if static is None else (static * doubled,)
    wide, narrow = (4 * units, tf.float32), (units, tf.float32)
    joined_type = (units + width, dtype)

    @tf.custom_gradient
    def run(inputs, weights, c, h, *statics):
        operand = tf.cast(weights, dtype)

        def step(now, state, count):
            x, *keep_now = now
            c, h = state
            joined = tf.cast(tf.concat([h, x], axis=-1), dtype)
            pre = tf.cast(tf.matmul(joined, operand), tf.float32)
            for addend in statics:
                pre += addend[:count]
            gates = tf.sigmoid(pre)
            i, j, f, o = tf.split(gates, 4, axis=-1)
            new_c = f * c + i * _candidate(j, keep_now)
            shown = tf.tanh(new_c)
            new_h = o * shown
            return (new_c, new_h), (gates, c, shown, joined, new_h)

        kept = (wide, narrow, narrow, joined_type, narrow)
        (last_c, last_h), arrays = sweep.forward(packing, (inputs, *dropout), (c, h), step, kept)
        outputs = sweep.joined(arrays[-1], *narrow)

        def grad(d_outputs, d_c, d_h):
            transposed = tf.transpose(operand)

            def step_back(now, kept, d_state, count, sums):
                d_output, *keep_now = now
                gates, c, shown, _, _ = kept
                i, j, f, o = tf.split(gates, 4, axis=-1)
                d_c, d_h = d_state
                d_h = d_h + d_output
                d_c = d_c + tf.raw_ops.TanhGrad(y=shown, dy=d_h * o)
                d_candidate = 2.0 * d_c * i
                for multiplier in keep_now:
                    d_candidate *= multiplier
                d_gates = tf.concat([d_c * _candidate(j, keep_now), d_candidate, d_c * c, d_h * shown], -1)
                d_pre = tf.raw_ops.SigmoidGrad(y=gates, dy=d_gates)
                d_operand = tf.cast(d_pre, dtype)
                d_joined = tf.cast(tf.matmul(d_operand, transposed), tf.float32)
                return (d_c * f, d_joined[:, :units]), (d_operand, d_joined[:, units:]), sums

            (d_c, d_h), (d_pre, d_inputs), _ = sweep.backward(
                packing,
                (d_outputs, *dropout),
                arrays,
                (d_c, d_h),
                step_back,
                ((4 * units, dtype), (width, tf.float32)),
            )
            before = sweep.joined(arrays[3], *joined_type)
            d_weights = tf.cast(tf.matmul(before, d_pre, transpose_a=True), tf.float32)
            return d_inputs, d_weights, d_c, d_h, *(packing.sum_steps(d_pre) for _ in statics)

        return (outputs, last_c, last_h), grad

    outputs, c, h = run(inputs, weights, *state, *statics)
    return outputs, (c, h)


def _candidate(j, keep):
    candidate = 2.0 * j - 1.0
    for multiplier in keep:
        candidate *= multiplier
    return candidate
