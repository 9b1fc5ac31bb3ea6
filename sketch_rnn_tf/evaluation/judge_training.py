"""Training of a judge on labelled sketches and made-up junk, calibration, and the figures of its card."""

import dataclasses
import hashlib
import json
import pathlib
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.evaluation import junk
from sketch_rnn_tf.evaluation.judge import Judge, JudgeNetwork, padded, save_judge
from sketch_rnn_tf.extras import require
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.training import checkpoints

TRAINED_KINDS = (
    "scribbles",
    "shuffled_points",
    "shuffled_offsets",
    "scattered_strokes",
    "mixtures",
    "untrained",
)
# Share of junk in the training data, real sketches being 1.
JUNK_SHARE = 0.4
# Per kind of junk, when thresholds are set and when the judge is tested; each split has a seed of its own.
JUNK_TESTED = 400
UNITS = {"raster": 32, "strokes": 96}
# Batches sorted by length together.
BLOCK = 20
SEEDS = {"train": 1, "valid": 2, "test": 3}
ACCEPTED_ON_VALID = 0.03
# A mixture does hold a drawing of a class; asking for few of them would turn away many real sketches.
THRESHOLD_KINDS = tuple(kind for kind in TRAINED_KINDS if kind != "mixtures")


@dataclasses.dataclass(frozen=True)
class JudgeOptions:
    """How a judge is trained.

    Attributes:
        kind: "raster" or "strokes".
        steps: training steps in all.
        units: half the number of features; 0 for 32 where it looks at images and 96 where it reads strokes.
        size: pixels a side of the raster.
        batch_size: sketches a step.
        learning_rate: at the start; falls to 0 as a cosine.
        seed: of weights, order and augmentation.
        save_every: steps between checkpoints.
    """

    kind: str = "raster"
    steps: int = 3000
    units: int = 0
    size: int = 28
    batch_size: int = 100
    learning_rate: float = 2e-3
    seed: int = 1
    save_every: int = 200

    def __post_init__(self):
        if not self.units:
            object.__setattr__(self, "units", UNITS[self.kind])


def train_judge(dataset, workdir, options: JudgeOptions, progress: bool = True) -> Judge:
    """Trains a judge, or goes on with one, exactly; writes `judge.json` and `weights.npz` into the workdir.

    Args:
        dataset: of `data.sources.load_sources`, of at least two classes.
        workdir: folder of the run.
        options: how.
        progress: whether to show a bar.

    Raises:
        ValueError: there is one class only, or the workdir belongs to a training with other options or data.
    """
    if len(dataset.class_names) < 2:
        raise ValueError("a judge needs at least two classes to tell apart; name more files with --data")
    workdir = pathlib.Path(workdir)
    workdir.mkdir(parents=True, exist_ok=True)
    _claim(workdir, dataset, options)
    tf.keras.utils.set_random_seed(options.seed)
    network = JudgeNetwork(options.kind, len(dataset.class_names), options.units, options.size)
    _train(network, dataset, workdir / "checkpoints", options, progress)
    judge = _calibrated(network, dataset)
    judge.card["training"] = dataclasses.asdict(options)
    judge.card["files"] = [
        {"name": pathlib.PurePath(file["source"]).name, "sha256": file["sha256"]} for file in dataset.files
    ]
    save_judge(judge, workdir)
    return judge


def _claim(workdir: pathlib.Path, dataset, options: JudgeOptions) -> None:
    """Writes what is trained, or raises ValueError where the workdir holds something else."""
    hashes = "".join(sorted(str(file["sha256"]) for file in dataset.files))
    wanted = {**dataclasses.asdict(options), "data": hashlib.sha256(hashes.encode()).hexdigest()}
    path = workdir / "training.json"
    if path.is_file():
        saved = json.loads(path.read_text(encoding="utf-8"))
        other = [key for key in wanted if saved.get(key) != wanted[key] and key != "save_every"]
        if other:
            raise ValueError(
                f"{workdir} belongs to a judge trained with another {', '.join(other)}; choose another --workdir"
            )
    write_atomically(path, json.dumps(wanted, indent=1) + "\n")


def _train(
    network: JudgeNetwork, dataset, folder: pathlib.Path, options: JudgeOptions, progress: bool
) -> None:
    optimizer = tf.keras.optimizers.Adam(options.learning_rate)
    # Before its state is put back: an optimiser that is not built has none.
    optimizer.build(network.trainable_variables)
    start = 0
    if checkpoints.exists(folder):
        loaded = checkpoints.load(folder, "last")
        checkpoints.restore_state(loaded.arrays, network, optimizer)
        start = loaded.info["step"]
    if start >= options.steps:
        return
    sketches, class_ids = dataset.in_memory("train")
    sketches = [*sketches, *_junk("train", sketches, int(JUNK_SHARE * len(sketches)) // len(TRAINED_KINDS))]
    labels = np.full(len(sketches), len(dataset.class_names), np.int32)
    labels[: len(class_ids)] = class_ids
    signature = [tf.TensorSpec([None, None, 5], tf.float32), tf.TensorSpec([None], tf.int32)]

    @tf.function(input_signature=signature, autograph=False, jit_compile=False)
    def step(strokes, wanted):
        with tf.GradientTape() as tape:
            _, logits = network(strokes, training=True)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_mean(losses)
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, network.trainable_variables), 1.0)
        optimizer.apply_gradients(zip(gradients, network.trainable_variables))
        return loss

    lengths = np.array([len(sketch) for sketch in sketches])
    steps_an_epoch, order = max(1, len(sketches) // options.batch_size), None
    bar = tqdm(range(start, options.steps), initial=start, total=options.steps, disable=not progress)
    for number in bar:
        if order is None or number % steps_an_epoch == 0:
            order = _order(lengths, options, number // steps_an_epoch)
        places = order[number % steps_an_epoch]
        rng = np.random.default_rng([options.seed, 1, number])
        optimizer.learning_rate.assign(
            options.learning_rate * 0.5 * (1 + np.cos(np.pi * number / options.steps))
        )
        strokes = padded([_varied(sketches[place], rng) for place in places])
        loss = step(tf.constant(strokes), tf.constant(labels[places]))
        if (number + 1) % options.save_every == 0 or number + 1 == options.steps:
            checkpoints.save(folder, checkpoints.state_arrays(network, optimizer), number + 1, ("last",))
        bar.set_postfix(loss=f"{float(loss):.3f}")


def _order(lengths: np.ndarray, options: JudgeOptions, epoch: int) -> list[np.ndarray]:
    """Returns the places of each batch of an epoch."""
    rng = np.random.default_rng([options.seed, epoch])
    order = rng.permutation(len(lengths))
    count = max(1, len(order) // options.batch_size)
    batches = [order[first * options.batch_size :][: options.batch_size] for first in range(count)]
    if options.kind == "raster":
        return batches
    # A recurrence takes as long as the longest sketch of its batch, so those of similar length go together.
    sorted_batches = []
    for start in range(0, count, BLOCK):
        block = np.concatenate(batches[start : start + BLOCK])
        block = block[np.argsort(lengths[block], kind="stable")]
        sorted_batches += np.array_split(block, len(batches[start : start + BLOCK]))
    return [sorted_batches[place] for place in rng.permutation(count)]


def _varied(sketch: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Stretches, leans and shakes a sketch a little."""
    lean = np.eye(2) * rng.uniform(0.85, 1.15, 2) + rng.uniform(-0.12, 0.12, [2, 2]) * (1 - np.eye(2))
    varied = np.array(sketch, np.float32)
    varied[:, :2] = varied[:, :2] @ lean
    varied[:, :2] += rng.normal(scale=0.1 * np.abs(varied[:, :2]).mean(), size=[len(varied), 2])
    return varied


def _junk(split: str, sketches: Sequence[np.ndarray], count: int) -> list[np.ndarray]:
    return [
        drawing
        for kind in TRAINED_KINDS
        for drawing in junk.make(kind, max(1, count), SEEDS[split], sketches)
    ]


def _calibrated(network: JudgeNetwork, dataset) -> Judge:
    """Fits the temperature and sets the threshold on validation data; tests on test data."""
    optimize = require("scipy.optimize")
    card = {"class_names": list(dataset.class_names), "temperature": 1.0, "threshold": 0.0}
    judge = Judge(network, card)
    sketches, class_ids = dataset.in_memory("valid")
    made = _junk("valid", sketches, JUNK_TESTED)
    features, logits = judge.logits([*sketches, *made])
    reject = len(dataset.class_names)
    labels = np.concatenate([class_ids, np.full(len(made), reject)])

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        highest = scaled.max(axis=1)
        return float(
            (
                np.log(np.exp(scaled - highest[:, None]).sum(axis=1))
                + highest
                - scaled[np.arange(len(labels)), labels]
            ).mean()
        )

    found = optimize.minimize_scalar(loss, bounds=(-2, 2), method="bounded")
    card["temperature"] = round(float(np.exp(found.x)), 4)
    for threshold in np.arange(0.5, 0.96, 0.05):
        card["threshold"] = round(float(threshold), 2)
        ids = judge.verdict(features, logits).class_ids[len(sketches) :]
        accepted = dict(zip(TRAINED_KINDS, (ids.reshape(len(TRAINED_KINDS), -1) >= 0).mean(axis=1)))
        if max(accepted[kind] for kind in THRESHOLD_KINDS) <= ACCEPTED_ON_VALID:
            break
    card["test"] = test_figures(judge, *dataset.in_memory("test"))
    return judge


def test_figures(judge: Judge, sketches: Sequence[np.ndarray], class_ids: np.ndarray) -> dict:
    """Returns how a judge does on held-out sketches and on junk of seeds it has not seen.

    `top1` takes the best class of all real ones, `accepted_right` counts rejected sketches as wrong;
    `calibration_error` is the expected one over 15 bins of the best class' probability, reject class included.

    Args:
        judge: the judge.
        sketches: real ones.
        class_ids: the judge's id of each.
    """
    verdict = judge(sketches)
    best = verdict.probabilities.argmax(axis=1)
    figures = {
        "num_sketches": len(sketches),
        "top1": float((verdict.probabilities[:, :-1].argmax(axis=1) == class_ids).mean()),
        "accepted": float((verdict.class_ids >= 0).mean()),
        "accepted_right": float((verdict.class_ids == class_ids).mean()),
        "calibration_error": _calibration_error(verdict.probabilities.max(axis=1), best == class_ids),
    }
    figures["top1_by_class"] = {
        name: float((verdict.probabilities[class_ids == place, :-1].argmax(axis=1) == place).mean())
        for place, name in enumerate(judge.class_names)
        if (class_ids == place).any()
    }
    others = [name for name in doodles.class_names() if name not in judge.class_names]
    for heading, kinds in (("junk_accepted", TRAINED_KINDS), ("unseen_junk_accepted", junk.UNSEEN)):
        figures[heading] = {
            kind: float((judge(junk.make(kind, JUNK_TESTED, SEEDS["test"], sketches)).class_ids >= 0).mean())
            for kind in kinds
        }
    made = [drawing for name in others for drawing in doodles.draw(name, 10, SEEDS["test"])]
    if made:
        accepted = judge(made).class_ids >= 0
        figures["unseen_junk_accepted"]["doodles_of_other_classes"] = float(accepted.mean())
    return figures


def _calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    bins = np.minimum((confidence * 15).astype(int), 14)
    gaps = [
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean()
        for b in np.unique(bins)
    ]
    return float(sum(gaps))
