"""QuickDraw's drawings as pen strokes, for TensorFlow Datasets: importing this registers `tfds_quickdraw`."""

from .tfds_quickdraw_dataset_builder import Builder, QuickdrawConfig

__all__ = ["Builder", "QuickdrawConfig"]
