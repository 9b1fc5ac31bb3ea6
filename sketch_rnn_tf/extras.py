"""Libraries of the extra `measure`, loaded when first needed."""

import importlib


def require(name: str):
    """Returns a module of the extra `measure`.

    Raises:
        ValueError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ValueError(
            f"this needs {name.partition('.')[0]}, which is not installed; run pip install 'sketch-rnn-tf[measure]'"
        ) from error
