"""One training step and one evaluation step: where a model meets its losses."""

import tensorflow as tf

from sketch_rnn_tf import losses, seeds
from sketch_rnn_tf.config import Config
from sketch_rnn_tf.models import SketchRNN
from sketch_rnn_tf.models.weights import named_weights
from sketch_rnn_tf.training import optimizers, replicas, shards, tails
from sketch_rnn_tf.training.schedules import kl_weight, learning_rate_schedule
from sketch_rnn_tf.types import Batch

# What AI-Sketcher's loss has besides: l_a of its influence layer, and its autoencoder's distance.
EXTRA_TERMS = ("influence_kl", "image")
METRICS = ("cost", "reconstruction", "kl", "kl_floored", "kl_weight", "learning_rate", "gradient_norm")


def clip_gradients(gradients, grad_clip: float, clip_mode: str):
    """Clips gradients: each element to +-grad_clip ("value", as Magenta), or their joint norm ("norm")."""
    if clip_mode == "value":
        return [tf.clip_by_value(g, -grad_clip, grad_clip) for g in gradients]
    return tf.clip_by_global_norm(gradients, grad_clip)[0]


def _freeze(network: SketchRNN, names) -> None:
    """Keeps the weights of parts of a network as they are, before an optimiser is built for the others."""
    parts = {path.split("/")[0] for path in named_weights(network)}
    for name in names:
        part = getattr(network, name, None) if name in parts else None
        if not isinstance(part, tf.keras.layers.Layer):
            raise ValueError(
                f"train.frozen names {name!r}; this model has the parts {', '.join(sorted(parts))}"
            )
        part.trainable = False
    if not network.trainable_variables:
        raise ValueError("train.frozen names every part of the model; leave one to train")


class Trainer(tf.keras.Model):
    """Binds a network to its losses, schedules and optimiser.

    The loop calls `train_on`; plain Keras calls `compile` and `fit`, and both run the same step. Dropout and z are
    functions of the config's seed and the optimiser's step count, so that a resumed run repeats itself.

    Args:
        network: the model to train.
        config: loss, clipping and seed are read from it.
        n_max: Nmax, by which L_R is divided.

    Raises:
        ValueError: `train.frozen` names what the network has not, or all it has.
    """

    def __init__(self, network: SketchRNN, config: Config, n_max: int, **kwargs):
        super().__init__(**kwargs)
        self.network = network
        self.config = config
        self.n_max = n_max
        self.num_shards = max(1, config.train.shards)
        self.tail = None if config.loss.tail == "full" else int(config.loss.tail)
        names = METRICS + (EXTRA_TERMS if config.model.kind == "ai_sketcher" else ())
        self.trackers = {name: tf.keras.metrics.Mean(name=name) for name in names}
        self.built = True
        _freeze(network, config.train.frozen)
        self.compile(optimizer=optimizers.make_optimizer(config.train))

    def compile(self, optimizer="adam", **kwargs):
        """Keras' compile, without XLA, which is slower than graph mode for recurrences on a CPU."""
        super().compile(optimizer=optimizer, **{"jit_compile": self.config.train.jit_compile, **kwargs})
        optimizers.build(self.optimizer, self.network.trainable_variables)

    @property
    def metrics(self):
        return list(self.trackers.values())

    def terms(self, batch: Batch, training: bool, seed: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the parts of the loss, scalars in nats: `reconstruction` (L_R), `kl` and `kl_floored`.

        For AI-Sketcher `kl` is l_kl of its eq. 14, and there are the parts named `EXTRA_TERMS`, the image's no nats.
        L_R counts what `loss.tail` and `loss.tail_share` say; every step up to Nmax where training is off and some rows go that far.
        z's noise belongs to a row's place in the batch, whatever `train.shards` is and however many replicas there are; dropout
        masks belong to the shard of the replica.
        """
        return self._terms(batch, training, seed)[0]

    def _terms(self, batch: Batch, training: bool, seed: tf.Tensor):
        """Returns `terms`, and the posterior and class of this replica's rows, in the order of its shards."""
        rows = tf.shape(batch.lengths)[0]
        index, count = replicas.place()
        of_noise, *of_shards = tf.unstack(
            tf.random.experimental.stateless_split(seed, 1 + count * self.num_shards, alg="philox")
        )
        of_shards = of_shards[index * self.num_shards : (index + 1) * self.num_shards]
        noise_z = tf.random.stateless_normal([rows, self.network.noise_size], of_noise, alg="philox")
        past = self._steps_past_end(rows, training, of_noise)
        if count > 1:
            batch = replicas.own_rows(batch, index, count)
            noise_z, past = noise_z[index::count], past[index::count]
        batches = shards.split(batch, self.num_shards)
        predictions, sums = [], []
        for start, (part, part_seed) in enumerate(zip(batches, of_shards)):
            own = slice(start, None, self.num_shards)
            prediction = self._predict(part, noise_z[own], past[own], training, part_seed)
            predictions.append(prediction)
            sums.append(self._sums(part, past[own], prediction))
        totals = replicas.joint({name: tf.add_n([part[name] for part in sums]) for name in sums[0]})
        terms = {name: total / tf.cast(rows, tf.float32) for name, total in totals.items()}
        if "influence_kl" in terms:
            terms["kl"] += self.config.loss.influence_weight * terms["influence_kl"]
        terms["kl_floored"] = terms["kl"]
        if not self.network.conditional:
            return terms, None
        terms["kl_floored"] = losses.floored(terms["kl"], self.config.loss.kl_tolerance)
        posteriors = [prediction.posterior for prediction in predictions]
        posterior = type(posteriors[0])(*(tf.concat(parts, axis=0) for parts in zip(*posteriors)))
        return terms, (posterior, tf.concat([part.class_id for part in batches], axis=0))

    def _steps_past_end(self, rows, training: bool, seed: tf.Tensor) -> tf.Tensor:
        """Returns how many steps past its end each row of the joint batch counts, int32 `[rows]`."""
        share = self.config.loss.tail_share
        if self.tail is None or (share and not training):
            return tf.fill([rows], self.n_max)
        of_tails = tf.random.experimental.stateless_fold_in(seed, 1, alg="philox")
        return tails.steps_past_end(rows, self.tail, share if training else 0.0, self.n_max, of_tails)

    def _predict(self, batch: Batch, noise_z, past, training: bool, seed: tf.Tensor):
        return self.network(
            batch, training=training, seed=seed, num_steps=batch.lengths + past, noise_z=noise_z
        )

    def _sums(self, batch: Batch, past, prediction) -> dict[str, tf.Tensor]:
        """Returns L_R, L_KL and what else there is, summed over the rows."""
        loss = self.config.loss
        parts = losses.reconstruction_terms(
            prediction.params, batch.strokes[:, 1:], self.n_max, past, loss.magenta_epsilon
        )
        reconstruction = tf.reduce_sum(parts.offset + parts.pen_masked + parts.pen_tail) / self.n_max
        sums = {"reconstruction": reconstruction, "kl": tf.constant(0.0)}
        if prediction.posterior is not None:
            posterior = self.network.sampled(prediction.posterior)
            sums["kl"] = tf.reduce_sum(losses.kl_divergence(*posterior, loss.literal_kl))
        if prediction.influence is not None:
            of_influence = losses.influence_divergence(prediction.influence, batch.lengths, loss.literal_kl)
            sums["influence_kl"] = tf.reduce_sum(of_influence)
        if prediction.images is not None:
            sums["image"] = tf.reduce_sum(losses.image_distance(*prediction.images))
        return sums

    def _cost(self, terms: dict[str, tf.Tensor], step: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns what is minimised at a step, and the weight of L_KL in it."""
        first = self.config.model.autoencoder_first_steps if "image" in terms else 0
        weight = kl_weight(self.config.loss, tf.maximum(step - first, 0))
        cost = terms["reconstruction"] + weight * terms["kl_floored"]
        if "image" not in terms:
            return cost, weight
        of_image = self.config.loss.image_weight * terms["image"]
        return (tf.where(step < first, of_image, cost) if first else cost + of_image), weight

    def train_on(self, batch: Batch) -> dict[str, tf.Tensor]:
        """Takes one step down the gradient of eq. 15; returns that step's scalars, named as `METRICS` and `terms`.

        Where the loss or its gradient is not finite, no weight changes.

        Args:
            batch: `Batch` of normalised sketches.
        """
        values, gradients, observed = self.gradients_on(batch)
        tf.cond(
            self.is_finite(values),
            lambda: self.apply(gradients, observed),
            self.count_step,
        )
        return values

    def gradients_on(self, batch: Batch):
        """Returns a step's scalars, the clipped gradients of its batch, and what `apply` takes besides.

        Args:
            batch: the joint batch of all replicas.
        """
        batch = Batch(*batch)
        step = tf.cast(self.optimizer.iterations, tf.int64)
        seed = seeds.fold(self.config.train.seed, step, seeds.MODEL)
        with tf.GradientTape() as tape:
            terms, observed = self._terms(batch, True, seed)
            cost, weight = self._cost(terms, step)
        variables = self.network.trainable_variables
        gradients = replicas.summed(tape.gradient(cost, variables))
        norm = tf.linalg.global_norm(gradients)
        gradients = clip_gradients(gradients, self.config.train.grad_clip, self.config.train.clip_mode)
        learning_rate = learning_rate_schedule(self.config.train)(step)
        values = {
            **terms,
            "cost": cost,
            "kl_weight": weight,
            "learning_rate": learning_rate,
            "gradient_norm": norm,
        }
        return values, gradients, observed

    def is_finite(self, values: dict[str, tf.Tensor]) -> tf.Tensor:
        """Whether a step's loss and gradient are finite, given its scalars."""
        return tf.math.is_finite(values["cost"]) & tf.math.is_finite(values["gradient_norm"])

    def count_step(self) -> tf.Tensor:
        """Counts a step that changes no weight, since noise and schedules go by the count."""
        self.optimizer.iterations.assign_add(1)
        return tf.constant(False)

    def apply(self, gradients, observed=None) -> tf.Tensor:
        """Changes the weights by gradients; `observed` is for models that keep statistics of what they saw."""
        self.optimizer.apply_gradients(zip(gradients, self.network.trainable_variables))
        if observed is not None:
            self.network.observe(*observed)
        return tf.constant(True)

    def train_step(self, data):
        """Keras' hook for `fit`: the step of `train_on`, its scalars averaged over the epoch.

        Raises:
            ValueError: under a strategy of several replicas.
        """
        if replicas.place()[1] > 1:
            raise ValueError(
                "fit trains on one device; for several call training.loop.train_and_evaluate with train.strategy"
            )
        return self._track(self.train_on(data), data)

    def test_step(self, data):
        """Keras' hook for `evaluate` and validation, weighted by the number of sketches; the KL weight is the final one."""
        batch = Batch(*data)
        seed = seeds.fold(self.config.train.seed, tf.cast(batch.index[0], tf.int64), seeds.EVALUATION)
        terms = self.terms(batch, False, seed)
        weight = tf.constant(self.config.loss.kl_weight, tf.float32)
        cost = terms["reconstruction"] + weight * terms["kl_floored"]
        return self._track({**terms, "cost": cost, "kl_weight": weight}, data)

    def _track(self, values, data):
        rows = tf.cast(tf.shape(data[1])[0], tf.float32)
        for name, value in values.items():
            self.trackers[name].update_state(value, sample_weight=rows)
        return {name: self.trackers[name].result() for name in values}
