"""Drawing with trained models."""
