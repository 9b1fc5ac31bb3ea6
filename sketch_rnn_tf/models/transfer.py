"""Weights of a trained model for one that knows other classes, or has another encoder or none."""

from collections.abc import Mapping, Sequence

import numpy as np

from sketch_rnn_tf.models.sketch_rnn import STROKE_SIZE, SketchRNN
from sketch_rnn_tf.models.weights import named_weights

CLASS = "class "


def row_names(network: SketchRNN, class_names: Sequence[str]) -> dict[str, list[str]]:
    """Returns what each row of a weight belongs to, for the weights of which rows depend on z, classes or both.

    Args:
        network: built.
        class_names: of its classes, in order.

    Returns:
        a list of names for each path of `named_weights`, such as "stroke 0", "z 3", "class cat".
    """
    vector, cell = network.class_vector, network.decoder.cell
    classes, of_class = [], []
    if vector is not None:
        classes = [CLASS + name for name in class_names]
        of_class = classes if vector.kind == "one_hot" else _numbered("embedding", vector.width)
    memory = _numbered("memory", getattr(network.decoder, "memory_size", 0))
    inputs = _numbered("stroke", STROKE_SIZE) + memory + _numbered("z", network.z_size) + of_class
    rows = {
        "decoder/cell/kernel": inputs,
        "decoder/cell/inner/kernel": inputs + _numbered("h", cell.units),
        "class_vector/table": classes,
        "code_mean": classes,
        "code_variance": classes,
    }
    if network.conditional:
        summary = _numbered("summary", 2 * network.encoder.units) + of_class
        rows |= {"mu/kernel": summary, "log_var/kernel": summary}
    return {path: rows[path] for path in named_weights(network) if rows.get(path)}


def transferred(
    network: SketchRNN,
    class_names: Sequence[str],
    arrays: Mapping[str, np.ndarray],
    rows: Mapping[str, Sequence[str]],
    skipped: Sequence[str] = (),
) -> dict[str, np.ndarray]:
    """Returns all weights of a network: another's where they mean the same, its own where the other has none.

    The row of a class the other does not know is the mean of those it knows: what they have in common.

    Args:
        network: to begin with them; it is left as it is.
        class_names: of its classes, in order.
        arrays: the other's weights by path.
        rows: the other's `row_names`.
        skipped: first parts of the paths that keep the network's own weights.

    Raises:
        ValueError: a weight that should be taken has another shape.
    """
    own_rows = row_names(network, class_names)
    taken = {}
    for path, variable in named_weights(network).items():
        own = variable.numpy()
        if path.split("/")[0] in skipped or path not in arrays:
            taken[path] = own
            continue
        array = np.asarray(arrays[path], np.float32)
        if path in own_rows and path in rows and array.shape[1:] == own.shape[1:]:
            taken[path] = _by_rows(own, own_rows[path], array, rows[path])
        elif array.shape == own.shape:
            taken[path] = array
        else:
            raise ValueError(
                f"{path} has shape {array.shape}, the model expects {own.shape}; begin with a model of the same sizes"
            )
    return taken


def _by_rows(own, own_names, array, names) -> np.ndarray:
    places = {name: place for place, name in enumerate(names)}
    known = [place for name, place in places.items() if name.startswith(CLASS)]
    result = own.copy()
    for place, name in enumerate(own_names):
        if name in places:
            result[place] = array[places[name]]
        elif name.startswith(CLASS) and known:
            result[place] = array[known].mean(axis=0)
    return result


def _numbered(name: str, count: int) -> list[str]:
    return [f"{name} {place}" for place in range(count)]
