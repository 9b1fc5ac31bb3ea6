"""What a served model answers: the signatures, each a graph with everything inside.

Strokes are in data units on both sides, normalising, sampling and cutting happen in the graph, and every input has the
batch as its first axis, so that TensorFlow Serving can join requests. A row depends on its own inputs and seed, never on
the rows it is served with, and what lies past a row's length does not matter. Bad input fails with a sentence.
"""

from collections.abc import Callable
from typing import NamedTuple

import tensorflow as tf

from sketch_rnn_tf import mixture
from sketch_rnn_tf.generation import sampling

STROKES = {"strokes": ([None, None, 3], tf.float32), "lengths": ([None], tf.int32)}
HOW = {"temperature": ([None], tf.float32), "seed": ([None, 2], tf.int32)}
CLASS = {"class_id": ([None], tf.int32)}


class Endpoint(NamedTuple):
    """A signature: the function, and its inputs by name in the order of its arguments, as `tf.TensorSpec`."""

    function: Callable
    inputs: dict[str, tf.TensorSpec]

    def graph(self, checked: bool = True):
        """Returns a graph of exactly the inputs, under their names.

        Args:
            checked: refuse inputs of different numbers of rows.
        """
        names = list(self.inputs)

        def call(*values):
            if not checked:
                return self.function(**dict(zip(names, values)))
            rows = tf.shape(values[0])[0]
            checks = [
                tf.debugging.assert_equal(
                    tf.shape(value)[0],
                    rows,
                    f"{name} and {names[0]} differ in rows; expected one of each a drawing",
                )
                for name, value in zip(names[1:], values[1:])
            ]
            with tf.control_dependencies(checks):
                values = [tf.identity(value) for value in values]
            return self.function(**dict(zip(names, values)))

        function = tf.function(call, autograph=False, jit_compile=False)
        return function.get_concrete_function(*self.inputs.values())


class Signatures:
    """The signatures of a model.

    Args:
        model: a `SketchModel`.
        checked: refuse bad values in the graph; False for runtimes that know no assertions, whose callers check.
    """

    def __init__(self, model, checked: bool = True):
        self.checked = checked
        self.network = model.network
        self.scale_factor = float(model.metadata.scale_factor)
        self.start_token = tuple(model.metadata.start_token)
        self.n_max = int(model.metadata.n_max)
        self.num_classes = model.metadata.num_classes
        self.class_conditional = model.class_conditional
        self.image_size = self.network.image_size
        self._state = self.network.start(
            tf.zeros([1, self.network.z_size]) if self.network.conditional else None,
            tf.zeros([1], tf.int32) if self.class_conditional else None,
            1,
            max_steps=self.n_max,
        )
        self.state_size = sum(part.shape[-1] for part in tf.nest.flatten(self._state))

    def endpoints(self) -> dict[str, Endpoint]:
        """Returns the signatures the model can answer, by name; `serving_default` is among them."""
        z = {"z": ([None, self.network.z_size], tf.float32)}
        rows = {} if self.class_conditional else {"row": ([None], tf.int32)}
        state = {"stroke": ([None, 5], tf.float32), "state": ([None, self.state_size], tf.float32)}
        found = {
            "generate": self._endpoint(self.generate, HOW),
            "complete": self._endpoint(self.complete, {**STROKES, **HOW}),
            "decode_step": Endpoint(self.decode_step, _specs(state)),
            "initial_state": self._endpoint(self.initial_state, z if self.network.conditional else rows),
        }
        if self.network.conditional:
            found |= {
                "encode": self._endpoint(self.encode, STROKES),
                "decode": self._endpoint(self.decode, {**z, **HOW}),
                "reconstruct": self._endpoint(self.reconstruct, {**STROKES, **HOW}),
                "complete_z": self._endpoint(self.complete_z, {**STROKES, **z, **HOW}),
            }
        if self.image_size:
            image = {"image": ([None, self.image_size, self.image_size, 1], tf.float32)}
            found |= {
                "encode_image": self._endpoint(self.encode_image, image),
                "reconstruct_image": self._endpoint(self.reconstruct_image, {**image, **HOW}),
            }
        found["serving_default"] = found["reconstruct" if self.network.conditional else "generate"]
        return found

    def encode(self, strokes, lengths, class_id=None):
        """Returns `mu` and `log_var`, float32 `[B, Z]`."""
        posterior = self.network.encode(*self._read(strokes, lengths, 1), self._class(class_id))
        return {"mu": posterior.mu, "log_var": posterior.log_var}

    def decode(self, z, temperature, seed, class_id=None):
        """Draws a sketch for each z: `strokes` float32 `[B, Nmax, 3]`, zero past `lengths` int32 `[B]`."""
        self._require(tf.reduce_all(tf.math.is_finite(z)), "z holds NaN or infinity; expected finite numbers")
        return self._shown(*self._draw(z, class_id, temperature, seed))

    def generate(self, temperature, seed, class_id=None):
        """Draws a new sketch for each seed; results as `decode`."""
        z = None
        if self.network.conditional:
            z = self.network.prior(
                sampling.normal(seed, self.network.prior_noise_size), self._class(class_id)
            )
        return self._shown(*self._draw(z, class_id, temperature, seed))

    def reconstruct(self, strokes, lengths, temperature, seed, class_id=None):
        """Encodes sketches and draws each again; results as `decode`."""
        points = self._read(strokes, lengths, 1)
        posterior = self.network.encode(*points, self._class(class_id))
        return self._shown(*self._draw(posterior.mu, class_id, temperature, seed, seen=points))

    def encode_image(self, image, class_id=None):
        """Encodes images `[B, H, W, 1]`, 0 for paper to 1 for ink; results as `encode`."""
        posterior = self._posterior_of_image(image, class_id)
        return {"mu": posterior.mu, "log_var": posterior.log_var}

    def reconstruct_image(self, image, temperature, seed, class_id=None):
        """Draws what images `[B, H, W, 1]` show; results as `decode`."""
        posterior = self._posterior_of_image(image, class_id)
        return self._shown(*self._draw(posterior.mu, class_id, temperature, seed))

    def complete(self, strokes, lengths, temperature, seed, class_id=None):
        """Finishes unfinished sketches, a conditional model by their own z: the given points, then the drawn ones."""
        points = self._read(strokes, lengths, 1)
        z = self.network.encode(*points, self._class(class_id)).mu if self.network.conditional else None
        return self._finished(strokes, points, z, class_id, temperature, seed)

    def complete_z(self, strokes, lengths, z, temperature, seed, class_id=None):
        """Finishes unfinished sketches by a given z; an empty one is drawn from its beginning."""
        self._require(tf.reduce_all(tf.math.is_finite(z)), "z holds NaN or infinity; expected finite numbers")
        return self._finished(strokes, self._read(strokes, lengths, 0), z, class_id, temperature, seed)

    def initial_state(self, z=None, class_id=None, row=None):
        """Returns the decoder's `state` `[B, S]` before the first point; of `row` only the number counts."""
        first = next(value for value in (z, class_id, row) if value is not None)
        rows = tf.shape(first)[0]
        state = self.network.start(z, self._class(class_id), rows, max_steps=self.n_max)
        return {"state": self.flat(state)}

    def decode_step(self, stroke, state):
        """Takes one point in normalised units; returns the next one's distribution at temperature 1, and the next state."""
        params, following = self.network.decode_step(stroke, self.unflat(state))
        return {**mixture.probabilities(params), "state": self.flat(following)}

    def flat(self, state) -> tf.Tensor:
        """Joins all that decoding carries to `[B, S]`."""
        return tf.concat(tf.nest.flatten(state), axis=-1)

    def unflat(self, state):
        """Takes `flat` apart again."""
        sizes = [part.shape[-1] for part in tf.nest.flatten(self._state)]
        return tf.nest.pack_sequence_as(self._state, tf.split(state, sizes, axis=-1))

    def _require(self, condition, message: str) -> list:
        """Returns what must have run before values may be used: the check, or nothing."""
        return [tf.debugging.assert_equal(condition, True, message)] if self.checked else []

    def _endpoint(self, function, inputs) -> Endpoint:
        return Endpoint(function, _specs({**inputs, **(CLASS if self.class_conditional else {})}))

    def _posterior_of_image(self, image, class_id):
        # NaN is not within bounds either.
        inked = tf.reduce_all((image >= 0) & (image <= 1))
        self._require(inked, "a pixel is out of range; expected 0 for paper to 1 for ink")
        return self.network.encode_images(image, self._class(class_id))

    def _class(self, class_id):
        if class_id is None:
            return None
        known = tf.reduce_all((class_id >= 0) & (class_id < self.num_classes))
        check = self._require(known, f"class_id is out of range; expected 0 to {self.num_classes - 1}")
        with tf.control_dependencies(check):
            return tf.identity(class_id)

    def _read(self, strokes, lengths, least: int):
        """Checks strokes `[B, T, 3]` in data units; returns them as stroke-5 in normalised units, and the lengths."""
        width = tf.shape(strokes)[1]
        fitting = tf.reduce_all((lengths >= least) & (lengths <= width))
        self._require(fitting, f"a length is out of range; expected {least} to T, the width of strokes")
        real = tf.sequence_mask(lengths, width)[..., None]  # [B, T, 1]
        strokes = tf.where(real, strokes, 0.0)
        finite = tf.reduce_all(tf.math.is_finite(strokes))
        self._require(finite, "strokes hold NaN or infinity; expected finite offsets in data units")
        lifted = tf.cast(strokes[..., 2:] > 0.5, tf.float32)
        here = tf.cast(real, tf.float32)
        parts = (strokes[..., :2] / self.scale_factor, here - lifted, lifted, 1.0 - here)
        return tf.concat(parts, axis=-1), lengths

    def _draw(self, z, class_id, temperature, seed, start=None, seen=None):
        """Returns strokes `[B, Nmax, 5]` in normalised units and how many points each has."""
        warm = tf.reduce_all(tf.math.is_finite(temperature) & (temperature >= 0))
        self._require(warm, "a temperature is negative or not finite; expected 0 or more")
        return sampling.draw(
            self.network,
            z,
            self._class(class_id),
            temperature,
            seed,
            self.start_token,
            self.n_max,
            start=start,
            seen=seen,
        )

    def _finished(self, strokes, points, z, class_id, temperature, seed):
        given, counts = points
        room = tf.reduce_all(counts < self.n_max)
        self._require(room, f"a sketch leaves no room to go on; expected fewer than {self.n_max} points")
        first = tf.broadcast_to(tf.constant(self.start_token), [tf.shape(given)[0], 1, 5])
        points = tf.concat([first, given], axis=1)
        start = self.network.consume(
            points, counts + 1, z, self._class(class_id), seed, tf.shape(given)[1] + self.n_max
        )
        drawn, lengths = self._draw(z, class_id, temperature, seed, start)
        drawn, place = self._shown(drawn, lengths)["strokes"], tf.range(self.n_max)[None] - counts[:, None]
        drawn = tf.gather(drawn, tf.maximum(place, 0), batch_dims=1)
        kept = tf.pad(
            strokes[:, : self.n_max], [[0, 0], [0, tf.maximum(self.n_max - tf.shape(strokes)[1], 0)], [0, 0]]
        )
        whole = tf.where((place < 0)[..., None], kept, drawn)
        return {"strokes": whole, "lengths": tf.minimum(counts + lengths, self.n_max)}

    def _shown(self, drawn, lengths):
        strokes = tf.concat([drawn[..., :2] * self.scale_factor, drawn[..., 3:4]], axis=-1)
        return {"strokes": strokes, "lengths": lengths}


def _specs(inputs) -> dict[str, tf.TensorSpec]:
    return {name: tf.TensorSpec(shape, dtype, name=name) for name, (shape, dtype) in inputs.items()}
