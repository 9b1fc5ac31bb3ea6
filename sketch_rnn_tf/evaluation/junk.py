"""What is no drawing of anything: for the judge's reject class, and to test it with."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import presets
from sketch_rnn_tf.config import with_values
from sketch_rnn_tf.data.strokes import from_polylines, to_polylines
from sketch_rnn_tf.generation.sampling import Sampler
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.types import START_TOKEN

# Kinds that judges are trained on; "squiggles" are kept back for testing.
UNSEEN = ("squiggles",)


def scribble(rng: np.random.Generator, real: np.ndarray) -> np.ndarray:
    """Draws a smoothed random walk of about as many points and lines as `real`."""
    count = max(4, int(len(real) * rng.uniform(0.5, 1.5)))
    smooth = rng.uniform(0, 0.9)
    steps = rng.normal(size=[count, 2])
    for place in range(1, count):
        steps[place] += smooth * steps[place - 1]
    lifted = rng.random(count) < rng.choice([0.0, 0.05, 0.15])
    return _sketch(steps * 20, lifted)


def shuffled_points(rng: np.random.Generator, real: np.ndarray) -> np.ndarray:
    """Puts a sketch's rows, offset and pen, in random order."""
    return rng.permutation(np.asarray(real, np.float32))


def shuffled_offsets(rng: np.random.Generator, real: np.ndarray) -> np.ndarray:
    """Puts a sketch's offsets in random order and leaves the pen as it was."""
    return _sketch(rng.permutation(real[:, :2]), real[:, 2])


def scattered_strokes(rng: np.random.Generator, real: np.ndarray) -> np.ndarray:
    """Turns every line of a sketch by a random angle and puts it anywhere; sketches of under 3 lines are cut first."""
    lines = to_polylines(real)
    if len(lines) < 3:
        lines = [piece for line in lines for piece in np.array_split(line, 3) if len(piece)]
    extent = max(float(np.ptp(np.concatenate(lines), axis=0).max()), 1.0)
    moved = []
    for line in rng.permutation(len(lines)):
        points = lines[line] - lines[line].mean(axis=0)
        angle = rng.uniform(0, 2 * np.pi)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        moved.append(points @ turn + rng.uniform(0, extent, 2))
    return from_polylines(moved)


def squiggles(rng: np.random.Generator, real: np.ndarray) -> np.ndarray:
    """Draws spirals, waves and zigzags: orderly lines that show nothing."""
    lines = []
    for _ in range(rng.integers(1, 5)):
        time = np.linspace(0, 1, max(8, len(real) // 2))
        turns, phase = rng.uniform(1, 5), rng.uniform(0, 2 * np.pi)
        kind = rng.integers(3)
        if kind == 0:
            radius = 100 * time * rng.uniform(0.3, 1)
            angle = 2 * np.pi * turns * time + phase
            points = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        elif kind == 1:
            points = np.stack(
                [200 * time, rng.uniform(10, 60) * np.sin(2 * np.pi * turns * time + phase)], axis=1
            )
        else:
            points = np.stack([200 * time, rng.uniform(10, 60) * (np.arange(len(time)) % 2)], axis=1)
        lines.append(points + rng.uniform(0, 200, 2))
    return from_polylines(lines)


def mixture(rng: np.random.Generator, real: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Lays a turned second sketch over a first, both of equal size."""
    lines = []
    for sketch, angle in ((real, 0.0), (other, rng.uniform(0.3, 1.2) * np.pi)):
        points = to_polylines(sketch)
        joined = np.concatenate(points)
        low, extent = joined.min(axis=0), max(float(np.ptp(joined, axis=0).max()), 1.0)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        lines += [((line - low) / extent - 0.5) @ turn * 200 + rng.uniform(-20, 20, 2) for line in points]
    return from_polylines(lines)


def untrained(seed: int, count: int, max_steps: int = 80) -> list[np.ndarray]:
    """Draws with models that have fresh weights, at temperatures from 0.2 to 1.

    Args:
        seed: of the weights and of the drawings.
        count: how many.
        max_steps: points at most.
    """
    drawings = []
    for place, temperature in enumerate((0.2, 0.5, 0.8, 1.0)):
        tf.keras.utils.set_random_seed(seed * 4 + place)
        sampler = _fresh(conditional=bool(place % 2))
        num = count * (place + 1) // 4 - count * place // 4
        if num:
            ids = np.zeros(num, np.int32)
            drawings += sampler.generate(num, ids, temperature=temperature, seed=seed, max_steps=max_steps)
    # One that ended before its first point is a dot.
    return [drawing if len(drawing) else np.array([[0, 0, 1]], np.float32) for drawing in drawings]


def _fresh(conditional: bool) -> Sampler:
    """Returns a sampler whose network has fresh weights; it is the same one every time, since tracing takes seconds."""
    # Made first: what is kept draws weights of its own the first time, and the seed's next ones would then be others.
    weights = named_weights(_network(conditional))
    sampler = _kept(conditional)
    assign_weights(sampler.network, weights)
    return sampler


@functools.cache
def _kept(conditional: bool) -> Sampler:
    return Sampler(_network(conditional), 1.0, START_TOKEN)


def _network(conditional: bool) -> tf.keras.Model:
    values = {"model.encoder.units": 16, "model.decoder.units": 64, "model.conditional": conditional}
    return build_network(with_values(presets.preset("quick"), values).model)


MAKERS: dict[str, Callable] = {
    "scribbles": scribble,
    "shuffled_points": shuffled_points,
    "shuffled_offsets": shuffled_offsets,
    "scattered_strokes": scattered_strokes,
    "squiggles": squiggles,
}


def make(kind: str, count: int, seed: int, sketches: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Makes junk of a kind.

    Args:
        kind: a name of MAKERS, "mixtures" or "untrained".
        count: how many.
        seed: 0 or more.
        sketches: real ones, of which some kinds are made.

    Returns:
        list of float32 stroke-3 `[N, 3]`.
    """
    if kind == "untrained":
        return untrained(seed, count)
    rng = np.random.default_rng([seed, sum(map(ord, kind))])
    pairs = rng.integers(len(sketches), size=[count, 2])
    if kind == "mixtures":
        return [mixture(rng, sketches[first], sketches[second]) for first, second in pairs]
    return [MAKERS[kind](rng, sketches[first]) for first, _ in pairs]


def _sketch(offsets: np.ndarray, lifted: np.ndarray) -> np.ndarray:
    sketch = np.concatenate([offsets, np.asarray(lifted)[:, None]], axis=1).astype(np.float32)
    sketch[-1, 2] = 1
    return sketch
