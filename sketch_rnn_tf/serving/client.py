"""Clients for models that `sketch_rnn_export` wrote: the calls of `SketchModel`, answered by a server."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence

import numpy as np

LARGEST_SEED = 2**31 - 1


class _Model:
    """What both ways of asking share: sketches in, sketches out, as lists of stroke-3 `[N, 3]` in data units."""

    def encode(self, sketches: Sequence, class_id=None) -> tuple[np.ndarray, np.ndarray]:
        """Encodes sketches.

        Args:
            sketches: stroke-3 `[N, 3]` in data units, each of at least one point.
            class_id: of all, or one a sketch; only for class-conditional models.

        Returns:
            `mu` and `log_var`, float32 `[B, Z]`.

        Raises:
            ValueError: the server refused the request; the message is its own.
            ConnectionError: there is no answer.
        """
        answer = self.ask("encode", {**_padded(sketches), **_class(class_id, len(sketches))})
        return answer["mu"], answer["log_var"]

    def decode(self, z, temperature=0.4, seed=0, class_id=None) -> list[np.ndarray]:
        """Draws one sketch for each row of z, float32 `[B, Z]`; other arguments as in `generate`."""
        z = np.asarray(z, np.float32)
        return _drawings(self.ask("decode", {"z": z, **_how(len(z), temperature, seed, class_id)}))

    def generate(self, num=1, temperature=0.4, seed=0, class_id=None) -> list[np.ndarray]:
        """Draws `num` new sketches.

        Args:
            num: at least 1.
            temperature: 0 or more; a number, or one a drawing.
            seed: 0 to 2^31 - 1; equal seeds give the drawings of `SketchModel.generate`.
            class_id: of all, or one a drawing; only for class-conditional models.

        Raises:
            ValueError: the server refused the request; the message is its own.
            ConnectionError: there is no answer.
        """
        return _drawings(self.ask("generate", _how(num, temperature, seed, class_id)))

    def reconstruct(self, sketches: Sequence, temperature=0.1, seed=0, class_id=None) -> list[np.ndarray]:
        """Encodes sketches and draws each again; arguments as in `encode` and `generate`."""
        how = _how(len(sketches), temperature, seed, class_id)
        return _drawings(self.ask("reconstruct", {**_padded(sketches), **how}))

    def encode_images(self, images, class_id=None) -> tuple[np.ndarray, np.ndarray]:
        """Encodes images `[B, H, W]`, 0 for paper to 1 for ink, with a model that reads them; otherwise as `encode`."""
        answer = self.ask("encode_image", {**_images(images), **_class(class_id, len(images))})
        return answer["mu"], answer["log_var"]

    def reconstruct_images(self, images, temperature=0.1, seed=0, class_id=None) -> list[np.ndarray]:
        """Draws what images `[B, H, W]` show, with a model that reads them; arguments as in `generate`."""
        how = _how(len(images), temperature, seed, class_id)
        return _drawings(self.ask("reconstruct_image", {**_images(images), **how}))

    def complete(self, sketch, num=9, temperature=0.8, seed=0, class_id=None, z=None) -> list[np.ndarray]:
        """Finishes a sketch in `num` ways, by its own z (in Python `z="partial"`) or, for conditional models, by `z` `[Z]`."""
        inputs = {**_padded([sketch] * num), **_how(num, temperature, seed, class_id)}
        if z is None:
            return _drawings(self.ask("complete", inputs))
        inputs["z"] = np.repeat(np.asarray(z, np.float32)[None], num, axis=0)
        return _drawings(self.ask("complete_z", inputs))


class RestClient(_Model):
    """Asks over REST, with nothing but Python's own HTTP and NumPy.

    Args:
        url: of the server, `http://host:8501`.
        name: the model's.
        version: of the model; the highest where None.
        timeout: seconds to wait for an answer.
    """

    def __init__(self, url: str, name: str, version: int | None = None, timeout: float = 30.0):
        self.url = (
            f"{url.rstrip('/')}/v1/models/{name}" + (f"/versions/{version}" if version else "") + ":predict"
        )
        self.timeout = timeout

    def ask(self, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Returns the outputs of a signature, by name."""
        body = {
            "signature_name": signature,
            "inputs": {name: value.tolist() for name, value in inputs.items()},
        }
        request = urllib.request.Request(
            self.url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                outputs = json.load(answer)["outputs"]
                # The server leaves out the name of a single output.
                outputs = outputs if isinstance(outputs, dict) else {"state": outputs}
        except urllib.error.HTTPError as error:
            raise ValueError(_message(error.read())) from error
        except (urllib.error.URLError, TimeoutError) as error:
            raise ConnectionError(f"{self.url} does not answer ({error}); is the server running?") from error
        kinds = {"lengths": np.int32}
        return {name: np.asarray(value, kinds.get(name, np.float32)) for name, value in outputs.items()}


class Client(_Model):
    """Asks over gRPC, which sends arrays as bytes.

    Args:
        address: of the server, `host:8500`.
        name: the model's.
        version: of the model; the highest where None.
        timeout: seconds to wait for an answer.

    Raises:
        ImportError: the extra `serving` is not installed.
    """

    def __init__(self, address: str, name: str, version: int | None = None, timeout: float = 30.0):
        try:
            import grpc
            import tensorflow as tf
            from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
        except ImportError as error:
            raise ImportError(
                "gRPC needs tensorflow-serving-api; install the extra sketch-rnn-tf[serving], or use RestClient"
            ) from error
        self._grpc, self._tf, self._messages = grpc, tf, predict_pb2
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(grpc.insecure_channel(address))
        self.address, self.name, self.version, self.timeout = address, name, version, timeout

    def ask(self, signature: str, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Returns the outputs of a signature, by name."""
        request = self._messages.PredictRequest()
        request.model_spec.name, request.model_spec.signature_name = self.name, signature
        if self.version is not None:
            request.model_spec.version.value = self.version
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(self._tf.make_tensor_proto(value))
        try:
            answer = self._stub.Predict(request, timeout=self.timeout)
        except self._grpc.RpcError as error:
            if error.code() in (self._grpc.StatusCode.INVALID_ARGUMENT, self._grpc.StatusCode.NOT_FOUND):
                raise ValueError(error.details()) from error
            raise ConnectionError(f"{self.address}: {error.details()}") from error
        return {name: self._tf.make_ndarray(value) for name, value in answer.outputs.items()}


def _padded(sketches: Sequence) -> dict[str, np.ndarray]:
    arrays = [np.asarray(sketch, np.float32) for sketch in sketches]
    for place, array in enumerate(arrays):
        if array.ndim != 2 or array.shape[1] != 3 or not len(array):
            raise ValueError(
                f"sketch {place} has shape {list(array.shape)}; expected stroke-3 [N, 3] of at least one point"
            )
    strokes = np.zeros([len(arrays), max(map(len, arrays), default=0), 3], np.float32)
    for row, array in zip(strokes, arrays):
        row[: len(array)] = array
    return {"strokes": strokes, "lengths": np.array([len(array) for array in arrays], np.int32)}


def _images(images) -> dict[str, np.ndarray]:
    images = np.asarray(images, np.float32)
    if images.ndim not in (3, 4) or not images.size:
        raise ValueError(f"images have shape {list(images.shape)}; expected [B, H, W] with B at least 1")
    return {"image": images[..., None] if images.ndim == 3 else images}


def _how(rows: int, temperature, seed: int, class_id) -> dict[str, np.ndarray]:
    if rows < 1:
        raise ValueError(f"{rows} drawings were asked for; expected at least 1")
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"seed is {seed}; expected 0 to {LARGEST_SEED}")
    return {
        "temperature": np.broadcast_to(np.float32(temperature), [rows]).copy(),
        "seed": np.stack([np.full(rows, seed), 2 * np.arange(rows)], axis=1).astype(np.int32),
        **_class(class_id, rows),
    }


def _class(class_id, rows: int) -> dict[str, np.ndarray]:
    return {} if class_id is None else {"class_id": np.broadcast_to(np.int32(class_id), [rows]).copy()}


def _drawings(answer: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    return [row[:length] for row, length in zip(answer["strokes"], answer["lengths"])]


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")
