"""SavedModels written here load under other TensorFlows: SKETCH_RNN_PYTHONS names their interpreters, with colons."""

import json
import os
import subprocess

import numpy as np
import pytest
import tensorflow as tf

from export.serving_files import example_inputs

PYTHONS = [path for path in os.environ.get("SKETCH_RNN_PYTHONS", "").split(":") if path]
CODE = """
import sys
import numpy as np
import tensorflow as tf
for place in range(1, len(sys.argv), 3):
    folder, asked, answer = sys.argv[place : place + 3]
    graphs, answers = tf.saved_model.load(folder).signatures, {}
    with np.load(asked) as asked:
        for name, graph in graphs.items():
            inputs = {key.split("/")[1]: tf.constant(asked[key]) for key in asked if key.split("/")[0] == name}
            answers |= {f"{name}/{key}": value.numpy() for key, value in graph(**inputs).items()}
    np.savez(answer, version=tf.__version__, **answers)
"""


@pytest.fixture(scope="module")
def questions(folder, reader_folder, tmp_path_factory):
    """What each SavedModel is asked, as files, and what it answers here."""
    asked_of = {}
    for which in (folder, reader_folder):
        described = json.loads((which / "assets" / "manifest.json").read_text())
        asked, here = {}, {}
        for name, graph in tf.saved_model.load(str(which)).signatures.items():
            inputs = example_inputs(graph.structured_input_signature[1], described, rows=3)
            asked |= {f"{name}/{key}": value for key, value in inputs.items()}
            answer = graph(**{key: tf.constant(value) for key, value in inputs.items()})
            here |= {f"{name}/{key}": value.numpy() for key, value in answer.items()}
        file = tmp_path_factory.mktemp("asked") / "asked.npz"
        np.savez(file, **asked)
        asked_of[which] = file, here
    return asked_of


@pytest.mark.slow
@pytest.mark.skipif(not PYTHONS, reason="SKETCH_RNN_PYTHONS names no other interpreters")
@pytest.mark.parametrize("python", PYTHONS)
def test_every_signature_answers_the_same_under_another_tensorflow(python, questions, tmp_path):
    files = []
    for place, (folder, (asked, _)) in enumerate(questions.items()):
        files += [str(folder), str(asked), str(tmp_path / f"answer{place}.npz")]
    ran = subprocess.run([python, "-I", "-c", CODE, *files], capture_output=True, text=True, timeout=400)
    assert ran.returncode == 0, ran.stderr[-2000:]
    for (_, here), file in zip(questions.values(), files[2::3]):
        with np.load(file) as answer:
            assert str(answer["version"]) != tf.__version__
            assert set(answer) == {"version", *here}
            for key, value in here.items():
                np.testing.assert_allclose(answer[key], value, rtol=1e-4, atol=1e-3, err_msg=key)
