"""Files of drawings to training data: read in blocks, prepared in parallel, spilled to disk, split, written whole or not at all."""

import collections
import multiprocessing
import pathlib
import signal
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data import inputs, outputs, reading, splitting
from sketch_rnn_tf.data.drawing import Block, Drawing, Item
from sketch_rnn_tf.data.npz import SPLITS
from sketch_rnn_tf.data.preparation import Preparation, prepare
from sketch_rnn_tf.data.spill import Spill

LOSSES = ("bad_rows", "unrecognized", "other_country", "too_long", "duplicates", "left_over")
DEDUP = ("key", "content", "none")
# Messages kept of what --skip_bad skipped.
KEPT_ERRORS = 5
# Below this one process is done before another has started.
BYTES_FOR_WORKERS = 2**23


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


AS_IS, ALL = Preparation(), Selection()


class Batch(NamedTuple):
    """What became of a block: sketches of one or more classes, and counts of the others."""

    classes: list[str | None]
    points: np.ndarray
    lengths: np.ndarray
    hashes: np.ndarray
    splits: np.ndarray
    counts: Counter
    errors: list[str]


def convert(
    names: Sequence[str],
    output,
    preparation: Preparation = AS_IS,
    selection: Selection = ALL,
    splits: Sequence[str] | None = None,
    seed: int = 0,
    legacy: bool = False,
    form: str | None = None,
    tolerance: float = 0.0,
    workers: int = 1,
    progress: bool = False,
) -> dict:
    """Converts files and folders of drawings into sketch-rnn data.

    The same files, options and seed give the same bytes, whatever `workers` is.

    Args:
        names: files and folders, as `inputs.Inputs` takes them.
        output: `NAME.npz` for one class, `NAME.tfrecord` for one or more, or a folder for one file a class.
        preparation: what to do with each drawing.
        selection: which drawings to take.
        splits: three sizes, as `splitting.parse` takes them; None keeps the splits that all inputs have, or takes nine tenths
            for training.
        seed: of the order and the splits, 0 to 2^31 - 1.
        legacy: npz of pickled object arrays, which Magenta's code reads; a class must then fit into memory.
        form: `npz` or `tfrecord`; by the name of `output` where None.
        tolerance: how far lines may be from SVG curves, in the file's units; 0 for a 510th of the drawing's longer side.
        workers: processes; more than one need a main module that can be imported again (`if __name__ == "__main__"`).
        progress: whether to show a bar on a terminal.

    Returns:
        the report: `read`, `written`, `bad_rows`, `unrecognized`, `other_country`, `too_long`, `duplicates`, `left_over`
        (beyond the sizes of the splits), `classes` (counts by split), `files`, `empty` (classes of which nothing is left),
        `errors` (the first few).

    Raises:
        FileNotFoundError: an input or the output's folder is missing.
        ValueError: an option or, without `skip_bad`, a row is wrong, or nothing is left to write.
        OSError: a file cannot be read or written.
    """
    _check(preparation, selection, tolerance, seed, workers)
    sizes = splitting.parse(splits) if splits is not None else None
    target = outputs.Target.of(output, form, legacy)
    sources = inputs.Inputs(names, target.name if selection.class_by == "none" else None)
    with tempfile.TemporaryDirectory(prefix=".converting-", dir=target.existing_folder()) as name:
        scratch = pathlib.Path(name)
        task = (preparation, selection, tolerance)
        spills, counts, errors = _spill(sources, scratch, task, workers, progress)
        target.check_classes(list(spills))
        parts = {}
        for name in sorted(spills):
            spill = spills[name]
            places = np.arange(len(spill)) if selection.dedup == "none" else spill.first_of_each()
            counts["duplicates"] += len(spill) - len(places)
            kept = spill.published_splits(places) if sizes is None else None
            if kept is None:
                order = splitting.assign(len(places), sizes or splitting.DEFAULT, seed, name)
                kept = {split: places[chosen] for split, chosen in order.items()}
            counts["left_over"] += len(places) - sum(map(len, kept.values()))
            parts[name] = outputs.Part(spill, kept)
        if not any(len(places) for part in parts.values() for places in part.splits.values()):
            raise ValueError(f"nothing is left to write; {_why(counts, errors)}")
        files = target.write(parts, scratch)
    classes = {name: {split: len(part.splits[split]) for split in SPLITS} for name, part in parts.items()}
    return {
        "read": counts["read"],
        "written": sum(map(sum, (sizes.values() for sizes in classes.values()))),
        **{name: counts[name] for name in LOSSES},
        "classes": classes,
        "files": [str(file) for file in files],
        "empty": [] if selection.class_by == "word" else sorted(sources.classes - set(classes)),
        "errors": errors,
    }


def _check(preparation: Preparation, selection: Selection, tolerance: float, seed: int, workers: int) -> None:
    if preparation.epsilon is not None:
        checks.at_least("--epsilon", preparation.epsilon, 0)
    checks.at_least("--max_points", preparation.max_points, 0)
    checks.at_least("--fit", preparation.fit, 0)
    checks.positive("--scale", preparation.scale)
    checks.at_least("--tolerance", tolerance, 0)
    checks.between("--seed", seed, 0, 2**31 - 1)
    checks.between("--workers", workers, 1, 256)
    checks.one_of("--dedup", selection.dedup, DEDUP)
    checks.one_of("--class_by", selection.class_by, inputs.CLASS_BY)
    if preparation.fit and preparation.scale != 1:
        raise ValueError("--fit and --scale are both given; expected one of them")


def _why(counts: Counter, errors: list[str]) -> str:
    lost = [
        f"{number} {name.replace('_', ' ')}" for name, number in counts.items() if name != "read" and number
    ]
    first = f" (the first: {errors[0]})" if errors else ""
    return f"of {counts['read']} drawings read: {', '.join(lost) or 'none was sound'}{first}"


def _spill(sources, folder, task, workers, progress):
    """Reads everything; returns what there is of each class, counts, and the first errors."""
    from tqdm import tqdm

    spills: dict[str, Spill] = {}
    counts, errors = Counter(), []
    selection = task[1]
    blocks = _blocks(sources, selection, errors, counts)
    workers = workers if sources.size >= BYTES_FOR_WORKERS else 1
    with tqdm(total=sources.size, unit="B", unit_scale=True, disable=None if progress else True) as bar:
        for block_class, size, batch in _batches(blocks, task, workers):
            if batch.errors and not selection.skip_bad:
                raise ValueError(batch.errors[0])
            counts.update(batch.counts)
            errors += batch.errors[: KEPT_ERRORS - len(errors)]
            for name, part in _by_class(batch, block_class, selection.class_by):
                if name not in spills:
                    spills[name] = Spill(folder / f"{len(spills)}.points")
                spills[name].add(*part)
            bar.update(size)
    return spills, counts, errors


def _blocks(sources, selection, errors, counts) -> Iterator[tuple[str, Block]]:
    """Yields the blocks of all files; a file that cannot be read at all is a bad row where those are skipped."""
    for source in sources:
        try:
            for block in reading.blocks(source.path):
                yield source.class_name, block
        except ValueError as error:
            if not selection.skip_bad:
                raise
            counts["read"] += 1
            counts["bad_rows"] += 1
            errors += [str(error)][: KEPT_ERRORS - len(errors)]


def _batches(blocks: Iterable, task, workers: int) -> Iterator[tuple[str, int, Batch]]:
    """Yields what became of each block, in order; at most a few blocks a worker are in memory."""
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


def _by_class(batch: Batch, block_class: str, class_by: str):
    """Yields class names, each with its points, lengths, hashes and splits."""
    whole = (batch.points, batch.lengths, batch.hashes, batch.splits)
    if not len(batch.lengths):
        return
    if class_by != "word":
        yield block_class, whole
        return
    names = np.array([name or block_class for name in batch.classes], object)
    rows = np.repeat(names, batch.lengths)
    for name in sorted(set(names)):
        mine = names == name
        yield name, (batch.points[rows == name], batch.lengths[mine], batch.hashes[mine], batch.splits[mine])
