"""Batches made by a tf.data service: other machines run the pipeline, this one trains."""

import socket
from collections.abc import Callable, Iterator

import tensorflow as tf

CONNECT_SECONDS = 10
# Batches that may wait for one of an earlier step before that one counts as lost with the machine that was making it.
MAX_WAITING = 64


class ServedBatches:
    """Batches in the order of their steps, whichever worker of the service made them and in whatever order they came.

    The service runs TensorFlow alone, none of our code: the pipeline goes to it as a graph, with the sketches in it. A batch
    that is lost with a worker is made here.

    Args:
        address: `grpc://host:port` of the dispatcher.
        steps: the steps wanted.
        batch_of: gives the batch of a step, int64; pure TensorFlow.

    Attributes:
        element_spec: of the batches.

    Raises:
        OSError: nothing answers at `address`.
    """

    def __init__(self, address: str, steps: range, batch_of: Callable):
        _check_reachable(address)
        self._steps, self._batch_of = steps, batch_of
        numbered = tf.data.Dataset.range(steps.start, steps.stop).map(
            lambda step: (step, batch_of(step)), num_parallel_calls=tf.data.AUTOTUNE, deterministic=True
        )
        service = tf.data.experimental.service
        self._served = numbered.apply(service.distribute(service.ShardingPolicy.DYNAMIC, address))
        self.element_spec = self._served.element_spec[1]

    def __iter__(self) -> Iterator:
        waiting, wanted = {}, self._steps.start
        for step, batch in self._served:
            if int(step) >= wanted:  # else it was made here meanwhile
                waiting[int(step)] = batch
            while wanted in waiting or len(waiting) > MAX_WAITING:
                yield self._taken(waiting, wanted)
                wanted += 1
        for step in range(wanted, self._steps.stop):
            yield self._taken(waiting, step)

    def _taken(self, waiting, step):
        return waiting.pop(step) if step in waiting else self._batch_of(tf.constant(step, tf.int64))


def _check_reachable(address: str) -> None:
    host, _, port = address.removeprefix("grpc://").rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        raise OSError(
            f"data.service is {address!r} and no tf.data service answers there ({error}); start its dispatcher first, or leave "
            "data.service empty"
        ) from error
