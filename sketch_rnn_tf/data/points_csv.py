"""Tables of points, `.csv`: a header and one point a row.

Columns, in any order: `sketch` (any text; rows of one sketch stand together), `stroke` (any text; another value begins another
stroke), `x`, `y`; optional `class`, and `time`, by which the points of a stroke are then sorted. Further columns are ignored.
"""

import csv
from collections.abc import Iterator

import numpy as np

from sketch_rnn_tf.data.drawing import BLOCK_BYTES, MAX_LINE_BYTES, Block, Drawing, Item, from_points, lines
from sketch_rnn_tf.data.safe_pickle import MAX_POINTS

REQUIRED = ("sketch", "stroke", "x", "y")
OPTIONAL = ("class", "time")


def split(path: str, kind: str) -> Iterator[Block]:
    """Yields blocks of whole sketches, each a list of (line number, row) in the order of REQUIRED and OPTIONAL.

    Raises:
        ValueError: the header is missing or lacks a column.
    """
    with open(path, "rb") as file:
        reader = csv.reader(_decoded(file))
        places = _places(next(_rows(reader, path), (1, []))[1], path)
        sketches, size, number, last, seen = [], 0, 0, None, set()
        for line, row in _rows(reader, path):
            cells = [row[place] if place is not None and place < len(row) else "" for place in places]
            if cells[0] != last or not sketches:
                if size >= BLOCK_BYTES:
                    yield Block(path, kind, number, sketches, size)
                    number, sketches, size = number + len(sketches), [], 0
                last = cells[0]
                sketches.append(([], hash(last) in seen))
                seen.add(hash(last))
            if len(sketches[-1][0]) <= MAX_POINTS:  # one more tells decode that there are too many
                sketches[-1][0].append((line, cells))
            size += sum(map(len, cells))
    if sketches:
        yield Block(path, kind, number, sketches, size)


def decode(block: Block) -> Iterator[Item]:
    """Yields a drawing, or what is wrong with it, for each sketch."""
    for rows, is_seen in block.payload:
        line, cells = rows[0]
        try:
            if is_seen:
                raise ValueError(
                    f"sketch {cells[0]!r:.50} stood further up already; sort the file by its sketch column"
                )
            yield Item(f"{block.path} line {line}", _drawing(rows))
        except _BadRow as error:
            yield Item(f"{block.path} line {error.line}", None, str(error))
        except ValueError as error:
            yield Item(f"{block.path} line {line}", None, str(error))


class _BadRow(ValueError):
    """A row that is not a point."""

    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.line = line


def _drawing(rows) -> Drawing:
    numbers = np.empty([len(rows), 3])
    for place, (line, (_, _, x, y, _, time)) in enumerate(rows):
        try:
            numbers[place] = float(x), float(y), float(time or 0)
        except ValueError:
            given = ", ".join(repr(text[:30]) for text in (x, y, time))
            raise _BadRow(line, f"x, y and time are {given}; expected numbers") from None
        if not np.isfinite(numbers[place]).all():
            raise _BadRow(line, f"x and y are {x[:30]} and {y[:30]}; expected finite numbers")
    strokes = [cells[1] for _, cells in rows]
    begins = [0, *(place for place in range(1, len(rows)) if strokes[place] != strokes[place - 1]), len(rows)]
    for begin, end in zip(begins[:-1], begins[1:], strict=True):
        numbers[begin:end] = numbers[begin:end][np.argsort(numbers[begin:end, 2], kind="stable")]
    # Sketches are numbered anew in every file, so their names are no keys.
    return Drawing(from_points(numbers[:, :2], np.diff(begins)), word=rows[0][1][4] or None)


def _decoded(file) -> Iterator[str]:
    """Yields the lines as text; what is not UTF-8 becomes a sign that is no number."""
    for line in lines(file):
        yield line[: MAX_LINE_BYTES + 1].decode("utf-8-sig", errors="replace")


def _rows(reader, path: str) -> Iterator[tuple[int, list[str]]]:
    """Yields line numbers and rows that are not blank."""
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ValueError(f"{path} line {reader.line_num}: it is no CSV ({error!s:.100})") from error
        if row:
            yield reader.line_num, row


def _places(header: list[str], path: str) -> list[int | None]:
    """Returns where each column stands, None for an optional one that is missing."""
    names = [name.strip().lower() for name in header]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise ValueError(
            f"{path} line 1: the header has no {' and no '.join(missing)}; expected the columns {', '.join(REQUIRED)} and, "
            f"if you like, {' and '.join(OPTIONAL)}"
        )
    return [names.index(name) if name in names else None for name in (*REQUIRED, *OPTIONAL)]
