"""Which files to convert, and the class each belongs to."""

import pathlib
from collections.abc import Sequence
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


def find(names: Sequence[str]) -> list[Source]:
    """Returns the files behind names, in the order of names and then by path.

    A file of many drawings is a class of its own, called by its stem. SVG files hold one drawing each: in a folder their class
    is the names of the folders below the given one, joined (`female/happy/1.svg` is of `female happy`), or the given folder's
    own. Underscores become spaces. Files and folders that begin with a dot are left out.

    Args:
        names: files, and folders to look through with all that is in them.

    Raises:
        FileNotFoundError: there is no such file or folder.
        ValueError: nothing was named, a file is of an unknown kind, or a folder holds none that can be read.
    """
    if not names:
        raise ValueError(f"no input was named; give files or folders of {', '.join(FORMATS)}")
    sources = []
    for name in names:
        path = pathlib.Path(name).expanduser()
        if not path.is_dir():
            check_file(path)
            sources.append(Source(path, _clean(path.stem), path.stat().st_size))
            continue
        found = sorted(below for below in path.rglob("*") if _is_readable(below, path))
        if not found:
            raise ValueError(f"the folder {path} holds no file that ends in {' or '.join(FORMATS)}")
        sources += [Source(below, _class_of(below, path), below.stat().st_size) for below in found]
    return sources


def _is_readable(path: pathlib.Path, folder: pathlib.Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in FORMATS and not is_hidden and path.is_file()


def _class_of(path: pathlib.Path, folder: pathlib.Path) -> str:
    if path.suffix.lower() != ".svg":
        return _clean(path.stem)
    parts = path.relative_to(folder).parent.parts or (folder.resolve().name,)
    return " ".join(_clean(part) for part in parts)


def _clean(name: str) -> str:
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.replace("_", " ").strip() or "sketches"
