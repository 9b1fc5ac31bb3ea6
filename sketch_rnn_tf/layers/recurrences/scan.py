"""The layer that runs a cell over a sequence."""

import tensorflow as tf

from sketch_rnn_tf.layers import noise
from sketch_rnn_tf.layers.recurrences import packing
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell
from sketch_rnn_tf.layers.recurrences.packing import Packing


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class Recurrence(tf.keras.layers.Layer):
    """Runs a recurrent cell over time; masked steps cost nothing.

    What is the same at every step (z, a class) is given as `static` and multiplied once a sketch instead of being
    repeated along time. Masked steps leave the state as it is and put out zeros. Departs from `tf.keras.layers.RNN`,
    which repeats the last output at masked steps and knows no static inputs.

    Args:
        cell: a `RecurrentCell`.
        static_size: width of `static`; 0 for none.
        return_sequences: put out every step `[B, T, H]` instead of the last real one `[B, H]`.
        return_state: also return the final state, a tuple in the order of `cell.state_size`.
        go_backwards: read from the last step to the first; outputs then stand in reading order, as in Keras.
        fused: run the cell's own `scan`; False loops over its `step` with automatic gradients, which is slower but of static
            shapes, as XLA wants them; so do cells without a `scan`.

    Call arguments:
        inputs: float32 `[B, T, D]`.
        static: float32 `[B, static_size]`, or None where that is 0.
        initial_state: tuple of `[B, state_size[i]]`; zeros where None.
        mask: bool `[B, T]`, True at real steps; all are where None.
        training: whether dropout is on.
        seed: int32 `[2]` that decides the dropout masks; drawn from TensorFlow's generator where None.

    Raises:
        ValueError: `cell` is no `RecurrentCell`, or `static` does not fit `static_size`.
    """

    def __init__(
        self,
        cell,
        static_size=0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        fused=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not isinstance(cell, RecurrentCell):
            raise ValueError(
                f"cell is a {type(cell).__name__}; expected one of this package's RecurrentCells"
            )
        if static_size < 0:
            raise ValueError(f"static_size is {static_size}; expected 0 or more")
        self.cell = cell
        self.static_size = int(static_size)
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.fused = fused and cell.has_scan
        self.supports_masking = True

    def build(self, input_shape):
        if not self.cell.built:
            self.cell.build((None, input_shape[-1] + self.static_size))
        self.built = True

    def call(self, inputs, static=None, initial_state=None, mask=None, training=False, seed=None):
        if (static is None) != (self.static_size == 0) or (
            static is not None and static.shape[-1] != self.static_size
        ):
            width = None if static is None else static.shape[-1]
            raise ValueError(
                f"static has width {width}; this layer was made for static_size {self.static_size}"
            )
        state = self.cell.zero_state(tf.shape(inputs)[0]) if initial_state is None else tuple(initial_state)
        run = self._packed if self.fused else self._loop
        outputs, state = run(inputs, static, state, mask, training, seed)
        result = outputs if self.return_sequences else state[self.cell.output_place]
        return (result, *state) if self.return_state else result

    def scan(
        self, where: Packing, inputs, static=None, initial_state=None, training=False, seed=None
    ) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        """Runs over packed steps, for callers that go on with packed outputs.

        Args:
            where: the packing.
            inputs: float32 `[P, D]`.
            static, initial_state, training, seed: as in a call; rows in the order of the batch.

        Returns:
            outputs float32 `[P, H]`, and the final state, rows in the order of the batch.
        """
        state = self.cell.zero_state(where.num_rows) if initial_state is None else initial_state
        state = tuple(where.sort(part) for part in state)
        static = None if static is None else where.sort(static)
        keep = self._keep([tf.shape(inputs)[0], self.cell.units], training, seed)
        outputs, state = self.cell.scan(where, inputs, static, state, keep)
        return outputs, tuple(where.restore(part) for part in state)

    def _packed(self, inputs, static, state, mask, training, seed):
        if mask is None:
            mask = tf.ones(tf.shape(inputs)[:2], tf.bool)
        where = packing.of_mask(mask, self.go_backwards)
        outputs, state = self.scan(where, where.pack(inputs), static, state, training, seed)
        return where.unpack(outputs, self.go_backwards) if self.return_sequences else None, state

    def _keep(self, shape, training, seed):
        if not (training and self.cell.recurrent_dropout_rate):
            return None
        return noise.keep_multipliers(shape, self.cell.recurrent_dropout_rate, noise.fresh_seed(seed))

    def _loop(self, inputs, static, state, mask, training, seed):
        """Steps through all of time with the cell's own `step`."""
        num_rows, num_steps = tf.unstack(tf.shape(inputs)[:2])
        sequence = tf.transpose(inputs, [1, 0, 2])  # [T, B, D]
        active = None if mask is None else tf.transpose(mask)[:, :, None]  # [T, B, 1]
        projections = self.cell.project(sequence)  # each [T, B, *]
        if static is not None:
            of_static = self.cell.project(static, first_row=inputs.shape[-1])
            projections = tuple(p + s for p, s in zip(projections, of_static))
        keep = self._keep([num_steps, num_rows, self.cell.units], training, seed)
        # Read from arrays: the gradient of slicing one step out of a tensor would be as large as the whole tensor.
        columns = [_as_array(projection, num_steps) for projection in projections]
        outputs = tf.TensorArray(tf.float32, size=num_steps, element_shape=[None, self.cell.units])

        def advance(t, outputs, state):
            place = num_steps - 1 - t if self.go_backwards else t
            output, new_state = self.cell.step(
                tuple(column.read(place) for column in columns), state, None if keep is None else keep[t]
            )
            if active is not None:
                new_state = tuple(tf.where(active[place], new, old) for new, old in zip(new_state, state))
                output = tf.where(active[place], output, 0.0)
            # A batch of a static size meets parts of unknown size; the loop wants one shape all along.
            for new, old in zip(new_state, state):
                new.set_shape(old.shape)
            return t + 1, outputs.write(t, output), new_state

        _, outputs, state = tf.while_loop(
            lambda t, *_: t < num_steps,
            advance,
            (tf.constant(0), outputs, state),
            parallel_iterations=1,
            maximum_iterations=num_steps,
        )
        stacked = tf.transpose(outputs.stack(), [1, 0, 2])  # [B, T, H]
        return tf.ensure_shape(stacked, [None, None, self.cell.units]), state

    def compute_mask(self, inputs, mask=None):
        return mask if self.return_sequences and not self.go_backwards else None

    def get_config(self):
        return {
            **super().get_config(),
            "cell": tf.keras.layers.serialize(self.cell),
            "static_size": self.static_size,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "fused": self.fused,
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "cell": tf.keras.layers.deserialize(config["cell"])})


def _as_array(values: tf.Tensor, num_steps: tf.Tensor) -> tf.TensorArray:
    return tf.TensorArray(values.dtype, size=num_steps, element_shape=values.shape[1:]).unstack(values)
