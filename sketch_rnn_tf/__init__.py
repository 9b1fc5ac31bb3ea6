"""sketch-rnn for TensorFlow 2: models that learn to draw.

    import sketch_rnn_tf as srt
    model = srt.load_model("workdir")
    drawings = model.generate(num=9, temperature=0.4, seed=1)
    svg = srt.rendering.svg(drawings)

Rooms load when first used, so that reading files and rendering do not wait for TensorFlow.
"""

import importlib

_ROOMS = ("data", "generation", "interop", "layers", "losses", "mixture", "models", "rendering", "training")
_NAMES = {
    "load_model": "sketch_model",
    "SketchModel": "sketch_model",
    "Config": "config",
    "preset": "presets",
}

__version__ = "0.1.0"
__all__ = [*_ROOMS, *_NAMES]


def __getattr__(name: str):
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    if name in _NAMES:
        return getattr(importlib.import_module(f"{__name__}.{_NAMES[name]}"), name)
    raise AttributeError(f"module {__name__} has no attribute {name}")


def __dir__():
    return sorted([*globals(), *__all__])
