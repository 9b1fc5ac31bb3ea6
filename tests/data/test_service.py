"""A tf.data service gives the very batches that this process makes, in their order, also when a worker is lost."""

import numpy as np
import pytest
import tensorflow as tf

from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.data import pipeline, service


@pytest.fixture
def cluster():
    """A dispatcher and two workers in this process: its address, and the workers."""
    of_service = tf.data.experimental.service
    dispatcher = of_service.DispatchServer(of_service.DispatcherConfig(port=0))
    address = dispatcher.target.removeprefix("grpc://")
    workers = [
        of_service.WorkerServer(
            of_service.WorkerConfig(address, heartbeat_interval_ms=100, dispatcher_timeout_ms=1000)
        )
        for _ in range(2)
    ]
    yield dispatcher.target, workers
    for server in (*workers, dispatcher):
        server._stop()


def batches(num_steps=40, **options):
    rng = np.random.default_rng(0)
    sketches = [np.rint(rng.normal(0, 9, (n, 3)) * [1, 1, 0]).astype(np.int16) for n in range(3, 23)]
    return pipeline.training_batches(
        sketches,
        np.zeros(len(sketches), np.int32),
        scale_factor=9.0,
        batch_size=4,
        n_max=30,
        seed=5,
        start_step=7,
        num_steps=num_steps,
        random_scale=0.1,
        point_drop_rate=0.2,
        bucket=True,
        tail=3,
        **options,
    )


def assert_same(found, expected):
    found, expected = list(found), list(expected)
    assert len(found) == len(expected)
    for ours, theirs in zip(found, expected):
        for a, b in zip(ours, theirs):
            np.testing.assert_array_equal(a, b)


def test_the_batches_and_their_order_are_those_made_here(cluster):
    served = batches(service=cluster[0])
    assert served.element_spec == batches().element_spec
    assert_same(served, batches())


def test_batches_that_come_out_of_order_or_not_at_all(cluster, monkeypatch):
    expected = list(batches())
    served = batches(service=cluster[0])
    numbered = [(tf.constant(7 + place), batch) for place, batch in enumerate(expected)]
    came = [
        numbered[place]
        for place in np.random.default_rng(1).permutation(len(numbered))
        if place not in (0, 9, 39)
    ]
    served._served = came
    assert_same(served, expected)
    monkeypatch.setattr(service, "MAX_WAITING", 3)
    assert_same(served, expected)


def test_where_nothing_answers_one_sentence_says_so():
    with pytest.raises(OSError, match="data.service is 'grpc://127.0.0.1:9'"):
        batches(service="grpc://127.0.0.1:9")
    with pytest.raises(ValueError, match="expected grpc://host:port"):
        with_values(Config(), {"data.service": "localhost:5000"})
