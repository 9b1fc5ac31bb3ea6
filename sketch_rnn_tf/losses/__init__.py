"""Losses as pure functions; they know no model."""

from sketch_rnn_tf.losses.kl_divergence import floored, kl_divergence
from sketch_rnn_tf.losses.reconstruction import ReconstructionTerms, reconstruction_terms

__all__ = ["ReconstructionTerms", "floored", "kl_divergence", "reconstruction_terms"]
