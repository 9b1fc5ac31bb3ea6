"""What every way of drawing takes: its options, and classes by name; checked with one sentence each."""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.mixture import TEMPERATURE_MODES


def options(
    n_max: int, temperature=0.4, seed=0, greedy=False, max_steps=None, temperature_mode="paper"
) -> dict:
    """Returns the options of `SketchModel.decode` as `Sampler.decode` takes them.

    Args:
        n_max: points at most where `max_steps` is None.
        temperature: 0 or more, one for all or `[B]`.
        seed: 0 to 2^31 - 1; the sampler looks at it.
        greedy: the same as temperature 0.
        max_steps: at least 1.
        temperature_mode: "paper", "magenta" or "js".

    Raises:
        ValueError: an option is out of range.
    """
    values = np.asarray(temperature, np.float32)
    if values.ndim > 1 or not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError(f"temperature is {temperature}; expected 0 or a positive number")
    checks.one_of("temperature_mode", temperature_mode, TEMPERATURE_MODES)
    max_steps = n_max if max_steps is None else max_steps
    checks.at_least("max_steps", max_steps, 1)
    return {
        "temperature": np.zeros_like(values) if greedy else values,
        "seed": seed,
        "max_steps": max_steps,
        "temperature_mode": temperature_mode,
    }


def class_ids(known: Sequence[str], class_name, count: int, in_turn: bool = False) -> np.ndarray:
    """Returns the class ids of `count` sketches, int32 `[count]`, or float32 `[count, C]` where classes are blended.

    Args:
        known: the model's classes; empty where it is not class-conditional.
        class_name: a name, or a dict of names and shares, for all or a list of one a sketch; None without classes.
        count: number of sketches.
        in_turn: whether None stands for all classes in turn.

    Raises:
        ValueError: a class is unknown or missing, or named for a model without classes.
    """
    one = isinstance(class_name, (str, dict))
    names = [class_name] * count if one or class_name is None else list(class_name)
    if not known:
        if any(name is not None for name in names):
            raise ValueError("a class was named but this model is not class-conditional; leave it out")
        return np.zeros(count, np.int32)
    trained = f"it was trained on {', '.join(known)}"
    if len(names) != count:
        raise ValueError(f"{len(names)} class names for {count} sketches; give one, or one for each")
    if class_name is None and in_turn:
        return np.arange(count, dtype=np.int32) % len(known)
    if None in names:
        raise ValueError(f"this model is class-conditional; name the class of the sketches ({trained})")
    blends = [name if isinstance(name, dict) else {name: 1.0} for name in names]
    unknown = sorted({str(name) for blend in blends for name in blend} - set(known))
    if unknown:
        raise ValueError(f"the model knows no class {unknown[0]!r}; {trained}")
    if any(isinstance(name, dict) for name in names):
        return np.array([[blend.get(name, 0.0) for name in known] for blend in blends], np.float32)
    return np.array([list(known).index(name) for name in names], np.int32)
