"""The plain LSTM."""

import tensorflow as tf

from sketch_rnn_tf.layers.initializers import GateOrthogonal
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell, gated_memory
from sketch_rnn_tf.layers.recurrences.lstm_scan import lstm_scan


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class LSTMCell(RecurrentCell):
    """LSTM with recurrent dropout without memory loss; gates in Magenta's order i, j, f, o.

    Departs from Keras' LSTM in the gate order, in a forget bias added at run time, in four separately orthogonal
    recurrent blocks and in what `recurrent_dropout_rate` means (see `RecurrentCell`, which lists the arguments).

    State: (c, h), each `[B, H]`.

    Source: Hochreiter & Schmidhuber 1997; magenta/models/sketch_rnn/rnn.py, `LSTMCell`.
    """

    output_place = 1

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, input_shape):
        self.kernel = self.weight("kernel", (input_shape[-1], 4 * self.units), "glorot_uniform")
        self.recurrent_kernel = self.weight(
            "recurrent_kernel", (self.units, 4 * self.units), GateOrthogonal()
        )
        self.bias = self.weight("bias", (4 * self.units,), "zeros")
        self.built = True

    def step(self, projection, state, keep=None):
        c, h = state
        pre = projection[0] + self.product(h, tf.convert_to_tensor(self.recurrent_kernel))
        gates = tf.split(pre + tf.convert_to_tensor(self.bias), 4, axis=-1)
        c = gated_memory(gates, c, self.forget_bias, keep)
        h = tf.tanh(c) * tf.sigmoid(gates[3])
        return h, (c, h)

    def scan(self, packing, inputs, static, state, keep=None):
        width = inputs.shape[-1]
        kernel = tf.convert_to_tensor(self.kernel)[:width]
        bias = tf.convert_to_tensor(self.bias) + tf.repeat([0.0, 0.0, self.forget_bias, 0.0], self.units)
        if static is None:  # the bias is the row of the kernel that belongs to an input of 1
            inputs = tf.concat([inputs, tf.ones_like(inputs[:, :1])], axis=-1)
            kernel = tf.concat([kernel, bias[None]], axis=0)
        else:
            static = self.project(static, first_row=width)[0] + bias
        recurrent_kernel = tf.convert_to_tensor(self.recurrent_kernel)
        dtype = tf.as_dtype(self.product_dtype)
        return lstm_scan(packing, inputs, static, kernel, recurrent_kernel, state, keep, dtype)
