"""Keras models of drawings, each with the methods `encode`, `decode`, `start` and `decode_step`."""

from sketch_rnn_tf.models.build import build_network
from sketch_rnn_tf.models.sketch_rnn import SketchRNN, sample_z

__all__ = ["SketchRNN", "build_network", "sample_z"]
