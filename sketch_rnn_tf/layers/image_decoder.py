"""A layer that draws an image from a code: the second half of AI-Sketcher's autoencoder."""

import tensorflow as tf

# Cao et al. 2019, "CNN-based Autoencoder"; the order of the strides is not given and mirrors the encoder's.
DEPTHS, STRIDES, KERNEL = (8, 8, 8, 8, 4, 4), (1, 2, 1, 2, 1, 2), 2


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class ImageDecoder(tf.keras.layers.Layer):
    """Six 2x2 deconvolutions with ReLU, then a projection to one channel; the paper does not say what ends it.

    Args:
        size: pixels a side, a multiple of 8.

    Call arguments:
        inputs: codes, float32 `[B, R]`.

    Returns:
        images, float32 `[B, size, size, 1]`, 0 for paper to 1 for ink.

    Raises:
        ValueError: `size` is no multiple of 8.

    Source: Cao et al. 2019.
    """

    def __init__(self, size=128, **kwargs):
        super().__init__(**kwargs)
        if size < 8 or size % 8:
            raise ValueError(
                f"size is {size}; expected a multiple of 8, as the deconvolutions double it three times"
            )
        self.size = int(size)
        self.first = tf.keras.layers.Dense((size // 8) ** 2 * DEPTHS[0], activation="relu")
        for place, (depth, stride) in enumerate(zip(DEPTHS, STRIDES)):
            layer = tf.keras.layers.Conv2DTranspose(depth, KERNEL, stride, padding="same", activation="relu")
            setattr(self, f"deconv_{place}", layer)
        self.last = tf.keras.layers.Conv2D(1, 1, activation="sigmoid")

    def build(self, input_shape):
        self.first.build(input_shape)
        side = self.size // 8
        depth = DEPTHS[0]
        for place, stride in enumerate(STRIDES):
            getattr(self, f"deconv_{place}").build((None, side, side, depth))
            side, depth = side * stride, DEPTHS[place]
        self.last.build((None, side, side, depth))
        self.built = True

    def call(self, inputs):
        side = self.size // 8
        features = tf.reshape(self.first(inputs), [-1, side, side, DEPTHS[0]])
        for place in range(len(DEPTHS)):
            features = getattr(self, f"deconv_{place}")(features)
        return self.last(features)

    def get_config(self):
        return {**super().get_config(), "size": self.size}
