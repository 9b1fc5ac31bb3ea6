"""Weight files written here, in the npm package that people draw with."""

import json

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf import mixture
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.interop.sketch_rnn_js import export_js, import_js
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.sketch_model import SketchModel, load_model
from sketch_rnn_tf.training.workdir import Metadata

SCALE_FACTOR = 12.5


@pytest.mark.slow
def test_the_package_says_what_python_says(in_browser, tmp_path):
    config = with_values(Config(), {"model.conditional": False, "model.decoder.units": 48})
    tf.keras.utils.set_random_seed(2)
    network = build_network(config.model, 1)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [1, place], stddev=0.2))
    made = SketchModel(network, config, Metadata(SCALE_FACTOR, 40, ("owl",)))
    export_js(made, tmp_path / "model.gen.json")
    rng = np.random.default_rng(3)
    pens = np.eye(3)[rng.integers(0, 2, 40)]
    strokes = np.concatenate([rng.normal(0, 15, [40, 2]), pens], axis=1)
    (tmp_path / "inputs.json").write_text(json.dumps({"strokes": strokes.tolist()}))
    found = in_browser("peer.js", tmp_path)
    assert found["info"]["scale_factor"] == pytest.approx(SCALE_FACTOR)
    assert len(found["steps"]) == 40
    rounded = load_model(import_js(tmp_path / "model.gen.json", tmp_path / "owl").path)
    for model, tolerance in ((rounded, 1e-4), (made, 0.02)):
        state = model.network.start(None, None, 1)
        for stroke, step in zip(strokes / [SCALE_FACTOR, SCALE_FACTOR, 1, 1, 1], found["steps"]):
            params, state = model.network.decode_step(tf.constant(stroke[None], tf.float32), state)
            wanted = {name: value[0].numpy() for name, value in mixture.probabilities(params).items()}
            assert step.keys() == wanted.keys()
            for name, values in wanted.items():
                np.testing.assert_allclose(step[name], values, rtol=tolerance, atol=tolerance, err_msg=name)
