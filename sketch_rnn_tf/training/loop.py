"""The training loop: batches, steps, evaluations, checkpoints."""

import json
import time

import numpy as np
import tensorflow as tf
import tqdm
from absl import logging

from sketch_rnn_tf.config import Config
from sketch_rnn_tf.data import pipeline
from sketch_rnn_tf.data.sources import Dataset
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.training import checkpoints, fine_tuning, guard, shards
from sketch_rnn_tf.training.evaluate import Evaluator, selection_cost
from sketch_rnn_tf.training.replicas import Replicas
from sketch_rnn_tf.training.summaries import NoSummaries, Summaries
from sketch_rnn_tf.training.trainer import Trainer
from sketch_rnn_tf.training.workdir import (
    Metadata,
    Workdir,
    check_resumable,
    load_data,
    metadata_of,
    warn_of_another_machine,
)
from sketch_rnn_tf.types import Batch

XLA_WIDTHS = 8  # different widths of batches at most, since XLA compiles a step for each
LOG_EVERY = 10
MAX_SKIPS, SKIPS_WITHIN = (
    100,
    1000,
)  # more skipped batches than these within so many steps mean that something else is wrong
MAX_ROLLBACKS = 10
ROLLBACK_STRIDE = 1_000_003  # between the seeds of the batches before and after going back


class NotFiniteError(ValueError):
    """The loss became NaN or infinite; the message names the step and the sketches."""


def train_and_evaluate(config: Config, path, data_dir=None, progress: bool = True, make_sheet=None) -> dict:
    """Trains until `train.steps`, going on from the last checkpoint where the workdir holds one.

    Args:
        config: the complete config.
        path: the workdir.
        data_dir: folder in which relative data files are looked up as well, and where TFDS data lie; the one the run began
            with where None.
        progress: whether to show a progress bar on standard error.
        make_sheet: called with (network, metadata, dataset); gives what draws a sheet at each evaluation, as
            `generation.sheets.SampleSheet` does. No sheets where None.

    Returns:
        the figures of the last evaluation, as `Evaluator` gives them, with `step` and `cost`; `stopped` is True and there may
        be no figures where SIGTERM ended the run early. In a process that is not the chief only `step` and `cost`.

    Raises:
        ValueError: config, data and workdir do not fit together.
        NotFiniteError: the loss became NaN or infinite, and `train.on_nan` did not help.
        FileNotFoundError: a data file is missing.
        WorkerLostError: another machine of the run is gone.
    """
    workdir = Workdir(path)
    saved = workdir.read() if workdir.exists else None
    config = shards.settle(config, saved[0] if saved else None)
    on = Replicas(config.train.strategy)
    dataset = load_data(config, saved[1] if saved else None, data_dir)
    metadata = metadata_of(dataset, config, data_dir)
    _check(config, dataset, metadata, on)
    if saved:
        check_resumable(saved, (config, metadata), workdir.path)
        warn_of_another_machine(saved[1], metadata)
        metadata = saved[1]
    for split, count in dataset.left_out.items():
        if count:
            logging.warning("%d %s sketches are longer than data.max_length and left out", count, split)
    if config.train.deterministic:
        tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(config.train.seed)
    with on.scope():
        network = build_network(
            config.model,
            metadata.num_classes,
            config.train.precision,
            fused=not config.train.jit_compile,
            raster_size=config.data.raster_size,
        )
        trainer = Trainer(network, config, metadata.n_max)
        if config.train.start_from and not checkpoints.exists(workdir.checkpoints):
            fine_tuning.assign(network, config, metadata)
    with guard.Termination() as termination, on.watched():
        if not on.is_chief:
            return _Run(
                config, workdir, metadata, dataset, trainer, NoSummaries(), False, termination, on
            ).go()
        with guard.only_trainer(workdir):
            if workdir.exists:
                workdir.update_config(config)
            else:
                workdir.create(config, metadata)
            draw_sheet = make_sheet(network, metadata, dataset) if make_sheet else None
            summaries = Summaries(workdir, draw_sheet)
            return _Run(
                config, workdir, metadata, dataset, trainer, summaries, progress, termination, on
            ).go()


def _check(config: Config, dataset: Dataset, metadata: Metadata, on: Replicas) -> None:
    if config.data.batch_size < on.count:
        raise ValueError(
            f"data.batch_size is {config.data.batch_size} and there are {on.count} replicas; give each a sketch at least"
        )
    num_train = len(dataset.sketches["train"])
    if num_train < config.data.batch_size:
        raise ValueError(
            f"the training split holds {num_train} sketches, fewer than data.batch_size {config.data.batch_size}; "
            "give more data or a smaller batch"
        )
    if not metadata.scale_factor > 0:
        raise ValueError("all offsets of the training split are equal, so there is no scale; give other data")


class _Run:
    """One call of `train_and_evaluate`: what its steps share."""

    def __init__(self, config, workdir, metadata, dataset, trainer, summaries, progress, termination, on):
        self.termination, self.on = termination, on
        self.config, self.workdir, self.metadata = config, workdir, metadata
        self.dataset, self.trainer, self.summaries, self.progress = dataset, trainer, summaries, progress
        self.evaluate = Evaluator(
            trainer.network,
            metadata.n_max,
            config.loss.kl_tolerance,
            config.loss.magenta_epsilon,
            None if config.loss.tail_share else trainer.tail,
            trainer.num_shards,
            config.loss.influence_weight,
        )
        self.best_cost, self.without_gain, self.figures = np.inf, 0, None
        self.step, self.rollbacks, self.skipped, self.stop = 0, 0, [], False
        self._step_function = None

    def go(self) -> dict:
        if checkpoints.exists(self.workdir.checkpoints):
            self._restore()
            self.summaries.go_on_from(self.step)
            logging.info("going on from step %d", self.step)
        step_of_chief = int(self.on.of_chief(self.step))
        if step_of_chief != self.step:
            raise ValueError(
                f"the chief is at step {step_of_chief} and this worker at {self.step}; give all workers the same --workdir, on a "
                "file system that they share"
            )
        bar = tqdm.tqdm(
            total=self.config.train.steps,
            initial=self.step,
            unit="step",
            disable=not self.progress,
            dynamic_ncols=True,
        )
        with self.summaries, bar:
            while not self._pass(bar):
                self._roll_back()
            unfinished = self.stop and self.step < self.config.train.steps
            if self.figures is None and not unfinished:
                self._evaluate()
        if unfinished:
            return {**(self.figures or {}), "step": self.step, "stopped": True}
        return self.figures

    def _pass(self, bar) -> bool:
        """Trains on to the end; False where it met a step that is not finite and the run is to be rolled back."""
        train = self.config.train
        batches = self._batches(max(0, train.steps - self.step))
        if self._step_function is None:
            self._step_function = self.on.step_function(self.trainer, batches.element_spec, train.jit_compile)
        for batch in batches:
            if not self._take(batch, bar):
                return False
            at_end = self.step == train.steps
            if self.step % train.eval_every == 0 or at_end:
                self._evaluate()
            stopping = 0 < train.early_stopping_patience <= self.without_gain
            if self.step % train.save_every == 0 or at_end or stopping or self.stop:
                self._save("last")
            if stopping:
                logging.info("no gain in %d evaluations; stopping early", self.without_gain)
            if stopping or self.stop:
                break
        return True

    def _take(self, batch: Batch, bar) -> bool:
        """Takes a step; False where it was not finite and the run is to be rolled back."""
        began = time.perf_counter()
        values, agreed = self._step_function(batch, self.termination.asked)
        # The signal may come during the step; other machines hear of it with the next one, and all stop together.
        self.stop = agreed or (self.termination.asked and not self.on.many_machines)
        values = {name: float(value) for name, value in values.items()}
        if not all(np.isfinite(value) for value in values.values()):
            sentence = _not_finite(self.step, values, batch)
            if self.config.train.on_nan == "rollback":
                logging.warning("%s; going back to the last checkpoint, on with other batches", sentence)
                return False
            self.skipped.append(self.step)
            recent = [step for step in self.skipped if step > self.step - SKIPS_WITHIN]
            if self.config.train.on_nan == "stop" or len(recent) > MAX_SKIPS:
                raise NotFiniteError(
                    f"{sentence}; the last checkpoint is kept; try a smaller train.learning_rate, look at these sketches, or "
                    "let --on_nan skip such batches"
                )
            logging.warning("%s; this batch is left out", sentence)
        rate = int(batch.lengths.shape[0]) / (time.perf_counter() - began)
        self.step += 1
        bar.update(self.step - bar.n)
        bar.set_postfix(loss=f"{values['cost']:.3f}", sketches_per_s=f"{rate:.0f}", refresh=False)
        if self.step % LOG_EVERY == 0 or self.step == 1:
            self.summaries.training(self.step, {**values, "sketches_per_second": rate})
        return True

    def _roll_back(self) -> None:
        """Goes back to the last checkpoint; the batches from there on are others, and stay so when the run is resumed."""
        rollbacks = self.rollbacks + 1
        if rollbacks > MAX_ROLLBACKS:
            raise NotFiniteError(
                f"the loss was not finite {rollbacks} times, the last time at step {self.step}, and going back has not helped; "
                "try a smaller train.learning_rate or --on_nan=skip"
            )
        if not checkpoints.exists(self.workdir.checkpoints):
            raise NotFiniteError(
                f"the loss is not finite at step {self.step} and there is no checkpoint yet to go back to; try a smaller "
                "train.learning_rate or train.save_every, or --on_nan=skip"
            )
        self._restore()
        self.rollbacks = rollbacks
        self.on.of_chief(0.0)  # all have read what the chief is about to replace
        self.summaries.go_on_from(self.step)
        self._save("last")

    def _batches(self, num_steps):
        data, train = self.config.data, self.config.train
        # Under XLA every step of the padding is run, so it stays short.
        short = train.jit_compile or not self.config.loss.tail_share
        return pipeline.training_batches(
            self.dataset.sketches["train"],
            self.dataset.class_ids["train"],
            scale_factor=self.metadata.scale_factor,
            batch_size=data.batch_size,
            n_max=self.metadata.n_max,
            seed=(train.seed + self.rollbacks * ROLLBACK_STRIDE) % 2**31,
            start_step=self.step,
            num_steps=num_steps,
            random_scale=data.random_scale,
            point_drop_rate=data.point_drop_rate,
            bucket=data.bucket,
            tail=self.trainer.tail if short else None,
            width_multiple=-(-self.metadata.n_max // XLA_WIDTHS) if train.jit_compile else 1,
            start_token=self.metadata.start_token,
            service=data.service,
        )

    def _restore(self) -> None:
        checkpoint = checkpoints.load(self.workdir.checkpoints, "last")
        checkpoints.restore_state(checkpoint.arrays, self.trainer.network, self.trainer.optimizer)
        self.step = checkpoint.info["step"]
        self.best_cost = checkpoint.info.get("best_cost", np.inf)
        self.without_gain = checkpoint.info.get("without_gain", 0)
        self.rollbacks = checkpoint.info.get("rollbacks", 0)
        self.skipped = list(checkpoint.info.get("skipped", []))

    def _evaluate(self) -> None:
        figures, cost = self._measure() if self.on.is_chief else ({}, 0.0)
        cost = self.on.of_chief(cost)
        self.figures = {**figures, "step": self.step, "cost": cost}
        self.summaries.evaluation(self.step, self.figures)
        logging.info("evaluation %s", json.dumps(self.figures))
        if cost < self.best_cost:
            self.best_cost, self.without_gain = cost, 0
            self._save("best")
        else:
            self.without_gain += 1

    def _measure(self) -> tuple[dict, float]:
        figures = self.evaluate(
            self.dataset.sketches["valid"],
            self.dataset.class_ids["valid"],
            self.metadata.scale_factor,
            self.metadata.start_token,
            seed=self.config.train.seed,
        )
        return figures, selection_cost(figures, self.config.loss.kl_weight)

    def _save(self, name: str) -> None:
        if not self.on.is_chief:
            return
        checkpoints.save(
            self.workdir.checkpoints,
            checkpoints.state_arrays(self.trainer.network, self.trainer.optimizer),
            self.step,
            (name,),
            seed=self.config.train.seed,
            best_cost=float(self.best_cost),
            without_gain=self.without_gain,
            rollbacks=self.rollbacks,
            skipped=self.skipped,
            figures=self.figures,
        )


def _not_finite(step: int, values: dict, batch: Batch) -> str:
    sketches = ", ".join(str(index) for index in np.asarray(batch.index)[:8].tolist())
    return (
        f"the loss or its gradient is not finite at step {step} (cost {values['cost']}, L_R {values['reconstruction']}, L_KL "
        f"{values['kl']}) on training sketches {sketches} and {max(0, batch.index.shape[0] - 8)} more"
    )
