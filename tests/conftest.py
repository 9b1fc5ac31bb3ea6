"""Fixtures shared by all tests."""

import importlib
import pathlib
import sys

import pytest
from absl import flags
from absl import logging as absl_logging  # noqa: F401  it brings flags of its own

LIBRARY_FLAGS = frozenset(flags.FLAGS)
ROOT = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> pathlib.Path:
    """The folder of real sketches and weights beside the checkout; skips where it is missing."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real data not found: {folder.name} is expected in ../shared beside the checkout")
    return folder


@pytest.fixture(scope="session")
def golden_folder() -> pathlib.Path:
    """Numbers Magenta's own code computed on synthetic strokes."""
    return ROOT / "tests" / "golden"


@pytest.fixture
def run(capfd, monkeypatch):
    """Returns a function that runs a command and gives (exit code, standard output, standard error)."""

    def run_command(module, *arguments):
        # Each command defines its flags anew, as in a process of its own.
        for name in [name for name in flags.FLAGS if name not in LIBRARY_FLAGS]:
            delattr(flags.FLAGS, name)
        sys.modules.pop(f"sketch_rnn_tf.{module}", None)
        main = importlib.import_module(f"sketch_rnn_tf.{module}")
        monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main.entry()
        out, err = capfd.readouterr()
        return stopped.value.code, out, err

    return run_command
