"""Fixtures shared by all tests."""

import importlib
import pathlib
import sys

import numpy as np
import pytest
from absl import flags
from absl import logging as absl_logging  # noqa: F401  it brings flags of its own

LIBRARY_FLAGS = frozenset(flags.FLAGS)
SHARING_FOLDERS = ("evaluation", "generation")
LONG_FOLDERS = (*SHARING_FOLDERS, "training")
ROOT = pathlib.Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items):
    """Sends all tests of a file to one worker, and all of a folder whose tests share trained models; long ones first.

    Begun last, a long file would keep one worker while the other has nothing left.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONG_FOLDERS)
    for item in items:
        folder = item.path.parent
        group = folder if folder.name in SHARING_FOLDERS else item.path
        item.add_marker(pytest.mark.xdist_group(str(group)))


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
def command():
    """Returns a function that imports a command's module anew, with the flags it defines as in a process of its own.

    A module is named within the package, `training.main`, or whole, `export.main`.
    """

    def import_command(module):
        for name in [name for name in flags.FLAGS if name not in LIBRARY_FLAGS]:
            delattr(flags.FLAGS, name)
        if not module.startswith(("export.", "sketch_rnn_tf.")):
            module = f"sketch_rnn_tf.{module}"
        sys.modules.pop(module, None)
        return importlib.import_module(module)

    return import_command


@pytest.fixture
def run(capfd, monkeypatch, command):
    """Returns a function that runs a command and gives (exit code, standard output, standard error)."""

    def run_command(module, *arguments):
        main = command(module)
        monkeypatch.setattr(sys, "argv", [module, *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main.entry()
        out, err = capfd.readouterr()
        return stopped.value.code, out, err

    return run_command


@pytest.fixture(scope="session")
def quickdraw_tfds(tmp_path_factory) -> pathlib.Path:
    """A folder: `npz/` holds made-up cat.npz and pig.npz (90, 12 and 7 sketches), `data/` the TFDS config cat+pig of them.

    The training split lies in three files.
    """
    tfds = pytest.importorskip(
        "tensorflow_datasets", reason="tensorflow-datasets is not installed (extra tfds)"
    )
    import tfds_quickdraw
    from sketch_rnn_tf.data import write_npz

    folder = tmp_path_factory.mktemp("tfds")
    (folder / "npz").mkdir()
    rng = np.random.default_rng(0)
    for name in ("cat", "pig"):
        splits = {}
        for split, count in (("train", 90), ("valid", 12), ("test", 7)):
            lengths = rng.integers(1, 30, count)
            columns = [(rng.integers(-300, 300, [n, 2]), rng.random([n, 1]) < 0.2) for n in lengths]
            splits[split] = [np.concatenate(pair, axis=1).astype(np.int16) for pair in columns]
        write_npz(folder / "npz" / f"{name}.npz", splits)
    config = tfds_quickdraw.QuickdrawConfig(categories=["cat", "pig"])
    builder = tfds.builder("tfds_quickdraw", config=config, data_dir=folder / "data")
    settings = tfds.download.DownloadConfig(manual_dir=folder / "npz", num_shards=3)
    builder.download_and_prepare(download_config=settings)
    return folder
