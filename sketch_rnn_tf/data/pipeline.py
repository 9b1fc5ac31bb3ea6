"""Batches for training and evaluation, as pure functions of (seed, step)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import seeds
from sketch_rnn_tf.data import augmentation, order
from sketch_rnn_tf.data.normalization import clamp
from sketch_rnn_tf.data.service import ServedBatches
from sketch_rnn_tf.data.streaming import StreamedSketches
from sketch_rnn_tf.types import START_TOKEN, Batch


class PackedSketches(NamedTuple):
    """Sketches of a split end to end, so that a batch is one gather.

    Attributes:
        points: `[P, 3]`, clamped, in the dtype of the data.
        starts: int64 `[K]`, where each sketch begins.
        lengths: int32 `[K]`.
        class_ids: int32 `[K]`.
        places: int32 `[K]`, each sketch's place in its split.
    """

    points: tf.Tensor
    starts: tf.Tensor
    lengths: tf.Tensor
    class_ids: tf.Tensor
    places: tf.Tensor

    @property
    def count(self) -> int:
        """Number of sketches, K."""
        return self.lengths.shape[0]


def pack(sketches: Sequence[np.ndarray], class_ids, n_max: int) -> PackedSketches:
    """Packs a split in main memory.

    Args:
        sketches: stroke-3 `[N, 3]` in data units, at least one; clamped to +-1000 here.
        class_ids: int32, one a sketch.
        n_max: Nmax, the most points allowed.

    Raises:
        ValueError: there is no sketch, one is longer than `n_max`, or there is not one class a sketch.
    """
    if len(sketches) == 0:
        raise ValueError("the split holds no sketches; give data with at least one")
    if len(class_ids) != len(sketches):
        raise ValueError(
            f"there are {len(class_ids)} class ids for {len(sketches)} sketches; give one for each"
        )
    lengths = np.array([len(sketch) for sketch in sketches], np.int32)
    if lengths.max() > n_max:
        raise ValueError(
            f"sketch {lengths.argmax()} has {lengths.max()} points, above Nmax {n_max}; leave longer ones out with "
            "data.max_length"
        )
    starts = np.concatenate([[0], np.cumsum(lengths[:-1], dtype=np.int64)])
    points = clamp(np.concatenate(sketches))
    # Tensors outside of the graph, which could not hold more than 2 GB, and off the accelerator, where tf.data does not run.
    with tf.device("CPU:0"):
        return PackedSketches(
            tf.constant(points),
            tf.constant(starts),
            tf.constant(lengths),
            tf.constant(np.asarray(class_ids, np.int32)),
            tf.range(len(sketches)),
        )


def training_batches(
    sketches: Sequence[np.ndarray] | StreamedSketches,
    class_ids: np.ndarray | None,
    *,
    scale_factor: float,
    batch_size: int,
    n_max: int,
    seed: int,
    num_steps: int,
    start_step: int = 0,
    random_scale: float = 0.0,
    point_drop_rate: float = 0.0,
    bucket: bool = False,
    tail: int | None = None,
    width_multiple: int = 1,
    start_token: Sequence[float] = START_TOKEN,
    service: str = "",
) -> tf.data.Dataset | ServedBatches:
    """Returns the batches of steps `start_step` to `start_step + num_steps - 1`.

    Every batch is a function of (seed, step) alone, so a run that starts at step k sees what an uninterrupted one would
    have seen. Sketches come without repetition within each pass over the data; Magenta draws each batch from a fresh
    permutation, so that a sketch may come twice in a row and some wait long. Streamed sketches are shuffled within windows.

    Args:
        sketches: stroke-3 `[N, 3]` in data units, at least `batch_size` of them.
        class_ids: int32, one a sketch; None for streamed sketches, which bring theirs.
        scale_factor: data units per normalised unit.
        batch_size: B.
        n_max: Nmax, the most points of a sketch.
        seed: of order and augmentation, 0 to 2^31 - 1.
        num_steps: number of batches.
        start_step: step of the first one.
        random_scale: amount of random scaling, 0 to 1.
        point_drop_rate: fraction dropped of the points that may go.
        bucket: make batches of sketches of similar length: sort within blocks of 20 batches, shuffle a block's batches.
        tail: pad to the batch's longest sketch and this many steps more, at most to Nmax; to Nmax where None, because the
            loss of eq. 9 counts every step up to there.
        width_multiple: round the padded width up to a multiple of this, so that batches have few different shapes.
        start_token: row 0 of every sketch.
        service: `grpc://host:port` of a tf.data service that makes the batches, the same ones; this process does where empty.

    Raises:
        ValueError: there are fewer sketches than a batch holds, one is longer than `n_max`, or a service is named for streamed
            sketches.
        OSError: no service answers.
    """
    if len(sketches) < batch_size:
        raise ValueError(
            f"there are {len(sketches)} training sketches, fewer than a batch of {batch_size}; give more data or a "
            "smaller data.batch_size"
        )

    def batch_of(step, packed):
        if bucket:
            index = order.bucketed_batch(step, batch_size, packed.lengths, seed)
        else:
            index = order.plain_batch(step, batch_size, packed.count, seed)
        points, lengths = _gather(packed, index, scale_factor)
        points = augmentation.scale_at_random(points, random_scale, seeds.fold(seed, step, seeds.SCALE))
        drop_seed = seeds.fold(seed, step, seeds.DROP)
        points, lengths = augmentation.drop_points(points, lengths, point_drop_rate, drop_seed)
        width = n_max if tail is None else _width(tf.reduce_max(lengths) + tail, width_multiple, n_max)
        return _batch(packed, index, points, lengths, width, start_token)

    if isinstance(sketches, StreamedSketches):
        if service:
            raise ValueError(
                "data.service takes data that fit into memory, and these are streamed; leave it empty or raise data.stream_above_mb"
            )
        return sketches.batches(
            lambda step, window: batch_of(step, PackedSketches(*window)),
            start_step,
            num_steps,
            batch_size,
            seed,
        )
    packed = pack(sketches, class_ids, n_max)
    if service:
        return ServedBatches(
            service, range(start_step, start_step + num_steps), lambda step: batch_of(step, packed)
        )
    steps = tf.data.Dataset.range(start_step, start_step + num_steps)
    batches = steps.map(
        lambda step: batch_of(step, packed), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
    )
    return batches.prefetch(tf.data.AUTOTUNE)


def evaluation_batches(
    sketches: Sequence[np.ndarray],
    class_ids: np.ndarray,
    *,
    scale_factor: float,
    batch_size: int,
    n_max: int,
    start_token: Sequence[float] = START_TOKEN,
) -> tf.data.Dataset:
    """Returns every sketch exactly once, in order and unchanged; the last batch may be smaller.

    Arguments as in `training_batches`. Magenta leaves out the longest sketches where their number is no multiple of the
    batch size.
    """
    packed = pack(sketches, class_ids, n_max)

    def batch_of(index):
        points, lengths = _gather(packed, index, scale_factor)
        return _batch(packed, index, points, lengths, n_max, start_token)

    places = tf.data.Dataset.range(packed.count).batch(batch_size)
    return places.map(batch_of, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True).prefetch(
        tf.data.AUTOTUNE
    )


def _gather(packed: PackedSketches, index: tf.Tensor, scale_factor: float) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns normalised points float32 `[B, T, 3]`, zero past each end, and lengths int32 `[B]`."""
    lengths = tf.gather(packed.lengths, index)
    place = tf.range(tf.reduce_max(lengths))[None]
    real = place < lengths[:, None]
    flat = tf.gather(packed.starts, index)[:, None] + tf.cast(tf.where(real, place, 0), tf.int64)
    points = tf.cast(tf.gather(packed.points, flat), tf.float32)
    points = points / tf.constant([scale_factor, scale_factor, 1.0])
    return tf.where(real[..., None], points, 0.0), lengths


def _width(steps, multiple, n_max):
    return tf.minimum((steps + multiple - 1) // multiple * multiple, n_max)


def _batch(packed: PackedSketches, index, points, lengths, width, start_token) -> Batch:
    """Makes a batch of stroke-5, its sketches padded to `width` steps after the start token."""
    rows, steps = tf.unstack(tf.shape(points)[:2])
    points = tf.pad(points, [[0, 0], [0, tf.maximum(width - steps, 0)], [0, 0]])[:, :width]
    lifted = points[..., 2:]
    ended = tf.cast(~tf.sequence_mask(lengths, width), tf.float32)[..., None]
    stroke5 = tf.concat([points[..., :2], (1.0 - lifted) * (1.0 - ended), lifted, ended], axis=-1)
    first = tf.tile(tf.reshape(tf.constant(start_token, tf.float32), [1, 1, 5]), [rows, 1, 1])
    num_rows = width + 1 if isinstance(width, int) else None
    return Batch(
        tf.ensure_shape(tf.concat([first, stroke5], axis=1), [*index.shape, num_rows, 5]),
        tf.ensure_shape(lengths, index.shape),
        tf.gather(packed.class_ids, index),
        tf.gather(packed.places, index),
    )
