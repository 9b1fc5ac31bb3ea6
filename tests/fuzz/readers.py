"""Every reader of files as a function of bytes, for fuzzing: what it may raise is ValueError or OSError, nothing else.

Checksums inside formats are made right first (CRC of zip members, PNG chunks and TFRecord frames, sha256 of checkpoints), since
random bytes would else never get past them.
"""

import hashlib
import io
import json
import pathlib
import random
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable

import numpy as np

from sketch_rnn_tf.data import read_npz
from sketch_rnn_tf.data.reading import FORMATS, read_any
from sketch_rnn_tf.data.strokes import check_sketch

CORPUS = pathlib.Path(__file__).parent / "corpus"
MAX_BYTES = 4096
GOOD_NPY = b"\x93NUMPY\x01\x00"
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"

_folder = tempfile.TemporaryDirectory(prefix="fuzz")


def path_of(name: str, data: bytes) -> pathlib.Path:
    """Returns a file of these bytes; the next of that name takes its place."""
    path = pathlib.Path(_folder.name) / name
    path.write_bytes(data)
    return path


def read(name: str, data: bytes) -> bool:
    """Lets a reader have bytes; returns whether it took them. Whatever else it raises is a fault."""
    try:
        READERS[name](data)
    except (ValueError, OSError) as error:
        assert str(error), "an error without a word"
        return False
    return True


def npz(data: bytes) -> None:
    """A whole archive, or with a first byte of 1 or 2 the payload of a member in a sound one."""
    if data[:1] in (b"\1", b"\2"):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for split in ("train", "valid", "test"):
                archive.writestr(f"{split}.npy", data[1:])
        path = path_of("a.npz", buffer.getvalue())
        sketches = read_npz(path)["train"] if data[:1] == b"\1" else read_any(path)
    else:
        sketches = read_any(path_of("a.npz", data))
    for sketch in sketches:
        check_sketch(sketch, "the result")


def _lines_of(ending: str) -> Callable[[bytes], None]:
    def any_file(data: bytes) -> None:
        path = path_of(f"a{ending}", data)
        for block in FORMATS[ending].split(str(path), ending):
            for item in FORMATS[ending].decode(block):
                assert (item.error is None) != (item.drawing is None), item
                if item.drawing is not None:
                    check_sketch(item.drawing.sketch, "the result")
        read_any(path)

    return any_file


def png(data: bytes) -> None:
    """An image whose chunks get right checksums."""
    from sketch_rnn_tf.data.photo import picture, read_photo

    shown = read_photo(path_of("a.png", _with_checksums(data)), 48)
    assert shown.shape == (48, 48, 1) and np.isfinite(shown).all()
    picture(shown)


def _with_checksums(data: bytes) -> bytes:
    if not data.startswith(PNG_MAGIC):
        return data
    out, place = [PNG_MAGIC], len(PNG_MAGIC)
    while place + 8 <= len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        body = data[place + 4 : place + 8 + size]
        out += [data[place : place + 4], body, struct.pack(">I", zlib.crc32(body))]
        place += 12 + size
    return b"".join([*out, data[place:]])


def config(data: bytes) -> None:
    """The JSON of a config, a `--set` and an `--hparams`."""
    from sketch_rnn_tf import config as config_lib
    from sketch_rnn_tf import hparams

    text = data.decode("utf-8", "replace")
    if text.startswith("{") or text.startswith("["):
        made = config_lib.from_json(text)
        assert config_lib.from_json(config_lib.to_json(made)) == made
    elif text.startswith("="):
        config_lib.apply_overrides(config_lib.Config(), text[1:].split("\n"))
    else:
        hparams.config_from_values(hparams.parse(text))


def metadata(data: bytes) -> None:
    """The JSON of a run's `metadata.json`."""
    from sketch_rnn_tf import config as config_lib
    from sketch_rnn_tf.training.workdir import Workdir

    path_of("config.json", config_lib.to_json(config_lib.Config()).encode())
    path = path_of("metadata.json", data)
    Workdir(path.parent).read()


def checkpoint(data: bytes) -> None:
    """The JSON that names a checkpoint; with a first byte of 1 the arrays, with 2 the payload of one, their sha256 right."""
    from sketch_rnn_tf.training import checkpoints

    kind, arrays = data[:1], data[1:]
    if kind == b"\2":
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("model/a.npy", arrays)
        arrays = buffer.getvalue()
    elif kind != b"\1":
        arrays = b""
    path = path_of("step-1.npz", arrays)
    pointer = data
    if kind in (b"\1", b"\2"):
        values = {"step": 1, "file": path.name, "sha256": hashlib.sha256(arrays).hexdigest()}
        pointer = json.dumps(values).encode()
    path_of("last.json", pointer)
    loaded = checkpoints.load(path.parent, "last")
    assert loaded.info["step"] >= 0


def js_weights(data: bytes) -> None:
    """A weight file of sketch-rnn-js."""
    from sketch_rnn_tf.interop import js_format

    js_format.parse(data.decode("utf-8", "replace"), "a.gen.json")


def tfrecord(data: bytes) -> None:
    """A whole file, or with a first byte of 1 the payload of one record."""
    from sketch_rnn_tf.data import tfrecord as records

    if data[:1] == b"\1":
        import tensorflow as tf

        path = pathlib.Path(_folder.name) / "a.tfrecord"
        with tf.io.TFRecordWriter(str(path)) as writer:
            writer.write(data[1:])
    else:
        path = path_of("a.tfrecord", data)
    for sketch, label in records.read(path):
        check_sketch(sketch, "the result")
        assert isinstance(label, str)


READERS: dict[str, Callable[[bytes], None]] = {
    "npz": npz,
    "ndjson": _lines_of(".ndjson"),
    "json": _lines_of(".json"),
    "csv": _lines_of(".csv"),
    "svg": _lines_of(".svg"),
    "png": png,
    "config": config,
    "metadata": metadata,
    "checkpoint": checkpoint,
    "js_weights": js_weights,
    "tfrecord": tfrecord,
}


def corpus(name: str) -> list[bytes]:
    """Returns the kept inputs of a reader."""
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


def mutated(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Returns bytes with some flipped, cut, doubled, or put in from another input."""
    out = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        place, size = rng.randint(0, len(out)), rng.randint(1, 16)
        how = rng.randint(0, 4)
        if how == 0 and out:
            out[place % len(out)] ^= 1 << rng.randint(0, 7)
        elif how == 1:
            del out[place : place + size]
        elif how == 2:
            out[place:place] = out[place : place + size]
        elif how == 3:
            start = rng.randint(0, len(other))
            out[place : place + rng.randint(0, size)] = other[start : start + size]
        else:
            out[place : place + 4] = struct.pack(
                rng.choice("<>") + "I", rng.choice([0, 2**31 - 1, 2**32 - 1, 255])
            )
    return bytes(out[:MAX_BYTES])
