"""Keras models of drawings, each with the methods `encode`, `decode`, `start` and `decode_step`."""

from sketch_rnn_tf.models.ai_sketcher import AISketcher
from sketch_rnn_tf.models.build import build_network
from sketch_rnn_tf.models.sketch_rnn import SketchRNN, sample_z

__all__ = ["AISketcher", "SketchRNN", "build_network", "sample_z"]
