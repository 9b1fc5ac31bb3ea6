"""Optimisers by name, with all that they carry from step to step."""

from collections.abc import Sequence

import tensorflow as tf

from sketch_rnn_tf import addons
from sketch_rnn_tf.config import OPTIMIZERS, TrainConfig
from sketch_rnn_tf.training.schedules import learning_rate_schedule

# TensorFlow 1's Adam, which Magenta trained with; Keras' own default is 1e-7.
ADAM_EPSILON = 1e-8

WRAPPERS = ("Lookahead", "MovingAverage")  # which steer an optimiser of their own, here Adam


def make_optimizer(config: TrainConfig) -> tf.keras.optimizers.Optimizer:
    """Makes the optimiser of a config, with its learning-rate schedule.

    Those of tensorflow-addons keep their own defaults; `tfa:Lookahead` and `tfa:MovingAverage` steer Adam. What
    MovingAverage averages is saved as a slot; evaluation sees the weights themselves.

    Raises:
        ValueError: the optimiser's name is unknown, or tensorflow-addons is not installed.
    """
    schedule = learning_rate_schedule(config)
    if config.optimizer == "adam":
        return tf.keras.optimizers.Adam(schedule, epsilon=ADAM_EPSILON)
    if config.optimizer == "sgd":
        return tf.keras.optimizers.SGD(schedule)
    if config.optimizer not in OPTIMIZERS:
        raise ValueError(f"train.optimizer is {config.optimizer!r}; expected one of {', '.join(OPTIMIZERS)}")
    tfa = addons.require("train.optimizer", config.optimizer)
    name = config.optimizer.removeprefix(addons.PREFIX)
    make = getattr(tfa.optimizers, name)
    if name in WRAPPERS:
        return make(tf.keras.optimizers.legacy.Adam(schedule, epsilon=ADAM_EPSILON))
    return make(learning_rate=schedule)


def build(optimizer: tf.keras.optimizers.Optimizer, weights: Sequence[tf.Variable]) -> None:
    """Makes an optimiser's variables, so that they exist before the first step and can be restored."""
    if hasattr(optimizer, "build"):
        optimizer.build(weights)
    else:  # Keras' older optimisers, on which those of tensorflow-addons are built
        optimizer._create_all_weights(weights)


def slots(
    optimizer: tf.keras.optimizers.Optimizer, weights: Sequence[tf.Variable]
) -> list[list[tf.Variable]]:
    """Returns an optimiser's variables by slot, each a list of one variable a weight, in the order of `weights`.

    Args:
        optimizer: built.
        weights: all those that it was built for.
    """
    if hasattr(optimizer, "get_slot_names"):
        # A wrapper's `variables()` leaves out what the optimiser inside carries.
        parts = [optimizer, *filter(None, [getattr(optimizer, "_optimizer", None)])]
        return [
            [part.get_slot(weight, name) for weight in weights]
            for part in parts
            for name in part.get_slot_names()
        ]
    return [
        values
        for values in vars(optimizer).values()
        if isinstance(values, list) and len(values) == len(weights) and _fits(values, weights)
    ]


def _fits(values, weights) -> bool:
    """Whether `values` is a list of one variable of the same shape for each weight, and not the weights themselves."""
    return all(
        hasattr(value, "assign") and value is not weight and tuple(value.shape) == tuple(weight.shape)
        for value, weight in zip(values, weights)
    )
