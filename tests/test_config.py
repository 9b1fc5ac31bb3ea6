"""The config: Magenta's defaults, exact round trips, and one clear sentence for whatever does not fit."""

import dataclasses
import json
import math

import pytest

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf.config import Config, DataConfig, LossConfig, ModelConfig, TrainConfig

# From the README of Magenta's sketch_rnn; its keep probability of 0.90 is a rate of 0.10 here.
MAGENTA_DEFAULTS = {
    "train.steps": 10_000_000,
    "train.save_every": 500,
    "model.decoder.units": 512,
    "model.decoder.cell": "lstm",
    "model.encoder.units": 256,
    "model.encoder.cell": "lstm",
    "model.z_size": 128,
    "loss.kl_weight": 0.5,
    "loss.kl_weight_start": 0.01,
    "loss.kl_tolerance": 0.2,
    "loss.kl_decay_rate": 0.99995,
    "data.batch_size": 100,
    "train.grad_clip": 1.0,
    "model.num_mixtures": 20,
    "train.learning_rate": 0.001,
    "train.learning_rate_decay": 0.9999,
    "train.learning_rate_min": 0.00001,
    "model.recurrent_dropout_rate": 0.10,
    "model.input_dropout_rate": 0.0,
    "model.output_dropout_rate": 0.0,
    "data.random_scale": 0.15,
    "data.point_drop_rate": 0.10,
    "model.conditional": True,
}
# The public interface of design and README: workdirs and command lines rest on these names.
KEYS = {
    "data": "sources batch_size max_length scale_factor random_scale point_drop_rate bucket raster_size stream_above_mb "
    "service",
    "model": "kind conditional encoder.cell encoder.units decoder.cell decoder.units z_size num_mixtures "
    "recurrent_dropout_rate input_dropout_rate output_dropout_rate class_conditioning class_embedding_size "
    "raster_network high_pass influence influence_reads autoencoder code_size autoencoder_first_steps",
    "loss": "kl_weight kl_weight_start kl_weight_start_is_relative kl_decay_rate kl_tolerance tail tail_share "
    "magenta_epsilon "
    "influence_weight image_weight literal_kl",
    "train": "steps optimizer learning_rate learning_rate_min learning_rate_decay grad_clip clip_mode eval_every "
    "save_every early_stopping_patience precision jit_compile shards deterministic seed on_nan strategy "
    "start_from start_checkpoint frozen",
}
CHANGED = [
    "data.sources=a.npz, b.npz",
    "data.bucket=true",
    "data.scale_factor=18.519827",
    "model.conditional=0",
    "model.encoder.cell=layer_norm",
    "model.decoder.units=2048",
    "loss.tail=5",
    "loss.kl_decay_rate=0.1",
    "train.learning_rate=3e-4",
    "train.seed=7",
]


def sentence(error) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_defaults_are_magentas():
    values = config_lib.flat(Config())
    assert {key: values[key] for key in MAGENTA_DEFAULTS} == MAGENTA_DEFAULTS


def test_keys_are_the_published_ones():
    expected = {f"{section}.{name}" for section, names in KEYS.items() for name in names.split()}
    assert set(config_lib.flat(Config())) == {*expected, "schema_version"}


def test_json_round_trip_is_exact():
    changed = config_lib.apply_overrides(Config(), CHANGED)
    for config in (Config(), changed):
        assert config_lib.from_json(config_lib.to_json(config)) == config
    assert changed.data.sources == ("a.npz", "b.npz")


def test_json_holds_every_key_in_sections():
    values = json.loads(config_lib.to_json(Config()))
    assert values["schema_version"] == 1
    assert values["model"]["encoder"] == {"cell": "lstm", "units": 256}
    assert values["data"]["sources"] == []


def test_keys_left_out_of_json_keep_their_defaults():
    assert config_lib.from_json('{"train": {"steps": 3}}') == Config(train=TrainConfig(steps=3))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{", ["no JSON"]),
        ("[]", ["list", "object"]),
        ('{"modle": {}}', ["modle", "model"]),
        ('{"model": {"encoder": {"unit": 3}}}', ["model.encoder.unit", "model.encoder.units"]),
        ('{"model": 3}', ["model", "3"]),
        ('{"model": {"z_size": "3"}}', ["model.z_size", "'3'", "whole number"]),
        ('{"model": {"z_size": 3.5}}', ["model.z_size", "3.5", "whole number"]),
        ('{"model": {"z_size": true}}', ["model.z_size", "True", "whole number"]),
        ('{"model": {"conditional": 1}}', ["model.conditional", "true or false"]),
        ('{"model": {"encoder": null}}', ["model.encoder", "None"]),
        ('{"data": {"sources": "a.npz"}}', ["data.sources", "list"]),
        ('{"data": {"sources": [1]}}', ["data.sources", "1"]),
        ('{"train": {"learning_rate": Infinity}}', ["train.learning_rate", "finite"]),
        ('{"schema_version": 2}', ["schema_version 2", "newer"]),
        ('{"schema_version": 0}', ["schema_version", "0"]),
        ('{"schema_version": "1"}', ["schema_version", "'1'"]),
    ],
)
def test_json_that_does_not_fit_is_refused(text, names):
    with pytest.raises(ValueError) as error:
        config_lib.from_json(text)
    for name in names:
        assert name in sentence(error)


@pytest.mark.parametrize(
    ("section", "values", "key"),
    [
        (DataConfig, {"batch_size": 0}, "data.batch_size"),
        (DataConfig, {"max_length": -1}, "data.max_length"),
        (DataConfig, {"scale_factor": -1.0}, "data.scale_factor"),
        (DataConfig, {"random_scale": 1.0}, "data.random_scale"),
        (DataConfig, {"point_drop_rate": -0.1}, "data.point_drop_rate"),
        (DataConfig, {"sources": ("",)}, "data.sources"),
        (DataConfig, {"bucket": 1}, "data.bucket"),
        (ModelConfig, {"kind": "sketch_gan"}, "model.kind"),
        (ModelConfig, {"raster_network": "vgg"}, "model.raster_network"),
        (ModelConfig, {"recurrent_dropout_rate": 1.0}, "model.recurrent_dropout_rate"),
        (ModelConfig, {"input_dropout_rate": math.nan}, "model.input_dropout_rate"),
        (ModelConfig, {"num_mixtures": 0}, "model.num_mixtures"),
        (ModelConfig, {"class_conditioning": "onehot"}, "model.class_conditioning"),
        (ModelConfig, {"encoder": "lstm"}, "model.encoder"),
        (config_lib.EncoderConfig, {"cell": "gru"}, "model.encoder.cell"),
        (config_lib.DecoderConfig, {"units": 0}, "model.decoder.units"),
        (LossConfig, {"tail": "half"}, "loss.tail"),
        (LossConfig, {"tail": 0}, "loss.tail"),
        (LossConfig, {"tail_share": 1.5}, "loss.tail_share"),
        (LossConfig, {"tail": True}, "loss.tail"),
        (LossConfig, {"kl_decay_rate": 1.1}, "loss.kl_decay_rate"),
        (TrainConfig, {"steps": "many"}, "train.steps"),
        (TrainConfig, {"grad_clip": 0.0}, "train.grad_clip"),
        (TrainConfig, {"clip_mode": "global"}, "train.clip_mode"),
        (TrainConfig, {"precision": "float16"}, "train.precision"),
        (TrainConfig, {"seed": 2**31}, "train.seed"),
        (TrainConfig, {"on_nan": "ignore"}, "train.on_nan"),
    ],
)
def test_values_out_of_range_are_refused_wherever_they_come_from(section, values, key):
    with pytest.raises(ValueError) as error:
        section(**values)
    assert sentence(error).startswith(key)


def test_sections_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Config().train.steps = 3


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("model.decoder.units=512", "model.decoder.units", 512),
        (" train.learning_rate = 1 ", "train.learning_rate", 1.0),
        ("data.bucket=True", "data.bucket", True),
        ("data.bucket=0", "data.bucket", False),
        ("loss.tail=12", "loss.tail", 12),
        ("loss.tail=full", "loss.tail", "full"),
        ("data.sources=a.npz,doodles", "data.sources", ("a.npz", "doodles")),
        ("data.sources=", "data.sources", ()),
        ("model.encoder.cell=hyper", "model.encoder.cell", "hyper"),
    ],
)
def test_overrides_take_the_type_of_their_key(text, key, value):
    got = config_lib.flat(config_lib.apply_overrides(Config(), [text]))[key]
    assert got == value
    assert type(got) is type(value)


def test_the_last_override_wins():
    config = config_lib.apply_overrides(Config(), ["train.steps=3", "train.steps=4"])
    assert config.train.steps == 4


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("train.steps", ["train.steps", "key=value"]),
        ("train.step=3", ["train.step", "did you mean train.steps"]),
        ("model.encoder=lstm", ["model.encoder", "model.encoder.cell"]),
        ("zzz=3", ["zzz", "data, model, loss, train"]),
        ("train.steps=3.5", ["train.steps", "3.5", "whole number"]),
        ("train.learning_rate=fast", ["train.learning_rate", "fast", "number"]),
        ("train.learning_rate=nan", ["train.learning_rate", "finite"]),
        ("data.bucket=yes", ["data.bucket", "yes", "true or false"]),
        ("loss.tail=-3", ["loss.tail", "-3"]),
    ],
)
def test_overrides_that_do_not_fit_are_refused(text, names):
    with pytest.raises(ValueError) as error:
        config_lib.apply_overrides(Config(), [text])
    for name in names:
        assert name in sentence(error)


def test_difference_names_dotted_keys():
    new = config_lib.apply_overrides(Config(), ["train.steps=5", "model.encoder.cell=hyper"])
    assert config_lib.difference(Config(), new) == {
        "train.steps": (10_000_000, 5),
        "model.encoder.cell": ("lstm", "hyper"),
    }
    assert config_lib.difference(new, new) == {}


def test_resumable_keys_exist():
    assert set(config_lib.flat(Config())) >= config_lib.RESUMABLE_KEYS
    assert "model.z_size" not in config_lib.RESUMABLE_KEYS
