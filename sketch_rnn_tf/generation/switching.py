"""One drawing by several hands: z-switching from object to object, and from model to model.

Draw object 1, keep a share of its points, encode what stands so far with the second model (or as the second class), let its
decoder take in those points, and let it finish. The article describes it for one raster model of four classes; here any
models may follow each other, each in its own scale, and decoder-only ones, which go on without encoding.

Source: the CNN-VAE drawing project's article, "latent vector switching".
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.generation.completion import cut
from sketch_rnn_tf.generation.sampling import row_seeds

# Apart by more than any row of a batch, so that no two hands share their noise.
SEED_STEP = 2**26
MOST_HANDS = 16


class Hand(NamedTuple):
    """Who draws: a `SketchModel`, and the class it draws where it is class-conditional."""

    model: Any
    class_name: str | None = None


def switch(
    hands: Sequence[Hand],
    num: int = 9,
    share: float | Sequence[float] = 0.5,
    sketches: Sequence[np.ndarray] | None = None,
    at: str = "points",
    same_units: bool = True,
    temperature: float = 0.4,
    seed: int = 0,
    max_steps: int | None = None,
    **options,
) -> tuple[list[np.ndarray], list[list[int]]]:
    """Draws `num` drawings, each begun by the first hand and finished by the last.

    Args:
        hands: 2 to 16, in turn.
        num: drawings; with `sketches`, one for each of them.
        share: of the points a hand draws, how much stands when the next takes over, above 0 and at most 1; one for all
            switches, or one a switch.
        sketches: stroke-3 `[N, 3]`, object 1 where it is given instead of drawn.
        at: "points" switches where the share falls, "strokes" at the nearest stroke's end.
        same_units: True where all models' data have the same unit (QuickDraw's pixels, say); False lets one normalised unit
            of each count as one of the others', for data of different origin.
        temperature, seed, options: as in `SketchModel.decode`.
        max_steps: points of a whole drawing at most; the largest Nmax of the models where None (object 1: its own model's).
            A drawing that has no room left stays as it is.

    Returns:
        list of float32 stroke-3 `[N, 3]` in the first model's data units, whose points a later hand never changes; and for
        each drawing the number of points that stood at each switch.

    Raises:
        ValueError: there are fewer than two hands, a class is unknown, or an argument is out of range.
    """
    if not 2 <= len(hands) <= MOST_HANDS:
        raise ValueError(
            f"{len(hands)} models or classes take part; expected 2 to {MOST_HANDS} to switch between"
        )
    shares = [share] * (len(hands) - 1) if np.ndim(share) == 0 else list(share)
    if len(shares) != len(hands) - 1:
        raise ValueError(
            f"there are {len(shares)} shares for {len(hands) - 1} switches; give one, or one for each"
        )
    settings = hands[0].model.options(temperature=temperature, seed=seed, max_steps=max_steps, **options)
    if sketches is None:
        checks.at_least("num", num, 1)
        class_ids = [hand.model.class_ids(hand.class_name, num) for hand in hands]
        drawings = hands[0].model.sampler.generate(num, class_ids[0], **settings)
    else:
        drawings = [check_sketch(sketch, f"sketch {i}") for i, sketch in enumerate(sketches)]
        if not drawings:
            raise ValueError("there are no sketches to go on from; give at least one")
        class_ids = [None, *(hand.model.class_ids(hand.class_name, len(drawings)) for hand in hands[1:])]
    if max_steps is None:
        settings["max_steps"] = max(hand.model.metadata.n_max for hand in hands)
    begun, ends = [0] * len(drawings), [[] for _ in drawings]
    for turn in range(1, len(hands)):
        standing = [
            np.concatenate([drawing[:start], _part(drawing[start:], shares[turn - 1], at)])
            for drawing, start in zip(drawings, begun)
        ]
        begun = [len(drawing) for drawing in standing]
        for stops, count in zip(ends, begun):
            stops.append(count)
        seeds = row_seeds(seed, len(standing)) + np.array([0, turn * SEED_STEP], np.int32)
        model, first = hands[turn].model, hands[0].model
        ratio = 1.0 if same_units else model.metadata.scale_factor / first.metadata.scale_factor
        drawings = _finished(model, standing, class_ids[turn], ratio, {**settings, "seed": seeds})
    return drawings, ends


def _part(drawn: np.ndarray, share: float, at: str) -> np.ndarray:
    """Returns what stands of a hand's own points when the next takes over; a hand may have drawn none."""
    return cut(drawn, share, at) if len(drawn) else drawn


def _finished(model, standing, class_ids, ratio: float, options: dict) -> list[np.ndarray]:
    """Lets `model` take in drawings and finish them; `ratio` of its data units are one of theirs."""
    seen = [_scaled(drawing, ratio) for drawing in standing]
    z = model.sampler.prior(options["seed"], class_ids)
    places = [place for place, drawing in enumerate(seen) if len(drawing)]
    if model.network.conditional and places:
        z = z.copy()
        z[places] = model.encode_ids([seen[place] for place in places], class_ids[places])[0]
    finished = model.sampler.decode(z, class_ids, count=len(seen), given=seen, **options)
    return [
        np.concatenate([np.asarray(old, np.float32), _scaled(new[len(old) :], 1 / ratio)])
        for old, new in zip(standing, finished)
    ]


def _scaled(drawing: np.ndarray, ratio: float) -> np.ndarray:
    return drawing if ratio == 1 else drawing * np.array([ratio, ratio, 1], np.float32)
