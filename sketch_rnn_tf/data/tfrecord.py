"""Sketches as TFRecord files, one for each split: `NAME-train.tfrecord`, `NAME-valid.tfrecord`, `NAME-test.tfrecord`.

Each record is a `tf.train.Example` with `strokes` (bytes: int16 little-endian rows of dx, dy, pen), `length` (int64, the rows),
`label` (bytes, the class name in UTF-8) and `class_id` (int64, the class's place among the sorted names of the conversion).
"""

import os
from collections.abc import Iterable, Iterator

import numpy as np

from sketch_rnn_tf.data.safe_pickle import MAX_POINTS
from sketch_rnn_tf.data.strokes import check_sketch

ENDING = ".tfrecord"
# A record is its length and the length's checksum, the bytes, and theirs.
HEADER_BYTES, FOOTER_BYTES = 12, 4
MAX_RECORD_BYTES = 6 * MAX_POINTS + 10_000


def write(path, sketches: Iterable[np.ndarray], label: str, class_id: int, writer=None):
    """Writes sketches; returns the writer, which goes on with another class and must be closed.

    Args:
        path: the file.
        sketches: int16 stroke-3 `[N, 3]`.
        label: their class.
        class_id: its number.
        writer: of an earlier call for the same file.
    """
    import tensorflow as tf

    writer = writer or tf.io.TFRecordWriter(str(path))
    name = tf.train.Feature(bytes_list=tf.train.BytesList(value=[label.encode()]))
    number = tf.train.Feature(int64_list=tf.train.Int64List(value=[class_id]))
    for sketch in sketches:
        data = np.ascontiguousarray(sketch, "<i2").tobytes()
        features = {
            "strokes": tf.train.Feature(bytes_list=tf.train.BytesList(value=[data])),
            "length": tf.train.Feature(int64_list=tf.train.Int64List(value=[len(sketch)])),
            "label": name,
            "class_id": number,
        }
        writer.write(tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString())
    return writer


def dataset(paths):
    """Returns a `tf.data.Dataset` of dicts: `strokes` int16 `[N, 3]`, `length`, `label`, `class_id`.

    Args:
        paths: one file or a list of them.
    """
    import tensorflow as tf

    names = [str(path) for path in ([paths] if isinstance(paths, str) or hasattr(paths, "suffix") else paths)]
    return tf.data.TFRecordDataset(names).map(parse)


def parse(record):
    """Returns the features of one serialised record, as `dataset` gives them."""
    import tensorflow as tf

    features = {
        name: tf.io.FixedLenFeature([], tf.int64 if name in ("length", "class_id") else tf.string)
        for name in ("strokes", "length", "label", "class_id")
    }
    parsed = tf.io.parse_single_example(record, features)
    parsed["strokes"] = tf.reshape(tf.io.decode_raw(parsed["strokes"], tf.int16), [-1, 3])
    return parsed


def read(path) -> Iterator[tuple[np.ndarray, str]]:
    """Yields the sketches of a file, int16 `[N, 3]`, each with its label.

    Raises:
        ValueError: the file is missing, damaged, holds other records, or a sketch is not stroke-3 or above 100,000 points.
    """
    import tensorflow as tf

    try:
        _check_lengths(path)
        for place, row in enumerate(dataset(path).as_numpy_iterator()):
            yield check_sketch(row["strokes"], f"record {place}"), row["label"].decode()
    except tf.errors.OpError as error:
        raise ValueError(
            f"{path} cannot be read as TFRecord of sketches ({error.message:.150}); write it again"
        ) from error
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} cannot be read as TFRecord of sketches ({error!s:.150}); write it again"
        ) from error


def _check_lengths(path) -> None:
    """Raises ValueError where a record claims more bytes than the file or a sketch may have: TensorFlow would take as much memory."""
    size, place = os.path.getsize(path), 0
    with open(path, "rb") as file:
        while header := file.read(HEADER_BYTES):
            length = int.from_bytes(header[:8], "little")
            place += HEADER_BYTES + length + FOOTER_BYTES
            if len(header) < HEADER_BYTES or length > MAX_RECORD_BYTES or place > size:
                raise ValueError(
                    f"a record of {length} bytes, of a file of {size}; expected {MAX_RECORD_BYTES} at most"
                )
            file.seek(place)
