"""Keras layers; each takes plain arguments and works alone in anybody's model."""

from sketch_rnn_tf.layers.class_vector import ClassVector
from sketch_rnn_tf.layers.encoders import StrokeEncoder
from sketch_rnn_tf.layers.image_decoder import ImageDecoder
from sketch_rnn_tf.layers.influence import InfluencedDecoder
from sketch_rnn_tf.layers.mixture_head import MixtureHead
from sketch_rnn_tf.layers.raster_encoder import RasterEncoder
from sketch_rnn_tf.layers.recurrences import (
    HyperLSTMCell,
    LayerNormLSTMCell,
    LSTMCell,
    Recurrence,
    RecurrentCell,
    make_cell,
)

__all__ = [
    "ClassVector",
    "HyperLSTMCell",
    "ImageDecoder",
    "InfluencedDecoder",
    "LSTMCell",
    "LayerNormLSTMCell",
    "MixtureHead",
    "RasterEncoder",
    "Recurrence",
    "RecurrentCell",
    "StrokeEncoder",
    "make_cell",
]
