"""What a model makes of latent vectors between sketches, and of sketches with features of two (section 4.2, Figure 6; A.6, Figure 17)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data.strokes import from_polylines, to_polylines
from sketch_rnn_tf.evaluation import copying, intervals
from sketch_rnn_tf.evaluation.judge import Judge
from sketch_rnn_tf.generation.interpolation import path

STOPS = 9  # from sketch to sketch, both included
TEMPERATURE = 0.1
SHOWN = 4


class Pairs(NamedTuple):
    """Sketches two by two, and of each two one that holds features of both; stroke-3 `[N, 3]`."""

    first: list[np.ndarray]
    second: list[np.ndarray]
    mixed: list[np.ndarray]


def pairs_of(
    sketches: Sequence[np.ndarray], names: Sequence[str], num: int, longest: int, seed: int
) -> Pairs:
    """Chooses pairs, of different classes where there are several.

    Args:
        sketches: stroke-3 `[N, 3]`.
        names: the class of each.
        num: pairs at most, by chance.
        longest: points a mixed sketch may have; pairs that make a longer one are passed over.
        seed: of the choice.

    Raises:
        ValueError: no two sketches make a pair.
    """
    rng = np.random.default_rng([seed, 4])
    several = len(set(names)) > 1
    found = []
    for first, second in zip(rng.permutation(len(sketches)), rng.permutation(len(sketches))):
        if first == second or (several and names[first] == names[second]):
            continue
        mixed = mix(sketches[first], sketches[second])
        if len(mixed) <= longest:
            found.append((sketches[first], sketches[second], mixed))
        if len(found) == num:
            break
    if not found:
        raise ValueError(
            f"of {len(sketches)} sketches no two can be mixed within {longest} points; give more test sketches"
        )
    return Pairs(*map(list, zip(*found)))


def mix(first, second) -> np.ndarray:
    """Returns a drawing with features of two: the first half of one's strokes, then the other's second half.

    Both keep their places in a box of one size. Of an odd number of strokes, and of a single one, the larger half is taken, so
    that each gives at least one stroke. The paper's authors drew such inputs by hand.

    Args:
        first, second: stroke-3 `[N, 3]`, not empty.

    Returns:
        float32 stroke-3, in the units of the first.
    """
    lines, others = (to_polylines(sketch) for sketch in (first, second))
    (middle, extent), (other_middle, other_extent) = _box(lines), _box(others)
    scale = extent / other_extent if other_extent > 0 else 1.0
    others = [(line - other_middle) * scale + middle for line in others]
    return from_polylines([*lines[: -(-len(lines) // 2)], *others[len(others) // 2 :]])


def measure_mixed(model, judge: Judge, pairs: Pairs, seed: int = 0) -> tuple[dict, list[list[np.ndarray]]]:
    """Measures what a model draws between the two sketches of each pair, and how it copies the mixed one.

    Args:
        model: a `SketchModel` with an encoder that is not told the class.
        judge: says what is a drawing of anything it knows.
        pairs: of sketches in the model's units.
        seed: of drawing and of resampling.

    Returns:
        measures as in `report.measure`: `between_recognised`, the share of the stops between two sketches that the judge takes for
        any class (`real`: of the sketches' own copies); `between_jump`, the largest of the distances from stop to stop in the judge's
        features as a share of their sum (an even walk: 1 / (STOPS - 1)); `mixed_recognised`, the share of copies of mixed sketches
        that are taken for any class (`real`: of the mixed sketches themselves); `mixed_chamfer`, how far these copies lie from
        them. And of the first SHOWN pairs a row of drawings each: the stops, then the copy of the mixed sketch.

    Source: Ha & Eck 2017, section 4.2 and A.6.
    """
    ends = [model.encode(sketches)[0] for sketches in (pairs.first, pairs.second)]
    stops = np.stack([path(two, STOPS) for two in zip(*ends)])
    drawn = model.decode(stops.reshape(-1, stops.shape[-1]), TEMPERATURE, seed)
    verdict = judge(drawn)
    accepted = (verdict.class_ids >= 0).reshape(-1, STOPS)
    features = verdict.features.reshape(-1, STOPS, verdict.features.shape[-1])
    steps = np.linalg.norm(np.diff(features, axis=1), axis=-1)
    copies = model.reconstruct(pairs.mixed, TEMPERATURE, seed)
    known, itself = (judge(sketches).class_ids >= 0 for sketches in (copies, pairs.mixed))
    apart = [copying.chamfer(copy, mixed) for copy, mixed in zip(copies, pairs.mixed)]
    measured = {
        "between_recognised": (accepted[:, 1:-1].mean(axis=1), float(accepted[:, [0, -1]].mean())),
        "between_jump": (steps.max(axis=1) / np.maximum(steps.sum(axis=1), 1e-12), None),
        "mixed_recognised": (known, float(itself.mean())),
        "mixed_chamfer": (apart, None),
    }
    figures = {
        name: intervals.measured(*intervals.mean(values, seed), real)
        for name, (values, real) in measured.items()
    }
    shown = [[*drawn[place * STOPS : (place + 1) * STOPS], copy] for place, copy in enumerate(copies[:SHOWN])]
    return figures, shown


def _box(lines) -> tuple[np.ndarray, float]:
    points = np.concatenate(lines)
    low, high = points.min(axis=0), points.max(axis=0)
    return (low + high) / 2, float((high - low).max())
