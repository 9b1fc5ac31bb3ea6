"""The layer that turns a class number into a vector."""

import tensorflow as tf

KINDS = ("one_hot", "embedding")


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class ClassVector(tf.keras.layers.Layer):
    """A class number as a one-hot vector or as a learned embedding.

    Args:
        num_classes: C, at least 1.
        kind: "one_hot" (width C, no weights) or "embedding".
        size: width of the embedding; ignored for "one_hot".

    Call arguments:
        inputs: int32 `[B]`, 0 to C - 1; or float32 `[B, C]`, the share of each class, for a blend of several.

    Returns:
        float32 `[B, width]`.

    Raises:
        ValueError: an argument is out of range.

    Source: AI-Sketcher (Cao et al. 2019) joins a one-hot class vector to every decoder input.
    """

    def __init__(self, num_classes, kind="one_hot", size=64, **kwargs):
        super().__init__(**kwargs)
        if num_classes < 1 or size < 1:
            raise ValueError(f"num_classes is {num_classes} and size {size}; expected at least 1 for both")
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; expected one of {', '.join(KINDS)}")
        self.num_classes = int(num_classes)
        self.kind = kind
        self.size = int(size)

    @property
    def width(self) -> int:
        """Length of the vectors this layer gives."""
        return self.num_classes if self.kind == "one_hot" else self.size

    def build(self, input_shape):
        if self.kind == "embedding":
            self.table = self.add_weight(
                name="table",
                shape=(self.num_classes, self.size),
                initializer=tf.keras.initializers.RandomNormal(stddev=0.1),
                trainable=True,
            )
        self.built = True

    def call(self, inputs):
        shares = tf.convert_to_tensor(inputs)
        if not shares.dtype.is_floating:
            # Of integers: TensorFlow.js 4.22 writes the bits of integers into a float one-hot on wasm.
            places = tf.one_hot(tf.cast(shares, tf.int32), self.num_classes, dtype=tf.int32)
            shares = tf.cast(places, tf.float32)
        if self.kind == "one_hot":
            return shares
        # A product rather than a gather: its gradient is dense, which every optimiser treats alike.
        return tf.matmul(shares, tf.convert_to_tensor(self.table))

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "kind": self.kind,
            "size": self.size,
        }
