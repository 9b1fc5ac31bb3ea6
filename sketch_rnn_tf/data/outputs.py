"""Where converted sketches go: npz files, one a class, or TFRecord files; under their own names only when whole."""

import os
import pathlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data import plain_npz, tfrecord
from sketch_rnn_tf.data.npz import SPLITS, write_npz
from sketch_rnn_tf.data.safe_pickle import MAX_SKETCHES
from sketch_rnn_tf.data.spill import Spill

FORMS = ("npz", "tfrecord")


class Part(NamedTuple):
    """A class: its sketches, and which of them are in which split."""

    spill: Spill
    splits: Mapping[str, np.ndarray]


class Target(NamedTuple):
    """Where to write.

    Attributes:
        folder: the folder of the files.
        stem: the name of the one file; None for a file a class.
        form: one of FORMS.
        legacy: whether npz hold pickled object arrays.
    """

    folder: pathlib.Path
    stem: str | None
    form: str
    legacy: bool

    @staticmethod
    def of(output, form: str | None, legacy: bool) -> "Target":
        """Reads what an `--output` means.

        Raises:
            FileNotFoundError: the folder of a file is missing.
            ValueError: the name, the form and `legacy` do not go together.
        """
        if not output:
            raise ValueError("no --output was given; name an .npz or .tfrecord file, or a folder")
        path = pathlib.Path(output).expanduser()
        ending = path.suffix.lower().removeprefix(".")
        is_file = ending in FORMS and not path.is_dir()
        if form is not None:
            checks.one_of("--format", form, FORMS)
        if is_file and form not in (None, ending):
            raise ValueError(f"--output is {path.name!r} and --format is {form!r}; leave one of them out")
        form = form or (ending if is_file else "npz")
        if legacy and form != "npz":
            raise ValueError("--legacy is a kind of .npz; leave it out, or --format=tfrecord")
        if is_file and not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent}; make it first")
        if not is_file and (path.is_file() or (ending and not path.is_dir())):
            raise ValueError(
                f"--output is {path.name!r}; expected a name that ends in .npz or .tfrecord, or a folder"
            )
        return Target(path.parent if is_file else path, path.stem if is_file else None, form, legacy)

    @property
    def name(self) -> str:
        """What the output is called, as a class name."""
        return (self.stem or self.folder.resolve().name).replace("_", " ")

    def existing_folder(self) -> pathlib.Path:
        """Returns the folder, or the nearest one above it that exists already."""
        return next(folder for folder in (self.folder, *self.folder.resolve().parents) if folder.is_dir())

    def check_classes(self, names: Sequence[str]) -> None:
        """Raises ValueError where one npz would have to hold several classes, or two classes one name."""
        if self.form == "npz" and self.stem is not None and len(names) > 1:
            shown = ", ".join(sorted(names)[:5]) + (" and so on" if len(names) > 5 else "")
            raise ValueError(
                f"--output is one .npz and there are {len(names)} classes ({shown}); name a folder, or make them one with "
                "--class_by=none"
            )
        stems = [_stem(name) for name in names]
        if len(set(stems)) < len(stems):
            twice = next(stem for stem in stems if stems.count(stem) > 1)
            raise ValueError(f"two classes would both be written to {twice}; rename one of them")

    def write(self, parts: Mapping[str, Part], scratch: pathlib.Path) -> list[pathlib.Path]:
        """Writes all classes below `scratch`, on the same disk, and then renames the files; returns their paths."""
        made = scratch / "made"
        made.mkdir()
        if self.form == "tfrecord":
            self._write_records(parts, made)
        else:
            _check_sizes(parts)
            for name, part in parts.items():
                self._write_npz(made / f"{self.stem or _stem(name)}.npz", part)
        self.folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in sorted(made.iterdir()):
            _flush(file)
            os.replace(file, self.folder / file.name)
            paths.append(self.folder / file.name)
        return paths

    def _write_npz(self, path: pathlib.Path, part: Part) -> None:
        if self.legacy:
            splits = {
                split: [sketch for chunk in part.spill.chunks(part.splits[split]) for sketch in chunk]
                for split in SPLITS
            }
            write_npz(path, splits)
            return
        splits = {
            split: plain_npz.Plain(part.spill.lengths(places), map(np.concatenate, part.spill.chunks(places)))
            for split, places in part.splits.items()
        }
        with open(path, "wb") as file:
            plain_npz.write(file, splits)

    def _write_records(self, parts: Mapping[str, Part], folder: pathlib.Path) -> None:
        writers = {}
        try:
            for class_id, (name, part) in enumerate(parts.items()):
                for split, places in part.splits.items():
                    path = folder / f"{self.stem or _stem(name)}-{split}{tfrecord.ENDING}"
                    sketches = (sketch for chunk in part.spill.chunks(places) for sketch in chunk)
                    writers[path] = tfrecord.write(path, sketches, name, class_id, writers.get(path))
                if self.stem is None:
                    _close(writers)
        finally:
            _close(writers)


def _check_sizes(parts: Mapping[str, Part]) -> None:
    """Raises ValueError where a split holds more than npz readers take."""
    for name, part in parts.items():
        for split, places in part.splits.items():
            if len(places) > MAX_SKETCHES:
                raise ValueError(
                    f"the {split} split of {name!r} would hold {len(places)} sketches; an npz takes at most "
                    f"{MAX_SKETCHES}, give --splits or --format=tfrecord"
                )


def _close(writers: dict) -> None:
    while writers:
        writers.popitem()[1].close()


def _stem(name: str) -> str:
    """Returns a class name as a file's name, safe on every system."""
    stem = "".join("_" if letter in '/\\:*?"<>|' or letter.isspace() else letter for letter in name)
    return "".join(letter for letter in stem if letter.isprintable()).lstrip(".")[:100] or "unnamed"


def _flush(path: pathlib.Path) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())
