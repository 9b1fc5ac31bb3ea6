"""What a run writes while it trains: TensorBoard scalars, a line of figures and a drawn sheet per evaluation."""

import io
import json
from collections.abc import Callable

import numpy as np
import tensorflow as tf
from PIL import Image

from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.training.workdir import Workdir

VALID_SCALARS = ("reconstruction_unmasked", "reconstruction_masked", "kl", "kl_floored", "cost")
OF_AI_SKETCHER = ("kl_z", "influence_kl", "image")


class NoSummaries:
    """In the place of `Summaries` where this process writes nothing."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def go_on_from(self, step: int) -> None:
        """Does nothing."""

    def training(self, step: int, values: dict) -> None:
        """Does nothing."""

    def evaluation(self, step: int, figures: dict) -> None:
        """Does nothing."""


class Summaries:
    """Writes the logs and samples of a run; a context manager.

    Args:
        workdir: where to.
        draw_sheet: gives a sheet of drawings by the model as it stands, as SVG text and PNG bytes; None for no sheets.
    """

    def __init__(self, workdir: Workdir, draw_sheet: Callable[[], tuple[str, bytes]] | None = None):
        self.workdir = workdir
        self.draw_sheet = draw_sheet
        self._evaluations = workdir.logs / "evaluations.jsonl"

    def __enter__(self):
        self.writer = tf.summary.create_file_writer(str(self.workdir.logs))
        return self

    def __exit__(self, *_):
        self.writer.close()

    def go_on_from(self, step: int) -> None:
        """Drops what was recorded past `step`, which an interrupted run reached and this one will reach again."""
        path = self._evaluations
        if path.is_file():
            lines = [line for line in path.read_text().splitlines() if json.loads(line)["step"] <= step]
            write_atomically(path, "".join(f"{line}\n" for line in lines))

    def training(self, step: int, values: dict) -> None:
        """Records the scalars of a training step."""
        with self.writer.as_default():
            for name, value in values.items():
                tf.summary.scalar(f"train/{name}", value, step=step)

    def evaluation(self, step: int, figures: dict) -> None:
        """Records the figures of an evaluation, and a sheet of drawings."""
        with self.writer.as_default():
            for name in (*VALID_SCALARS, *(name for name in OF_AI_SKETCHER if name in figures)):
                tf.summary.scalar(f"valid/{name}", figures[name], step=step)
            if self.draw_sheet:
                svg, png = self.draw_sheet()
                self.workdir.samples.mkdir(parents=True, exist_ok=True)
                write_atomically(self.workdir.samples / f"step-{step}.svg", svg)
                pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
                tf.summary.image("valid/drawings", pixels[None], step=step)
        self.writer.flush()
        with open(self._evaluations, "a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")
