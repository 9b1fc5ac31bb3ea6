"""A trained model as people use it: sketches in data units in, sketches in data units out."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from sketch_rnn_tf.config import Config
from sketch_rnn_tf.data.photo import Picture
from sketch_rnn_tf.data.strokes import check_sketch
from sketch_rnn_tf.generation import arguments, completion, latent, strips, switching
from sketch_rnn_tf.generation.sampling import Sampler
from sketch_rnn_tf.models import SketchRNN, build_network
from sketch_rnn_tf.models.build import RASTER_SIZE
from sketch_rnn_tf.models.weights import assign_weights
from sketch_rnn_tf.training import checkpoints, pretrained, prior_file
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
        self.sampler = Sampler(network, metadata.scale_factor, metadata.start_token)

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
        return self.encode_ids(sketches, self.class_ids(class_name, len(sketches)))

    def encode_images(self, images, class_name=None) -> tuple[np.ndarray, np.ndarray]:
        """Encodes images with a model that reads them (Sketch-pix2seq, CNN-VAE, AI-Sketcher's z_r).

        Args:
            images: float32 `[B, size, size]` or `[B, size, size, 1]`, 0 for paper to 1 for ink, as `data.photo.read_photo` gives
                them; `size` is that of the model's network.
            class_name: as in `encode`.

        Returns:
            `mu` and `log_var`, float32 `[B, Z]`.

        Raises:
            ValueError: the model reads strokes only, or the images have another size or values.
        """
        images = np.asarray(images, np.float32)
        images = images[..., None] if images.ndim == 3 else images
        size = self.network.image_size or self.config.data.raster_size or RASTER_SIZE
        if images.shape[1:] != (size, size, 1) or not (
            np.isfinite(images).all() and 0 <= images.min() <= images.max() <= 1
        ):
            raise ValueError(
                f"images have shape {list(images.shape)}; expected [B, {size}, {size}, 1] from 0 for paper to 1 for ink"
            )
        return self._of_images(images, self.class_ids(class_name, len(images)))

    def _of_images(self, images, class_ids) -> tuple[np.ndarray, np.ndarray]:
        posterior = self.network.encode_images(tf.constant(images), tf.constant(class_ids))
        return posterior.mu.numpy(), posterior.log_var.numpy()

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
            temperature: 0 (the most likely point each time) or more, usually 0.1 to 1; a number, or one a row.
            seed: 0 to 2^31 - 1.
            greedy: the same as temperature 0.
            max_steps: points at most; the model's Nmax where None.
            class_name: class of all, or a list of one a row; a dict of names and shares blends classes.
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
        z = self.check_z(z)
        options = self.options(temperature, seed, greedy, max_steps, temperature_mode)
        return self.sampler.decode(z, self.class_ids(class_name, len(z)), **options)

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
        """Draws `num` new sketches, with z from the prior, N(0, 1) or what was fitted; other arguments as in `decode`.

        A class-conditional model that is given no class draws them all in turn.
        """
        if num < 1:
            raise ValueError(f"num is {num}; expected at least 1")
        options = self.options(temperature, seed, greedy, max_steps, temperature_mode)
        return self.sampler.generate(num, self.class_ids(class_name, num, in_turn=True), **options)

    def reconstruct(
        self,
        sketches: Sketches,
        temperature=0.1,
        seed=0,
        greedy=False,
        max_steps=None,
        class_name=None,
        temperature_mode="paper",
        draw_class=None,
    ) -> list[np.ndarray]:
        """Encodes sketches and draws each again; arguments as in `encode` and `decode`.

        Args:
            draw_class: class to draw, or a list of one a sketch, where it is another than `class_name`.
        """
        mu, _ = self.encode(sketches, class_name)
        drawn_ids = self.class_ids(class_name if draw_class is None else draw_class, len(mu))
        options = self.options(temperature, seed, greedy, max_steps, temperature_mode)
        seen = None if any(isinstance(sketch, Picture) for sketch in sketches) else sketches
        return self.sampler.decode(mu, drawn_ids, seen=seen, **options)

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
        evaluator = Evaluator(
            self.network,
            self.metadata.n_max,
            loss.kl_tolerance,
            loss.magenta_epsilon,
            influence_weight=loss.influence_weight,
        )
        return evaluator(
            sketches,
            self.class_ids(class_name, len(sketches)),
            self.metadata.scale_factor,
            self.metadata.start_token,
            batch_size,
            seed,
        )

    def complete(self, sketch, num=9, **options) -> list[np.ndarray]:
        """Finishes an unfinished sketch in `num` ways; arguments as in `generation.completion.endings`."""
        return completion.endings(self, sketch, num, **options)

    def interpolate(self, a, b, num=10, **options) -> list[np.ndarray]:
        """Draws `num` steps from one sketch to another; arguments as in `generation.latent.path`."""
        return latent.path(self, [a, b], num, **options)

    def path(self, sketches, num=10, **options) -> list[np.ndarray]:
        """Draws a way through any number of sketches; arguments as in `generation.latent.path`."""
        return latent.path(self, sketches, num, **options)

    def grid(self, corners, rows=5, cols=5, **options) -> list[list[np.ndarray]]:
        """Draws a grid between four sketches; arguments as in `generation.latent.grid`."""
        return latent.grid(self, corners, rows, cols, **options)

    def analogy(self, terms, num=1, **options) -> list[np.ndarray]:
        """Draws a weighted sum of sketches, `[(1, a), (-1, b), (1, c)]`; arguments as in `generation.latent.analogy`."""
        return latent.analogy(self, terms, num, **options)

    def sweep(self, sketch, direction=0, num=9, **options) -> list[np.ndarray]:
        """Draws a sketch moved along a latent direction; arguments as in `generation.latent.sweep`."""
        return latent.sweep(self, sketch, direction, num, **options)

    def strip(self, temperatures, sketches=None, **options) -> list[list[np.ndarray]]:
        """Draws rows of one drawing at several temperatures; arguments as in `generation.strips.strip`."""
        return strips.strip(self, temperatures, sketches, **options)

    def variations(self, sketch, num=24, **options) -> list[np.ndarray]:
        """Draws many similar drawings of one sketch; arguments as in `generation.strips.variations`."""
        return strips.variations(self, sketch, num, **options)

    def switch(self, *others, class_names=None, num=9, **options) -> list[np.ndarray]:
        """Begins drawings and lets the models `others` finish them, each in turn, or this one as another class.

        Args:
            others: `SketchModel`s; none to switch between classes of this one.
            class_names: one for each model in turn, None where one is not class-conditional; without `others`, the
                classes to switch between.
            num, options: as in `generation.switching.switch`, which also tells where the switches were.
        """
        models = [self, *others] if others else [self] * len(class_names or ())
        names = [None] * len(models) if class_names is None else list(class_names)
        if len(names) != len(models):
            raise ValueError(
                f"there are {len(names)} class names for {len(models)} models; give one for each"
            )
        return switching.switch(list(map(switching.Hand, models, names)), num, **options)[0]

    def encode_ids(self, sketches: Sketches, class_ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Encodes sketches, or `data.photo.Picture`s, whose class ids are known; otherwise as `encode`."""
        images = [getattr(sketch, "image", None) for sketch in sketches]
        read = [place for place, image in enumerate(images) if image is not None]
        if not read:
            return self.sampler.encode(_checked(sketches), class_ids)
        mu, log_var = np.zeros([2, len(sketches), self.network.z_size], np.float32)
        mu[read], log_var[read] = self._of_images(
            np.stack([images[place] for place in read]), class_ids[read]
        )
        left = [place for place in range(len(sketches)) if images[place] is None]
        if left:
            strokes = _checked([sketches[place] for place in left])
            mu[left], log_var[left] = self.sampler.encode(strokes, class_ids[left])
        return mu, log_var

    def check_z(self, z) -> np.ndarray:
        """Returns latent vectors as float32 `[B, Z]`; ValueError where they are not finite or do not fit the model."""
        z = np.asarray(z, np.float32)
        if z.ndim != 2 or z.shape[1] != self.network.z_size or not np.isfinite(z).all():
            raise ValueError(
                f"z has shape {z.shape}; expected finite numbers of shape [B, {self.network.z_size}]"
            )
        return z

    def options(self, *values, **named) -> dict:
        """Returns the options of `decode` as the sampler takes them; see `generation.arguments.options`."""
        return arguments.options(self.metadata.n_max, *values, **named)

    def class_ids(self, class_name, count: int, in_turn: bool = False) -> np.ndarray:
        """Returns the class ids of `count` sketches; see `generation.arguments.class_ids`."""
        known = self.class_names if self.class_conditional else ()
        return arguments.class_ids(known, class_name, count, in_turn)


def load_model(path, checkpoint: str = "best") -> SketchModel:
    """Loads a trained model from its workdir, with the prior that `sketch_rnn_fit_prior` fitted to it where there is one.

    Args:
        path: the workdir of `sketch_rnn_train` or `sketch_rnn_import`, or "pretrained:NAME" for a model of the project's own.
        checkpoint: "best" (by validation cost) or "last".

    Raises:
        FileNotFoundError: there is no workdir or no checkpoint.
        ValueError: a file is damaged.
    """
    workdir = Workdir(pretrained.resolve(path))
    config, metadata = workdir.read()
    loaded = checkpoints.load(workdir.checkpoints, checkpoint)
    network = build_network(
        config.model, metadata.num_classes, config.train.precision, raster_size=config.data.raster_size
    )
    assign_weights(network, checkpoints.model_arrays(loaded.arrays))
    if network.conditional:
        classes = metadata.num_classes if config.model.class_conditioning != "none" else 1
        network.fitted_prior = prior_file.load(workdir.path, loaded.info["step"], classes, network.z_size)
    return SketchModel(network, config, metadata)


def _checked(sketches: Sketches) -> list[np.ndarray]:
    if len(sketches) == 0:
        raise ValueError("there are no sketches; give at least one stroke-3 array [N, 3]")
    return [check_sketch(sketch, f"sketch {place}") for place, sketch in enumerate(sketches)]
