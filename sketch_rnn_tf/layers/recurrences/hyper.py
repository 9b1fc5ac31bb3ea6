"""The HyperLSTM: a small LSTM that rescales the gates of a large one at every step."""

import tensorflow as tf

from sketch_rnn_tf.layers.initializers import GateOrthogonal
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell
from sketch_rnn_tf.layers.recurrences.hyper_scan import HyperWeights, hyper_scan
from sketch_rnn_tf.layers.recurrences.layer_norm import LayerNormLSTMCell, normalised_step, norms_of

# Cooijmans et al. 2016 start normalised recurrences at a tenth of their scale.
INITIAL_SCALE = 0.1


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class HyperLSTMCell(RecurrentCell):
    """LSTM whose input and recurrent products are scaled, gate by gate, by what a smaller LSTM puts out.

    The inner cell is a `LayerNormLSTMCell` that reads the inputs and the outer h, without dropout. For each gate and each
    of the two products it gives an embedding and from that a scale; the recurrent product also gets a shift. The bias
    joins before the layer normalisation, as in Magenta. Arguments as in `RecurrentCell`, and:

    Args:
        inner_units: size of the inner cell; 256 in Magenta.
        embedding_size: size of each embedding; 32 in Magenta.

    State: (h, inner h, c, inner c).

    Source: Ha, Dai & Le 2016, eq. 10 to 13; magenta/models/sketch_rnn/rnn.py, `HyperLSTMCell`.
    """

    def __init__(self, units, inner_units=256, embedding_size=32, **kwargs):
        super().__init__(units, **kwargs)
        if inner_units < 1 or embedding_size < 1:
            raise ValueError(
                f"inner_units is {inner_units} and embedding_size {embedding_size}; expected at least 1 for both"
            )
        self.inner_units = int(inner_units)
        self.embedding_size = int(embedding_size)
        self.inner = LayerNormLSTMCell(
            self.inner_units, forget_bias=self.forget_bias, product_dtype=self.product_dtype, name="inner"
        )

    output_place = 0

    @property
    def state_size(self):
        return [self.units, self.inner_units, self.units, self.inner_units]

    def build(self, input_shape):
        units, embedding = self.units, self.embedding_size
        self.inner.build((None, input_shape[-1] + units))
        self.kernel = self.weight("kernel", (input_shape[-1], 4 * units), "glorot_uniform")
        self.recurrent_kernel = self.weight("recurrent_kernel", (units, 4 * units), GateOrthogonal())
        self.bias = self.weight("bias", (4 * units,), "zeros")
        self.gate_gamma = self.weight("gate_gamma", (4 * units,), "ones")
        self.gate_beta = self.weight("gate_beta", (4 * units,), "zeros")
        self.memory_gamma = self.weight("memory_gamma", (units,), "ones")
        self.memory_beta = self.weight("memory_beta", (units,), "zeros")
        # Rows of the first axis: the gates i, j, f, o for the input product, then the same four for the recurrent one.
        scale = tf.keras.initializers.Constant(INITIAL_SCALE / embedding)
        self.scale_embedding = self.weight("scale_embedding", (self.inner_units, 8 * embedding), "zeros")
        self.scale_embedding_bias = self.weight("scale_embedding_bias", (8 * embedding,), "ones")
        self.scale_kernel = self.weight("scale_kernel", (8, embedding, units), scale)
        self.shift_embedding = self.weight(
            "shift_embedding",
            (self.inner_units, 4 * embedding),
            tf.keras.initializers.RandomNormal(stddev=0.01),
        )
        self.shift_kernel = self.weight("shift_kernel", (4, embedding, units), "zeros")
        self.built = True

    def project(self, inputs, first_row=0):
        return self.inner.project(inputs, first_row) + super().project(inputs, first_row)

    def step(self, projection, state, keep=None):
        h, inner_h, c, inner_c = state
        inner_inputs, outer_inputs = projection
        # The outer h takes the last rows of the inner cell's input kernel.
        (from_h,) = self.inner.project(h, first_row=self.inner.kernel.shape[0] - self.units)
        inner_h, (_, inner_c) = self.inner.step((inner_inputs + from_h,), (inner_h, inner_c))

        recurrent = self.product(h, tf.convert_to_tensor(self.recurrent_kernel))
        scales = self._scales(inner_h)  # [8, B, H]
        shifts = self._shifts(inner_h)  # [4, B, H]
        products = self._by_gate(outer_inputs) * scales[:4] + self._by_gate(recurrent) * scales[4:] + shifts
        pre = tf.concat(tf.unstack(products, axis=0), axis=-1) + tf.convert_to_tensor(self.bias)
        h, (_, c) = normalised_step(self, pre, c, keep)
        return h, (h, inner_h, c, inner_c)

    def scan(self, packing, inputs, static, state, keep=None):
        width, units = inputs.shape[-1], self.units
        inner_kernel = tf.convert_to_tensor(self.inner.kernel)
        rows_of_h = inner_kernel.shape[0] - units
        embedding = [tf.convert_to_tensor(part) for part in (self.scale_embedding, self.shift_embedding)]
        no_shift = tf.zeros([4 * self.embedding_size])
        weights = HyperWeights(
            tf.concat(
                [
                    tf.convert_to_tensor(self.inner.recurrent_kernel),
                    inner_kernel[rows_of_h:],
                    inner_kernel[:width],
                ],
                axis=0,
            ),
            tf.convert_to_tensor(self.recurrent_kernel),
            tf.convert_to_tensor(self.kernel)[:width],
            tf.convert_to_tensor(self.bias),
            tf.concat(embedding, axis=1),
            tf.concat([tf.convert_to_tensor(self.scale_embedding_bias), no_shift], axis=0),
            tf.concat(
                [tf.convert_to_tensor(self.scale_kernel), tf.convert_to_tensor(self.shift_kernel)], axis=0
            ),
            *norms_of(self.inner),
            *norms_of(self),
        )
        of_static = None if static is None else self.project(static, first_row=width)
        return hyper_scan(packing, inputs, of_static, weights, state, keep, tf.as_dtype(self.product_dtype))

    def _scales(self, inner_h):
        embedding = self.product(inner_h, tf.convert_to_tensor(self.scale_embedding))
        embedding += tf.convert_to_tensor(self.scale_embedding_bias)
        return self.product(self._embeddings(embedding, 8), tf.convert_to_tensor(self.scale_kernel))

    def _shifts(self, inner_h):
        embedding = self.product(inner_h, tf.convert_to_tensor(self.shift_embedding))
        return self.product(self._embeddings(embedding, 4), tf.convert_to_tensor(self.shift_kernel))

    def _embeddings(self, flat, count):
        return tf.transpose(
            tf.reshape(flat, [-1, count, self.embedding_size]), [1, 0, 2]
        )  # [count, B, embedding]

    def _by_gate(self, flat):
        return tf.stack(tf.split(flat, 4, axis=-1))  # [4, B, H]

    def get_config(self):
        return {
            **super().get_config(),
            "inner_units": self.inner_units,
            "embedding_size": self.embedding_size,
        }
