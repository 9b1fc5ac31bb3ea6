"""Drawings to files and sketches from files; needs no TensorFlow."""

import io
import json
import pathlib
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks, rendering
from sketch_rnn_tf.data.npz import SPLITS, read_members
from sketch_rnn_tf.data.reading import check_file, read_any
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.files import write_atomically

OUTPUTS = (".svg", ".png", ".gif", ".pdf", ".npz", ".json")
MAX_POINTS = 100_000
DRAWN_PREFIX = "sketch_"


def check_output(path) -> None:
    """Raises ValueError unless the file's ending is one that `write_drawings` knows and its folder exists."""
    path = pathlib.Path(path)
    if path.suffix.lower() not in OUTPUTS:
        raise ValueError(f"the output is {path.name!r}; expected a name that ends in {' or '.join(OUTPUTS)}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it first")


def write_drawings(path, drawings: Sequence[np.ndarray], **options) -> None:
    """Writes drawings as a picture or as data, by the file's ending; the file appears whole or not at all.

    Args:
        path: `.svg`, `.png` and `.pdf` are pictures, `.gif` is one that draws itself. `.npz` holds float32 arrays `[N, 3]` named `sketch_00000` and so on, which
            `np.load` reads without pickle. `.json` is a list of drawings, each a list of `[dx, dy, pen]`, offsets to six
            digits.
        drawings: stroke-3 `[N, 3]`; N may be 0.
        **options: of `rendering.layout.grid`, for the pictures.

    Raises:
        ValueError: the ending is unknown, or a drawing is malformed.
        FileNotFoundError: the folder does not exist.
    """
    check_output(path)
    kind = pathlib.Path(path).suffix.lower()
    if kind == ".npz":
        data = _to_npz(_checked(drawings))
    elif kind == ".json":
        data = json.dumps([_to_rows(drawing) for drawing in _checked(drawings)], separators=(",", ":")) + "\n"
    elif kind == ".pdf":
        data = rendering.pdf([rendering.grid(drawings, **options)])
    else:
        draw = {".svg": rendering.svg, ".png": rendering.png, ".gif": rendering.gif}[kind]
        data = draw(drawings, **options)
    write_atomically(path, data)


def write_sheet(path, sheet, look: dict | None = None, animate: bool = False) -> None:
    """Writes what a mode made; data files hold the drawings without the inputs shown beside them.

    Args:
        path: as in `write_drawings`.
        sheet: a `modes.Sheet`.
        look: options of `rendering.grid` for every mode; those of the sheet go before.
        animate: whether an `.svg` moves.

    Raises:
        ValueError, FileNotFoundError: as in `write_drawings`.
    """
    check_output(path)
    kind = pathlib.Path(path).suffix.lower()
    layout = {**(look or {}), **sheet.layout}
    if layout.get("color_by_order"):
        layout.pop("color", None)
    frame_layout = {**(look or {}), "rules": False}
    if kind in (".npz", ".json"):
        write_drawings(path, sheet.made)
    elif sheet.frames and kind == ".gif":
        write_atomically(
            path, rendering.morph_gif(sheet.frames, frame_colors=sheet.frame_colors, **frame_layout)
        )
    elif sheet.frames and kind == ".svg" and animate:
        write_atomically(
            path, rendering.morph_svg(sheet.frames, frame_colors=sheet.frame_colors, **frame_layout)
        )
    elif kind == ".svg" and animate:
        write_atomically(path, rendering.animated_svg(sheet.drawings, **layout))
    elif sheet.pages and kind == ".pdf":
        write_atomically(path, rendering.pdf(sheet.pages))
    elif sheet.pages and kind == ".svg":
        one = len(sheet.pages) == 1
        write_atomically(
            path, rendering.to_svg(sheet.pages[0]) if one else rendering.multipage_svg(sheet.pages)
        )
    elif sheet.pages and kind == ".png" and len(sheet.pages) == 1:
        write_atomically(path, rendering.to_png(sheet.pages[0]))
    else:
        write_drawings(path, sheet.drawings, **layout)


def read_sketches(path, split: str = "test") -> list[np.ndarray]:
    """Reads the sketches of a file.

    Args:
        path: of any kind that `data.read_any` reads: `.npz`, `.ndjson`, `.svg`, `.csv`, `.json`, those of `write_drawings` too.
        split: which sketches of an npz that has splits.

    Returns:
        list of float32 stroke-3 `[N, 3]`, N at least 1.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is of another kind, holds no sketches, is damaged or too large, or a sketch is not stroke-3.
    """
    checks.one_of("split", split, SPLITS)
    path = check_file(path)
    if path.suffix.lower() == ".npz":
        members = read_members(path)
        chosen = {split: members[split]} if set(SPLITS) <= set(members) else members
        sketches = [sketch for held in chosen.values() for sketch in held]
    else:
        sketches = read_any(path)
    if not sketches:
        raise ValueError(f"{path} holds no sketches to read; give another file")
    with np.errstate(over="ignore"):
        sketches = [
            check_sketch(sketch, f"{path}: sketch {place}").astype(np.float32)
            for place, sketch in enumerate(sketches)
        ]
    for place, sketch in enumerate(sketches):
        check_sketch(sketch, f"{path}: sketch {place}")
        if len(sketch) > MAX_POINTS:
            raise ValueError(
                f"{path}: sketch {place} has {len(sketch)} points; expected at most {MAX_POINTS}"
            )
    return sketches


def _checked(drawings) -> list[np.ndarray]:
    return [check_sketch(drawing, f"drawing {i}", allow_empty=True) for i, drawing in enumerate(drawings)]


def _to_npz(drawings: list[np.ndarray]) -> bytes:
    buffer = io.BytesIO()
    arrays = {f"{DRAWN_PREFIX}{i:05}": np.asarray(drawing, np.float32) for i, drawing in enumerate(drawings)}
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _to_rows(drawing: np.ndarray) -> list[list[float]]:
    """Returns `[dx, dy, pen]` rows as JSON shows them best: six digits, and whole numbers without a point."""
    rounded = [[float(f"{value:.6g}") for value in row] for row in drawing.tolist()]
    return [[int(value) if value.is_integer() else value for value in row] for row in rounded]
