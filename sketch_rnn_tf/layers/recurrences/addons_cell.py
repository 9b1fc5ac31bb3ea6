"""The layer-normalised LSTM of tensorflow-addons, as a cell of ours."""

import tensorflow as tf

from sketch_rnn_tf import addons
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class AddonsLayerNormLSTMCell(RecurrentCell):
    """`tfa.rnn.LayerNormLSTMCell` with our dropout, and products formed once a sequence.

    Departs from Magenta's: the two products are normalised apart, each over all gates at once; it has a bias; the
    memory is normalised also for the next step. Dropout falls on the candidate. Arguments as in `RecurrentCell`; the forget
    bias is Keras' initial value 1 of the variable. It has no gradient by hand, so it is several times slower.

    State: (h, c), each `[B, H]`.

    Raises:
        ValueError: tensorflow-addons is not installed.
    """

    output_place = 0
    has_scan = False

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, input_shape):
        tfa = addons.require("cell", "tfa:LayerNormLSTM")
        self.addons = tfa.rnn.LayerNormLSTMCell(self.units, unit_forget_bias=self.forget_bias == 1.0)
        self.addons.build((None, input_shape[-1]))
        self.built = True

    @property
    def kernel(self) -> tf.Variable:
        """Input kernel `[D, 4 H]`."""
        return self.addons.kernel

    def step(self, projection, state, keep=None):
        h, c = state
        cell = self.addons
        pre = cell.kernel_norm(projection[0])
        pre += cell.recurrent_norm(self.product(h, tf.convert_to_tensor(cell.recurrent_kernel))) + cell.bias
        i, f, j, o = tf.split(pre, 4, axis=-1)
        candidate = tf.tanh(j) if keep is None else tf.tanh(j) * keep
        c = cell.state_norm(tf.sigmoid(f) * c + tf.sigmoid(i) * candidate)
        h = tf.sigmoid(o) * tf.tanh(c)
        return h, (h, c)
