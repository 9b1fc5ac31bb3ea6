"""The layer-normalised LSTM with an influence layer over a whole sequence, with a backward pass derived by hand.

The influence vector of a step depends on h of the step before, so it cannot be formed beforehand. What the loop keeps are the
weights of attention and mu_a; the gradients of the encoder's states and of the query kernel are products over all steps at
the end, as those of the cell are.

Kept for the backward pass: what `layer_norm_scan` keeps, and 2 A + N floats a step.
"""

import tensorflow as tf

from sketch_rnn_tf.layers.recurrences import sweep
from sketch_rnn_tf.layers.recurrences.layer_norm_scan import NUM_NORMS, GatedNorms
from sketch_rnn_tf.layers.recurrences.packing import Packing


def influence_scan(
    packing: Packing,
    inputs,
    static,
    kernel,
    recurrent_kernel,
    norms,
    query,
    memory,
    lengths,
    noise,
    state,
    keep=None,
    dtype=tf.float32,
):
    """Runs a decoder whose input at each step is [s; a_d], with a_d of `attend` and `influence` (Cao et al. 2019, eq. 9 to 11).

    Args:
        packing: which rows are going at each step; their real steps are their first ones.
        inputs: float32 `[P, D]`.
        static: float32 `[B, 4 H]`, added to the pre-activations at every step, or None; rows in the packing's order.
        kernel: float32 `[D + A, 4 H]`.
        recurrent_kernel, norms: as in `layer_norm_scan`.
        query: float32 `[H, A]`, W of eq. 11.
        memory: float32 `[B, N, A]`, the encoder's states; rows in the order of the batch.
        lengths: int32 `[B]`, how many of them are real, in the order of the batch.
        noise: float32 `[P, A]`, lambda_a.
        state: (h, c), float32 `[B, H]`, rows in the packing's order.
        keep: float32 `[P, H]`, dropout multipliers of the candidate, or None.
        dtype: in which the cell's products read their operands; the influence layer's are float32.

    Returns:
        outputs float32 `[P, H]`, mu_a float32 `[P, A]`, and the final (h, c).
    """
    units, width, size = recurrent_kernel.shape[0], inputs.shape[-1], query.shape[-1]
    gated = GatedNorms(units)
    dropout = () if keep is None else (keep,)
    statics = () if static is None else (static,)
    joined_width = units + width + size
    of_rows = tf.gather(tf.gather(lengths, packing.rows), packing.rank_of_step)
    visible = tf.minimum(packing.places % packing.num_steps, of_rows)  # [P]

    @tf.custom_gradient
    def run(inputs, weights, query, memory, h, c, *rest):
        operand = tf.cast(weights, dtype)
        statics, norms = rest[:-NUM_NORMS], rest[-NUM_NORMS:]
        sorted_memory = tf.gather(memory, packing.rows)  # [B, N, A]

        def step(now, state, count):
            x, visible, noise, *keep_now = now
            h, c = state
            alpha, mu = attend(tf.matmul(h, query), sorted_memory[:count], visible)
            joined = tf.cast(tf.concat([h, x, influence(mu, noise)], axis=-1), dtype)
            pre = tf.cast(tf.matmul(joined, operand), tf.float32)
            for addend in statics:
                pre += addend[:count]
            new_h, new_c, kept = gated.forward(pre, c, norms, keep_now)
            return (new_h, new_c), (*kept, alpha, mu, joined, new_h)

        narrow = (units, tf.float32)
        kept = (*gated.kept, (None, tf.float32), (size, tf.float32), (joined_width, dtype), narrow)
        (last_h, last_c), arrays = sweep.forward(
            packing, (inputs, visible, noise, *dropout), (h, c), step, kept
        )
        outputs, means = sweep.joined(arrays[-1], *narrow), sweep.joined(arrays[-3], size, tf.float32)

        def grad(d_outputs, d_means, d_h, d_c):
            transposed, query_transposed = tf.transpose(operand), tf.transpose(query)

            def step_back(now, kept, d_state, count, sums):
                d_output, d_mu, noise, *keep_now = now
                *of_gates, alpha, mu, _, _ = kept
                d_h, d_c = d_state
                d_pre, d_c, d_norms = gated.backward(of_gates, d_h + d_output, d_c, norms, keep_now, sums)
                d_operand = tf.cast(d_pre, dtype)
                d_joined = tf.cast(tf.matmul(d_operand, transposed), tf.float32)
                d_h, d_x, d_influence = tf.split(d_joined, [units, width, size], axis=-1)
                d_mu += d_influence * _slope(mu, noise)
                known = sorted_memory[:count]
                d_alpha = _products(d_mu, known)
                d_scores = alpha * (d_alpha - tf.reduce_sum(alpha * d_alpha, axis=-1, keepdims=True))
                d_query = _weighted_sum(d_scores, known)
                d_h += tf.matmul(d_query, query_transposed)
                return (d_h, d_c), (d_operand, d_x, d_mu, d_scores, d_query), d_norms

            emitted = (
                (4 * units, dtype),
                (width, tf.float32),
                (size, tf.float32),
                (None, tf.float32),
                (size, tf.float32),
            )
            (d_h, d_c), (d_pre, d_inputs, d_mu, d_scores, d_query), d_norms = sweep.backward(
                packing,
                (d_outputs, d_means, noise, *dropout),
                arrays,
                (d_h, d_c),
                step_back,
                emitted,
                tuple(map(tf.zeros_like, norms)),
            )
            before = sweep.joined(arrays[-2], joined_width, dtype)
            d_weights = tf.cast(tf.matmul(before, d_pre, transpose_a=True), tf.float32)
            h_before = tf.cast(before[:, :units], tf.float32)
            d_query_kernel = tf.matmul(h_before, d_query, transpose_a=True)
            alpha = sweep.joined(arrays[-4], None, tf.float32)
            queries = tf.matmul(h_before, query)
            d_memory = tf.matmul(_by_row(packing, alpha), _by_row(packing, d_mu), transpose_a=True)
            d_memory += tf.matmul(_by_row(packing, d_scores), _by_row(packing, queries), transpose_a=True)
            d_statics = [packing.sum_steps(d_pre) for _ in statics]
            return d_inputs, d_weights, d_query_kernel, d_memory, d_h, d_c, *d_statics, *d_norms

        return (outputs, means, last_h, last_c), grad

    weights = tf.concat([recurrent_kernel, kernel], axis=0)
    outputs, means, h, c = run(inputs, weights, query, memory, *state, *statics, *norms)
    return outputs, means, (h, c)


def attend(queries, memory, visible) -> tuple[tf.Tensor, tf.Tensor]:
    """Weighs the encoder's states by eq. 11; returns alpha `[B, N]` and mu_a `[B, A]` (eq. 10).

    Args:
        queries: float32 `[B, A]`, h_dec' W.
        memory: float32 `[B, N, A]`.
        visible: int32 `[B]`, how many of them take part; where none does, alpha and mu_a are 0, the mean of the prior.
    """
    scores = _products(queries, memory)
    seen = tf.sequence_mask(visible, tf.shape(memory)[1])
    scores = tf.where(seen, scores, scores.dtype.min)
    shares = tf.exp(scores - tf.reduce_max(scores, axis=-1, keepdims=True)) * tf.cast(seen, tf.float32)
    alpha = tf.math.divide_no_nan(shares, tf.reduce_sum(shares, axis=-1, keepdims=True))
    return alpha, _weighted_sum(alpha, memory)


def influence(mu, noise) -> tf.Tensor:
    """Returns a_d = mu_a + sigma_a * lambda_a, sigma_a = exp(tanh(mu_a) / 2) (eq. 9 and 10); all `[..., A]`."""
    return mu + tf.exp(0.5 * tf.tanh(mu)) * noise


# Rows times matrices: on a CPU two to five times as fast as `tf.linalg.matvec`, which multiplies by columns.


def _products(vectors, memory) -> tf.Tensor:
    """Returns the products `[B, N]` of vectors `[B, A]` with each state of the memory `[B, N, A]`."""
    return tf.matmul(vectors[:, None], memory, transpose_b=True)[:, 0]


def _weighted_sum(weights, memory) -> tf.Tensor:
    """Returns the sum `[B, A]` of the states of the memory `[B, N, A]` by weights `[B, N]`."""
    return tf.matmul(weights[:, None], memory)[:, 0]


def _slope(mu, noise) -> tf.Tensor:
    """Returns the derivative of `influence` by mu_a."""
    bent = tf.tanh(mu)
    return 1.0 + 0.5 * (1.0 - tf.square(bent)) * tf.exp(0.5 * bent) * noise


def _by_row(packing: Packing, packed) -> tf.Tensor:
    """Returns `[P, D]` as `[B, T, D]`, rows in the order of the batch, zero where there is padding."""
    padded = tf.pad(packed, [[0, 1], [0, 0]])
    shape = [packing.num_rows, packing.num_steps, tf.shape(packed)[1]]
    return tf.reshape(tf.gather(padded, packing.unpacked), shape)
