"""Recurrent cells and the layer that runs them over time."""

from sketch_rnn_tf.layers.recurrences.addons_cell import AddonsLayerNormLSTMCell
from sketch_rnn_tf.layers.recurrences.base import RecurrentCell
from sketch_rnn_tf.layers.recurrences.hyper import HyperLSTMCell
from sketch_rnn_tf.layers.recurrences.layer_norm import LayerNormLSTMCell
from sketch_rnn_tf.layers.recurrences.lstm import LSTMCell
from sketch_rnn_tf.layers.recurrences.scan import Recurrence

CELLS = {
    "lstm": LSTMCell,
    "layer_norm": LayerNormLSTMCell,
    "hyper": HyperLSTMCell,
    "tfa:LayerNormLSTM": AddonsLayerNormLSTMCell,
}


def make_cell(kind: str, units: int, **kwargs) -> RecurrentCell:
    """Makes a cell by its name in a config.

    Args:
        kind: "lstm", "layer_norm", "hyper" or "tfa:LayerNormLSTM".
        units: size H of its output.
        **kwargs: further arguments of the cell.

    Raises:
        ValueError: `kind` is none of these.
    """
    if kind not in CELLS:
        raise ValueError(f"cell is {kind!r}; expected one of {', '.join(CELLS)}")
    return CELLS[kind](units, **kwargs)


__all__ = [
    "AddonsLayerNormLSTMCell",
    "CELLS",
    "HyperLSTMCell",
    "LSTMCell",
    "LayerNormLSTMCell",
    "Recurrence",
    "RecurrentCell",
    "make_cell",
]
