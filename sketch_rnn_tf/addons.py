"""tensorflow-addons, loaded when first asked for by name."""

import warnings

import tensorflow as tf

PREFIX = "tfa:"


def require(key: str, name: str):
    """Returns tensorflow-addons.

    Args:
        key: config key that asks for it, for the error.
        name: its value, such as "tfa:Lookahead".

    Raises:
        ValueError: it is not installed or does not work with this TensorFlow.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own notice that it has reached its end of life
            import tensorflow_addons
    except ImportError as error:
        raise ValueError(
            f"{key} is {name!r}, which needs tensorflow-addons 0.23 on TensorFlow 2.15 and Python up to 3.11, and this is "
            f"TensorFlow {tf.__version__}; install requirements/addons.txt, or sketch-rnn-tf[addons], in an environment of "
            "its own"
        ) from error
    return tensorflow_addons
