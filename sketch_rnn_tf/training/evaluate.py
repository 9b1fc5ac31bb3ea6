"""The figures of a model on a set of sketches, exact over all of them."""

import numpy as np
import tensorflow as tf

from sketch_rnn_tf import losses, seeds
from sketch_rnn_tf.data import pipeline
from sketch_rnn_tf.models import AISketcher, SketchRNN
from sketch_rnn_tf.training import shards
from sketch_rnn_tf.types import Batch

BATCH_SIZE = 100
EVALUATION_SEED = (0, 0)  # decides nothing: z's noise is given, and there is no dropout


class Evaluator:
    """Evaluates a network; keeps its traced graph between calls.

    Departs from Magenta, which leaves out the longest sketches where their number is no multiple of the batch size: here
    every sketch counts once. z is sampled as in Magenta, with noise keyed by the sketch's place, so that batch sizes do
    not matter.

    Args:
        network: the model.
        n_max: Nmax, by which L_R is divided.
        kl_tolerance: floor of L_KL.
        magenta_epsilon: log(p + 1e-6) for the offsets.
        tail: steps past a sketch's end, where training never goes farther; with it there is one figure more,
            `reconstruction_tail`, L_R up to there.
        num_shards: parts of a batch that run at once, as in the config's `train.shards`.
        influence_weight: of AI-Sketcher's l_a in L_KL.
    """

    def __init__(
        self,
        network: SketchRNN,
        n_max: int,
        kl_tolerance: float,
        magenta_epsilon: bool = False,
        tail: int | None = None,
        num_shards: int = 1,
        influence_weight: float = 0.1,
    ):
        self.network = network
        self.tail = tail
        self.num_shards = num_shards
        self.influence_weight = influence_weight
        self.n_max = n_max
        self.kl_tolerance = kl_tolerance
        self.magenta_epsilon = magenta_epsilon
        self._sums = tf.function(
            self._sums_of_batch, reduce_retracing=True, jit_compile=False, autograph=False
        )

    def __call__(self, sketches, class_ids, scale_factor, start_token, batch_size=BATCH_SIZE, seed=0) -> dict:
        """Returns the figures of a set of sketches.

        Args:
            sketches: list of stroke-3 `[N, 3]` in data units.
            class_ids: int32 `[len(sketches)]`.
            scale_factor: what offsets are divided by.
            start_token: stroke-5 of the decoder's first input.
            batch_size: sketches at a time; does not change the result.
            seed: of the z noise.

        Returns:
            dict with `reconstruction_masked`, `reconstruction_unmasked`, `offset`, `pen_masked`, `pen_unmasked`, `kl`,
            `kl_floored` (nats, means over all sketches), `num_sketches`, `n_max`, `scale_factor`. For AI-Sketcher `kl` is l_kl of
            its eq. 14, and there are its parts `kl_z` and `influence_kl`, and `image`, the autoencoder's squared distance.
        """
        noise_seed = seeds.fold(seed, tf.constant(0, tf.int64), seeds.EVALUATION)
        noise_z = tf.random.stateless_normal(
            [len(sketches), max(self.network.noise_size, 1)], noise_seed, alg="philox"
        )
        batches = pipeline.evaluation_batches(
            sketches,
            class_ids,
            scale_factor=scale_factor,
            batch_size=batch_size,
            n_max=self.n_max,
            start_token=start_token,
        )
        parts = [self._sums(batch, tf.gather(noise_z, batch.index)) for batch in batches]
        totals = np.sum([[float(value) for value in part] for part in parts], axis=0, dtype=np.float64)
        *parts, kl, influence, image = (totals / len(sketches)).tolist()
        extra = {}
        if isinstance(self.network, AISketcher):
            extra = {"kl_z": kl, "influence_kl": influence, "image": image}
            kl += self.influence_weight * influence
        offset, pen_masked, pen_tail, *trained_tail = (value / self.n_max for value in parts)
        return {
            "reconstruction_masked": offset + pen_masked,
            "reconstruction_unmasked": offset + pen_masked + pen_tail,
            **({"reconstruction_tail": offset + pen_masked + trained_tail[0]} if trained_tail else {}),
            "offset": offset,
            "pen_masked": pen_masked,
            "pen_unmasked": pen_masked + pen_tail,
            "kl": kl,
            "kl_floored": max(kl, self.kl_tolerance) if self.network.conditional else 0.0,
            **extra,
            "num_sketches": len(sketches),
            "n_max": self.n_max,
            "scale_factor": scale_factor,
        }

    def _sums_of_batch(self, batch: Batch, noise_z: tf.Tensor):
        parts = [
            self._sums_of_shard(part, noise_z[start :: self.num_shards])
            for start, part in enumerate(shards.split(batch, self.num_shards))
        ]
        return [tf.add_n(values) for values in zip(*parts)]

    def _sums_of_shard(self, batch: Batch, noise_z: tf.Tensor):
        prediction = self.network(batch, training=False, seed=EVALUATION_SEED, noise_z=noise_z)
        params, kl, influence, image = prediction.params, *[tf.constant(0.0)] * 3
        if prediction.posterior is not None:
            kl = tf.reduce_sum(losses.kl_divergence(*self.network.sampled(prediction.posterior)))
        if prediction.influence is not None:
            influence = tf.reduce_sum(losses.influence_divergence(prediction.influence, batch.lengths))
        if prediction.images is not None:
            image = tf.reduce_sum(losses.image_distance(*prediction.images))
        sums = losses.reconstruction_terms(
            params, batch.strokes[:, 1:], self.n_max, magenta_epsilon=self.magenta_epsilon
        )
        if self.tail is not None:
            short = losses.reconstruction_terms(params, batch.strokes[:, 1:], self.n_max, self.tail)
            sums = (*sums, short.pen_tail)
        return (*(tf.reduce_sum(value) for value in sums), kl, influence, image)


def selection_cost(figures: dict, kl_weight: float) -> float:
    """Returns L_R + kl_weight * L_KL: what the best checkpoint is chosen by (eq. 11), L_KL with its floor (eq. 15).

    Below the floor training leaves L_KL to itself. Where it counted, an early checkpoint that has hardly begun to use z would
    be chosen over all that draw better.

    L_R is the unmasked one, unless training never goes beyond a tail: what such a model says of later steps is left to chance
    and never drawn, so it must not choose among checkpoints.
    """
    reconstruction = figures.get("reconstruction_tail", figures["reconstruction_unmasked"])
    return reconstruction + kl_weight * figures["kl_floored"]
