"""Blocks of drawings to prepared sketches, in this process or several."""

import collections
import contextlib
import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from hashlib import blake2b
from multiprocessing import resource_tracker
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf.data import reading
from sketch_rnn_tf.data.drawing import Block, Drawing, Item
from sketch_rnn_tf.data.npz import SPLITS
from sketch_rnn_tf.data.preparation import Preparation, prepare

# Messages kept of what was skipped.
KEPT_ERRORS = 5


class Selection(NamedTuple):
    """Which drawings to take.

    Attributes:
        recognized_only: leave out what QuickDraw's game did not recognise.
        countries: two letters each, as QuickDraw gives them; all where empty.
        skip_bad: leave out and count malformed rows, rather than stop at the first.
        dedup: `key` leaves out drawings whose `key_id` came before in their class, `content` those with the same points,
            `none` nothing.
        class_by: `file` takes the class of the file's or folder's name, `word` what the rows say, `none` makes all one class.
    """

    recognized_only: bool = False
    countries: tuple[str, ...] = ()
    skip_bad: bool = False
    dedup: str = "key"
    class_by: str = "file"


class Batch(NamedTuple):
    """What became of a block: sketches of one or more classes, and counts of the others."""

    classes: list[str | None]
    points: np.ndarray
    lengths: np.ndarray
    hashes: np.ndarray
    splits: np.ndarray
    counts: Counter
    errors: list[str]


def in_order(blocks: Iterable, task, workers: int) -> Iterator[tuple[str, int, Batch]]:
    """Yields what became of each block, in order; at most a few blocks a worker are in memory.

    Args:
        blocks: class names, each with a block.
        task: what `process` takes besides.
        workers: processes; 1 for this one.

    Yields:
        class name, bytes of the block, and its batch.

    Raises:
        OSError: a worker was ended from outside.
    """
    if workers == 1:
        for name, block in blocks:
            yield name, block.size, process(block, *task)
        return
    # Spawned, not forked: forking a process with threads, as tqdm's or TensorFlow's, can hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_ignore_interrupts)
    waiting = collections.deque()
    try:
        for name, block in blocks:
            with _interrupts_waiting():
                waiting.append((name, block.size, pool.submit(process, block, *task)))
            del block
            if len(waiting) > 2 * workers:
                name, size, future = waiting.popleft()
                yield name, size, future.result()
        while waiting:
            name, size, future = waiting.popleft()
            yield name, size, future.result()
    except BrokenProcessPool as error:
        raise OSError("a worker process was ended, perhaps for want of memory; try --workers=1") from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _interrupts_waiting():
    """Lets Ctrl-C wait; a process that is started meanwhile never hears of it, not even before it can say so itself."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # which would let signals in again when it is started with the first process
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers


def process(block: Block, preparation: Preparation, selection: Selection, tolerance: float) -> Batch:
    """Decodes and prepares the drawings of a block; runs in a worker."""
    counts, errors, kept = Counter(), [], []
    for item in reading.decode(block, tolerance):
        counts["read"] += 1
        error = item.error
        if not error:
            lost = _lost(item.drawing, selection)
            if lost:
                counts[lost] += 1
                continue
            try:
                sketch = prepare(item.drawing, preparation)
            except ValueError as caught:
                error = str(caught)
        if error:
            counts["bad_rows"] += 1
            if len(errors) < KEPT_ERRORS:
                errors.append(f"{item.where}: {error}")
            if not selection.skip_bad:
                break
        elif preparation.max_points and len(sketch) > preparation.max_points:
            counts["too_long"] += 1
        else:
            kept.append((item, sketch))
    sketches = [sketch for _, sketch in kept]
    return Batch(
        classes=[item.drawing.word for item, _ in kept] if selection.class_by == "word" else [],
        points=np.concatenate(sketches) if sketches else np.zeros([0, 3], np.int16),
        lengths=np.array([len(sketch) for sketch in sketches], np.int32),
        hashes=np.array([_hash(item, sketch, selection.dedup) for item, sketch in kept], np.int64),
        splits=np.array(
            [SPLITS.index(item.drawing.split) if item.drawing.split else -1 for item, _ in kept], np.int8
        ),
        counts=counts,
        errors=errors,
    )


def _lost(drawing: Drawing, selection: Selection) -> str | None:
    if selection.recognized_only and not drawing.recognized:
        return "unrecognized"
    if selection.countries and drawing.country not in selection.countries:
        return "other_country"
    return None


def _hash(item: Item, sketch: np.ndarray, dedup: str) -> int:
    """Returns 64 bits that are equal for drawings that count as the same."""
    if dedup == "content":
        data = sketch.tobytes()
    else:
        key = item.drawing.key
        data = f"at {item.where}" if key is None else f"key {key}"
        data = data.encode(errors="replace")
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little", signed=True)
