"""Magenta's hyper-parameters: its documented strings and files, and what is wrong with others."""

import json

import pytest

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf import hparams
from sketch_rnn_tf.presets import preset

# Every option its README documents, written as the README lists them.
README_DEFAULTS = (
    "data_set=['aaron_sheep.npz'],num_steps=10000000,save_every=500,dec_rnn_size=512,dec_model='lstm',enc_rnn_size=256,"
    "enc_model='lstm',z_size=128,kl_weight=0.5,kl_weight_start=0.01,kl_tolerance=0.2,batch_size=100,grad_clip=1.0,"
    "num_mixture=20,learning_rate=0.001,decay_rate=0.9999,kl_decay_rate=0.99995,min_learning_rate=0.00001,"
    "use_recurrent_dropout=True,recurrent_dropout_prob=0.90,use_input_dropout=False,input_dropout_prob=0.90,"
    "use_output_dropout=False,output_dropout_prob=0.90,random_scale_factor=0.15,augment_stroke_prob=0.10,conditional=True"
)


def changes(text: str) -> dict:
    """The config keys a string changes, with their new values."""
    config = hparams.config_from_values(hparams.parse(text))
    return {key: new for key, (_, new) in config_lib.difference(preset("magenta_default"), config).items()}


def test_the_documented_defaults_are_ours():
    assert changes(README_DEFAULTS) == {"data.sources": ("aaron_sheep.npz",)}


def test_an_empty_string_changes_nothing():
    assert hparams.parse("") == hparams.parse("  ") == {}
    assert hparams.to_values({}) == {}


def test_the_readmes_large_recipe():
    text = (
        "data_set=[class1.npz,class2.npz,class3.npz],dec_model=hyper,dec_rnn_size=2048,enc_model=layer_norm,"
        "enc_rnn_size=512,save_every=5000,grad_clip=1.0,use_recurrent_dropout=0"
    )
    assert changes(text) == {
        "data.sources": ("class1.npz", "class2.npz", "class3.npz"),
        "model.decoder.cell": "hyper",
        "model.decoder.units": 2048,
        "model.encoder.cell": "layer_norm",
        "model.encoder.units": 512,
        "model.recurrent_dropout_rate": 0.0,
        "train.save_every": 5000,
        "train.eval_every": 5000,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("data_set=cat.npz", {"data.sources": ("cat.npz",)}),
        (
            'data_set=["cat.npz", "pig.npz"] , z_size=64',
            {"data.sources": ("cat.npz", "pig.npz"), "model.z_size": 64},
        ),
        ("num_steps=2000", {"train.steps": 2000}),
        ("conditional=0", {"model.conditional": False}),
        ("conditional=false", {"model.conditional": False}),
        ("min_learning_rate=1e-4", {"train.learning_rate_min": 1e-4}),
        ("kl_weight=1", {"loss.kl_weight": 1.0}),
        ("max_seq_len=100,is_training=False", {}),
    ],
)
def test_values_of_every_form(text, expected):
    assert changes(text) == expected


@pytest.mark.parametrize(
    ("text", "key", "rate"),
    [
        ("recurrent_dropout_prob=0.65", "model.recurrent_dropout_rate", 0.35),
        ("recurrent_dropout_prob=1.0", "model.recurrent_dropout_rate", 0.0),
        ("use_recurrent_dropout=False,recurrent_dropout_prob=0.65", "model.recurrent_dropout_rate", 0.0),
        ("input_dropout_prob=0.65", "model.input_dropout_rate", 0.0),
        ("use_input_dropout=1", "model.input_dropout_rate", 0.10),
        ("use_input_dropout=1,input_dropout_prob=0.65", "model.input_dropout_rate", 0.35),
        ("use_output_dropout=True,output_dropout_prob=0.8", "model.output_dropout_rate", 0.2),
    ],
)
def test_keep_probabilities_become_rates(text, key, rate):
    config = hparams.config_from_values(hparams.parse(text))
    assert config_lib.flat(config)[key] == rate


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dec_modle=hyper", ["dec_modle", "dec_model"]),
        ("hyper", ["hyper", "name=value"]),
        ("data_set=[a.npz", ["data_set", "brackets"]),
        ("z_size=3,,kl_weight=1", ["',kl_weight=1'", "name=value"]),
        ("conditional=maybe", ["conditional", "maybe"]),
        ("recurrent_dropout_prob=0", ["recurrent_dropout_prob", "fraction kept"]),
        ("recurrent_dropout_prob=1.5", ["recurrent_dropout_prob", "1.5"]),
        ("recurrent_dropout_prob=high", ["recurrent_dropout_prob", "high"]),
        ("dec_model=gru", ["gru", "lstm"]),
        ("z_size=big", ["big", "whole number"]),
        ("learning_rate=nan", ["nan", "finite"]),
    ],
)
def test_what_does_not_fit_is_refused_in_one_sentence(text, names):
    with pytest.raises(ValueError) as error:
        hparams.config_from_values(hparams.parse(text))
    assert "\n" not in str(error.value)
    for name in names:
        assert name in str(error.value)


def test_model_config_json_of_a_published_model(golden_folder):
    values = json.loads((golden_folder / "layer_norm_layer_norm" / "model_config.json").read_text())
    config = hparams.config_from_values(values)
    assert (config.model.encoder.cell, config.model.encoder.units) == ("layer_norm", 24)
    assert (config.model.decoder.cell, config.model.decoder.units) == ("layer_norm", 40)
    assert config.model.z_size == 12
    assert config.model.recurrent_dropout_rate == 0.0
    assert hparams.max_length(values) == 48


def test_published_booleans_are_0_and_1():
    values = {"conditional": 0, "use_recurrent_dropout": 1, "is_training": 0}
    config = hparams.config_from_values(values)
    assert config.model.conditional is False
    assert config.model.recurrent_dropout_rate == 0.10


def test_max_length_is_magentas_where_none_is_given():
    assert hparams.max_length({}) == 250
    with pytest.raises(ValueError, match="max_seq_len"):
        hparams.max_length({"max_seq_len": 0})
