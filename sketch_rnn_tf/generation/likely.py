"""z of unfinished sketches: of many fresh ones, one that makes what stands likely."""

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import mixture

CANDIDATES = 32


def log_likelihood(network, strokes, lengths, z, class_id=None, seed=None, max_steps=None) -> tf.Tensor:
    """Returns log p(points | z), in nats, float32 `[B]`, without dropout.

    Args:
        network: a `SketchRNN`.
        strokes: float32 `[B, T, 5]`, start token first.
        lengths: int32 `[B]`, the rows that count, start token included; at least 1.
        z: float32 `[B, Z]`.
        class_id, seed, max_steps: as in `SketchRNN.consume`.
    """
    rows, steps = tf.unstack(tf.shape(strokes)[:2])

    def read(t, total, state):
        params, state = network.decode_step(strokes[:, t], state)
        target = strokes[:, t + 1]
        of_point = mixture.offset_log_prob(params, target[:, :2]) + mixture.pen_log_prob(
            params, target[:, 2:]
        )
        return t + 1, total + tf.where(t + 1 < lengths, of_point, 0.0), state

    state = network.start(z, class_id, rows, seed, (strokes[:, 1:], lengths - 1), max_steps)
    _, total, _ = tf.while_loop(lambda t, *_: t < steps - 1, read, (tf.constant(0), tf.zeros([rows]), state))
    return total


def choose(totals: np.ndarray, seed: int) -> np.ndarray:
    """Returns one of K places for each row, drawn with probability proportional to exp(totals), int `[B]`.

    Args:
        totals: `[B, K]`, log weights; row i is drawn the same way whatever B is.
        seed: of the draw.
    """
    noise = np.random.default_rng([seed, 6]).gumbel(size=totals.shape)
    return np.argmax(totals + noise, axis=1)
