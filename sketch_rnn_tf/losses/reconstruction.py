"""The reconstruction loss L_R = L_s + L_p (Ha & Eck 2017, eq. 9)."""

from typing import NamedTuple

import tensorflow as tf

from sketch_rnn_tf import mixture
from sketch_rnn_tf.types import MixtureParams


class ReconstructionTerms(NamedTuple):
    """Sums over the steps of each sketch, in nats, float32 `[B]`; divide by Nmax for the paper's L_s and L_p.

    Attributes:
        offset: -log p(dx, dy) over the real points.
        pen_masked: -log q(pen) over the real points (Magenta's evaluation graph).
        pen_tail: -log q(pen) over the steps past the end; with `pen_masked` it makes the unmasked sum of eq. 9.
    """

    offset: tf.Tensor
    pen_masked: tf.Tensor
    pen_tail: tf.Tensor


def reconstruction_terms(
    params: MixtureParams,
    targets: tf.Tensor,
    n_max: int,
    tail: int | tf.Tensor | None = None,
    magenta_epsilon: bool = False,
) -> ReconstructionTerms:
    """Returns what each sketch adds to the reconstruction loss.

    Args:
        params: mixture parameters `[B, T, ...]`.
        targets: float32 `[B, T, 5]`; p3 is 1 from the step past the last point on.
        n_max: Nmax; steps from there on are not counted, so that padding beyond it changes nothing.
        tail: count only the first `tail` steps past each sketch's end, or int32 `[B]`, a number for each; all up to Nmax where
            None (eq. 9).
        magenta_epsilon: take log(p + 1e-6) for the offsets as Magenta does.
    """
    num_steps = tf.shape(targets)[1]
    counted = tf.cast(tf.range(num_steps) < n_max, tf.float32)[None]  # [1, T]
    ended = targets[..., 4]  # [B, T]
    real = (1.0 - ended) * counted
    past = ended * counted
    if tail is not None:
        steps = tf.cast(tf.reshape(tail, [-1, 1]), tf.float32)
        past *= tf.cast(tf.cumsum(ended, axis=1) <= steps, tf.float32)
    offset = -mixture.offset_log_prob(params, targets[..., :2], magenta_epsilon)
    pen = -mixture.pen_log_prob(params, targets[..., 2:])
    return ReconstructionTerms(
        tf.reduce_sum(offset * real, axis=1),
        tf.reduce_sum(pen * real, axis=1),
        tf.reduce_sum(pen * past, axis=1),
    )
