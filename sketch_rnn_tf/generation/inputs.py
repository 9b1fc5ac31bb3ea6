"""The sketches a mode starts from: given ones, those of the model's own test data, or seeded samples."""

import pathlib
from collections.abc import Sequence

import numpy as np
from absl import logging

from sketch_rnn_tf.data.photo import SUFFIXES, Picture, picture, read_photo
from sketch_rnn_tf.generation.files import read_sketches
from sketch_rnn_tf.training.workdir import load_data

SAMPLE_TEMPERATURE = 0.3


class Inputs:
    """Gives sketches and the names of their classes, the same for the same seed.

    The class of a sketch is, in this order: the one named for it, that of the model's data, or the name of its file where
    the model knows such a class.

    Args:
        model: the `SketchModel` that will read them.
        paths: files to read; the model's data where there are none, and samples of the model where those are not at hand.
        indexes: which sketches to take, in turn; seeded ones of the data, and the first of files, where empty.
        class_names: one for all, or one a sketch; may be empty.
        split: which split of files that have splits, and of the data.
        seed: of the choice and of the samples.

    Raises:
        OSError, ValueError: a file cannot be read.
    """

    def __init__(
        self,
        model,
        paths: Sequence[str] = (),
        indexes: Sequence[int] = (),
        class_names: Sequence[str] = (),
        split: str = "test",
        seed: int = 0,
    ):
        self.model = model
        self.indexes = list(indexes)
        self.class_names = list(class_names)
        self.split = split
        self.seed = seed
        self.given = None
        if paths:
            self.given = [pair for path in paths for pair in self._read(path)]

    def take(
        self, count: int, least: int = 1, images: bool = True
    ) -> tuple[list[np.ndarray], list[str] | None]:
        """Returns sketches and their class names, None for a model without classes.

        Args:
            count: how many, where neither files nor indexes say.
            least: fewer are an error.
            images: whether images will do as well as sketches.

        Raises:
            ValueError: there are too few, an index lies outside, or a class is missing or unknown.
        """
        pairs = self._pairs(count)
        if len(pairs) < least:
            raise ValueError(
                f"there are {len(pairs)} sketches to start from and {least} are needed; give more with --input or "
                "--input_index"
            )
        sketches = [sketch for sketch, _ in pairs]
        if not images:
            _check_strokes(sketches)
        return sketches, self._names([name for _, name in pairs])

    def drawings(self, count: int) -> list[np.ndarray]:
        """Returns the sketches that `take` does, of whatever class, and no images."""
        sketches = [sketch for sketch, _ in self._pairs(count)]
        _check_strokes(sketches)
        return sketches

    def many(self, count: int) -> tuple[list[np.ndarray], list[str] | None]:
        """Returns up to `count` sketches to learn from what the model stores, given ones left aside."""
        pairs = self._from_data(count) or self._samples(count)
        return [sketch for sketch, _ in pairs], self._known([name for _, name in pairs])

    def _read(self, path) -> list[tuple[np.ndarray, str | None, str]]:
        name = pathlib.Path(path).stem.replace("_", " ")
        name = name if name in self.model.class_names else None
        if pathlib.Path(path).suffix.lower() in SUFFIXES:
            size = self.model.network.image_size
            if not size:
                raise ValueError(
                    f"{path} is an image and this model reads strokes only; give it strokes, or train one that reads images "
                    "with --preset=sketch_pix2seq, cnn_vae or ai_sketcher"
                )
            return [(picture(read_photo(path, size)), name, path)]
        return [(sketch, name, path) for sketch in read_sketches(path, self.split)]

    def _first(self, count: int) -> list:
        """Returns the first sketch of each file, or the first `count` of one."""
        queues: dict[str, list] = {}
        for sketch, name, path in self.given:
            queues.setdefault(path, []).append((sketch, name))
        if len(queues) > 1:
            return [queue[0] for queue in queues.values()]
        return [(sketch, name) for sketch, name, _ in self.given[:count]]

    def _picked(self, pairs: list) -> list:
        too_far = [place for place in self.indexes if not 0 <= place < len(pairs)]
        if too_far:
            raise ValueError(f"--input_index is {too_far[0]}; the input holds sketches 0 to {len(pairs) - 1}")
        return [pairs[place][:2] for place in self.indexes]

    def _pairs(self, count: int) -> list[tuple[np.ndarray, str | None]]:
        if self.given is None:
            return self._from_data(count) or self._samples(count)
        return self._picked(self.given) if self.indexes else self._first(count)

    def _from_data(self, count: int) -> list:
        """Returns sketches of the model's test split, of the named classes in turn; none where the data are not at hand."""
        if not self.model.config.data.sources:
            return []
        try:
            dataset = load_data(self.model.config, self.model.metadata)
        except OSError as error:
            logging.warning("the model's own data are not at hand (%s); it starts from samples", error)
            return []
        sketches, class_ids = dataset.in_memory(self.split)
        pairs = list(zip(sketches, (dataset.class_names[place] for place in class_ids)))
        if self.indexes:
            return self._picked(pairs)
        if self.class_names and self.model.class_conditional:
            self.model.class_ids(self.class_names, len(self.class_names))
        rng = np.random.default_rng(self.seed)
        pairs = [pairs[place] for place in rng.permutation(len(pairs))]
        wanted = [name for name in self.class_names if name in dataset.class_names]
        if not wanted:
            return pairs[:count]
        queues = {name: iter([pair for pair in pairs if pair[1] == name]) for name in wanted}
        found = [next(queues[wanted[place % len(wanted)]], None) for place in range(count)]
        return [pair for pair in found if pair is not None]

    def _samples(self, count: int) -> list:
        classes = None
        if self.model.class_conditional:
            known = self.class_names or self.model.class_names
            classes = [known[place % len(known)] for place in range(count)]
        drawn = self.model.generate(count, SAMPLE_TEMPERATURE, class_name=classes, seed=self.seed)
        return [(sketch, name) for sketch, name in zip(drawn, classes or [None] * count) if len(sketch)]

    def _names(self, names: list) -> list[str] | None:
        """Puts the classes that were named in place of those known; one stands for all."""
        if self.class_names and self.given is not None:
            if len(self.class_names) not in (1, len(names)):
                raise ValueError(
                    f"{len(self.class_names)} classes are named for {len(names)} sketches; name one, or one for each"
                )
            names = self.class_names if len(self.class_names) > 1 else self.class_names * len(names)
        return self._known(names)

    def _known(self, names: list) -> list[str] | None:
        """Returns the names, or None where the model takes none."""
        if not self.model.class_conditional:
            self.model.class_ids(self.class_names or None, len(self.class_names))
            return None
        missing = next((place for place, name in enumerate(names) if name is None), None)
        if missing is not None:
            raise ValueError(
                f"this model is class-conditional and the class of sketch {missing} is not known; name it with --class (it "
                f"was trained on {', '.join(self.model.class_names)})"
            )
        return names


def _check_strokes(sketches) -> None:
    if any(isinstance(sketch, Picture) for sketch in sketches):
        raise ValueError(
            "an image says nothing of the order of strokes, so it cannot be gone on from; give strokes"
        )
