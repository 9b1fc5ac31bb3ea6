"""Fixtures shared by all tests."""

import pathlib

import pytest

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
