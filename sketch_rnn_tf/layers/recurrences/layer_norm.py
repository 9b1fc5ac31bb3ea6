"""The LSTM with layer normalisation."""

import tensorflow as tf

from sketch_rnn_tf.layers.initializers import GateOrthogonal
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell, gated_memory
from sketch_rnn_tf.layers.recurrences.layer_norm_scan import layer_norm_scan
from sketch_rnn_tf.layers.recurrences.normalised import standardise


def normalise(inputs: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) -> tf.Tensor:
    """Layer normalisation over the last axis (Ba et al. 2016, eq. 4); epsilon 1e-3 inside the root, as in Magenta.

    Args:
        inputs: float32 `[..., H]`.
        gamma, beta: float32, broadcast against `inputs`.
    """
    return standardise(inputs)[0] * gamma + beta


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class LayerNormLSTMCell(RecurrentCell):
    """LSTM whose summed pre-activations are normalised gate by gate, and whose memory is normalised for the output.

    No bias; one normalisation a gate over the sum of both products (the paper of Ba et al. normalises the two products
    apart); the forget bias comes after it; the memory carried to the next step stays raw. Arguments as in
    `RecurrentCell`.

    State: (h, c), each `[B, H]`: the opposite of `LSTMCell`, as in Magenta.

    Source: Ba et al. 2016; magenta/models/sketch_rnn/rnn.py, `LayerNormLSTMCell`.
    """

    output_place = 0

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, input_shape):
        self.kernel = self.weight("kernel", (input_shape[-1], 4 * self.units), "glorot_uniform")
        self.recurrent_kernel = self.weight(
            "recurrent_kernel", (self.units, 4 * self.units), GateOrthogonal()
        )
        self.gate_gamma = self.weight("gate_gamma", (4 * self.units,), "ones")
        self.gate_beta = self.weight("gate_beta", (4 * self.units,), "zeros")
        self.memory_gamma = self.weight("memory_gamma", (self.units,), "ones")
        self.memory_beta = self.weight("memory_beta", (self.units,), "zeros")
        self.built = True

    def step(self, projection, state, keep=None):
        h, c = state
        pre = projection[0] + self.product(h, tf.convert_to_tensor(self.recurrent_kernel))
        return normalised_step(self, pre, c, keep)

    def scan(self, packing, inputs, static, state, keep=None):
        width = inputs.shape[-1]
        return layer_norm_scan(
            packing,
            inputs,
            None if static is None else self.project(static, first_row=width)[0],
            tf.convert_to_tensor(self.kernel)[:width],
            tf.convert_to_tensor(self.recurrent_kernel),
            norms_of(self),
            state,
            keep,
            tf.as_dtype(self.product_dtype),
        )


def normalised_step(cell, pre: tf.Tensor, memory: tf.Tensor, keep: tf.Tensor | None):
    """Finishes a step from pre-activations `[B, 4 H]`; shared with the HyperLSTM, which carries the same four weights."""
    shape = [-1, 4, cell.units]
    gamma = tf.reshape(tf.convert_to_tensor(cell.gate_gamma), shape)
    beta = tf.reshape(tf.convert_to_tensor(cell.gate_beta), shape)
    gates = tf.unstack(normalise(tf.reshape(pre, shape), gamma, beta), axis=1)
    memory = gated_memory(gates, memory, cell.forget_bias, keep)
    memory_gamma = tf.convert_to_tensor(cell.memory_gamma)
    memory_beta = tf.convert_to_tensor(cell.memory_beta)
    h = tf.tanh(normalise(memory, memory_gamma, memory_beta)) * tf.sigmoid(gates[3])
    return h, (h, memory)


def norms_of(cell):
    """Returns the weights of a cell's two normalisations as a scan takes them: the forget bias is part of the gates' beta."""
    beta = tf.convert_to_tensor(cell.gate_beta) + tf.repeat([0.0, 0.0, cell.forget_bias, 0.0], cell.units)
    return (
        tf.convert_to_tensor(cell.gate_gamma),
        beta,
        tf.convert_to_tensor(cell.memory_gamma),
        tf.convert_to_tensor(cell.memory_beta),
    )
