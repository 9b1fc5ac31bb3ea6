"""The demo, shrunk to seconds."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from sketch_rnn_tf.data import read_npz


@pytest.mark.slow
def test_it_leaves_data_a_run_and_a_picture_and_prints_its_path_last(tmp_path):
    output = tmp_path / "demo"
    arguments = [f"--output={output}", "--steps=3", "--num=60", "--classes=cup,ice cream"]
    command = [sys.executable, "-m", "sketch_rnn_tf.demo", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().splitlines()[-1] == str(output / "drawings.svg")
    assert ElementTree.parse(output / "drawings.svg").getroot().tag.endswith("svg")
    assert (output / "drawings.png").read_bytes()[:4] == b"\x89PNG"
    splits = read_npz(output / "data" / "ice_cream.npz")
    assert len(splits["train"]) == 60 and splits["train"][0].dtype == np.int16
    assert (output / "run" / "checkpoints" / "last.json").is_file()
    for words in ("loss=", "sketches_per_s="):
        assert words in done.stderr
