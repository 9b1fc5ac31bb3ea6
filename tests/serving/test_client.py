"""Both clients against stand-ins that speak the server's protocols over real sockets and run the SavedModel."""

import concurrent.futures
import http.server
import json
import threading

import numpy as np
import pytest
import tensorflow as tf

from export.saved_model import export_saved_model
from sketch_rnn_tf.config import Config, with_values
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.serving import Client, RestClient
from sketch_rnn_tf.sketch_model import SketchModel
from sketch_rnn_tf.training.workdir import Metadata

SMALL = {"model.encoder.units": 4, "model.decoder.units": 6, "model.z_size": 3, "model.num_mixtures": 2}
SKETCHES = [np.float32([[3, 4, 0], [5, -2, 1]]), np.float32([[1, 1, 0], [2, 0, 0], [0, 9, 1]])]


@pytest.fixture(scope="module")
def model():
    tf.keras.utils.set_random_seed(1)
    config = with_values(Config(), {**SMALL, "model.class_conditioning": "one_hot"})
    network = build_network(config.model, 2)
    for place, weight in enumerate(network.trainable_variables):
        weight.assign_add(tf.random.stateless_normal(weight.shape, [5, place], stddev=0.3))
    return SketchModel(network, config, Metadata(4.0, 16, ("cat", "dog")))


@pytest.fixture(scope="module")
def signatures(model, tmp_path_factory):
    return tf.saved_model.load(
        str(export_saved_model(model, tmp_path_factory.mktemp("served") / "pets"))
    ).signatures


def run(signatures, name, inputs):
    """Answers as the server does: the graph's outputs, or its complaint."""
    specs = signatures[name].structured_input_signature[1]
    tensors = {key: tf.constant(value, specs[key].dtype) for key, value in inputs.items()}
    return {key: value.numpy() for key, value in signatures[name](**tensors).items()}


@pytest.fixture(scope="module")
def rest(signatures):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/v1/models/pets:predict":
                return self.answer(404, {"error": f"no model at {self.path}"})
            try:
                outputs = run(signatures, body["signature_name"], body["inputs"])
            except (tf.errors.InvalidArgumentError, ValueError, KeyError) as error:
                return self.answer(400, {"error": str(error)})
            outputs = {key: value.tolist() for key, value in outputs.items()}
            # As the server does, which leaves out the name of a single output.
            return self.answer(200, {"outputs": outputs if len(outputs) > 1 else [*outputs.values()][0]})

        def answer(self, status, values):
            data = json.dumps(values).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield RestClient(f"http://127.0.0.1:{server.server_port}", "pets")
    server.shutdown()


@pytest.fixture(scope="module")
def grpc_client(signatures):
    grpc = pytest.importorskip("grpc")
    pytest.importorskip("tensorflow_serving")
    from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

    class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):
            inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
            try:
                outputs = run(signatures, request.model_spec.signature_name, inputs)
            except (tf.errors.InvalidArgumentError, ValueError, KeyError) as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            answer = predict_pb2.PredictResponse()
            for key, value in outputs.items():
                answer.outputs[key].CopyFrom(tf.make_tensor_proto(value))
            return answer

    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield Client(f"127.0.0.1:{port}", "pets")
    server.stop(None)


@pytest.fixture(params=["rest", "grpc_client"])
def client(request):
    return request.getfixturevalue(request.param)


def assert_same(found, expected):
    assert [len(drawing) for drawing in found] == [len(drawing) for drawing in expected]
    for a, b in zip(found, expected):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-3)


def test_it_answers_what_the_model_answers(client, model):
    names, ids = ["dog", "cat"], [1, 0]
    mu, log_var = client.encode(SKETCHES, ids)
    expected = model.encode(SKETCHES, names)
    np.testing.assert_allclose(mu, expected[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(log_var, expected[1], rtol=1e-4, atol=1e-5)
    options = {"temperature": 0.5, "seed": 3}
    assert_same(client.generate(4, class_id=1, **options), model.generate(4, class_name="dog", **options))
    assert_same(client.decode(mu, class_id=ids, **options), model.decode(mu, class_name=names, **options))
    redrawn = model.reconstruct(SKETCHES, class_name=names, **options)
    assert_same(client.reconstruct(SKETCHES, class_id=ids, **options), redrawn)
    ended = model.complete(SKETCHES[1], 3, z="partial", class_name="cat", **options)
    assert_same(client.complete(SKETCHES[1], 3, class_id=0, **options), ended)
    by_z = model.complete(SKETCHES[1], 3, z=mu[0], class_name="cat", **options)
    assert_same(client.complete(SKETCHES[1], 3, class_id=0, z=mu[0], **options), by_z)


def test_any_signature_can_be_asked(client, signatures):
    inputs = {"z": np.full([2, 3], 0.5, np.float32), "class_id": np.array([0, 1], np.int32)}
    answer = client.ask("initial_state", inputs)
    np.testing.assert_allclose(
        answer["state"], run(signatures, "initial_state", inputs)["state"], rtol=1e-5, atol=1e-6
    )


def test_images_travel_with_the_axis_of_their_channel():
    asked = []
    client = RestClient("http://localhost", "pets")
    answers = {"mu": 1, "log_var": 2, "strokes": np.ones([2, 3, 3]), "lengths": [2, 3]}
    client.ask = lambda signature, inputs: asked.append((signature, inputs)) or answers
    assert client.encode_images(np.ones([2, 8, 8])) == (1, 2)
    assert [len(drawing) for drawing in client.reconstruct_images(np.ones([2, 8, 8, 1]), class_id=1)] == [
        2,
        3,
    ]
    (first, image), (second, request) = asked
    assert (first, second) == ("encode_image", "reconstruct_image")
    assert image["image"].shape == request["image"].shape == (2, 8, 8, 1)
    assert set(request) == {"image", "temperature", "seed", "class_id"}
    with pytest.raises(ValueError, match=r"images have shape \[8, 8\]"):
        client.encode_images(np.ones([8, 8]))


def test_refusals_carry_the_sentence(client):
    with pytest.raises(ValueError, match="class_id is out of range; expected 0 to 1"):
        client.generate(1, class_id=2)
    with pytest.raises(ValueError, match="a temperature is negative"):
        client.generate(1, temperature=-1, class_id=0)
    with pytest.raises(ValueError, match="sketch 0 has shape"):
        client.encode([np.zeros([4, 2])], 0)
    with pytest.raises(ValueError, match="expected at least 1"):
        client.generate(0, class_id=0)
    with pytest.raises(ValueError, match="seed is -1"):
        client.generate(1, seed=-1, class_id=0)


def test_another_model_and_no_server(rest):
    with pytest.raises(ValueError, match="no model at"):
        RestClient(rest.url.split("/v1")[0], "birds").generate(1)
    with pytest.raises(ConnectionError, match="does not answer"):
        RestClient("http://127.0.0.1:9", "pets", timeout=2).generate(1)
