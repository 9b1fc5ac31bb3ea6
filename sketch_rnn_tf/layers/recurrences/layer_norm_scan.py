"""The layer-normalised LSTM over a whole sequence, with a backward pass derived by hand.

Kept for the backward pass: gates and standardised pre-activations, the memory before, the standardised memory, the joined
input and h of each step, 13 H + D + 5 floats (670 MB for 250 steps of 100 sketches and 512 units).
"""

import tensorflow as tf

from sketch_rnn_tf.layers.recurrences import sweep
from sketch_rnn_tf.layers.recurrences.normalised import standardise, standardise_back
from sketch_rnn_tf.layers.recurrences.packing import Packing

NUM_NORMS = 4  # weights of the two normalisations: gate_gamma, gate_beta, memory_gamma, memory_beta


def layer_norm_scan(
    packing: Packing, inputs, static, kernel, recurrent_kernel, norms, state, keep=None, dtype=tf.float32
):
    """Runs a layer-normalised LSTM over packed steps; the values and gradients of a loop over `LayerNormLSTMCell.step`.

    Args:
        packing: which rows are going at each step.
        inputs: float32 `[P, D]`.
        static: float32 `[B, 4 H]`, added to the pre-activations at every step, or None; rows in the packing's order.
        kernel: float32 `[D, 4 H]`, gates in the order i, j, f, o.
        recurrent_kernel: float32 `[H, 4 H]`.
        norms: gate_gamma and gate_beta `[4 H]`, the forget bias added to beta, and memory_gamma and memory_beta `[H]`.
        state: (h, c), float32 `[B, H]`, rows in the packing's order.
        keep: float32 `[P, H]`, dropout multipliers of the candidate, or None.
        dtype: in which matrix products read their operands.

    Returns:
        outputs float32 `[P, H]`, and the final (h, c).
    """
    units, width = recurrent_kernel.shape[0], inputs.shape[-1]
    gated = GatedNorms(units)
    dropout = () if keep is None else (keep,)
    statics = () if static is None else (static,)
    joined_type = (units + width, dtype)
    narrow = (units, tf.float32)

    @tf.custom_gradient
    def run(inputs, weights, h, c, *rest):
        operand = tf.cast(weights, dtype)
        statics, norms = rest[:-NUM_NORMS], rest[-NUM_NORMS:]

        def step(now, state, count):
            x, *keep_now = now
            h, c = state
            joined = tf.cast(tf.concat([h, x], axis=-1), dtype)
            pre = tf.cast(tf.matmul(joined, operand), tf.float32)
            for addend in statics:
                pre += addend[:count]
            new_h, new_c, kept = gated.forward(pre, c, norms, keep_now)
            return (new_h, new_c), (*kept, joined, new_h)

        kept = (*gated.kept, joined_type, narrow)
        (last_h, last_c), arrays = sweep.forward(packing, (inputs, *dropout), (h, c), step, kept)
        outputs = sweep.joined(arrays[-1], *narrow)

        def grad(d_outputs, d_h, d_c):
            transposed = tf.transpose(operand)

            def step_back(now, kept, d_state, count, sums):
                d_output, *keep_now = now
                d_h, d_c = d_state
                d_pre, d_c, d_norms = gated.backward(kept[:-2], d_h + d_output, d_c, norms, keep_now, sums)
                d_operand = tf.cast(d_pre, dtype)
                d_joined = tf.cast(tf.matmul(d_operand, transposed), tf.float32)
                return (d_joined[:, :units], d_c), (d_operand, d_joined[:, units:]), d_norms

            (d_h, d_c), (d_pre, d_inputs), d_norms = sweep.backward(
                packing,
                (d_outputs, *dropout),
                arrays,
                (d_h, d_c),
                step_back,
                ((4 * units, dtype), (width, tf.float32)),
                tuple(map(tf.zeros_like, norms)),
            )
            before = sweep.joined(arrays[-2], *joined_type)
            d_weights = tf.cast(tf.matmul(before, d_pre, transpose_a=True), tf.float32)
            d_statics = [packing.sum_steps(d_pre) for _ in statics]
            return d_inputs, d_weights, d_h, d_c, *d_statics, *d_norms

        return (outputs, last_h, last_c), grad

    outputs, h, c = run(inputs, tf.concat([recurrent_kernel, kernel], axis=0), *state, *statics, *norms)
    return outputs, (h, c)


class GatedNorms:
    """From the pre-activations of a step to h and c, and back: the part that the LayerNorm LSTM and the HyperLSTM share.

    Args:
        units: H.
    """

    def __init__(self, units: int):
        self.units = units
        self.kept = (
            (4 * units, tf.float32),  # gates
            (units, tf.float32),  # candidate
            (4 * units, tf.float32),  # standardised pre-activations
            (4, tf.float32),  # their 1 / s
            (units, tf.float32),  # memory before
            (units, tf.float32),  # standardised memory
            (1, tf.float32),  # its 1 / s
        )
        # With the candidate's normalised pre-activation doubled one sigmoid serves all gates: tanh(x) = 2 sigmoid(2 x) - 1.
        self.doubled = tf.repeat(tf.constant([1.0, 2.0, 1.0, 1.0]), units)

    def forward(self, pre, c, norms, keep):
        """Returns h, c and what to keep.

        Args:
            pre: float32 `[n, 4 H]`, gates in the order i, j, f, o.
            c: float32 `[n, H]`.
            norms: gate_gamma, gate_beta `[4 H]`, memory_gamma, memory_beta `[H]`.
            keep: a list of at most one `[n, H]`, dropout multipliers of the candidate.
        """
        gamma, beta, memory_gamma, memory_beta = norms
        standard, inverse = standardise(tf.reshape(pre, [-1, 4, self.units]))
        standard = tf.reshape(standard, [-1, 4 * self.units])
        doubled = standard * (gamma * self.doubled) + beta * self.doubled
        gates = tf.sigmoid(doubled)
        i, _, f, o = tf.split(gates, 4, axis=-1)
        # Not 2 sigmoid - 1: its rounding, small as it is, would be scaled up where the memory's variance is small.
        candidate = tf.tanh(0.5 * doubled[:, self.units : 2 * self.units])
        new_c = f * c + i * _dropped(candidate, keep)
        memory, memory_inverse = standardise(new_c)
        h = o * tf.tanh(memory * memory_gamma + memory_beta)
        kept = (gates, candidate, standard, tf.reshape(inverse, [-1, 4]), c, memory, memory_inverse)
        return h, new_c, kept

    def backward(self, kept, d_h, d_c, norms, keep, d_norms):
        """Returns the gradient of the pre-activations and of the memory before, and the norms' gradients so far.

        Args:
            kept: what `forward` kept.
            d_h, d_c: gradients of its h and c, `[n, H]`.
            norms, keep: as in `forward`.
            d_norms: gradients of the norms, summed over later steps.
        """
        gates, candidate, standard, inverse, c, memory, memory_inverse = kept
        gamma, _, memory_gamma, memory_beta = norms
        i, _, f, o = tf.split(gates, 4, axis=-1)
        shown = tf.tanh(memory * memory_gamma + memory_beta)
        d_shown = tf.raw_ops.TanhGrad(y=shown, dy=d_h * o)
        d_memory_gamma = d_shown * memory
        along = tf.reduce_mean(d_memory_gamma * memory_gamma, axis=-1, keepdims=True)
        d_c = d_c + standardise_back(d_shown * memory_gamma, memory, memory_inverse, along)
        d_candidate = _dropped(2.0 * d_c * i, keep)
        d_gates = tf.concat([d_c * _dropped(candidate, keep), d_candidate, d_c * c, d_h * shown], -1)
        d_normal = tf.raw_ops.SigmoidGrad(y=gates, dy=d_gates) * self.doubled
        d_gamma = d_normal * standard
        by_gate = [-1, 4, self.units]
        along = tf.reduce_mean(tf.reshape(d_gamma * gamma, by_gate), axis=-1, keepdims=True)
        d_pre = standardise_back(
            tf.reshape(d_normal * gamma, by_gate), tf.reshape(standard, by_gate), inverse[..., None], along
        )
        now = (d_gamma, d_normal, d_memory_gamma, d_shown)
        d_norms = tuple(total + tf.reduce_sum(part, axis=0) for total, part in zip(d_norms, now))
        return tf.reshape(d_pre, [-1, 4 * self.units]), d_c * f, d_norms


def _dropped(values, keep):
    for multiplier in keep:
        values *= multiplier
    return values
