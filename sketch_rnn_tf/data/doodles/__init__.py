"""Doodles made up by a program: data to try everything with, where no file is at hand.

Objects and animals as people draw them in a few seconds, and faces of two sexes with seven expressions. Every sketch is drawn
by another hand: recipes vary in structure and proportion, and `pen.Hand` adds slant, drift, slips, order of strokes and the
uneven spacing of points that comes from a pen being slow in bends.
"""

import difflib
import hashlib

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data.doodles import faces, living, outdoors, things
from sketch_rnn_tf.data.doodles.pen import Hand

_RECIPES = dict(sorted({**living.RECIPES, **outdoors.RECIPES, **things.RECIPES}.items())) | faces.RECIPES

SPLITS = ("train", "valid", "test")


def class_names() -> tuple[str, ...]:
    """Returns the names of all classes: objects and animals by name, then faces."""
    return tuple(_RECIPES)


def draw(class_name: str, num: int, seed: int = 0) -> list[np.ndarray]:
    """Draws sketches of a class.

    A sketch depends on class, seed and its place alone: asking for more gives the same ones first.

    Args:
        class_name: one of `class_names()`.
        num: how many, 0 or more.
        seed: 0 or more.

    Returns:
        list of int16 stroke-3 `[N, 3]`; the longer side is 190 to 255 pixels, the last point has the pen lifted.

    Raises:
        ValueError: the class is unknown, or a number is out of range.
    """
    if class_name not in _RECIPES:
        near = difflib.get_close_matches(class_name, _RECIPES, n=3) or class_names()
        raise ValueError(f"there is no doodle class {class_name!r}; did you mean {' or '.join(near)}?")
    checks.at_least("num", num, 0)
    checks.at_least("seed", seed, 0)
    recipe, key = _RECIPES[class_name], _key(class_name)
    sketches = []
    for place in range(num):
        rng = np.random.Generator(np.random.SFC64(np.random.SeedSequence([key, seed, place])))
        sketches.append(Hand(rng).draw(recipe(rng)))
    return sketches


def make_splits(
    class_name: str, train: int = 1000, valid: int = 100, test: int = 100, seed: int = 0
) -> dict[str, list[np.ndarray]]:
    """Draws a training, a validation and a test split; no sketch is in two of them.

    Args:
        class_name: one of `class_names()`.
        train, valid, test: number of sketches.
        seed: 0 or more.

    Returns:
        lists of int16 stroke-3 `[N, 3]` by split.

    Raises:
        ValueError: the class is unknown, or a number is out of range.
    """
    counts = dict(zip(SPLITS, (train, valid, test)))
    # Each split has a seed of its own, so that asking for more training sketches leaves the others as they are.
    return {split: draw(class_name, count, 3 * seed + SPLITS.index(split)) for split, count in counts.items()}


def _key(class_name: str) -> int:
    return int.from_bytes(hashlib.sha256(class_name.encode()).digest()[:4], "little")
