"""Graph models for TensorFlow.js: `encode`, `initial_state` and `decode_step`, made by the official converter.

The drawing loop and the sampling stay with the page: a step is one call, its state goes in and comes out. A model that reads
images has `encode_image` instead of `encode`: TensorFlow.js cannot draw images of strokes, but a page can.
"""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import tensorflow as tf

from export.manifest import manifest
from export.signatures import Signatures
from sketch_rnn_tf.models import build_network
from sketch_rnn_tf.models.weights import assign_weights, named_weights
from sketch_rnn_tf.sketch_model import SketchModel

GRAPHS = ("encode", "encode_image", "initial_state", "decode_step")
QUANTIZE = ("float32", "float16", "uint8")
COMMAND = "tensorflowjs_converter"
COMMAND_VARIABLE = "SKETCH_RNN_TFJS_CONVERTER"
SECONDS = 600


def export_tfjs(model, output, quantize: str = "float32", sketches=None, class_name=None) -> pathlib.Path:
    """Writes a folder with a graph model a signature, `encode/`, `initial_state/` and `decode_step/`, and `manifest.json`.

    Args:
        model: a `SketchModel`.
        output: the folder to write; it must not exist.
        quantize: "float32", or how the files keep weights: "float16" or "uint8".
        sketches: stroke-3 `[N, 3]` in data units; where given and `quantize` is not "float32", the manifest states what the
            rounding costs in L_R on them.
        class_name: of the sketches, as in `SketchModel.evaluate`.

    Returns:
        `output`.

    Raises:
        ValueError: `quantize` is unknown, or the converter refuses the model.
        FileExistsError: the folder is there already.
        ImportError: the converter is not installed.
    """
    if quantize not in QUANTIZE:
        raise ValueError(f"quantize is {quantize!r}; expected one of {', '.join(QUANTIZE)}")
    output = pathlib.Path(output)
    if output.exists():
        raise FileExistsError(f"{output} is there already; give another --output")
    command = _converter()
    signatures = Signatures(_stepwise(model), checked=False)
    left_out = {"encode"} if model.network.image_size else set()
    endpoints = {
        name: end for name, end in signatures.endpoints().items() if name in GRAPHS and name not in left_out
    }
    described = manifest(model, signatures)
    described["signatures"] = {name: described["signatures"][name] for name in endpoints}
    described["quantize"] = quantize
    if sketches is not None and quantize != "float32":
        described["reconstruction"] = reconstruction_costs(model, sketches, quantize, class_name)
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".writing") as temporary:
        made = pathlib.Path(temporary) / "model"
        for name, endpoint in endpoints.items():
            saved = pathlib.Path(temporary) / name
            graph = endpoint.graph(checked=False)
            served = tf.Module()
            served.weights = list(graph.graph.variables)
            options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
            tf.saved_model.save(served, str(saved), signatures={name: graph}, options=options)
            _convert(command, saved, made / name, name, quantize)
            _adapt(made / name / "model.json", sorted(graph.structured_outputs))
        text = json.dumps(described, indent=1) + "\n"
        (made / "manifest.json").write_text(text, encoding="utf-8")
        os.replace(made, output)
    return output


def _stepwise(model) -> SketchModel:
    """Returns the model with loops over single steps, as TensorFlow.js has no operations for a packed scan."""
    if model.network.image_size or not model.network.conditional:
        return model  # nothing of theirs that is exported is a scan
    config, data = model.config, model.config.data
    network = build_network(
        config.model, model.metadata.num_classes, fused=False, raster_size=data.raster_size
    )
    assign_weights(
        network, {path: np.asarray(weight) for path, weight in named_weights(model.network).items()}
    )
    return SketchModel(network, config, model.metadata)


def reconstruction_costs(model, sketches, quantize: str, class_name=None) -> dict[str, float]:
    """Returns L_R (masked, nats) on sketches with the model's weights and with the rounded ones; the weights are put back.

    Args:
        model: a `SketchModel`.
        sketches: stroke-3 `[N, 3]` in data units.
        quantize: "float16" or "uint8".
        class_name: as in `SketchModel.evaluate`.
    """
    kept = {path: np.asarray(weight) for path, weight in named_weights(model.network).items()}
    exact = model.evaluate(sketches, class_name)["reconstruction_masked"]
    assign_weights(model.network, {path: rounded(weight, quantize) for path, weight in kept.items()})
    try:
        coarse = model.evaluate(sketches, class_name)["reconstruction_masked"]
    finally:
        assign_weights(model.network, kept)
    return {"float32": float(exact), quantize: float(coarse), "num_sketches": len(sketches)}


def rounded(weight: np.ndarray, quantize: str) -> np.ndarray:
    """Returns a weight as TensorFlow.js reads it back: float16, or 256 even steps that zero is one of."""
    if quantize == "float16":
        return weight.astype(np.float16).astype(np.float32)
    low, high = min(float(weight.min()), 0.0), max(float(weight.max()), 0.0)
    if high == low:
        return weight
    step = (high - low) / 255
    zero = round(-low / step)
    return ((np.clip(np.rint(weight / step) + zero, 0, 255) - zero) * step).astype(np.float32)


def _converter() -> str:
    """Returns the path of the converter: named in the environment, beside this interpreter, or on the path."""
    named = os.environ.get(COMMAND_VARIABLE)
    found = shutil.which(named) if named else None
    beside = shutil.which(COMMAND, path=str(pathlib.Path(sys.executable).parent))
    found = found or (None if named else beside or shutil.which(COMMAND))
    if not found:
        raise ImportError(
            f"the converter {named or COMMAND} is not there; install sketch-rnn-tf[tfjs], in an environment of its own if you "
            f"like, and name that environment's {COMMAND} in {COMMAND_VARIABLE}"
        )
    return found


def _convert(command, saved, output, name, quantize) -> None:
    arguments = [
        command,
        "--input_format=tf_saved_model",
        "--output_format=tfjs_graph_model",
        f"--signature_name={name}",
        "--skip_op_check",
        *([f"--quantize_{quantize}=*"] if quantize != "float32" else []),
        str(saved),
        str(output),
    ]
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(
        arguments, capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )
    if done.returncode or not (output / "model.json").is_file():
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ValueError(f"{COMMAND} refused {name} ({reason}); run it by hand to see more")


def _adapt(path: pathlib.Path, outputs: list[str]) -> None:
    """Rewrites what the converter leaves in a graph and TensorFlow.js does not run.

    Nodes that do nothing, and the waiting for them, would count as missing inputs. A matrix product joined with what follows
    has kernels only for some activations, and on wasm only for vectors added, so it is taken apart. Inputs and outputs get the names
    of the signature back.

    Args:
        path: of model.json.
        outputs: names of the outputs in the order of the graph's `Identity`, `Identity_1`, ...
    """
    model = json.loads(path.read_text(encoding="utf-8"))
    topology = model["modelTopology"]
    empty = {f"^{node['name']}" for node in topology["node"] if node["op"] == "NoOp"}
    nodes = [node for node in topology["node"] if node["op"] != "NoOp"]
    for node in nodes:
        if "input" in node:
            node["input"] = [name for name in node["input"] if name not in empty]
    topology["node"] = [part for node in nodes for part in _apart(node)]
    of_graph = model["signature"]["outputs"]
    places = {f"Identity_{place}:0" if place else "Identity:0": name for place, name in enumerate(outputs)}
    model["signature"] = {
        "inputs": {name.split(":")[0]: value for name, value in model["signature"]["inputs"].items()},
        "outputs": {places[value["name"]]: value for value in of_graph.values()},
    }
    path.write_text(json.dumps(model), encoding="utf-8")


def _apart(node: dict) -> list[dict]:
    """Returns a `_FusedMatMul` as its product, sum and activation, and any other node as it is."""
    if node["op"] != "_FusedMatMul":
        return [node]
    name, kind = node["name"], {"T": node["attr"]["T"]}
    left, right, addend, *waited = node["input"]
    turned = {key: value for key, value in node["attr"].items() if key.startswith("transpose_")}
    _, *after = [base64.b64decode(text).decode() for text in node["attr"]["fused_ops"]["list"]["s"]]
    product = {
        "name": f"{name}/product",
        "op": "MatMul",
        "input": [left, right, *waited],
        "attr": kind | turned,
    }
    parts = [
        product,
        {"name": f"{name}/sum", "op": "AddV2", "input": [product["name"], addend], "attr": kind},
    ]
    for activation in after:
        parts.append(
            {"name": f"{name}/{activation}", "op": activation, "input": [parts[-1]["name"]], "attr": kind}
        )
    parts[-1]["name"] = name
    return parts
