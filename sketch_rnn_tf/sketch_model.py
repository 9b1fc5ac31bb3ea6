"""A trained model as people use it: sketches in data units in, sketches in data units out."""

import pathlib
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf.config import Config
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.generation.sampling import Sampler
from sketch_rnn_tf.mixture import TEMPERATURE_MODES
from sketch_rnn_tf.models import SketchRNN, build_network
from sketch_rnn_tf.models.weights import assign_weights
from sketch_rnn_tf.training import checkpoints
from sketch_rnn_tf.training.evaluate import Evaluator
from sketch_rnn_tf.training.workdir import Metadata, Workdir

Sketches = Sequence[np.ndarray]


class SketchModel:
    """A network with what it needs to read and draw: scale factor, Nmax, class names, start token.

    A drawing depends on its own seed, never on the others drawn with it: asking for more drawings with the same seed gives
    the same ones first.

    Args:
        network: the model.
        config: the config it was trained with.
        metadata: of its workdir.
    """

    def __init__(self, network: SketchRNN, config: Config, metadata: Metadata):
        self.network = network
        self.config = config
        self.metadata = metadata
        self._sampler = Sampler(network, metadata.scale_factor, metadata.start_token)

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes the model was trained on, in the order of their ids."""
        return self.metadata.class_names

    @property
    def class_conditional(self) -> bool:
        """Whether the model is told which class to read or draw."""
        return self.config.model.class_conditioning != "none"

    def encode(self, sketches: Sketches, class_name=None) -> tuple[np.ndarray, np.ndarray]:
        """Encodes sketches; the mean of z, not a sample as Magenta's notebook gives.

        Args:
            sketches: stroke-3 `[N, 3]` in data units, each of at least one point.
            class_name: class of all, or a list of one a sketch; read only by class-conditional models.

        Returns:
            `mu` and `log_var`, float32 `[B, Z]`.

        Raises:
            ValueError: a sketch is not stroke-3, the class is unknown, or the model has no encoder.
        """
        sketches = _checked(sketches)
        return self._sampler.encode(sketches, self._class_ids(class_name, len(sketches)))

    def decode(
        self,
        z,
        temperature=0.4,
        seed=0,
        greedy=False,
        max_steps=None,
        class_name=None,
        temperature_mode="paper",
    ) -> list[np.ndarray]:
        """Draws one sketch for each row of z.

        Args:
            z: float32 `[B, Z]`.
            temperature: 0 (the most likely point each time) or more; usually 0.1 to 1.
            seed: 0 to 2^31 - 1.
            greedy: the same as temperature 0.
            max_steps: points at most; the model's Nmax where None.
            class_name: class of all, or a list of one a row.
            temperature_mode: "paper", "magenta" or "js".

        Returns:
            list of float32 stroke-3 `[N, 3]` in data units.

        Raises:
            ValueError: an argument is out of range, or the model has no z.
        """
        if not self.network.conditional:
            raise ValueError(
                "this model has no z (it was trained with model.conditional=false); use generate"
            )
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.network.z_size or not np.isfinite(z).all():
            raise ValueError(
                f"z has shape {z.shape}; expected finite numbers of shape [B, {self.network.z_size}]"
            )
        options = self._options(temperature, seed, greedy, max_steps, temperature_mode)
        return self._sampler.decode(z, self._class_ids(class_name, len(z)), **options)

    def generate(
        self,
        num=1,
        temperature=0.4,
        class_name=None,
        seed=0,
        greedy=False,
        max_steps=None,
        temperature_mode="paper",
    ) -> list[np.ndarray]:
        """Draws `num` new sketches, with z from the prior; other arguments as in `decode`.

        A class-conditional model that is given no class draws them all in turn.
        """
        if num < 1:
            raise ValueError(f"num is {num}; expected at least 1")
        options = self._options(temperature, seed, greedy, max_steps, temperature_mode)
        return self._sampler.generate(num, self._class_ids(class_name, num, in_turn=True), **options)

    def reconstruct(
        self,
        sketches: Sketches,
        temperature=0.1,
        seed=0,
        greedy=False,
        max_steps=None,
        class_name=None,
        temperature_mode="paper",
    ) -> list[np.ndarray]:
        """Encodes sketches and draws each again; arguments as in `encode` and `decode`."""
        mu, _ = self.encode(sketches, class_name)
        return self.decode(mu, temperature, seed, greedy, max_steps, class_name, temperature_mode)

    def evaluate(self, sketches: Sketches, class_name=None, batch_size=100, seed=0) -> dict:
        """Returns the figures of the model on sketches, as `training.evaluate.Evaluator` describes them.

        Args:
            sketches: stroke-3 `[N, 3]` in data units, none longer than the model's Nmax.
            class_name: class of all, or a list of one a sketch.
            batch_size: sketches at a time.
            seed: of the z noise.

        Raises:
            ValueError: a sketch is not stroke-3 or longer than Nmax, or there is none.
        """
        sketches = _checked(sketches)
        longest = max(len(sketch) for sketch in sketches)
        if longest > self.metadata.n_max:
            raise ValueError(
                f"a sketch has {longest} points, above the model's Nmax of {self.metadata.n_max}; leave longer ones out"
            )
        loss = self.config.loss
        evaluator = Evaluator(self.network, self.metadata.n_max, loss.kl_tolerance, loss.magenta_epsilon)
        return evaluator(
            sketches,
            self._class_ids(class_name, len(sketches)),
            self.metadata.scale_factor,
            self.metadata.start_token,
            batch_size,
            seed,
        )

    def _options(self, temperature, seed, greedy, max_steps, temperature_mode) -> dict:
        if not (np.isfinite(temperature) and temperature >= 0):
            raise ValueError(f"temperature is {temperature}; expected 0 or a positive number")
        if temperature_mode not in TEMPERATURE_MODES:
            raise ValueError(
                f"temperature_mode is {temperature_mode!r}; expected one of {', '.join(TEMPERATURE_MODES)}"
            )
        max_steps = self.metadata.n_max if max_steps is None else max_steps
        if max_steps < 1:
            raise ValueError(f"max_steps is {max_steps}; expected at least 1")
        return {
            "temperature": 0.0 if greedy else float(temperature),
            "seed": seed,
            "max_steps": max_steps,
            "temperature_mode": temperature_mode,
        }

    def _class_ids(self, class_name, count, in_turn=False) -> np.ndarray:
        if not self.class_conditional:
            if class_name is not None:
                raise ValueError("a class was named but this model is not class-conditional; leave it out")
            return np.zeros(count, np.int32)
        known = f"it was trained on {', '.join(self.class_names)}"
        if class_name is None:
            if not in_turn:
                raise ValueError(f"this model is class-conditional; name the class of the sketches ({known})")
            return np.arange(count, dtype=np.int32) % self.metadata.num_classes
        names = [class_name] * count if isinstance(class_name, str) else list(class_name)
        unknown = sorted(set(names) - set(self.class_names))
        if unknown:
            raise ValueError(f"the model knows no class {unknown[0]!r}; {known}")
        if len(names) != count:
            raise ValueError(f"{len(names)} class names for {count} sketches; give one, or one for each")
        return np.array([self.class_names.index(name) for name in names], np.int32)


def load_model(path, checkpoint: str = "best") -> SketchModel:
    """Loads a trained model from its workdir.

    Args:
        path: the workdir of `sketch_rnn_train` or `sketch_rnn_import`.
        checkpoint: "best" (by validation cost) or "last".

    Raises:
        FileNotFoundError: there is no workdir or no checkpoint.
        ValueError: a file is damaged.
    """
    workdir = Workdir(pathlib.Path(path))
    config, metadata = workdir.read()
    arrays = checkpoints.load(workdir.checkpoints, checkpoint).arrays
    network = build_network(config.model, metadata.num_classes, config.train.precision)
    assign_weights(network, checkpoints.model_arrays(arrays))
    return SketchModel(network, config, metadata)


def _checked(sketches: Sketches) -> list[np.ndarray]:
    if len(sketches) == 0:
        raise ValueError("there are no sketches; give at least one stroke-3 array [N, 3]")
    return [check_sketch(sketch, f"sketch {place}") for place, sketch in enumerate(sketches)]
