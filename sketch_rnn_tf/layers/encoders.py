"""Layers that summarise a whole sketch in one vector."""

import tensorflow as tf

from sketch_rnn_tf.layers import noise
from sketch_rnn_tf.layers.recurrences import Recurrence, make_cell, packing


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class StrokeEncoder(tf.keras.layers.Layer):
    """Bidirectional recurrence over a sketch; gives the last output of each direction, joined (Ha & Eck 2017, eq. 1).

    Reads the real points only: neither start token nor end, as in Magenta; the paper's S includes the padding.

    Args:
        cell: "lstm", "layer_norm" or "hyper".
        units: size H of each direction.
        recurrent_dropout_rate: fraction of the candidate values dropped, in both directions.
        product_dtype: "float32" or "bfloat16".
        fused: as in `Recurrence`.

    Call arguments:
        inputs: float32 `[B, T, D]`, stroke-5 in normalised units.
        mask: bool `[B, T]`, True at real points; all are where None.
        training: whether dropout is on.
        seed: int32 `[2]` that decides the dropout masks.

    Returns:
        float32 `[B, 2 H]`.
    """

    def __init__(
        self,
        cell="lstm",
        units=256,
        recurrent_dropout_rate=0.0,
        product_dtype="float32",
        fused=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.cell = cell
        self.units = int(units)
        self.recurrent_dropout_rate = recurrent_dropout_rate
        self.product_dtype = product_dtype
        self.fused = fused
        options = {"recurrent_dropout_rate": recurrent_dropout_rate, "product_dtype": product_dtype}
        self.forward = Recurrence(make_cell(cell, units, **options), fused=fused, name="forward")
        self.backward = Recurrence(
            make_cell(cell, units, **options), go_backwards=True, fused=fused, name="backward"
        )
        self.supports_masking = True

    def build(self, input_shape):
        self.forward.build(input_shape)
        self.backward.build(input_shape)
        self.built = True

    def call(self, inputs, mask=None, training=False, seed=None):
        seeds = [None, None]
        if training and self.recurrent_dropout_rate:
            seeds = tf.unstack(
                tf.random.experimental.stateless_split(noise.fresh_seed(seed), 2, alg="philox")
            )
        ahead = self.forward(inputs, mask=mask, training=training, seed=seeds[0])
        back = self.backward(inputs, mask=mask, training=training, seed=seeds[1])
        return tf.concat([ahead, back], axis=-1)

    def states(self, inputs, mask, training=False, seed=None) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns what a call does, and the output at every point, float32 `[B, T, 2 H]`, zero where there is padding.

        The half of a point that was read backwards knows the points after it.
        """
        seeds = [None, None]
        if training and self.recurrent_dropout_rate:
            seeds = tf.unstack(
                tf.random.experimental.stateless_split(noise.fresh_seed(seed), 2, alg="philox")
            )
        ends, sequences = [], []
        for recurrence, own in zip((self.forward, self.backward), seeds):
            where = packing.of_mask(mask, recurrence.go_backwards)
            outputs, state = recurrence.scan(where, where.pack(inputs), training=training, seed=own)
            ends.append(state[recurrence.cell.output_place])
            sequences.append(where.unpack(outputs))
        return tf.concat(ends, axis=-1), tf.concat(sequences, axis=-1)

    def read_point(self, inputs, state) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Reads one point `[B, D]` more in the forward direction; returns its output `[B, H]` and the next state."""
        cell = self.forward.cell
        return cell.step(cell.project(inputs), state)

    def compute_mask(self, inputs, mask=None):
        return None

    def get_config(self):
        return {
            **super().get_config(),
            "cell": self.cell,
            "units": self.units,
            "recurrent_dropout_rate": self.recurrent_dropout_rate,
            "product_dtype": self.product_dtype,
            "fused": self.fused,
        }
