"""Magenta's hyper-parameters: its `--hparams` string and its `model_config.json`, turned into our config."""

import re
from typing import Any

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.presets import preset

# Magenta's name -> our key, where the value means the same.
SAME_MEANING = {
    "data_set": "data.sources",
    "num_steps": "train.steps",
    "save_every": "train.save_every",
    "dec_rnn_size": "model.decoder.units",
    "dec_model": "model.decoder.cell",
    "enc_rnn_size": "model.encoder.units",
    "enc_model": "model.encoder.cell",
    "z_size": "model.z_size",
    "kl_weight": "loss.kl_weight",
    "kl_weight_start": "loss.kl_weight_start",
    "kl_tolerance": "loss.kl_tolerance",
    "kl_decay_rate": "loss.kl_decay_rate",
    "batch_size": "data.batch_size",
    "grad_clip": "train.grad_clip",
    "num_mixture": "model.num_mixtures",
    "learning_rate": "train.learning_rate",
    "decay_rate": "train.learning_rate_decay",
    "min_learning_rate": "train.learning_rate_min",
    "random_scale_factor": "data.random_scale",
    "augment_stroke_prob": "data.point_drop_rate",
    "conditional": "model.conditional",
}
# A switch and a keep probability in Magenta, a dropped fraction here.
DROPOUTS = ("recurrent_dropout", "input_dropout", "output_dropout")
DROPOUT_DEFAULTS = {"recurrent_dropout": True, "input_dropout": False, "output_dropout": False}
KEEP_DEFAULT = 0.90
# Magenta overwrites the first from the data and the second for each of its graphs.
WITHOUT_EFFECT = ("max_seq_len", "is_training")
BOOLEANS = ("conditional", "is_training", *(f"use_{name}" for name in DROPOUTS))
MAX_LENGTH_DEFAULT = 250

_PAIR = re.compile(r"\s*(?P<name>\w+)\s*=\s*(?P<value>\[[^\]]*\]|[^,\[\]]*)\s*(?:,|$)")


def parse(text: str) -> dict[str, Any]:
    """Splits Magenta's `name=value,name=[a,b]` string.

    Args:
        text: as given to Magenta's `--hparams`; may be empty.

    Returns:
        values by Magenta's names: lists of texts, numbers, booleans or texts.

    Raises:
        ValueError: the text is not of that form, or a name is none of Magenta's.
    """
    values, place = {}, 0
    while place < len(text.rstrip()):
        match = _PAIR.match(text, place)
        if not match:
            raise ValueError(
                f"--hparams cannot be read from {text[place:][:40]!r} on; expected name=value pairs with commas between, "
                "lists in brackets"
            )
        name, value = match["name"], match["value"].strip()
        _check_name(name)
        values[name] = _list(value[1:-1]) if value.startswith("[") else _scalar(value)
        place = match.end()
    return values


def to_values(values: dict[str, Any]) -> dict[str, Any]:
    """Returns our config values, by dotted key, for hyper-parameters by Magenta's names.

    Raises:
        ValueError: a name is none of Magenta's, or a value has no sense there.
    """
    ours = {}
    for name, value in values.items():
        _check_name(name)
        if name in BOOLEANS:
            value = _boolean(name, value)
        if name == "data_set":
            value = tuple(value) if isinstance(value, list | tuple) else (str(value),)
        if name in SAME_MEANING:
            ours[SAME_MEANING[name]] = value
        if name == "save_every":
            ours["train.eval_every"] = value
    for name in DROPOUTS:
        switch, keep = f"use_{name}", f"{name}_prob"
        if switch in values or keep in values:
            used = _boolean(switch, values.get(switch, DROPOUT_DEFAULTS[name]))
            kept = values.get(keep, KEEP_DEFAULT)
            if isinstance(kept, bool) or not isinstance(kept, int | float) or not 0 < kept <= 1:
                raise ValueError(f"{keep} is {kept!r}; expected the fraction kept, above 0 and at most 1")
            ours[f"model.{name}_rate"] = round(1.0 - kept, 12) if used else 0.0
    return ours


def config_from_values(values: dict[str, Any]) -> Config:
    """Returns the config of a Magenta model: these hyper-parameters over its defaults; booleans may be 0 and 1."""
    return with_values(preset("magenta_default"), to_values(values))


def max_length(values: dict[str, Any]) -> int:
    """Returns Nmax of a Magenta model, in points."""
    value = values.get("max_seq_len", MAX_LENGTH_DEFAULT)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"max_seq_len is {value!r}; expected a number of points of at least 1")
    return value


def _check_name(name: str) -> None:
    known = {*SAME_MEANING, *WITHOUT_EFFECT}
    known |= {f"use_{dropout}" for dropout in DROPOUTS} | {f"{dropout}_prob" for dropout in DROPOUTS}
    if name not in known:
        raise ValueError(f"Magenta has no hyper-parameter {name!r}; it has {', '.join(sorted(known))}")


def _boolean(name: str, value) -> bool:
    if value in (True, False):  # 0 and 1 compare equal to these
        return bool(value)
    raise ValueError(f"{name} is {value!r}; expected true, false, 1 or 0")


def _list(text: str) -> list[str]:
    return [part.strip().strip("'\"") for part in text.split(",") if part.strip()]


def _scalar(text: str):
    text = text.strip("'\"")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
