"""What every recurrent cell offers, so that one scan and one sampling loop serve them all."""

import tensorflow as tf

from sketch_rnn_tf import checks
from sketch_rnn_tf.layers import noise
from sketch_rnn_tf.layers.recurrences.packing import Packing

State = tuple[tf.Tensor, ...]
Projection = tuple[tf.Tensor, ...]

PRODUCT_DTYPES = ("float32", "bfloat16")


class RecurrentCell(tf.keras.layers.Layer):
    """One step of a recurrence, split so that the products with the inputs can be formed for all steps at once.

    `step(add(project(x), project(static, first_row)), state)` equals `call(concat(x, static), state)`; the scan forms
    the first product for a whole sequence and the second once a sketch. As a Keras cell (`call`, `state_size`,
    `output_size`, `get_initial_state`) it also works inside `tf.keras.layers.RNN`.

    Args:
        units: size H of the output, at least 1.
        recurrent_dropout_rate: fraction of the candidate values dropped, afresh at each step and never on the cell's
            memory (Semeniuta et al. 2016); not the meaning of Keras' `recurrent_dropout`.
        forget_bias: added to the forget gate's pre-activation, so that its variable starts at 0.
        product_dtype: "float32" or "bfloat16", the precision in which matrix products read their operands.

    Raises:
        ValueError: an argument is out of range.
    """

    output_place: int  # which part of the state is also the output
    has_scan = True  # False: runs step by step, without a gradient by hand

    def __init__(self, units, recurrent_dropout_rate=0.0, forget_bias=1.0, product_dtype="float32", **kwargs):
        super().__init__(**kwargs)
        if units < 1:
            raise ValueError(f"units is {units}; expected at least 1")
        if product_dtype not in PRODUCT_DTYPES:
            raise ValueError(
                f"product_dtype is {product_dtype!r}; expected one of {', '.join(PRODUCT_DTYPES)}"
            )
        self.units = int(units)
        checks.fraction("recurrent_dropout_rate", recurrent_dropout_rate)
        self.recurrent_dropout_rate = float(recurrent_dropout_rate)
        self.forget_bias = float(forget_bias)
        self.product_dtype = product_dtype

    @property
    def state_size(self) -> list[int]:
        """Sizes of the state's parts, in the order in which Magenta's flat state holds them."""
        raise TypeError(f"{type(self).__name__} does not say its state_size")

    @property
    def output_size(self) -> int:
        return self.units

    def project(self, inputs: tf.Tensor, first_row: int = 0) -> Projection:
        """Multiplies inputs with their rows of the input kernel.

        Args:
            inputs: float32 `[..., D]`.
            first_row: the kernel row that belongs to the first column of `inputs`.

        Returns:
            a tuple of float32 `[..., *]`, to be added to those of the other inputs and given to `step`.
        """
        kernel = tf.convert_to_tensor(self.kernel)
        return (self.product(inputs, kernel[first_row : first_row + inputs.shape[-1]]),)

    def step(
        self, projection: Projection, state: State, keep: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, State]:
        """Advances one step.

        Args:
            projection: the summed products of all inputs, each `[B, *]`.
            state: float32 tensors `[B, state_size[i]]`.
            keep: float32 `[B, H]` dropout multipliers of the candidate, or None.

        Returns:
            the output `[B, H]` and the next state.
        """
        raise TypeError(f"{type(self).__name__} does not say how it steps")

    def scan(self, packing: Packing, inputs, static, state: State, keep=None) -> tuple[tf.Tensor, State]:
        """Runs all real steps of a batch, as a loop over `step` would, with a gradient derived by hand.

        Args:
            packing: which steps are real.
            inputs: float32 `[P, D]`, packed.
            static: float32 `[B, static]`, what every input carries after its own columns, or None; rows here and in
                `state` stand in the packing's order.
            state: as in `step`.
            keep: float32 `[P, H]`, or None.

        Returns:
            outputs `[P, H]` and the final state.
        """
        raise TypeError(f"{type(self).__name__} does not say how it scans")

    def call(self, inputs, states, training=False):
        keep = None
        if training and self.recurrent_dropout_rate:
            shape = [tf.shape(inputs)[0], self.units]
            keep = noise.keep_multipliers(shape, self.recurrent_dropout_rate, noise.fresh_seed(None))
        output, state = self.step(self.project(inputs), tuple(states), keep)
        return output, list(state)

    def zero_state(self, batch_size: tf.Tensor) -> State:
        """Returns the all-zero state for `batch_size` rows."""
        return tuple(tf.zeros([batch_size, size]) for size in self.state_size)

    def get_initial_state(self, inputs=None, batch_size=None, dtype=None):
        rows = batch_size if inputs is None else tf.shape(inputs)[0]
        return list(self.zero_state(rows))

    def product(self, left: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
        """Matrix product whose operands are read in `product_dtype`; the result is float32."""
        if self.product_dtype == "float32":
            return tf.matmul(left, right)
        dtype = tf.as_dtype(self.product_dtype)
        return tf.cast(tf.matmul(tf.cast(left, dtype), tf.cast(right, dtype)), tf.float32)

    def weight(self, name: str, shape, initializer) -> tf.Variable:
        """Adds a trainable float32 weight."""
        return self.add_weight(name=name, shape=tuple(shape), initializer=initializer, trainable=True)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "recurrent_dropout_rate": self.recurrent_dropout_rate,
            "forget_bias": self.forget_bias,
            "product_dtype": self.product_dtype,
        }


def gated_memory(gates, memory: tf.Tensor, forget_bias: float, keep: tf.Tensor | None) -> tf.Tensor:
    """Returns the next cell memory c' = sigmoid(f + forget_bias) c + sigmoid(i) tanh(j).

    Args:
        gates: pre-activations (i, j, f, o), each `[B, H]`, in Magenta's order.
        memory: c, `[B, H]`.
        forget_bias: added to f.
        keep: multipliers of the candidate tanh(j), or None: dropout that never touches the memory itself.
    """
    i, j, f, _ = gates
    candidate = tf.tanh(j)
    if keep is not None:
        candidate *= keep
    return memory * tf.sigmoid(f + forget_bias) + tf.sigmoid(i) * candidate
