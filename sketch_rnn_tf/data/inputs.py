"""Which files to convert, and the class each belongs to."""

import os
import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sketch_rnn_tf.data.reading import FORMATS, check_file

CLASS_BY = ("file", "word", "none")
# What Google's downloads put before the class in a file's name.
PREFIXES = ("full_simplified_", "full_raw_")


class Source(NamedTuple):
    """A file to read.

    Attributes:
        path: the file.
        class_name: what its place says its drawings show.
        size: bytes.
    """

    path: pathlib.Path
    class_name: str
    size: int


class Inputs:
    """The files behind names, in the order of names and then by path; found anew at each iteration, as there may be millions.

    A file of many drawings is a class of its own, called by its stem. SVG files hold one drawing each: in a folder their class
    is the names of the folders below the given one, joined (`female/happy/1.svg` is of `female happy`), or the given folder's
    own. Underscores become spaces. Files and folders that begin with a dot are left out.

    Args:
        names: files, and folders to look through with all that is in them.
        class_name: the class of all files; None for the above.

    Attributes:
        size: bytes of all files.
        classes: names of all classes.

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: nothing was named, a file is of an unknown kind, or a folder holds none that can be read.
    """

    def __init__(self, names: Sequence[str], class_name: str | None = None):
        if not names:
            raise ValueError(f"no input was named; give files or folders of {', '.join(FORMATS)}")
        self._paths = [pathlib.Path(name).expanduser() for name in names]
        self._class_name = class_name
        self.size, self.classes = 0, set()
        for path in self._paths:
            is_empty = True
            for source in self._below(path):
                self.size += source.size
                self.classes.add(source.class_name)
                is_empty = False
            if is_empty:
                raise ValueError(f"the folder {path} holds no file that ends in {' or '.join(FORMATS)}")

    def __iter__(self) -> Iterator[Source]:
        for path in self._paths:
            yield from self._below(path)

    def _below(self, path: pathlib.Path) -> Iterator[Source]:
        if path.is_dir():
            for file in _walk(path):
                yield Source(file, self._class_name or _class_of(file, path), file.stat().st_size)
        else:
            check_file(path)
            yield Source(path, self._class_name or _clean(path.stem), path.stat().st_size)


def _walk(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """Yields the readable files of a folder and of those below it, sorted by name in each."""
    for name in sorted(os.listdir(folder)):
        path = folder / name
        if name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        elif path.suffix.lower() in FORMATS and path.is_file():
            yield path


def _class_of(path: pathlib.Path, folder: pathlib.Path) -> str:
    if path.suffix.lower() != ".svg":
        return _clean(path.stem)
    parts = path.relative_to(folder).parent.parts or (folder.resolve().name,)
    return " ".join(_clean(part) for part in parts)


def _clean(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.replace("_", " ").strip() or "sketches"
