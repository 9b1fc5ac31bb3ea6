"""Losses as pure functions; they know no model."""

from sketch_rnn_tf.losses.influence_divergence import image_distance, influence_divergence
from sketch_rnn_tf.losses.kl_divergence import floored, kl_divergence
from sketch_rnn_tf.losses.reconstruction import ReconstructionTerms, reconstruction_terms

__all__ = [
    "ReconstructionTerms",
    "floored",
    "image_distance",
    "influence_divergence",
    "kl_divergence",
    "reconstruction_terms",
]
