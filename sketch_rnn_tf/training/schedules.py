"""How the learning rate and the weight of L_KL move with the step."""

import tensorflow as tf

from sketch_rnn_tf.config import LossConfig, TrainConfig


@tf.keras.utils.register_keras_serializable(package="sketch_rnn_tf")
class DecayToMinimum(tf.keras.optimizers.schedules.LearningRateSchedule):
    """learning_rate(step) = (initial - minimum) * decay^step + minimum, as in Magenta.

    Args:
        initial: rate at step 0.
        minimum: rate that it falls to.
        decay: factor a step, above 0 and at most 1.
    """

    def __init__(self, initial, minimum, decay):
        self.initial, self.minimum, self.decay = initial, minimum, decay

    def __call__(self, step):
        return (self.initial - self.minimum) * decayed(self.decay, step) + self.minimum

    def get_config(self):
        return {"initial": self.initial, "minimum": self.minimum, "decay": self.decay}


def learning_rate_schedule(config: TrainConfig) -> DecayToMinimum:
    """Returns the learning rate as a function of the step before the update."""
    return DecayToMinimum(config.learning_rate, config.learning_rate_min, config.learning_rate_decay)


def kl_weight(config: LossConfig, step: tf.Tensor) -> tf.Tensor:
    """Returns the weight of L_KL at `step`, counted before the update.

    Magenta starts at the absolute weight `kl_weight_start`; the paper's eq. 15 starts at that fraction of `kl_weight`.

    Args:
        config: the loss section of a config.
        step: scalar, 0 or more.
    """
    start = config.kl_weight_start * (config.kl_weight if config.kl_weight_start_is_relative else 1.0)
    return config.kl_weight - (config.kl_weight - start) * decayed(config.kl_decay_rate, step)


def decayed(decay: float, step: tf.Tensor) -> tf.Tensor:
    """Returns decay^step, float32; through float64, where the millionth power of 0.99999 keeps its digits."""
    return tf.cast(tf.pow(tf.constant(decay, tf.float64), tf.cast(step, tf.float64)), tf.float32)
