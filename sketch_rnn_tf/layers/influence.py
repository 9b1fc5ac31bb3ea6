"""A decoder that looks at the encoder's states while it draws: AI-Sketcher's influence layer."""

import tensorflow as tf

from sketch_rnn_tf.layers import noise as noises
from sketch_rnn_tf.layers.recurrences import LayerNormLSTMCell
from sketch_rnn_tf.layers.recurrences.influence_scan import attend, influence, influence_scan
from sketch_rnn_tf.layers.recurrences.layer_norm import norms_of
from sketch_rnn_tf.layers.recurrences.packing import Packing

SHIFT = 7  # places that the noise of a drawing is turned by from step to step


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class InfluencedDecoder(tf.keras.layers.Layer):
    """A layer-normalised LSTM whose input is joined, at each step, by a vector drawn around a weighted mean of encoder states.

    At decoding step j the weights are the softmax over the encoder's states of the points read so far, i < j, of
    h_dec' W h_enc_i, with h_dec of the step before, since a_d is an input of step j. Before the first point there is nothing to
    weigh, and a_d is a sample of the prior.

    Args:
        units: size H of the decoder.
        memory_size: A, size of an encoder state.
        static_size: size of what every step's input carries besides, 0 for nothing.
        recurrent_dropout_rate: fraction of the candidate values dropped.
        product_dtype: "float32" or "bfloat16".

    Source: Cao et al. 2019, eq. 9 to 11.
    """

    def __init__(
        self,
        units,
        memory_size,
        static_size=0,
        recurrent_dropout_rate=0.0,
        product_dtype="float32",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.cell = LayerNormLSTMCell(
            units, recurrent_dropout_rate=recurrent_dropout_rate, product_dtype=product_dtype
        )
        self.memory_size = int(memory_size)
        self.static_size = int(static_size)

    def get_config(self):
        own = {
            name: getattr(self.cell, name) for name in ("units", "recurrent_dropout_rate", "product_dtype")
        }
        return {
            **super().get_config(),
            **own,
            "memory_size": self.memory_size,
            "static_size": self.static_size,
        }

    def build(self, input_shape):
        self.cell.build((None, input_shape[-1] + self.memory_size + self.static_size))
        self.query = self.add_weight(
            name="query",
            shape=(self.cell.units, self.memory_size),
            initializer="glorot_uniform",
            trainable=True,
        )
        self.built = True

    def scan(
        self, where: Packing, inputs, memory, lengths, noise, static, state, training=False, seed=None
    ) -> tuple[tf.Tensor, tf.Tensor, tuple[tf.Tensor, ...]]:
        """Runs over packed steps.

        Args:
            where: the packing; the steps of a row that count are its first ones.
            inputs: float32 `[P, D]`.
            memory: encoder states, float32 `[B, N, A]`.
            lengths: int32 `[B]`, how many of them are real.
            noise: lambda_a, float32 `[P, A]`.
            static: float32 `[B, static_size]`, or None.
            state: (h, c), float32 `[B, H]`, rows in the order of the batch.
            training: whether dropout is on.
            seed: int32 `[2]`.

        Returns:
            outputs float32 `[P, H]`, mu_a float32 `[P, A]`, and the final state, rows in the order of the batch.
        """
        cell, width = self.cell, inputs.shape[-1] + self.memory_size
        keep = None
        if training and cell.recurrent_dropout_rate:
            shape = [tf.shape(inputs)[0], cell.units]
            keep = noises.keep_multipliers(shape, cell.recurrent_dropout_rate, noises.fresh_seed(seed))
        outputs, means, state = influence_scan(
            where,
            inputs,
            None if static is None else cell.project(where.sort(static), first_row=width)[0],
            tf.convert_to_tensor(cell.kernel)[:width],
            tf.convert_to_tensor(cell.recurrent_kernel),
            norms_of(cell),
            tf.convert_to_tensor(self.query),
            memory,
            lengths,
            noise,
            tuple(where.sort(part) for part in state),
            keep,
            tf.as_dtype(cell.product_dtype),
        )
        return outputs, means, tuple(where.restore(part) for part in state)

    def project_static(self, static, width: int) -> tf.Tensor:
        """Returns the input products of `static` `[B, static_size]`, formed once a drawing; `width` is that of a point."""
        return self.cell.project(static, first_row=width + self.memory_size)[0]

    def step(self, inputs, vector, static, state) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Advances one step, without dropout.

        Args:
            inputs: float32 `[B, D]`.
            vector: a_d, float32 `[B, A]`.
            static: of `project_static`.
            state: (h, c).
        """
        products = self.cell.project(tf.concat([inputs, vector], axis=-1))[0]
        return self.cell.step((products + static,), state)

    def vector(self, h, memory, visible, noise) -> tf.Tensor:
        """Returns a_d, float32 `[B, A]`, given h `[B, H]` of the step before; other arguments as in `attend`."""
        _, mu = attend(tf.matmul(h, tf.convert_to_tensor(self.query)), memory, visible)
        return influence(mu, noise)


def turned(noise, steps) -> tf.Tensor:
    """Returns noise `[B, A]` for each of `steps` steps, `[B, T, A]`: turned on by some places at each.

    A drawing's noise is one vector, so that it depends on the drawing alone and is cheap in every runtime; turned, each step
    has a sample of N(0, 1) of its own.
    """
    size = noise.shape[-1]
    places = (tf.range(size)[None] - SHIFT * tf.range(steps)[:, None]) % size  # [T, A]
    return tf.gather(noise, places, axis=1)


def turn(noise) -> tf.Tensor:
    """Returns noise `[B, A]` as the next step has it."""
    shift = SHIFT % noise.shape[-1]
    return tf.concat([noise[:, -shift:], noise[:, :-shift]], axis=-1) if shift else noise
