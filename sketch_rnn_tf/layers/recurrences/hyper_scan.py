"""The HyperLSTM over a whole sequence, with a backward pass derived by hand.

All kernels get their gradients as one product over all steps but one: that of the small products from embeddings to scales
is added up as the backward loop goes, since its factors are 12 H numbers a step, which cost more to keep than the products do.

Kept for the backward pass, for inner size I: what both gated normalisations keep, the recurrent product, and the inputs of
every product, 17 H + 13 I + 12 E + 2 D floats (1.2 GB for 250 steps of 100 sketches, 512 and 256 units).
"""

from typing import NamedTuple

import tensorflow as tf

from sketch_rnn_tf.layers.recurrences import sweep
from sketch_rnn_tf.layers.recurrences.layer_norm_scan import NUM_NORMS, GatedNorms
from sketch_rnn_tf.layers.recurrences.packing import Packing

NUM_SCALES = 8  # a scale for each gate of the input product, then one for each gate of the recurrent product


class HyperWeights(NamedTuple):
    """The weights of a HyperLSTM as its scan takes them.

    Attributes:
        inner_kernel: `[I + H + D, 4 I]`, rows of the inner h, of the outer h and of the inputs.
        recurrent_kernel: `[H, 4 H]`.
        kernel: `[D, 4 H]`.
        bias: `[4 H]`, which joins before the normalisation.
        embedding: `[I, 12 E]`, of eight scales and four shifts.
        embedding_bias: `[12 E]`, zero for the shifts.
        to_scales: `[12, E, H]`, scales and shifts.
        inner_gate_gamma, inner_gate_beta: `[4 I]`; inner_memory_gamma, inner_memory_beta: `[I]`.
        gate_gamma, gate_beta: `[4 H]`; memory_gamma, memory_beta: `[H]`. Forget biases are added to beta.
    """

    inner_kernel: tf.Tensor
    recurrent_kernel: tf.Tensor
    kernel: tf.Tensor
    bias: tf.Tensor
    embedding: tf.Tensor
    embedding_bias: tf.Tensor
    to_scales: tf.Tensor
    inner_gate_gamma: tf.Tensor
    inner_gate_beta: tf.Tensor
    inner_memory_gamma: tf.Tensor
    inner_memory_beta: tf.Tensor
    gate_gamma: tf.Tensor
    gate_beta: tf.Tensor
    memory_gamma: tf.Tensor
    memory_beta: tf.Tensor

    @property
    def inner_norms(self):
        return self[7:11]

    @property
    def norms(self):
        return self[11:15]


def hyper_scan(packing: Packing, inputs, static, weights: HyperWeights, state, keep=None, dtype=tf.float32):
    """Runs a HyperLSTM over packed steps; the values and gradients of a loop over `HyperLSTMCell.step`.

    Args:
        packing: which rows are going at each step.
        inputs: float32 `[P, D]`.
        static: float32 `[B, 4 I]` and `[B, 4 H]`, added to the inner pre-activations and to the outer input product at
            every step, or None; rows in the packing's order.
        weights: the cell's weights.
        state: (h, inner h, c, inner c), rows in the packing's order.
        keep: float32 `[P, H]`, dropout multipliers of the outer candidate, or None.
        dtype: in which the recurrent and embedding products read their operands.

    Returns:
        outputs float32 `[P, H]`, and the final state.
    """
    units, width = weights.recurrent_kernel.shape[0], inputs.shape[-1]
    inner_units = weights.embedding.shape[0]
    embedded = weights.embedding.shape[1]
    outer, inner = GatedNorms(units), GatedNorms(inner_units)
    dropout = () if keep is None else (keep,)
    statics = () if static is None else tuple(static)
    num_outer, num_inner = len(outer.kept), len(inner.kept)
    joined_type = (inner_units + units + width, dtype)

    def product(left, right, **options):
        return tf.cast(tf.matmul(tf.cast(left, dtype), tf.cast(right, dtype), **options), tf.float32)

    def by_gate(flat, kernels):
        """Multiplies each of the 12 blocks of columns with its own kernel; wide results for the x, h and shift blocks."""
        blocks = [product(part, kernel) for part, kernel in zip(tf.split(flat, 12, axis=-1), kernels)]
        return [tf.concat(blocks[first : first + 4], axis=-1) for first in (0, 4, 8)]

    def from_inputs(x, w, statics, count):
        flat = tf.matmul(x, w.kernel)
        for addend in statics:
            flat += addend[:count]
        return flat

    @tf.custom_gradient
    def run(inputs, h, inner_h, c, inner_c, *rest):
        statics, w = rest[: len(rest) - len(weights)], HyperWeights(*rest[len(rest) - len(weights) :])
        inner_static, outer_static = statics[:1], statics[1:]
        kernels = tf.unstack(w.to_scales)

        def step(now, state, count):
            x, *keep_now = now
            h, inner_h, c, inner_c = state
            joined = tf.cast(tf.concat([inner_h, h, x], axis=-1), dtype)
            pre = product(joined, w.inner_kernel)
            for addend in inner_static:
                pre += addend[:count]
            inner_h, inner_c, inner_kept = inner.forward(pre, inner_c, w.inner_norms, [])
            flat = product(inner_h, w.embedding) + w.embedding_bias
            scale_x, scale_h, shift = by_gate(flat, kernels)
            recurrent = product(h, w.recurrent_kernel)
            pre = from_inputs(x, w, outer_static, count) * scale_x + recurrent * scale_h + shift + w.bias
            h, c, outer_kept = outer.forward(pre, c, w.norms, keep_now)
            kept = (*outer_kept, *inner_kept, recurrent, flat, x, joined, inner_h, h)
            return (h, inner_h, c, inner_c), kept

        kept = (
            *outer.kept,
            *inner.kept,
            (4 * units, tf.float32),
            (embedded, tf.float32),
            (width, tf.float32),
            joined_type,
            (inner_units, tf.float32),
            (units, tf.float32),
        )
        last, arrays = sweep.forward(packing, (inputs, *dropout), (h, inner_h, c, inner_c), step, kept)
        outputs = sweep.joined(arrays[-1], *kept[-1])

        def grad(d_outputs, *d_last):
            inner_back, recurrent_back = tf.transpose(w.inner_kernel), tf.transpose(w.recurrent_kernel)
            embedding_back = tf.transpose(w.embedding)
            kernels_back = [tf.transpose(kernel) for kernel in kernels]

            def step_back(now, kept, d_state, count, sums):
                d_output, *keep_now = now
                outer_kept, inner_kept = kept[:num_outer], kept[num_outer : num_outer + num_inner]
                recurrent, flat, x, _, _, _ = kept[num_outer + num_inner :]
                d_h, d_inner_h, d_c, d_inner_c = d_state
                d_norms, d_inner_norms = sums[:NUM_NORMS], sums[NUM_NORMS : 2 * NUM_NORMS]
                d_bias, d_embedding_bias, d_to_scales = sums[2 * NUM_NORMS :]
                d_pre, d_c, d_norms = outer.backward(
                    outer_kept, d_h + d_output, d_c, w.norms, keep_now, d_norms
                )
                places = tf.split(flat, 12, axis=-1)
                scale_x, scale_h = by_gate(flat, kernels)[:2]
                d_input, d_recurrent = d_pre * scale_x, d_pre * scale_h
                d_wide = (d_pre * from_inputs(x, w, outer_static, count), d_pre * recurrent, d_pre)
                d_blocks = [block for wide in d_wide for block in tf.split(wide, 4, axis=-1)]
                d_flat = tf.concat(
                    [product(block, back) for block, back in zip(d_blocks, kernels_back)], axis=-1
                )
                d_inner_h = d_inner_h + product(d_flat, embedding_back)
                d_inner, d_inner_c, d_inner_norms = inner.backward(
                    inner_kept, d_inner_h, d_inner_c, w.inner_norms, [], d_inner_norms
                )
                d_joined = product(d_inner, inner_back)
                d_h = d_joined[:, inner_units : inner_units + units] + product(d_recurrent, recurrent_back)
                d_x = d_joined[:, inner_units + units :] + tf.matmul(d_input, w.kernel, transpose_b=True)
                sums = (
                    *d_norms,
                    *d_inner_norms,
                    d_bias + tf.reduce_sum(d_pre, axis=0),
                    d_embedding_bias + tf.reduce_sum(d_flat, axis=0),
                    d_to_scales
                    + tf.stack(
                        [product(place, block, transpose_a=True) for place, block in zip(places, d_blocks)]
                    ),
                )
                emitted = *(tf.cast(part, dtype) for part in (d_inner, d_recurrent, d_flat)), d_input, d_x
                return (d_h, d_joined[:, :inner_units], d_c, d_inner_c), emitted, sums

            summed = (*w.norms, *w.inner_norms, w.bias, w.embedding_bias, w.to_scales)
            d_state, (d_inner, d_recurrent, d_flat, d_input, d_x), sums = sweep.backward(
                packing,
                (d_outputs, *dropout),
                arrays,
                d_last,
                step_back,
                (
                    (4 * inner_units, dtype),
                    (4 * units, dtype),
                    (embedded, dtype),
                    (4 * units, tf.float32),
                    (width, tf.float32),
                ),
                tuple(map(tf.zeros_like, summed)),
            )
            joined = sweep.joined(arrays[-3], *joined_type)
            before = joined[:, inner_units : inner_units + units]
            inner_after = sweep.joined(arrays[-2], inner_units, tf.float32)
            d_norms, d_inner_norms = sums[:NUM_NORMS], sums[NUM_NORMS : 2 * NUM_NORMS]
            d_bias, d_embedding_bias, d_to_scales = sums[2 * NUM_NORMS :]
            d_weights = HyperWeights(
                product(joined, d_inner, transpose_a=True),
                product(before, d_recurrent, transpose_a=True),
                tf.matmul(inputs, d_input, transpose_a=True),
                d_bias,
                product(inner_after, d_flat, transpose_a=True),
                d_embedding_bias,
                d_to_scales,
                *d_inner_norms,
                *d_norms,
            )
            d_statics = [packing.sum_steps(part) for part in (d_inner, d_input)][: len(statics)]
            return d_x, *d_state, *d_statics, *d_weights

        return (outputs, *last), grad

    outputs, *last = run(inputs, *state, *statics, *weights)
    return outputs, tuple(last)
