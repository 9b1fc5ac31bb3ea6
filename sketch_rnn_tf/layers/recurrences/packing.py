"""Where the real steps of a padded batch are, so that a scan can run them and nothing else."""

from typing import NamedTuple

import tensorflow as tf


class Packing(NamedTuple):
    """The order in which a scan meets the real steps of a batch `[B, T]`: step by step, the longest rows first.

    A packed tensor is `[P, *]` with P the number of real steps; those of scan step s stand at `starts[s]`, one for each
    of the `counts[s]` rows that are still going. Rows stand in the order `rows`, so that the going ones come first.

    Attributes:
        places: int32 `[P]`, place of each packed step in the flattened batch, row * T + t.
        unpacked: int32 `[B * T]`, place of each step in the packed tensor, P where it is padding.
        counts: int32 `[S]`, falling; S is the most real steps of a row.
        starts: int32 `[S]`.
        rows: int32 `[B]`, longest first.
        ranks: int32 `[B]`, the inverse of `rows`.
        rank_of_step: int32 `[P]`, which row of the packing's order each packed step belongs to.
        num_steps: scalar int32, T.
    """

    places: tf.Tensor
    unpacked: tf.Tensor
    counts: tf.Tensor
    starts: tf.Tensor
    rows: tf.Tensor
    ranks: tf.Tensor
    rank_of_step: tf.Tensor
    num_steps: tf.Tensor

    @property
    def num_rows(self) -> tf.Tensor:
        """Number of sketches, B."""
        return tf.shape(self.rows)[0]

    def sort(self, values: tf.Tensor) -> tf.Tensor:
        """Returns `[B, D]` in the packing's order of rows."""
        return _exchange(values, self.rows, self.ranks)

    def restore(self, values: tf.Tensor) -> tf.Tensor:
        """Returns `[B, D]` from the packing's order of rows in that of the batch."""
        return _exchange(values, self.ranks, self.rows)

    def sum_steps(self, packed: tf.Tensor) -> tf.Tensor:
        """Returns the sums over the steps of each row of `[P, D]`, float32 `[B, D]` in the packing's order of rows."""
        # As a matrix product: TensorFlow's segment sums run on one core.
        belongs = tf.one_hot(self.rank_of_step, self.num_rows, dtype=packed.dtype)
        return tf.cast(tf.matmul(belongs, packed, transpose_a=True), tf.float32)

    def pack(self, values: tf.Tensor) -> tf.Tensor:
        """Returns the real steps of `[B, T, D]` as `[P, D]`."""
        return _exchange(_flat(values), self.places, self.unpacked)

    def unpack(self, packed: tf.Tensor, reverse: bool = False) -> tf.Tensor:
        """Returns `[P, D]` as `[B, T, D]`, zero where there is padding; time runs backwards with `reverse`."""
        flat = _exchange(packed, self.unpacked, self.places)
        values = tf.reshape(flat, [self.num_rows, self.num_steps, packed.shape[-1]])
        return tf.reverse(values, [1]) if reverse else values


def of_lengths(lengths: tf.Tensor, num_steps: tf.Tensor) -> Packing:
    """Packs rows whose real steps are their first ones.

    Args:
        lengths: int32 `[B]`, 0 to `num_steps`.
        num_steps: T.
    """
    return of_mask(tf.sequence_mask(lengths, num_steps))


def of_mask(mask: tf.Tensor, backwards: bool = False) -> Packing:
    """Packs the real steps of each row, wherever they are.

    Args:
        mask: bool `[B, T]`, True at real steps.
        backwards: meet the steps of each row from the last to the first.
    """
    num_rows, num_steps = tf.unstack(tf.shape(mask))
    lengths = tf.math.count_nonzero(mask, axis=1, dtype=tf.int32)
    rows = tf.argsort(lengths, direction="DESCENDING", stable=True)
    ranks = tf.argsort(rows, stable=True)
    # The real steps of each row come first, in the order in which they are met.
    steps = tf.range(num_steps)[None]
    if backwards:
        steps = num_steps - 1 - steps
    order = tf.argsort(tf.where(mask, steps, num_steps), axis=1, stable=True)  # [B, T]
    longest = tf.reduce_max(tf.concat([lengths, [0]], 0))
    going = tf.gather(lengths, rows)[None] > tf.range(longest)[:, None]  # [S, B]
    counts = tf.math.count_nonzero(going, axis=1, dtype=tf.int32)
    meeting = tf.cast(tf.where(going), tf.int32)  # [P, 2]: scan step, rank
    row = tf.gather(rows, meeting[:, 1])
    places = row * num_steps + tf.gather_nd(order, tf.stack([row, meeting[:, 0]], axis=1))
    num_packed = tf.shape(places)[0]
    unpacked = tf.tensor_scatter_nd_update(
        tf.fill([num_rows * num_steps], num_packed), places[:, None], tf.range(num_packed)
    )
    starts = tf.cumsum(counts, exclusive=True)
    return Packing(places, unpacked, counts, starts, rows, ranks, meeting[:, 1], num_steps)


def _exchange(values: tf.Tensor, places: tf.Tensor, back: tf.Tensor) -> tf.Tensor:
    """Takes the rows `places` of `[K, D]`, zeros where a place is K; `back` undoes it, so that its gradient is a gather too."""

    @tf.custom_gradient
    def run(values):
        return _take(values, places), lambda d_taken: _take(tf.convert_to_tensor(d_taken), back)

    return run(values)


def _take(values, places):
    count = tf.shape(values)[0]
    missing = places >= count
    taken = tf.gather(
        tf.pad(values, [[0, tf.cast(count == 0, tf.int32)], [0, 0]]), tf.where(missing, 0, places)
    )
    return tf.where(missing[:, None], tf.zeros([], values.dtype), taken)


def _flat(values):
    return tf.reshape(values, [-1, values.shape[-1]])
