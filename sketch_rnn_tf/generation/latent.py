"""What a model draws along ways through its latent space: between sketches, over a grid, along a direction, of a sum.

Every drawing of one call has the same noise (its seed row is that of the first), so that what differs between them comes
from z alone; Magenta's notebook draws fresh noise for each.

In all functions `model` is a `SketchModel`; a sketch is a stroke-3 `[N, 3]` in data units, or its latent vector `[Z]` itself;
`class_name` is the class of all sketches or a list of one a sketch, and between two classes a class-conditional model is
given both in the same shares as z; `options` are `temperature` (0.1 here, as in the paper's grids), `seed`, `greedy`,
`max_steps` and `temperature_mode` as in `SketchModel.decode`. All raise ValueError for a model without an encoder, an empty
sketch, an unknown class or an argument out of range.
"""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.generation import analogy as analogies
from sketch_rnn_tf.generation import interpolation
from sketch_rnn_tf.generation.sampling import row_seeds

TEMPERATURE = 0.1


def path(
    model, sketches: Sequence, num: int = 10, method: str = "slerp", class_name=None, **options
) -> list[np.ndarray]:
    """Draws a way from sketch to sketch (section 4.2).

    Args:
        sketches: K of them, at least 2.
        num: drawings from each sketch to the next, both included.
        method: "slerp", as in the paper, or "lerp".

    Returns:
        list of `(K - 1) (num - 1) + 1` float32 stroke-3 `[N, 3]` in data units.
    """
    z, class_ids = latents(model, sketches, class_name)
    stops = interpolation.path(z, num, method)
    return _drawn(model, stops, _blend(model, interpolation.shares_on_path(len(z), num), class_ids), options)


def grid(
    model,
    corners: Sequence,
    rows: int = 5,
    cols: int = 5,
    method: str = "slerp",
    class_name=None,
    **options,
) -> list[list[np.ndarray]]:
    """Draws a grid between four sketches (section A.5).

    Args:
        corners: top left, top right, bottom left, bottom right.
        rows, cols: drawings a side, at least 2.
        method: "slerp" or "lerp".

    Returns:
        `rows` lists of `cols` float32 stroke-3 `[N, 3]` in data units.
    """
    z, class_ids = latents(model, corners, class_name)
    cells = interpolation.grid(z, rows, cols, method).reshape([rows * cols, -1])
    shares = interpolation.shares_on_grid(rows, cols).reshape([rows * cols, -1])
    drawn = _drawn(model, cells, _blend(model, shares, class_ids), options)
    return [drawn[row * cols : (row + 1) * cols] for row in range(rows)]


def analogy(
    model, terms: Sequence, num: int = 1, class_name=None, draw_class=None, seed: int = 0, **options
) -> list[np.ndarray]:
    """Draws a weighted sum of sketches (section 4.3).

    Args:
        terms: `(weight, sketch)` pairs, for a - b + c: `[(1, a), (-1, b), (1, c)]`.
        num: drawings of the sum; unlike elsewhere in this module each has noise of its own.
        draw_class: class to draw; where None the classes are added like the sketches (pig - pig + cat is a cat).

    Returns:
        list of `num` float32 stroke-3 `[N, 3]` in data units.
    """
    checks.at_least("num", num, 1)
    if not len(terms):
        raise ValueError("there are no terms to add; give (weight, sketch) pairs such as [(1, a), (-1, b)]")
    weights, sketches = zip(*terms)
    z, class_ids = latents(model, sketches, class_name)
    z = np.repeat(analogies.weighted_sum(weights, z)[None], num, axis=0)
    if draw_class is not None:
        drawn_as = model.class_ids(draw_class, num)
    elif model.class_conditional:
        shares = analogies.class_shares(weights, class_ids, model.metadata.num_classes)
        drawn_as = np.repeat(shares[None], num, axis=0)
    else:
        drawn_as = None
    return model.sampler.decode(
        z, drawn_as, **model.options(**{"temperature": TEMPERATURE, **options}, seed=seed)
    )


def sweep(
    model,
    sketch,
    direction=0,
    num: int = 9,
    low: float = -3.0,
    high: float = 3.0,
    class_name=None,
    **options,
) -> list[np.ndarray]:
    """Draws a sketch with its latent vector moved along one direction.

    Args:
        sketch: where the way's middle (for `low` = -`high`) lies.
        direction: a latent dimension's number, or a vector `[Z]`, for instance the difference of two sketches' means.
        num: drawings, at least 2.
        low, high: ends of the way, as multiples of the direction.

    Returns:
        list of `num` float32 stroke-3 `[N, 3]` in data units.
    """
    z, class_ids = latents(model, [sketch], class_name)
    stops = interpolation.sweep(z[0], direction, num, low, high)
    return _drawn(model, stops, np.repeat(class_ids, num, axis=0), options)


def latents(model, sketches: Sequence, class_name=None) -> tuple[np.ndarray, np.ndarray]:
    """Returns the latent vectors of sketches (the means of z), float32 `[K, Z]`, and their class ids.

    Raises:
        ValueError: also where a latent vector has another size than the model's.
    """
    model.sampler.require_encoder()
    arrays = [np.asarray(sketch) for sketch in sketches]
    class_ids = model.class_ids(class_name, len(arrays))
    to_encode = [place for place, array in enumerate(arrays) if array.ndim != 1]
    z = np.zeros([len(arrays), model.network.z_size], np.float32)
    for place, array in enumerate(arrays):
        if array.ndim == 1:
            z[place] = model.check_z(array[None])[0]
    if to_encode:
        z[to_encode] = model.encode_ids([arrays[place] for place in to_encode], class_ids[to_encode])[0]
    return z, class_ids


def _blend(model, shares: np.ndarray, class_ids: np.ndarray) -> np.ndarray | None:
    """Returns the classes' shares where the sketches' are `shares` `[B, K]`; float32 `[B, C]`, or None without classes."""
    if not model.class_conditional:
        return None
    of_sketches = class_ids if class_ids.ndim == 2 else np.eye(model.metadata.num_classes)[class_ids]
    return (shares @ of_sketches).astype(np.float32)


def _drawn(model, z: np.ndarray, class_ids, options: dict) -> list[np.ndarray]:
    options = model.options(**{"temperature": TEMPERATURE, **options})
    seeds = np.repeat(row_seeds(options["seed"], 1), len(z), axis=0)
    return model.sampler.decode(z, class_ids, **{**options, "seed": seeds})
