"""The two loops of a fused scan: forward through time, and back.

Automatic differentiation of a loop multiplies out and adds up every weight gradient at every step. Here the backward loop
carries only the gradients of the state; what the weight gradients need is kept step by step and multiplied once at the end.
Rows that have ended take part in neither loop.
"""

from collections.abc import Callable, Sequence

import tensorflow as tf

from sketch_rnn_tf.layers.recurrences.packing import Packing

Tensors = tuple[tf.Tensor, ...]


def forward(
    packing: Packing, inputs: Tensors, state: Tensors, step: Callable, kept: Sequence[tuple[int, tf.DType]]
):
    """Runs a recurrence from its first step to its last.

    Args:
        packing: which rows are going at each step.
        inputs: tensors `[P, *]`.
        state: float32 tensors `[B, *]`, rows in the packing's order.
        step: takes the inputs of the going rows, their state, and their number; returns their next state and what to keep.
        kept: width and dtype of everything kept.

    Returns:
        the final state, and a `tf.TensorArray` for everything kept.
    """
    num_steps = tf.shape(packing.counts)[0]
    arrays = tuple(_array(num_steps, width, dtype) for width, dtype in kept)

    def body(t, arrays, state):
        count, now = _rows_of(packing, inputs, t)
        new, kept_now = step(now, tuple(part[:count] for part in state), count)
        arrays = tuple(array.write(t, value) for array, value in zip(arrays, kept_now))
        return t + 1, arrays, tuple(ahead(part, rest) for part, rest in zip(new, state))

    _, arrays, state = _loop(lambda t, *_: t < num_steps, body, (tf.constant(0), arrays, state), num_steps)
    return state, arrays


def backward(
    packing: Packing,
    inputs: Tensors,
    arrays,
    d_state: Tensors,
    step: Callable,
    emitted: Sequence[tuple[int, tf.DType]],
    sums: Tensors = (),
):
    """Runs from the last step to the first.

    Args:
        packing: which rows are going at each step.
        inputs: tensors `[P, *]`, among them the gradient of the outputs.
        arrays: what `forward` kept.
        d_state: float32 tensors `[B, *]`, the gradient of the final state, rows in the packing's order.
        step: takes the inputs and what was kept of the going rows, the gradient of their state, their number, and the sums
            so far; returns the gradient of their state before, what to emit, and the new sums.
        emitted: width and dtype of everything emitted.
        sums: zeros, of the shapes to be summed.

    Returns:
        the gradient of the first state, everything emitted as `[P, *]`, and the sums.
    """
    num_steps = tf.shape(packing.counts)[0]
    out = tuple(_array(num_steps, width, dtype) for width, dtype in emitted)

    def body(t, out, d_state, sums):
        count, now = _rows_of(packing, inputs, t)
        kept = tuple(array.read(t) for array in arrays)
        new, emitted_now, sums = step(now, kept, tuple(part[:count] for part in d_state), count, sums)
        out = tuple(array.write(t, value) for array, value in zip(out, emitted_now))
        return t - 1, out, tuple(ahead(part, rest) for part, rest in zip(new, d_state)), sums

    start = (num_steps - 1, out, d_state, sums)
    _, out, d_state, sums = _loop(lambda t, *_: t >= 0, body, start, num_steps)
    return d_state, tuple(joined(array, *what) for array, what in zip(out, emitted)), sums


def ahead(part: tf.Tensor, whole: tf.Tensor) -> tf.Tensor:
    """Returns `whole` `[B, *]` with its first rows replaced by `part` `[n, *]`."""
    return tf.ensure_shape(tf.concat([part, whole[tf.shape(part)[0] :]], axis=0), whole.shape)


def joined(array: tf.TensorArray, width: int, dtype: tf.DType) -> tf.Tensor:
    """Returns everything an array holds as `[P, width]`; `width` is None where it is not known beforehand."""
    # An array of no steps cannot be joined.
    values = tf.cond(
        array.size() > 0, lambda: tf.cast(array.concat(), dtype), lambda: tf.zeros([0, width or 0], dtype)
    )
    return tf.ensure_shape(values, [None, width])


def _rows_of(packing, inputs, t):
    count, first = packing.counts[t], packing.starts[t]
    return count, tuple(values[first : first + count] for values in inputs)


def _array(num_steps, width, dtype):
    return tf.TensorArray(
        dtype, num_steps, element_shape=[None, width], infer_shape=False, clear_after_read=False
    )


def _loop(condition, body, start, num_steps):
    return tf.while_loop(condition, body, start, parallel_iterations=1, maximum_iterations=num_steps)
