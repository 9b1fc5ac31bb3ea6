"""Initial weights as Magenta's code draws them."""

import tensorflow as tf


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class GateOrthogonal(tf.keras.initializers.Initializer):
    """Draws the recurrent kernel of four gates as four separate orthogonal matrices.

    Keras orthogonalises the whole `[H, 4 H]` matrix at once, which couples the gates; Magenta draws each `[H, H]` block
    on its own (magenta/models/sketch_rnn/rnn.py, `lstm_ortho_initializer`).
    """

    def __call__(self, shape, dtype=None, **kwargs):
        """Returns a `[H, 4 H]` matrix.

        Raises:
            ValueError: `shape` is not `[H, 4 H]`.
        """
        if len(shape) != 2 or shape[1] != 4 * shape[0]:
            raise ValueError(f"a recurrent kernel has shape [H, 4 H]; got {tuple(shape)}")
        # One initializer a gate: an unseeded Keras initializer repeats its values when called twice.
        blocks = [tf.keras.initializers.Orthogonal()((shape[0], shape[0]), dtype=dtype) for _ in range(4)]
        return tf.concat(blocks, axis=1)

    def get_config(self):
        return {}
