"""How the variables of Magenta's TensorFlow 1 graph become ours.

Every weight is a plain rearrangement (copy, stack, join), so the same function carries gradients over.
"""

from collections.abc import Mapping

import numpy as np

from sketch_rnn_tf.config import ModelConfig

Arrays = Mapping[str, np.ndarray]

SCOPES = {"lstm": "LSTMCell", "layer_norm": "LayerNormLSTMCell", "hyper": "HyperLSTMCell"}
GATES = "ijfo"


def weights_from_variables(variables: Arrays, config: ModelConfig) -> dict[str, np.ndarray]:
    """Returns our weights by path from Magenta's variables by name.

    Args:
        variables: arrays by TF1 variable name (`vector_rnn/RNN/LSTMCell/W_xh` ...); others are ignored.
        config: the model they belong to.

    Raises:
        ValueError: a variable that the model needs is missing.
    """
    scope = "vector_rnn"
    weights = _cell(variables, f"{scope}/RNN", config.decoder.cell, "decoder/cell")
    weights["head/kernel"] = _get(variables, f"{scope}/RNN/output_w")
    weights["head/bias"] = _get(variables, f"{scope}/RNN/output_b")
    if config.conditional:
        for magenta, ours in (("fw", "forward"), ("bw", "backward")):
            weights |= _cell(
                variables, f"{scope}/ENC_RNN/{magenta}", config.encoder.cell, f"encoder/{ours}/cell"
            )
        for magenta, ours in (("ENC_RNN_mu", "mu"), ("ENC_RNN_sigma", "log_var"), ("linear", "initial")):
            weights[f"{ours}/kernel"] = _get(variables, f"{scope}/{magenta}/super_linear_w")
            weights[f"{ours}/bias"] = _get(variables, f"{scope}/{magenta}/super_linear_b")
    return weights


def _cell(variables: Arrays, scope: str, kind: str, path: str) -> dict[str, np.ndarray]:
    scope = f"{scope}/{SCOPES[kind]}"
    names = {"kernel": "W_xh", "recurrent_kernel": "W_hh"}
    if kind in ("lstm", "hyper"):
        names["bias"] = "bias"
    if kind in ("layer_norm", "hyper"):
        names |= {
            "gate_gamma": "ln_all/ln_gamma",
            "gate_beta": "ln_all/ln_beta",
            "memory_gamma": "ln_c/ln_gamma",
            "memory_beta": "ln_c/ln_beta",
        }
    weights = {f"{path}/{ours}": _get(variables, f"{scope}/{magenta}") for ours, magenta in names.items()}
    if kind == "hyper":
        weights |= _cell(variables, scope, "layer_norm", f"{path}/inner")
        recurrent = [f"{scope}/hyper_{gate}h" for gate in GATES]
        both = [f"{scope}/hyper_{gate}x" for gate in GATES] + recurrent

        def read(norms, name):
            return [_get(variables, f"{norm}/{name}") for norm in norms]

        weights |= {
            f"{path}/scale_embedding": np.concatenate(read(both, "zw/super_linear_w"), axis=1),
            f"{path}/scale_embedding_bias": np.concatenate(read(both, "zw/super_linear_b")),
            f"{path}/scale_kernel": np.stack(read(both, "alpha/super_linear_w")),
            f"{path}/shift_embedding": np.concatenate(read(recurrent, "zb/super_linear_w"), axis=1),
            f"{path}/shift_kernel": np.stack(read(recurrent, "beta/super_linear_w")),
        }
    return weights


def _get(variables: Arrays, name: str) -> np.ndarray:
    if name not in variables:
        raise ValueError(
            f"the checkpoint holds no variable {name}; expected one that Magenta's sketch_rnn wrote with this model_config"
        )
    return np.asarray(variables[name])
