"""Files of drawings to training data: read in blocks, prepared in parallel, spilled to disk, split, written whole or not at all."""

import pathlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.data import batches, inputs, outputs, reading, splitting
from sketch_rnn_tf.data.batches import KEPT_ERRORS, Batch, Selection
from sketch_rnn_tf.data.drawing import Block
from sketch_rnn_tf.data.npz import SPLITS
from sketch_rnn_tf.data.preparation import Preparation
from sketch_rnn_tf.data.spill import Spill

LOSSES = ("bad_rows", "unrecognized", "other_country", "too_long", "duplicates", "left_over")
DEDUP = ("key", "content", "none")
# Below this one process is done before another has started.
BYTES_FOR_WORKERS = 2**23

AS_IS, ALL = Preparation(), Selection()


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
        for block_class, size, batch in batches.in_order(blocks, task, workers):
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
