"""One step of training on several devices or machines at once, by `tf.distribute`.

Every replica is handed the whole batch, as its worker's own pipeline made it, and works on its rows of it. So z's noise, the mean
of the losses and the floor of L_KL are those of the joint batch, and a run gives the losses it gives on one device.
"""

import contextlib
import json
import os
from collections.abc import Iterator

import tensorflow as tf

from sketch_rnn_tf.types import Batch

LOST_EXIT_CODE = 75  # EX_TEMPFAIL: nothing is wrong with the input, the same command goes on
# What operations between machines raise when one of them is gone.
_LOST = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
    tf.errors.FailedPreconditionError,
    tf.errors.UnknownError,
)


class WorkerLostError(RuntimeError):
    """A worker of a multi-worker run does not answer any more."""

    exit_code = LOST_EXIT_CODE


def place() -> tuple[int, int]:
    """Returns the number of the replica whose computation is being built, and how many there are: (0, 1) outside of `run`."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return 0, 1
    return int(tf.get_static_value(context.replica_id_in_sync_group)), context.num_replicas_in_sync


def summed(values):
    """Returns tensors, in any nest, summed over the replicas; unchanged where there is one."""
    if place()[1] == 1:
        return values
    values = tf.nest.map_structure(tf.identity, values)  # on the replica's device, wherever they came from
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, values)


def joint(values: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Returns sums over all replicas, whose gradient is that of this replica's part: summed, gradients are the joint one."""
    if place()[1] == 1:
        return values
    totals = summed({name: tf.stop_gradient(value) for name, value in values.items()})
    return {name: value + tf.stop_gradient(totals[name] - value) for name, value in values.items()}


def own_rows(values, index: int, count: int):
    """Returns the rows of each tensor that replica `index` of `count` works on; they are dealt in turn."""
    return type(values)(*(part[index::count] for part in values))


class Replicas:
    """The devices a run trains on.

    Args:
        name: `train.strategy`: "none", "mirrored" (the GPUs of this machine, or its logical CPUs where it has none), or
            "multi_worker" (the processes that the environment variable TF_CONFIG names, this one among them).

    Attributes:
        count: how many there are.
        is_chief: whether this process writes the workdir.

    Raises:
        ValueError: TF_CONFIG does not name the workers, or TensorFlow has started already.
    """

    def __init__(self, name: str = "none"):
        self._strategy, self.is_chief, self.many_machines = None, True, name == "multi_worker"
        if name == "mirrored":
            devices = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
            self._strategy = tf.distribute.MirroredStrategy([device.name for device in devices])
        elif name == "multi_worker":
            self.is_chief = _is_chief(os.environ.get("TF_CONFIG", ""))
            try:
                self._strategy = tf.distribute.MultiWorkerMirroredStrategy()
            except RuntimeError as error:
                raise ValueError(
                    f"train.strategy is 'multi_worker', which wants a process in which TensorFlow has done nothing yet: {error}"
                ) from error
        self.count = self._strategy.num_replicas_in_sync if self._strategy else 1
        self._total = tf.function(lambda share: self._strategy.run(summed, args=(share,)), autograph=False)

    def scope(self):
        """Returns the context in which model and optimiser are to be made."""
        return self._strategy.scope() if self._strategy else contextlib.nullcontext()

    def step_function(self, trainer, spec, jit_compile: bool):
        """Returns what takes a training step: called with a batch and whether to stop, gives scalars by name and whether any
        process wants to stop.

        Args:
            trainer: the `Trainer`, made in `scope`.
            spec: the batches' `element_spec`.
            jit_compile: compile with XLA; on one device only.
        """
        if self._strategy:
            return _Step(self._strategy, trainer, spec)
        function = tf.function(
            trainer.train_on,
            # XLA wants every width by itself; otherwise one trace serves all.
            input_signature=None if jit_compile else [spec],
            jit_compile=jit_compile,
            autograph=False,
        )
        return lambda batch, stop: (function(batch), stop)

    def of_chief(self, value: float) -> float:
        """Returns the chief's value in every process, and waits for all of them."""
        if not self.many_machines:
            return value
        replicas_here = len(self._strategy.extended.worker_devices)
        share = value / replicas_here if self.is_chief else 0.0
        totals = self._total(tf.constant(share, tf.float64))
        return float(self._strategy.experimental_local_results(totals)[0])

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Turns what TensorFlow raises when another machine is gone into one sentence.

        Raises:
            WorkerLostError: a worker does not answer any more.
        """
        try:
            yield
        except _LOST as error:
            if not self.many_machines:
                raise
            raise WorkerLostError(
                "another worker of this run is gone, so all stop; start the same command on all of them again and it goes on "
                f"from the last checkpoint ({type(error).__name__})"
            ) from error


class _Step:
    """A step in two graphs: gradients of the joint batch, then, where they are finite, the optimiser.

    One graph would need the optimiser in a branch, where replicas cannot meet.
    """

    def __init__(self, strategy, trainer, spec):
        self._strategy, self._trainer = strategy, trainer
        flag = tf.TensorSpec([], tf.float32)
        self._measure = tf.function(self._measure_all, input_signature=[spec, flag], autograph=False)
        self._apply = tf.function(self._apply_all, autograph=False)
        self._count = tf.function(self._count_all, autograph=False)

    def __call__(self, batch: Batch, stop: bool) -> tuple[dict[str, tf.Tensor], bool]:
        values, stops, gradients = self._measure(batch, tf.constant(float(stop)))
        if bool(self._trainer.is_finite(values)):
            self._apply(gradients)
        else:
            self._count()
        return values, bool(stops > 0)

    def _measure_all(self, batch, stop):
        def measure(batch, stop):
            values, gradients, _ = self._trainer.gradients_on(batch)
            return values, summed(stop), gradients

        values, stops, gradients = self._strategy.run(measure, args=(batch, stop))
        here = self._strategy.experimental_local_results
        return {name: here(value)[0] for name, value in values.items()}, here(stops)[0], gradients

    def _apply_all(self, gradients):
        # Every replica holds the joint gradient already, and the optimiser sums over replicas.
        count = self._strategy.num_replicas_in_sync
        self._strategy.run(
            lambda gradients: self._trainer.apply([gradient / count for gradient in gradients]),
            args=(gradients,),
        )

    def _count_all(self):
        self._strategy.run(lambda: self._trainer.count_step())


def _is_chief(text: str) -> bool:
    """Whether this process is the chief of the cluster that TF_CONFIG describes: "chief", else worker 0."""
    try:
        described = json.loads(text)
        cluster, task = described["cluster"], described["task"]
        kind, index = str(task["type"]), int(task["index"])
        workers = [address for name in ("chief", "worker") for address in cluster.get(name, [])]
        if kind not in ("chief", "worker") or not 0 <= index < len(cluster[kind]) or not workers:
            raise ValueError(f"task {kind} {index} is not in the cluster")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"train.strategy is 'multi_worker' and TF_CONFIG is {text!r} ({error}); expected "
            '{"cluster": {"worker": ["host0:port", "host1:port"]}, "task": {"type": "worker", "index": 0}}'
        ) from error
    return kind == "chief" or ("chief" not in cluster and index == 0)
