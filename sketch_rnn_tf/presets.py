"""Configs with a name."""

import difflib

from sketch_rnn_tf.config import Config, with_values

_RASTER = {"data.raster_size": 48, "model.decoder.units": 2048, "model.encoder.units": 512}
_RASTER_SMALL = {"model.decoder.units": 512, "model.encoder.units": 256}

_AI_SKETCHER = {
    "data.raster_size": 128,
    "model.kind": "ai_sketcher",
    "model.class_conditioning": "one_hot",
    "model.encoder.cell": "layer_norm",
    "model.encoder.units": 256,
    "model.decoder.cell": "layer_norm",
    "model.decoder.units": 2048,
    "model.z_size": 256,
    "loss.kl_weight": 1.0,
}

_PRESETS: dict[str, tuple[str, dict]] = {
    "default": (
        "Magenta's sizes, schedules and augmentation; the pen loss stops 16 steps past a sketch's end, so padding costs nothing.",
        {},
    ),
    "magenta_default": (
        "Magenta's default hyper-parameters (its README), and its loss: log(p + 1e-6), every step up to Nmax.",
        {"loss.magenta_epsilon": True, "loss.tail": "full"},
    ),
    "magenta_large": (
        "Magenta's recipe for large data: HyperLSTM decoder 2048, layer-norm encoder 512 (its README).",
        {
            "loss.magenta_epsilon": True,
            "loss.tail": "full",
            "model.decoder.cell": "hyper",
            "model.decoder.units": 2048,
            "model.encoder.cell": "layer_norm",
            "model.encoder.units": 512,
            "model.recurrent_dropout_rate": 0.0,
            "train.save_every": 5000,
            "train.eval_every": 5000,
        },
    ),
    "paper_2017": (
        "Ha & Eck 2017, A.3: 2048-unit HyperLSTM decoder, KL weight 1 annealed slowly, no point dropping.",
        {
            "data.random_scale": 0.10,
            "data.point_drop_rate": 0.0,
            "model.decoder.cell": "hyper",
            "model.decoder.units": 2048,
            "model.encoder.cell": "layer_norm",
            "model.encoder.units": 512,
            "loss.kl_weight": 1.0,
            "loss.tail": "full",
            "loss.kl_weight_start_is_relative": True,
            "loss.kl_decay_rate": 0.99999,
            "train.learning_rate": 0.0001,
            "train.learning_rate_min": 0.0001,
            "train.learning_rate_decay": 1.0,
        },
    ),
    "sketch_pix2seq": (
        "Sketch-pix2seq (Chen et al. 2017): a CNN reads the image of a sketch, no KL term.",
        {**_RASTER, "model.kind": "sketch_pix2seq", "loss.kl_weight": 0.0, "loss.kl_weight_start": 0.0},
    ),
    "sketch_pix2seq_small": (
        "The same with a decoder of 512 units, for a CPU.",
        {
            **_RASTER,
            **_RASTER_SMALL,
            "model.kind": "sketch_pix2seq",
            "loss.kl_weight": 0.0,
            "loss.kl_weight_start": 0.0,
        },
    ),
    "cnn_vae": (
        "CNN encoder, KL term, LSTM decoder: the VAE of the article on drawing many classes.",
        {**_RASTER, "model.kind": "cnn_vae"},
    ),
    "cnn_vae_small": (
        "The same with a decoder of 512 units, for a CPU.",
        {**_RASTER, **_RASTER_SMALL, "model.kind": "cnn_vae"},
    ),
    "ai_sketcher": (
        "AI-Sketcher (Cao et al. 2019): layer norm, an influence layer, an image autoencoder; give it classes.",
        _AI_SKETCHER,
    ),
    "ai_sketcher_small": (
        "The same with a decoder of 512 units and images of 48 pixels, for a CPU; "
        "with model.influence=false it drew better wherever both were measured.",
        {
            **_AI_SKETCHER,
            "data.raster_size": 48,
            "model.encoder.units": 128,
            "model.decoder.units": 512,
            "model.z_size": 128,
        },
    ),
    "small_data": (
        "Below 10,000 sketches: layer norm on both sides, more dropout (Magenta's README, its advice for small sets).",
        {
            "model.encoder.cell": "layer_norm",
            "model.decoder.cell": "layer_norm",
            "model.recurrent_dropout_rate": 0.25,
            "data.random_scale": 0.15,
            "data.point_drop_rate": 0.15,
            "train.early_stopping_patience": 10,
        },
    ),
    "quick": (
        "Minutes on a CPU: small, faster schedules, batches of like lengths.",
        {
            "data.batch_size": 64,
            "data.bucket": True,
            "model.encoder.units": 96,
            "model.decoder.units": 256,
            "model.z_size": 32,
            "model.num_mixtures": 10,
            "model.recurrent_dropout_rate": 0.0,
            "loss.tail": 5,
            "loss.kl_weight_start": 0.0,
            "loss.kl_decay_rate": 0.999,
            "train.steps": 2000,
            "train.learning_rate": 0.003,
            "train.learning_rate_min": 0.0001,
            "train.learning_rate_decay": 0.999,
            "train.eval_every": 500,
        },
    ),
}


def preset(name: str) -> Config:
    """Returns the config called `name`.

    Raises:
        ValueError: there is none.
    """
    if name not in _PRESETS:
        near = difflib.get_close_matches(name, _PRESETS, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"there is no preset {name!r}; {guess}expected {' or '.join(_PRESETS)}")
    return with_values(Config(), _PRESETS[name][1])


def preset_names() -> tuple[str, ...]:
    """Returns the names of all presets."""
    return tuple(_PRESETS)


def describe(name: str) -> str:
    """Returns the one line that says what a preset is for."""
    return _PRESETS[name][0]
