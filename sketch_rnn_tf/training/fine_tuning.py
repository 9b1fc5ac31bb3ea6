"""Beginning a run with the weights of a trained model instead of random ones."""

import dataclasses

from absl import logging

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import Config
from sketch_rnn_tf.models.weights import assign_weights
from sketch_rnn_tf.training import checkpoints, pretrained
from sketch_rnn_tf.training.workdir import Metadata, Workdir


def config_of(path) -> Config:
    """Returns the config of a trained model as one to go on from: its own model, its loss at the end of the schedule.

    Precision and parts of a batch are the defaults: its own suited the machine it was trained on.

    Args:
        path: a workdir, or "pretrained:NAME".

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: a file of it is damaged.
    """
    workdir = Workdir(pretrained.resolve(path))
    config, metadata = workdir.read()
    step = checkpoints.load(workdir.checkpoints, "best").info["step"]
    train = config.train
    reached = max(train.learning_rate_min, train.learning_rate * train.learning_rate_decay**step)
    return dataclasses.replace(
        config,
        data=dataclasses.replace(config.data, sources=(), scale_factor=metadata.scale_factor),
        # A weight that rises anew would let the code grow that the decoder has learned to read.
        loss=dataclasses.replace(config.loss, kl_decay_rate=0.0),
        train=dataclasses.replace(
            train,
            start_from=str(path),
            learning_rate=max(reached, train.learning_rate / 4),
            **pretrained.ANY_MACHINE,
        ),
    )


def assign(network, config: Config, metadata: Metadata) -> None:
    """Gives a network the weights of the best checkpoint of `train.start_from`.

    Args:
        network: built for `config`.
        config: of the run that begins.
        metadata: of the run that begins.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: it is another model than `config` asks for, or knows other classes.
    """
    workdir = Workdir(pretrained.resolve(config.train.start_from))
    source, known = workdir.read()
    other = [
        f"{key} is {asked!r} and was {had!r}"
        for key, (had, asked) in config_lib.difference(source, config).items()
        if key.startswith("model.") and not key.endswith("_dropout_rate")
    ]
    if other:
        raise ValueError(
            f"{workdir.path} holds another model: {'; '.join(other)}; leave these as they were, or begin without --init"
        )
    if config.model.class_conditioning != "none" and metadata.class_names != known.class_names:
        raise ValueError(
            f"{workdir.path} knows the classes {', '.join(known.class_names)} and the data hold {', '.join(metadata.class_names)}; "
            "give data of the same classes, or begin without --init"
        )
    if abs(metadata.scale_factor / known.scale_factor - 1) > 1e-6:
        logging.warning(
            "the model was trained with scale_factor %g and goes on with %g; it may have to learn sizes anew",
            known.scale_factor,
            metadata.scale_factor,
        )
    loaded = checkpoints.load(workdir.checkpoints, "best")
    assign_weights(network, checkpoints.model_arrays(loaded.arrays))
    logging.info("beginning with the weights of %s at step %d", workdir.path, loaded.info["step"])
