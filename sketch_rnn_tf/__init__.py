"""sketch-rnn for TensorFlow 2."""
