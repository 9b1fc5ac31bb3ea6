"""The kept inputs of the fuzzers, and inputs made of them, through every reader: taken or refused in a sentence, never a fault."""

import importlib.util
import pathlib
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

_PATH = pathlib.Path(__file__).parent / "readers.py"
_SPEC = importlib.util.spec_from_file_location("fuzz_readers", _PATH)
readers = sys.modules.setdefault(_SPEC.name, importlib.util.module_from_spec(_SPEC))
_SPEC.loader.exec_module(readers)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize("name", readers.READERS)
def test_kept_inputs(name):
    """Seeds are taken, so that what is made of them gets somewhere."""
    kept = readers.corpus(name)
    assert kept and all(len(data) <= readers.MAX_BYTES for data in kept)
    for data in kept:
        readers.read(name, data)
    taken = [readers.read(name, path.read_bytes()) for path in (readers.CORPUS / name).glob("seed-*")]
    assert sum(taken) >= max(1, len(taken) - 1)


@pytest.mark.parametrize("name", readers.READERS)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_mutated_inputs(name, seed):
    rng = random.Random(seed)
    kept = readers.corpus(name)
    readers.read(name, readers.mutated(rng.choice(kept), rng.choice(kept), rng))


@pytest.mark.parametrize("name", readers.READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes(name, data):
    readers.read(name, data)
