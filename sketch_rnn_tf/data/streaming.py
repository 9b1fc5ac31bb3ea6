"""Training sketches read from disk while a model trains, for data that do not fit into memory.

The stream is a function of (seed, step) like everything else: each pass takes the files in a fresh order, each file from its
beginning, and the sketches of a window, read together, are shuffled among themselves. A run that goes on at a later step seeks
there, so no iterator and no shuffle buffer has to be saved. It relies on the files being shuffled already, as TFDS does.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import seeds
from sketch_rnn_tf.data import order
from sketch_rnn_tf.data.normalization import LIMIT
from sketch_rnn_tf.data.tfds_source import Records

WINDOW_BLOCKS = 10  # blocks of 20 batches in a window: some 20,000 sketches at batch size 100


@dataclasses.dataclass(frozen=True)
class StreamedSketches:
    """A split that stays on disk.

    Attributes:
        records: its files.
        parse: from serialised examples to points, lengths and class ids, as in `TfdsSketches`.
        max_length: longer sketches are left out, and others of their window stand in for them; 0 for no limit.
        left_out: how many are longer.
    """

    records: Records
    parse: Callable
    max_length: int = 0
    left_out: int = 0

    def __len__(self) -> int:
        return sum(self.records.counts) - self.left_out

    def batches(
        self, batch_of: Callable, start_step: int, num_steps: int, batch_size: int, seed: int
    ) -> tf.data.Dataset:
        """Returns what `batch_of` makes of each step.

        Args:
            batch_of: called with a step, int64, and the values of its window's `PackedSketches`.
            start_step: first step.
            num_steps: number of steps.
            batch_size: B.
            seed: of the run.
        """
        steps = WINDOW_BLOCKS * order.BLOCK_BATCHES
        end_step = start_step + num_steps

        def batches_of(window, *packed):
            first, last = tf.maximum(window * steps, start_step), tf.minimum((window + 1) * steps, end_step)
            inner = tf.data.Dataset.range(first, last)
            return inner.map(lambda step: batch_of(step, packed), num_parallel_calls=tf.data.AUTOTUNE)

        first_window, end_window = start_step // steps, -(-end_step // steps)
        windows = self.windows(first_window, end_window - first_window, steps * batch_size, seed)
        return windows.prefetch(1).flat_map(batches_of).prefetch(tf.data.AUTOTUNE)

    def windows(self, first: int, num: int, size: int, seed: int) -> tf.data.Dataset:
        """Returns windows of `size` consecutive sketches of the stream: number and values of `PackedSketches`."""
        stream = self._stream(first * size, seed).batch(size, drop_remainder=True).take(num)
        packed = stream.map(lambda data, places: self._packed(data, places, size), num_parallel_calls=1)
        return tf.data.Dataset.zip((tf.data.Dataset.range(first, first + num), packed)).map(
            lambda number, values: (number, *values)
        )

    def _stream(self, start: int, seed: int) -> tf.data.Dataset:
        """Returns the endless stream of (serialised example, its place in the split) from place `start` on."""
        counts = np.array(self.records.counts, np.int64)
        num_files = len(counts)
        first_places = tf.constant(np.cumsum(counts) - counts)
        paths = tf.constant(self.records.paths)

        def file_of(slot):
            pass_seed = seeds.fold(seed, slot // num_files, seeds.FILES)
            return order.shuffled(slot % num_files, pass_seed, num_files)

        first_pass, rest = divmod(start, int(counts.sum()))
        slot = first_pass * num_files
        while rest >= (count := counts[int(file_of(tf.constant(slot, tf.int64)))]):
            rest, slot = rest - int(count), slot + 1

        def examples_of(number):
            file = file_of(number)
            places = tf.data.Dataset.range(first_places[file], tf.int64.max)
            both = tf.data.Dataset.zip((tf.data.TFRecordDataset(paths[file]), places))
            return both.skip(tf.where(number == slot, tf.constant(rest, tf.int64), 0))

        return tf.data.Dataset.range(slot, tf.int64.max).flat_map(examples_of)

    def _packed(self, data, places, size: int):
        points, lengths, class_ids = self.parse(data)
        starts = tf.cumsum(tf.cast(lengths, tf.int64), exclusive=True)
        rows = tf.range(size)
        if self.max_length:
            kept = tf.where(lengths <= self.max_length)[:, 0]
            rows = tf.gather(kept, rows % tf.size(kept))
        small = tf.float32 if points.dtype.is_floating else tf.int16
        points = tf.clip_by_value(tf.cast(points, tf.float32), -LIMIT, LIMIT)
        return (
            tf.cast(points, small),
            *(tf.ensure_shape(tf.gather(values, rows), [size]) for values in (starts, lengths, class_ids)),
            tf.ensure_shape(tf.cast(tf.gather(places, rows), tf.int32), [size]),
        )


class Moments:
    """The scale factor and the longest sketch of a stream, in one pass.

    Whole numbers are summed exactly; for sketches in memory `normalization.scale_factor` gives the same to 1e-12.
    """

    def __init__(self, max_length: int = 0):
        self.max_length = max_length
        self.count, self.sum, self.squares, self.longest, self.left_out = 0, 0, 0, 0, 0

    def add(self, points: np.ndarray, lengths: np.ndarray) -> None:
        """Takes sketches end to end, stroke-3 `[P, 3]` of `lengths`."""
        if self.max_length:
            kept = lengths <= self.max_length
            points, self.left_out = points[np.repeat(kept, lengths)], self.left_out + int((~kept).sum())
            lengths = lengths[kept]
        exact = np.float64 if points.dtype.kind == "f" else np.int64
        offsets = np.clip(points[:, :2].astype(exact), -LIMIT, LIMIT)
        self.count += offsets.size
        self.sum += offsets.sum().item()
        self.squares += np.square(offsets).sum().item()
        self.longest = max(self.longest, int(lengths.max(initial=0)))

    @property
    def scale_factor(self) -> float:
        """Population standard deviation of all offsets after the clamp; 0 where there are none."""
        if not self.count:
            return 0.0
        return float(np.sqrt(max(0.0, self.squares / self.count - (self.sum / self.count) ** 2)))
