"""Streamed sketches: every one comes as often as it should, resuming changes nothing, and figures equal those in memory."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.data import normalization
from sketch_rnn_tf.data.pipeline import training_batches
from sketch_rnn_tf.data.streaming import Moments, StreamedSketches
from sketch_rnn_tf.data.strokes import to_stroke5
from sketch_rnn_tf.data.tfds_source import Records

SCALE, N_MAX, START = 20.0, 40, (0.0, 0.0, 1.0, 0.0, 0.0)
COUNTS = (33, 21, 36)
BATCH = 2
WINDOW = 200 * BATCH  # ten blocks of twenty batches
WIDE = 5000  # beyond the clamp


def make_sketches():
    rng = np.random.default_rng(0)
    sketches = []
    for length in rng.integers(1, N_MAX + 1, sum(COUNTS)):
        pens = rng.random([length, 1]) < 0.2
        sketches.append(np.concatenate([rng.integers(-50, 50, [length, 2]), pens], axis=1).astype(np.int16))
    sketches[7][0, 0] = WIDE
    return sketches


SKETCHES = make_sketches()


def parse(serialized):
    spec = {"strokes": tf.io.FixedLenFeature([], tf.string), "label": tf.io.FixedLenFeature([], tf.int64)}
    parsed = tf.io.parse_example(serialized, spec)
    lengths = tf.strings.length(parsed["strokes"]) // 6
    points = tf.reshape(tf.io.decode_raw(tf.strings.reduce_join(parsed["strokes"]), tf.int16), [-1, 3])
    return points, lengths, tf.cast(parsed["label"], tf.int32)


def example(place):
    strokes = tf.train.Feature(bytes_list=tf.train.BytesList(value=[SKETCHES[place].tobytes()]))
    label = tf.train.Feature(int64_list=tf.train.Int64List(value=[place % 5]))
    features = tf.train.Features(feature={"strokes": strokes, "label": label})
    return tf.train.Example(features=features).SerializeToString()


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    paths, place = [], 0
    for number, count in enumerate(COUNTS):
        paths.append(str(tmp_path_factory.getbasetemp() / f"part-{number}.tfrecord"))
        with tf.io.TFRecordWriter(paths[-1]) as writer:
            for _ in range(count):
                writer.write(example(place))
                place += 1
    return Records(tuple(paths), COUNTS, 1)


def batches(records, num_steps, max_length=0, **options):
    streamed = StreamedSketches(records, parse, max_length)
    settings = {"scale_factor": SCALE, "batch_size": BATCH, "n_max": N_MAX, "seed": 3}
    made = training_batches(streamed, None, num_steps=num_steps, **{**settings, **options})
    return list(made.as_numpy_iterator())


def places_of(windows):
    """Returns, by window, the places of all its sketches in the order in which they were read."""
    return [window[5].numpy() for window in windows]


def test_a_pass_holds_every_sketch_once_file_by_file(records):
    streamed = StreamedSketches(records, parse)
    windows = list(streamed.windows(0, 9, 50, seed=1))
    assert [int(window[0]) for window in windows] == list(range(9))
    stream = np.concatenate(places_of(windows)).reshape(5, 90)
    np.testing.assert_array_equal(np.sort(stream, axis=1), np.tile(np.arange(90), [5, 1]))
    files = [range(0, 33), range(33, 54), range(54, 90)]
    orders = []
    for one_pass in stream:
        orders.append(tuple(sorted(range(3), key=lambda f: int(np.argmax(one_pass == files[f][0])))))
        np.testing.assert_array_equal(one_pass, np.concatenate([files[f] for f in orders[-1]]))
    assert len(set(orders)) > 1


def test_windows_are_found_without_reading_those_before(records):
    streamed = StreamedSketches(records, parse)
    whole = list(streamed.windows(0, 9, 50, seed=1))
    for first in (1, 2, 8):
        for ours, theirs in zip(streamed.windows(first, 9 - first, 50, seed=1), whole[first:], strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("bucket", [False, True])
def test_batches_hold_the_sketches_of_their_window_once(records, bucket):
    some = batches(records, 400, bucket=bucket)
    for number in range(2):
        seen = np.concatenate([batch.index for batch in some[200 * number : 200 * (number + 1)]])
        (window,) = places_of(StreamedSketches(records, parse).windows(number, 1, WINDOW, seed=3))
        np.testing.assert_array_equal(np.sort(seen), np.sort(window))
        assert np.any(seen != window)
    for batch in some[::37]:
        for row, place in enumerate(batch.index):
            sketch = np.clip(SKETCHES[place].astype(np.float64), -1000, 1000) / [SCALE, SCALE, 1]
            expected = np.concatenate([[START], to_stroke5(sketch, N_MAX)])
            np.testing.assert_allclose(batch.strokes[row], expected, rtol=1e-6)
            assert batch.lengths[row] == len(sketch) and batch.class_id[row] == place % 5


def test_bucketed_batches_are_of_similar_length(records):
    spread = {}
    for bucket in (False, True):
        lengths = np.array([batch.lengths for batch in batches(records, 100, bucket=bucket)])
        spread[bucket] = np.abs(lengths[:, 0] - lengths[:, 1]).mean()
    assert spread[True] < 0.2 * spread[False]


@pytest.mark.parametrize("options", [{"bucket": True, "tail": 2}, {"max_length": 20}])
def test_resuming_gives_what_an_uninterrupted_run_has(records, options):
    options = {"random_scale": 0.15, "point_drop_rate": 0.3, **options}
    whole = batches(records, 403, **options)
    for start in (199, 201):
        rest = batches(records, min(20, 403 - start), start_step=start, **options)
        for ours, theirs in zip(rest, whole[start : start + 20], strict=True):
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(a, b)


def test_others_stand_in_for_longer_sketches(records):
    lengths = np.array([len(sketch) for sketch in SKETCHES])
    seen = np.concatenate([batch.index for batch in batches(records, 200, max_length=20)])
    short = np.flatnonzero(lengths <= 20)
    times = np.bincount(seen, minlength=90)
    assert len(seen) == WINDOW and set(seen) == set(short)
    # The window holds each short sketch four or five times, and all of them together are gone through again and again.
    assert times[short].max() - times[short].min() <= 1 + WINDOW / (4 * len(short))


def test_seeds_change_the_order(records):
    first, second = batches(records, 5, seed=1), batches(records, 5, seed=2)
    assert any(np.any(a.index != b.index) for a, b in zip(first, second))


@pytest.mark.parametrize("max_length", [0, 20])
@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_moments_are_those_of_sketches_in_memory(max_length, dtype):
    moments = Moments(max_length)
    sketches = [sketch.astype(dtype) for sketch in SKETCHES]
    for start in range(0, 90, 40):
        some = sketches[start : start + 40]
        moments.add(np.concatenate(some), np.array([len(sketch) for sketch in some]))
    kept = [sketch for sketch in sketches if not max_length or len(sketch) <= max_length]
    assert moments.scale_factor == pytest.approx(normalization.scale_factor(kept), rel=1e-12)
    assert moments.longest == max(map(len, kept)) and moments.left_out == 90 - len(kept)


def test_moments_of_nothing():
    assert Moments().scale_factor == 0 and Moments().longest == 0


def test_too_few_sketches(records):
    with pytest.raises(ValueError, match="90 training sketches, fewer than a batch of 91"):
        batches(records, 1, batch_size=91)
    assert len(StreamedSketches(records, parse, 20, left_out=40)) == 50
