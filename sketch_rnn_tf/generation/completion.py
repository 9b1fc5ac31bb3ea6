"""Unfinished sketches, and their endings (Ha & Eck 2017, section 4.4)."""

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.generation.latent import latents
from sketch_rnn_tf.generation.sampling import row_seeds

CUTS = ("points", "strokes")
Z_FROM = ("likely", "prior", "partial")


def cut(sketch, share: float, at: str = "points") -> np.ndarray:
    """Returns the beginning of a sketch, for a decoder to go on from.

    Args:
        sketch: stroke-3 `[N, 3]`, N at least 1.
        share: of its points to keep, above 0 and at most 1; at least one point stays.
        at: "points" stops where the share falls, mostly inside a stroke; "strokes" stops at the stroke's end that is nearest
            to it, with the pen lifted.

    Raises:
        ValueError: the sketch is empty or malformed, or an argument is out of range.
    """
    sketch = check_sketch(sketch, "the sketch")
    checks.one_of("at", at, CUTS)
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; expected above 0 and at most 1")
    count = max(1, round(share * len(sketch)))
    if at == "strokes":
        ends = np.flatnonzero(sketch[:, 2] == 1) + 1
        ends = ends if len(ends) else np.array([len(sketch)])
        count = int(ends[np.argmin(np.abs(ends - share * len(sketch)))])
    return sketch[:count]


def endings(
    model, sketch, num: int = 9, z="likely", class_name=None, temperature=0.8, **options
) -> list[np.ndarray]:
    """Finishes an unfinished sketch in `num` ways.

    The paper does so with decoder-only models, at temperature 0.8.

    Args:
        model: a `SketchModel`.
        sketch: stroke-3 `[N, 3]` in data units; where its last point leaves the pen down, its last stroke goes on.
        num: endings.
        z: what a conditional model draws by: "likely" (of 32 fresh ones an ending one that makes the unfinished sketch likely, which
            finishes it best), "prior" (a fresh z an ending), "partial" (the unfinished sketch itself), another sketch, or a
            latent vector `[Z]`; a decoder-only model does not read it.
        class_name, temperature, options: as in `SketchModel.decode`; `max_steps` counts the given points too.

    Returns:
        list of `num` float32 stroke-3 `[N, 3]`: the given points as they came, then the drawn ones.

    Raises:
        ValueError: the sketch is empty or has no room left to go on, or an argument is out of range.
    """
    sketch = check_sketch(sketch, "the sketch")
    checks.at_least("num", num, 1)
    options = model.options(temperature=temperature, **options)
    class_ids = model.class_ids(class_name, num)
    return complete(model, [sketch] * num, _z(model, sketch, num, z, class_name, options), class_ids, options)


def _z(model, sketch, num: int, z, class_name, options: dict) -> np.ndarray | None:
    if not model.network.conditional:
        return None
    if isinstance(z, str):
        checks.one_of("z", z, Z_FROM)
        class_ids = model.class_ids(class_name, num)
        if z == "prior":
            return model.sampler.prior(row_seeds(options["seed"], num), class_ids)
        if z == "likely":
            return model.sampler.likely([sketch] * num, class_ids, options["seed"])
        z = sketch
    name = class_name[0] if isinstance(class_name, (list, tuple)) and class_name else class_name
    return np.repeat(latents(model, [z], name)[0], num, axis=0)


def complete(model, sketches, z, class_ids, options: dict) -> list[np.ndarray]:
    """Goes on with unfinished sketches, each from its own points and its own z.

    Args:
        model: a `SketchModel`.
        sketches: stroke-3 `[N, 3]` in data units, in any number of points below `max_steps`; B of them.
        z: float32 `[B, Z]`, or None for a decoder-only model.
        class_ids: int32 `[B]`.
        options: of `SketchModel.options`; `max_steps` counts the given points too.

    Returns:
        list of float32 stroke-3 `[N, 3]`: the given points as they came, then the drawn ones.

    Raises:
        ValueError: a sketch has no room left to go on.
    """
    longest = max(len(sketch) for sketch in sketches)
    if longest >= options["max_steps"]:
        raise ValueError(
            f"an unfinished sketch has {longest} points and the whole may have {options['max_steps']}; cut it or give a "
            "larger max_steps"
        )
    return model.sampler.decode(z, class_ids, count=len(sketches), given=sketches, **options)
