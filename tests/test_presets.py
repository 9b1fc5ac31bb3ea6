"""The presets against the documents they name."""

import pytest

from sketch_rnn_tf import config as config_lib
from sketch_rnn_tf import hparams, presets
from sketch_rnn_tf.config import Config

# The last command of the README of Magenta's sketch_rnn.
LARGE_RECIPE = (
    "dec_model=hyper,dec_rnn_size=2048,enc_model=layer_norm,enc_rnn_size=512,save_every=5000,grad_clip=1.0,"
    "use_recurrent_dropout=0"
)
# Ha & Eck 2017, A.3.
PAPER = {
    "model.encoder.cell": "layer_norm",
    "model.encoder.units": 512,
    "model.decoder.cell": "hyper",
    "model.decoder.units": 2048,
    "model.num_mixtures": 20,
    "model.z_size": 128,
    "model.recurrent_dropout_rate": 0.10,
    "data.batch_size": 100,
    "data.random_scale": 0.10,
    "data.point_drop_rate": 0.0,
    "loss.kl_weight": 1.0,
    "loss.kl_tolerance": 0.20,
    "loss.kl_decay_rate": 0.99999,
    "loss.kl_weight_start": 0.01,
    "loss.kl_weight_start_is_relative": True,
    "train.optimizer": "adam",
    "train.learning_rate": 0.0001,
    "train.learning_rate_min": 0.0001,
    "train.grad_clip": 1.0,
}


def test_magenta_default_is_the_default_with_magentas_loss():
    difference = config_lib.difference(Config(), presets.preset("magenta_default"))
    assert difference == {"loss.magenta_epsilon": (False, True), "loss.tail": (16, "full")}


def test_magenta_large_is_its_readmes_recipe():
    recipe = hparams.config_from_values(hparams.parse(LARGE_RECIPE))
    assert config_lib.difference(presets.preset("magenta_large"), recipe) == {}


def test_paper_2017_is_appendix_a3():
    values = config_lib.flat(presets.preset("paper_2017"))
    assert {key: values[key] for key in PAPER} == PAPER


def test_small_data_follows_magentas_advice():
    config = presets.preset("small_data")
    assert config.model.encoder.cell == config.model.decoder.cell == "layer_norm"
    assert 0.10 <= config.model.recurrent_dropout_rate <= 0.35
    assert 0.10 <= config.data.random_scale <= 0.20
    assert 0.10 <= config.data.point_drop_rate <= 0.20


def test_quick_is_small_and_batches_by_length():
    quick = presets.preset("quick")
    assert quick.model.decoder.units < Config().model.decoder.units
    assert quick.train.steps <= 10_000
    assert quick.data.bucket


@pytest.mark.parametrize("name", presets.preset_names())
def test_every_preset_is_described_in_one_line_and_survives_json(name):
    assert presets.describe(name)
    assert "\n" not in presets.describe(name)
    config = presets.preset(name)
    assert config_lib.from_json(config_lib.to_json(config)) == config


def test_an_unknown_name_gets_a_guess_and_the_list():
    with pytest.raises(ValueError, match="'quik'; did you mean quick") as error:
        presets.preset("quik")
    for name in presets.preset_names():
        assert name in str(error.value)
