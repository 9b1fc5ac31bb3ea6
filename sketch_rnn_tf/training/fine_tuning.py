"""Beginning a run with the weights of a trained model instead of random ones."""

import dataclasses

from absl import logging

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import Config
from sketch_rnn_tf.models.build import RASTER_SIZE, build_network
from sketch_rnn_tf.models.transfer import row_names, transferred
from sketch_rnn_tf.models.weights import assign_weights
from sketch_rnn_tf.training import checkpoints, pretrained
from sketch_rnn_tf.training.workdir import Metadata, Workdir

# First parts of the paths of weights that read sketches, and the keys that decide their shape.
_ENCODER = ("encoder", "mu", "log_var")
_ENCODER_KEYS = ("kind", "conditional", "encoder.cell", "encoder.units", "raster_network", "high_pass")


def config_of(path, checkpoint: str = "best") -> Config:
    """Returns the config of a trained model as one to go on from: its own model, its loss at the end of the schedule.

    Precision and parts of a batch are the defaults: its own suited the machine it was trained on. Nothing is frozen.

    Args:
        path: a workdir, or "pretrained:NAME".
        checkpoint: "best" (by validation cost) or "last".

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: `checkpoint` is neither, or a file of it is damaged.
    """
    workdir = Workdir(pretrained.resolve(path))
    config, metadata = workdir.read()
    step = checkpoints.load(workdir.checkpoints, checkpoint).info["step"]
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
            start_checkpoint=checkpoint,
            frozen=(),
            learning_rate=max(reached, train.learning_rate / 4),
            **pretrained.ANY_MACHINE,
        ),
    )


def assign(network, config: Config, metadata: Metadata) -> None:
    """Gives a network the weights of a checkpoint of `train.start_from`, as far as they mean the same in it.

    Classes may be others: those of the same name keep their weights, and a new one begins with the mean of those known. The
    encoder may be another or none, with z or without: what reads sketches then begins with random weights, and the decoder goes on.

    Args:
        network: built for `config`.
        config: of the run that begins.
        metadata: of the run that begins.

    Raises:
        FileNotFoundError: there is no such model.
        ValueError: its decoder is another than `config` asks for.
    """
    workdir = Workdir(pretrained.resolve(config.train.start_from))
    source, known = workdir.read()
    other = [
        f"{key} is {asked!r} and was {had!r}"
        for key, (had, asked) in config_lib.difference(source, config).items()
        if key.startswith("model.") and key not in _free_keys(source, config)
    ]
    if other:
        raise ValueError(
            f"{workdir.path} holds another model: {'; '.join(other)}; leave these as they were, or begin without --init"
        )
    encoder_begins = _encoder(source) != _encoder(config)
    loaded = checkpoints.load(workdir.checkpoints, config.train.start_checkpoint)
    before = build_network(source.model, known.num_classes, raster_size=source.data.raster_size)
    arrays = transferred(
        network,
        metadata.class_names,
        checkpoints.model_arrays(loaded.arrays),
        row_names(before, known.class_names),
        _ENCODER if encoder_begins else (),
    )
    assign_weights(network, arrays)
    logging.info("beginning with the weights of %s at step %d", workdir.path, loaded.info["step"])
    if encoder_begins and config.model.conditional:
        logging.warning(
            "what reads sketches begins with random weights: the model had another encoder or none"
        )
    _tell(config, metadata, known)


def _free_keys(source: Config, config: Config) -> set[str]:
    """Returns the keys of the model that may differ; AI-Sketcher's encoder is a part of its decoder, so nothing of it may."""
    rates = {f"model.{place}_dropout_rate" for place in ("recurrent", "input", "output")}
    models = source.model, config.model
    if any(model.kind == "ai_sketcher" for model in models):
        return rates
    free = {f"model.{key}" for key in _ENCODER_KEYS} | {"model.class_conditioning"}
    return rates | free | (set() if all(model.conditional for model in models) else {"model.z_size"})


def _encoder(config: Config) -> tuple | None:
    """Returns what decides the shape of the encoder, None where there is none."""
    model = config.model
    if not model.conditional:
        return None
    if model.kind in config_lib.RASTER_KINDS:
        size = config.data.raster_size or RASTER_SIZE
        return size, model.encoder.units, model.raster_network, model.high_pass
    return model.encoder.cell, model.encoder.units


def _tell(config: Config, metadata: Metadata, known: Metadata) -> None:
    if config.model.class_conditioning != "none":
        new = [name for name in metadata.class_names if name not in known.class_names]
        if new:
            logging.warning("classes the model does not know yet: %s", ", ".join(new))
    if abs(metadata.scale_factor / known.scale_factor - 1) > 1e-6:
        logging.warning(
            "the model was trained with scale_factor %g and goes on with %g; it may have to learn sizes anew",
            known.scale_factor,
            metadata.scale_factor,
        )
