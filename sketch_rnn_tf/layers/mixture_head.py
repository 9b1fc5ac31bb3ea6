"""The layer that turns a decoder's output into mixture parameters."""

import tensorflow as tf

from sketch_rnn_tf import mixture
from sketch_rnn_tf.types import MixtureParams


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class MixtureHead(tf.keras.layers.Layer):
    """One dense product to the 6 M + 3 numbers of the next point's distribution (Ha & Eck 2017, eq. 4 and 5).

    Kernel and bias both start glorot-uniform, as TensorFlow 1 did for Magenta: the bias does not start at zero.

    Args:
        num_mixtures: M, at least 1.

    Call arguments:
        inputs: float32 `[..., H]`.

    Returns:
        `MixtureParams`, `[..., M]` and `[..., 3]`.

    Raises:
        ValueError: `num_mixtures` is below 1.
    """

    def __init__(self, num_mixtures=20, **kwargs):
        super().__init__(**kwargs)
        if num_mixtures < 1:
            raise ValueError(f"num_mixtures is {num_mixtures}; expected at least 1")
        self.num_mixtures = int(num_mixtures)
        self.supports_masking = True

    def build(self, input_shape):
        width = mixture.num_outputs(self.num_mixtures)
        self.kernel = self.add_weight(
            name="kernel", shape=(input_shape[-1], width), initializer="glorot_uniform", trainable=True
        )
        self.bias = self.add_weight(name="bias", shape=(width,), initializer="glorot_uniform", trainable=True)
        self.built = True

    def call(self, inputs) -> MixtureParams:
        outputs = tf.tensordot(inputs, tf.convert_to_tensor(self.kernel), 1) + tf.convert_to_tensor(self.bias)
        return mixture.split_outputs(outputs)

    def get_config(self):
        return {**super().get_config(), "num_mixtures": self.num_mixtures}
