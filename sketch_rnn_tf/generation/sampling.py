"""Drawing: one graph call for a whole batch of drawings."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import mixture, threads
from sketch_rnn_tf.data.strokes import to_stroke5
from sketch_rnn_tf.generation.likely import CANDIDATES, choose, log_likelihood
from sketch_rnn_tf.models import SketchRNN
from sketch_rnn_tf.types import DecoderState

LARGEST_SEED = 2**31 - 1
ROWS = 250  # sketches whose z are weighed at once
WORTH_MOVING = 0.9  # share of drawings still going at which the ended ones leave the batch


def draw(
    network: SketchRNN,
    z,
    class_id,
    temperature,
    seed,
    start_token,
    max_steps,
    temperature_mode: str = "paper",
    start=None,
    seen=None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Draws a batch of sketches, until all have ended or `max_steps` points stand; those that have ended leave the batch.

    A row depends on its own seed and inputs, never on its batch: its noise is drawn from its seed before the loop. Magenta
    always takes all steps and cuts afterwards.

    Args:
        network: the model.
        z: float32 `[B, Z]`; None for a decoder-only model.
        class_id: int32 `[B]`; read only with class conditioning.
        temperature: float32 `[B]`; 0 draws the most likely point at each step.
        seed: int32 `[B, 2]`.
        start_token: float32 `[5]`.
        max_steps: int, at least 1.
        temperature_mode: "paper", "magenta" or "js", as in `mixture.at_temperature`.
        start: the last stroke so far, float32 `[B, 5]`, and the `DecoderState` before it is read, in place of the start token
            and the network's own start.
        seen: the sketches that a network with an influence layer may look at, `(strokes [B, T, 5], lengths [B])`.

    Returns:
        float32 `[B, max_steps, 5]` in normalised units, past the end (0, 0, 0, 0, 1); int32 `[B]`, the points drawn.
    """
    count = tf.shape(seed)[0]
    if start is None:
        first = tf.repeat(tf.reshape(tf.cast(start_token, tf.float32), [1, 5]), count, axis=0)
        start = first, network.start(z, class_id, count, seed, seen, max_steps)
    noise = _row_noise(seed, max_steps)  # [T, B, 4]
    end = tf.constant([0.0, 0.0, 0.0, 0.0, 1.0])
    arrays = (_array(tf.float32, 5), _array(tf.int32))

    def advance(t, arrays, going, stroke, state, rows, base):
        params, state = network.decode_step(stroke, state)
        uniforms, normals = tf.split(tf.gather(noise[t], rows.place), 2, axis=-1)
        stroke = mixture.sample(params, uniforms, normals, rows.temperature, temperature_mode)
        going = going & (stroke[:, 4] < 0.5)
        stroke = tf.where(going[:, None], stroke, end)
        arrays = arrays[0].write(t, stroke), arrays[1].write(t, base + t)
        return t + 1, arrays, going, stroke, state

    def until_many_ended(t, arrays, rows):
        """Draws on until so many have ended that taking them out pays for moving the others."""
        base = rows.place * max_steps
        enough = tf.cast(WORTH_MOVING * tf.cast(tf.size(base), tf.float32), tf.int32)
        t, arrays, going, stroke, state = tf.while_loop(
            lambda t, arrays, going, *_: (
                (t < max_steps) & (tf.math.count_nonzero(going, dtype=tf.int32) > enough)
            ),
            lambda t, arrays, going, stroke, state: advance(t, arrays, going, stroke, state, rows, base),
            (t, arrays, tf.ones_like(base, tf.bool), rows.stroke, rows.state),
            shape_invariants=(tf.TensorShape([]), _ANY, *_any_rows((base, rows.stroke, rows.state))),
            parallel_iterations=1,
        )
        left = tf.reshape(tf.where(going), [-1])
        rows = _Rows(rows.place, stroke, rows.temperature, state)
        return t, arrays, tf.nest.map_structure(lambda value: tf.gather(value, left), rows)

    rows = _Rows(tf.range(count), start[0], temperature, start[1])
    _, arrays, _ = tf.while_loop(
        lambda t, arrays, rows: (t < max_steps) & (tf.size(rows.place) > 0),
        until_many_ended,
        (tf.constant(0), arrays, rows),
        shape_invariants=(tf.TensorShape([]), _ANY, _any_rows(rows)),
        parallel_iterations=1,
    )
    blank = tf.tile(end[None], [count * max_steps, 1])
    drawn = tf.tensor_scatter_nd_update(blank, arrays[1].concat()[:, None], arrays[0].concat())
    drawn = tf.reshape(drawn, [count, max_steps, 5])
    return drawn, tf.math.count_nonzero(drawn[..., 4] < 0.5, axis=1, dtype=tf.int32)


def normal(seed, z_size: int) -> tf.Tensor:
    """Draws from N(0, 1), float32 `[B, Z]`, each row from its own seed.

    Args:
        seed: int32 `[B, 2]`, the seeds that `draw` takes as well.
        z_size: Z.
    """
    return tf.map_fn(
        lambda row: tf.random.stateless_normal([z_size], row, alg="philox"),
        seed + tf.constant([0, 2**30]),
        fn_output_signature=tf.float32,
    )


class _Rows(NamedTuple):
    """The drawings in work: `place` `[n]` in the batch, last `stroke` `[n, 5]`, and what they need."""

    place: tf.Tensor
    stroke: tf.Tensor
    temperature: tf.Tensor
    state: DecoderState


_ANY = (tf.TensorShape(None), tf.TensorShape(None))


def _any_rows(values):
    return tf.nest.map_structure(lambda value: tf.TensorShape([None, *value.shape[1:]]), values)


def _array(dtype, *width):
    return tf.TensorArray(dtype, 0, dynamic_size=True, element_shape=[None, *width], infer_shape=False)


def row_seeds(seed: int, count: int) -> np.ndarray:
    """Returns the seeds of `count` drawings, int32 `[count, 2]`; row i is the same whatever `count` is.

    Raises:
        ValueError: `seed` is negative or above 2^31 - 1.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"seed is {seed}; expected 0 to {LARGEST_SEED}")
    return np.stack([np.full(count, seed), 2 * np.arange(count)], axis=1).astype(np.int32)


class Sampler:
    """Draws with a network in data units; keeps the traced graph between calls.

    Args:
        network: the model.
        scale_factor: data units per normalised unit.
        start_token: stroke-5 of the first input.
    """

    def __init__(self, network: SketchRNN, scale_factor: float, start_token: Sequence[float]):
        self.network = network
        self.scale_factor = scale_factor
        self.start_token = tf.constant(start_token, tf.float32)
        self._traced = {}

    def require_encoder(self) -> None:
        """Raises ValueError where the model cannot encode."""
        if not self.network.conditional:
            raise ValueError(
                "this model has no encoder (it was trained with model.conditional=false); take one that has"
            )

    def encode(self, sketches, class_ids=None) -> tuple[np.ndarray, np.ndarray]:
        """Encodes stroke-3 sketches `[N, 3]` in data units to `mu` and `log_var`, float32 `[B, Z]`."""
        self.require_encoder()
        strokes, lengths = self._normalised(sketches)
        posterior = self._run(
            self.network.encode,
            {"strokes": strokes, "lengths": lengths, "class_id": self._classes(class_ids, len(sketches))},
        )
        return posterior.mu.numpy(), posterior.log_var.numpy()

    def decode(
        self,
        z,
        class_ids=None,
        *,
        temperature,
        seed,
        max_steps,
        count=None,
        temperature_mode="paper",
        given=None,
        seen=None,
    ) -> list:
        """Draws one sketch for each row of z `[B, Z]`, or `count` of them where the model has no z.

        Args:
            z: float32 `[B, Z]`, or None.
            class_ids: int32 `[B]`, or float32 `[B, C]` with the share of each class.
            temperature: one for all, or `[B]`.
            seed: one for all, from which `row_seeds` makes theirs, or int32 `[B, 2]`.
            max_steps: points at most, those given included.
            count: how many where z is None.
            temperature_mode: as in `draw`.
            given: list of B stroke-3 `[N, 3]` in data units from which the drawings go on; N may be 0.
            seen: list of B stroke-3 `[N, 3]` in data units that a model with an influence layer looks at while it draws.

        Returns:
            list of float32 stroke-3 `[N, 3]` in data units, given points first and as they came; N is 0 where the model ends
            at once.
        """
        rows = len(z) if count is None else count
        if rows == 0:
            return []
        inputs = {
            "class_id": self._classes(class_ids, rows),
            "temperature": np.broadcast_to(np.float32(temperature), [rows]),
            "seed": row_seeds(seed, rows) if np.ndim(seed) == 0 else np.asarray(seed, np.int32),
        }
        if z is not None:
            inputs["z"] = np.asarray(z, np.float32)
        static = {"max_steps": max_steps, "temperature_mode": temperature_mode}
        if given is None:
            if seen is not None:
                inputs["seen"], inputs["seen_lengths"] = self._normalised(seen)
            strokes, lengths = self._run(self._draw, inputs, **static)
            return [self._data_units(row[:length]) for row, length in zip(strokes.numpy(), lengths.numpy())]
        points, counts = self._normalised(given)
        strokes, lengths = self._run(self._go_on, {**inputs, "points": points, "counts": counts}, **static)
        lengths = np.minimum(lengths.numpy(), max_steps - counts)
        return [
            np.concatenate([np.asarray(old, np.float32), self._data_units(row[: max(length, 0)])])
            for old, row, length in zip(given, strokes.numpy(), lengths)
        ]

    def prior(self, seeds: np.ndarray, class_ids=None) -> np.ndarray | None:
        """Returns z of the prior, float32 `[B, Z]`, row by row from `seeds` int32 `[B, 2]`; None for a decoder-only model."""
        if not self.network.conditional:
            return None
        class_ids = self._classes(class_ids, len(seeds))
        inputs = {"seed": np.asarray(seeds, np.int32), "class_id": class_ids}
        return self._run(self._prior, inputs, fitted=self.network.fitted_prior).numpy()

    def likely(self, sketches, class_ids=None, seed: int = 0) -> np.ndarray:
        """Returns z for each unfinished sketch, float32 `[B, Z]`, one of CANDIDATES from the prior by how likely it makes what stands.

        That approximates p(z | what stands), which the encoder, having read whole sketches only, does not give.

        Args:
            sketches: stroke-3 `[N, 3]` in data units.
            class_ids: int32 `[B]`, or float32 `[B, C]`.
            seed: 0 to 2^31 - 1.

        Raises:
            ValueError: the model has no z.

        Source: Rubin 1987, sampling importance resampling.
        """
        self.require_encoder()
        count = len(sketches)
        points, counts = self._normalised(sketches)
        class_ids = self._classes(class_ids, count)
        seeds = row_seeds(seed, count * CANDIDATES).reshape(count, CANDIDATES, 2)
        found = np.stack([self.prior(seeds[:, place], class_ids) for place in range(CANDIDATES)], axis=1)
        totals = np.zeros([count, CANDIDATES], np.float32)
        # Those of similar length together, as padding is work too.
        order = np.argsort(counts, kind="stable")
        for start in range(0, count, ROWS):
            rows = order[start : start + ROWS]
            given = {"points": points[rows, : counts[rows].max()], "counts": counts[rows]}
            for place in range(CANDIDATES):
                of_rows = {"class_id": class_ids[rows], "seed": seeds[rows, place], "z": found[rows, place]}
                totals[rows, place] = self._run(self._likelihood, {**given, **of_rows}).numpy()
        return found[np.arange(count), choose(totals, seed)]

    def noise(self, seeds: np.ndarray) -> np.ndarray:
        """Returns standard normal noise of z, float32 `[B, Z]`, row by row from `seeds`."""
        return normal(tf.constant(seeds), self.network.z_size).numpy()

    def generate(self, num: int, class_ids=None, *, temperature, seed, max_steps, **options) -> list:
        """Draws `num` sketches with z from the prior, or without z; arguments as in `decode`."""
        z = self.prior(row_seeds(seed, num), class_ids)
        return self.decode(
            z, class_ids, temperature=temperature, seed=seed, max_steps=max_steps, count=num, **options
        )

    def reconstruct(self, sketches, class_ids=None, *, temperature, seed, max_steps, **options) -> list:
        """Encodes sketches and draws again from the mean of z; arguments as in `decode`."""
        mu, _ = self.encode(sketches, class_ids)
        return self.decode(
            mu,
            class_ids,
            temperature=temperature,
            seed=seed,
            max_steps=max_steps,
            seen=sketches,
            **options,
        )

    def _run(self, graph, inputs: dict[str, np.ndarray], **static):
        """Runs a function of tensors as a graph, traced once for all batch sizes and lengths."""
        kinds = tuple((name, value.dtype.name, value.ndim) for name, value in inputs.items())
        key = (graph.__name__, kinds, tuple(static.items()))
        if key not in self._traced:
            # Batch size and length stay open, the last axis of those that have features is what the network was built for.
            shapes = {
                name: [None, *[None] * (value.ndim - 2), *value.shape[1:][-1:]]
                for name, value in inputs.items()
            }
            specs = {name: tf.TensorSpec(shape, inputs[name].dtype) for name, shape in shapes.items()}
            traced = tf.function(
                lambda **tensors: graph(**tensors, **static), jit_compile=False, autograph=False
            )
            self._traced[key] = traced.get_concrete_function(**specs)
        return self._traced[key](**{name: tf.constant(value) for name, value in inputs.items()})

    def _draw(
        self,
        class_id,
        temperature,
        seed,
        max_steps,
        temperature_mode,
        z=None,
        start=None,
        seen=None,
        seen_lengths=None,
    ):
        seen = None if seen is None else (seen, seen_lengths)
        rows = {"z": z, "class_id": class_id, "temperature": temperature, "seed": seed}
        rows |= {"start": start, "seen": seen}
        parts = [
            draw(
                self.network,
                start_token=self.start_token,
                max_steps=max_steps,
                temperature_mode=temperature_mode,
                **part,
            )
            for part in _parts(rows, tf.shape(seed)[0], threads.at_once())
        ]
        return tuple(tf.concat(values, axis=0) for values in zip(*parts))

    def _go_on(self, points, counts, class_id, seed, max_steps, z=None, **options):
        start = tf.broadcast_to(self.start_token, [tf.shape(points)[0], 1, 5])
        strokes = tf.concat([start, points], axis=1)
        # As the noise of the loop does, what stands counts apart from what is drawn.
        steps = tf.shape(points)[1] + max_steps
        start = self.network.consume(strokes, counts + 1, z, class_id, seed, steps)
        return self._draw(class_id=class_id, seed=seed, max_steps=max_steps, z=z, start=start, **options)

    def _prior(self, seed, class_id, fitted):
        # A prior that is fitted after this was traced is traced anew.
        prior = self.network.prior if fitted is None else fitted
        return prior(normal(seed, self.network.prior_noise_size), class_id)

    def _likelihood(self, points, counts, class_id, seed, z):
        start = tf.broadcast_to(self.start_token, [tf.shape(points)[0], 1, 5])
        strokes = tf.concat([start, points], axis=1)
        return log_likelihood(self.network, strokes, counts + 1, z, class_id, seed, tf.shape(strokes)[1])

    def _normalised(self, sketches) -> tuple[np.ndarray, np.ndarray]:
        """Returns stroke-3 sketches `[N, 3]` in data units as stroke-5 `[B, T, 5]` in normalised units, and lengths `[B]`."""
        longest = max(len(sketch) for sketch in sketches)
        strokes = np.stack([to_stroke5(np.asarray(s, np.float32), longest) for s in sketches])
        strokes[..., :2] /= self.scale_factor
        return strokes, np.array([len(sketch) for sketch in sketches], np.int32)

    def _classes(self, class_ids, count) -> np.ndarray:
        if class_ids is None:
            return np.zeros([count], np.int32)
        class_ids = np.asarray(class_ids)
        return class_ids.astype(np.float32 if class_ids.dtype.kind == "f" else np.int32)

    def _data_units(self, stroke5: np.ndarray) -> np.ndarray:
        return np.concatenate([stroke5[:, :2] * self.scale_factor, stroke5[:, 3:4]], axis=1).astype(
            np.float32
        )


def _row_noise(seed, max_steps):
    """Returns float32 `[T, B, 4]`, two uniform and two normal numbers a step, each row's from its own seed `[2]`."""

    def of_row(row):
        uniforms = tf.random.stateless_uniform([max_steps, 2], row, alg="philox")
        normals = tf.random.stateless_normal([max_steps, 2], row + tf.constant([0, 1]), alg="philox")
        return tf.concat([uniforms, normals], axis=-1)

    return tf.transpose(tf.map_fn(of_row, seed, fn_output_signature=tf.float32), [1, 0, 2])


def _parts(rows, count, number) -> list:
    """Splits tensors of `count` rows, and what holds none, into `number` parts of neighbouring rows."""

    def between(begin, end):
        return tf.nest.map_structure(lambda value: None if value is None else value[begin:end], rows)

    edges = [count * place // number for place in range(number + 1)]
    return [between(*ends) for ends in zip(edges, edges[1:])]
