"""All measures of a set of drawings against real ones, and of a model's copies of real ones."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.evaluation import copying, diversity, form, intervals, retrieval
from sketch_rnn_tf.evaluation.frechet import frechet_distance
from sketch_rnn_tf.evaluation.judge import Judge, Verdict
from sketch_rnn_tf.evaluation.precision_recall import NEIGHBOURS, covered
from sketch_rnn_tf.evaluation.rasters import rasters

SMALLEST = 2 * NEIGHBOURS + 2
DOT = np.array([[0, 0, 1]], np.float32)


class Labelled(NamedTuple):
    """Drawings, stroke-3 `[N, 3]`, and the class each is meant to show by name; None where none is meant."""

    drawings: Sequence[np.ndarray]
    names: Sequence[str] | None = None


def measure(
    judge: Judge, drawn: Labelled, real: Labelled, train: Labelled | None = None, seed: int = 0
) -> dict:
    """Measures drawings against real ones.

    Neither the order of the drawings nor that of the real ones matters, but where sets are cut to equal size.

    Args:
        judge: gives classes and features.
        drawn: what is measured.
        real: labelled real sketches that whoever drew has not seen.
        train: the sketches it was trained on, for copying and for the floors; halves of `real` make the floors where None.
        seed: of resampling and of choosing subsets.

    Returns:
        for each measure a dict of `value`, `low` and `high` (95 % bootstrap interval) and `real`, the same measure on real
        sketches (for `fid`, `precision` and `recall`: of other real sketches against these).

    Raises:
        ValueError: a set is too small, or names classes that the judge does not know.
    """
    for name, given in (("drawings", drawn), ("real sketches", real)):
        if len(given.drawings) < SMALLEST:
            raise ValueError(f"there are {len(given.drawings)} {name}; expected at least {SMALLEST}")
    if real.names is None:
        raise ValueError(
            "the real sketches have no classes; give a file or a folder of files, each named by its class"
        )
    real_ids = judge.ids_of(real.names)
    drawn_ids = None if drawn.names is None else judge.ids_of(drawn.names)
    verdicts = judge(drawn.drawings), judge(real.drawings)
    floor = _floor(judge, verdicts[1].features, real, train, seed)
    images = rasters(drawn.drawings), rasters(real.drawings)
    measures = _recognised(verdicts, drawn_ids, real_ids, seed)
    measures |= _compared(verdicts[0].features, verdicts[1].features, floor, seed)
    shown = verdicts[0].class_ids if drawn_ids is None else drawn_ids
    measures["diversity"] = _diversity(images, shown, real_ids, seed)
    measures |= _form(drawn, real, images, seed)
    measures["copying"] = (
        intervals.absent("there are no training sketches to compare with")
        if train is None
        else _copying(images, train, seed)
    )
    return measures


def measure_copies(
    judge: Judge, real: Labelled, copies: Sequence[np.ndarray], latent=None, copied_latent=None, seed: int = 0
) -> dict:
    """Measures copies that a model made of real sketches.

    Args:
        judge: gives the classes.
        real: labelled sketches.
        copies: one of each.
        latent, copied_latent: float `[K, Z]`, where the model sees originals and copies, for retrieval.
        seed: of resampling.

    Returns:
        `reconstruction_kept` (copies of the original's class; `real`: originals recognised as theirs; `top_1` and `real_top_1`: the
        likeliest class alone, none rejected, as published protocols have it), `retrieval` (Ret@1, with
        `at_10` and `at_50`; `real`: originals asked for with themselves) and `chamfer` (`real`: two sketches of one class).
    """
    ids = judge.ids_of(real.names)
    measures = {"reconstruction_kept": _kept(judge(copies), judge(real.drawings), ids, seed)}
    if latent is not None:
        places = retrieval.ranks(copied_latent, latent)
        value, low, high = intervals.mean(places == 1, seed)
        itself = float((retrieval.ranks(latent, latent) == 1).mean())
        shares = {f"at_{rank}": float((places <= rank).mean()) for rank in (10, 50)}
        measures["retrieval"] = intervals.measured(value, low, high, itself, **shares, gallery=len(places))
    distances = [copying.chamfer(copy, original) for copy, original in zip(copies, real.drawings)]
    others = [
        copying.chamfer(real.drawings[first], real.drawings[second])
        for class_id in np.unique(ids)
        for places in [np.flatnonzero(ids == class_id)]
        for first, second in zip(places, np.roll(places, 1))
        if first != second
    ]
    value, low, high = intervals.mean(distances, seed)
    measures["chamfer"] = intervals.measured(value, low, high, float(np.mean(others)) if others else None)
    return measures


def measure_completions(
    judge: Judge,
    real: Labelled,
    beginnings: Sequence[np.ndarray],
    completed: Sequence[np.ndarray],
    seed: int = 0,
) -> dict:
    """Measures whether a model finishes real sketches as what they were.

    Args:
        judge: gives the classes.
        real: labelled sketches.
        beginnings: what was given of each.
        completed: each, finished by the model.
        seed: of resampling.

    Returns:
        `completion` (finished ones of the original's class; `real`: originals recognised as theirs; `beginnings`: what was
        given, recognised as it is; `top_1` and `real_top_1` as in `measure_copies`).
    """
    ids = judge.ids_of(real.names)
    kept = _kept(judge(completed), judge(real.drawings), ids, seed)
    return {"completion": {**kept, "beginnings": float((judge(beginnings).class_ids == ids).mean())}}


def without_copies(reason: str) -> dict:
    """Returns the measures of copies for what cannot copy."""
    return {name: intervals.absent(reason) for name in ("reconstruction_kept", "retrieval", "chamfer")}


def without_completions(reason: str) -> dict:
    """Returns the measures of completions for what cannot complete."""
    return {"completion": intervals.absent(reason)}


def _kept(made: Verdict, original: Verdict, ids, seed: int) -> dict:
    likeliest, own = (
        float((verdict.probabilities[:, :-1].argmax(1) == ids).mean()) for verdict in (made, original)
    )
    real = float((original.class_ids == ids).mean())
    return intervals.measured(
        *intervals.mean(made.class_ids == ids, seed), real, top_1=likeliest, real_top_1=own
    )


def _recognised(verdicts, drawn_ids, real_ids, seed: int) -> dict:
    accepted, real_accepted = (verdict.class_ids >= 0 for verdict in verdicts)
    right, real_right = accepted, real_accepted
    if drawn_ids is not None:
        right, real_right = verdicts[0].class_ids == drawn_ids, verdicts[1].class_ids == real_ids
    found = {}
    for name, shares, reals in (
        ("recognisability", right, real_right),
        ("confident", accepted, real_accepted),
    ):
        value, low, high = intervals.mean(shares, seed)
        ratio = dict(zip(("value", "low", "high"), intervals.ratio(shares, reals, seed)))
        found[name] = intervals.measured(value, low, high, float(reals.mean()), ratio=ratio)
    found["recognisability"]["intended"] = drawn_ids is not None
    return found


def _floor(
    judge: Judge, features, real: Labelled, train: Labelled | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Returns features of two sets of real sketches that share none and hold the same classes equally often."""
    rng = np.random.default_rng([seed, 1])
    if train is not None:
        names = np.asarray(train.names)
        counts = zip(*np.unique(np.asarray(real.names), return_counts=True))
        chosen = [rng.permutation(np.flatnonzero(names == name))[:count] for name, count in counts]
        places = np.concatenate(chosen)
        if len(places) >= SMALLEST:
            return judge([train.drawings[place] for place in places]).features, features
    places = rng.permutation(len(features))
    half = len(features) // 2
    return features[places[:half]], features[places[half:]]


def _compared(features, reals, floor, seed: int) -> dict:
    """Returns FID, precision and recall; the drawings are cut to as many as there are real ones, as all three depend on it."""
    if len(features) > len(reals):
        places = np.random.default_rng([seed, 2]).permutation(len(features))[: len(reals)]
        features = features[np.sort(places)]
    value, low, high = intervals.of_sample(
        lambda places: frechet_distance(features[places], reals), len(features), seed
    )
    found = {
        "fid": intervals.measured(value, low, high, frechet_distance(*floor), num_drawings=len(features))
    }
    for name, queries, support, floors in (
        ("precision", features, reals, floor),
        ("recall", reals, features, floor[::-1]),
    ):
        value, low, high = intervals.mean(covered(queries, support), seed)
        found[name] = intervals.measured(value, low, high, float(covered(*floors).mean()))
    return found


def _diversity(images, drawn_ids, real_ids, seed: int) -> dict:
    spreads = [diversity.spread_by_class(*pair, seed=seed) for pair in zip(images, (drawn_ids, real_ids))]
    if not len(spreads[0]) or not len(spreads[1]):
        return intervals.absent("no class has two drawings")
    value, low, high = intervals.mean(spreads[0], seed)
    return intervals.measured(
        value, low, high, float(spreads[1].mean()), p_value=diversity.same_mean(*spreads)
    )


def _form(drawn: Labelled, real: Labelled, images, seed: int) -> dict:
    values = {
        "closed": tuple(form.closed_shares(given.drawings) for given in (drawn, real)),
        "symmetry": tuple(form.symmetry(pictures) for pictures in images),
        "complexity": tuple(
            np.array([form.complexity(drawing) for drawing in given.drawings]) for given in (drawn, real)
        ),
    }
    found = {}
    for name, (ours, reals) in values.items():
        if not len(ours) or not len(reals):
            found[name] = intervals.absent("no drawing has a shape")
            continue
        value, low, high = intervals.mean(ours, seed)
        found[name] = intervals.measured(value, low, high, float(reals.mean()))
    return found


def _copying(images, train: Labelled, seed: int) -> dict:
    train_images = copying.pooled(rasters(train.drawings))
    distances, reals = (copying.nearest_distances(copying.pooled(given), train_images) for given in images)
    value, low, high = intervals.mean(distances, seed)
    near = float(np.quantile(reals, 0.01))
    return intervals.measured(
        value, low, high, float(reals.mean()), nearer_than_1_percent_of_real=float((distances < near).mean())
    )
