"""Training steps, evaluation and the input pipeline.

The unit of the step entries is the all-steps float32 bound of the default model in the same run: its matrix products over
all Nmax steps of 100 sketches, z included at every step (287 GFLOP), at the rate of a large product. The bound of the work
that is really needed, without padding, stands in `units`.
"""

import itertools

import numpy as np

from benchmarks import flops, measure
from sketch_rnn_tf.config import Config, apply_overrides
from sketch_rnn_tf.presets import preset

N_MAX, BATCH_SIZE = 250, 100
STEPS = 12
ONE_CLASS = ["model.class_conditioning=none"]
LAYER_NORM = ["model.encoder.cell=layer_norm", "model.decoder.cell=layer_norm"]

STEP_ENTRIES = {
    "train_full": ("magenta_default", ["loss.tail=full"]),
    "train": ("magenta_default", []),
    "train_bf16": ("magenta_default", ["train.precision=bf16"]),
    "train_deterministic": ("magenta_default", ["train.deterministic=true"]),
    "train_layer_norm": ("magenta_default", LAYER_NORM),
    "train_hyper": ("magenta_default", ["model.decoder.cell=hyper"]),
    "train_bucket": ("magenta_default", ["data.bucket=true"]),
    "train_1024": ("magenta_default", ["model.decoder.units=1024"]),
    "train_2048": ("magenta_default", ["model.decoder.units=2048"]),
    "train_batch_25": ("magenta_default", ["data.batch_size=25"]),
    "train_paper_2017": ("paper_2017", []),
    "train_magenta_large": ("magenta_large", []),
    "train_pix2seq_small": ("sketch_pix2seq_small", ["data.bucket=true"]),
    "train_cnn_vae_small": ("cnn_vae_small", ["data.bucket=true"]),
    "train_ai_sketcher_small": ("ai_sketcher_small", [*ONE_CLASS, "data.bucket=true"]),
    "train_ai_sketcher": ("ai_sketcher", ONE_CLASS),
}
FEWER_STEPS = {"train_ai_sketcher": 4}
RASTER_SHARE = 0.25  # of a step that the raster encoder may take


def sketches(data: str | None) -> list[np.ndarray]:
    """Returns training sketches: those of an npz, or lines of random length where there is none (mean 125 points)."""
    if data:
        from sketch_rnn_tf.data import read_npz

        return read_npz(data)["train"]
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(4.75, 0.42, 2000), 10, N_MAX).astype(int)
    lengths[0] = N_MAX
    return [
        np.concatenate([rng.normal(0, 20, (n, 2)), rng.random((n, 1)) < 0.09], axis=1).astype(np.int16)
        for n in lengths
    ]


def config_of(name: str) -> Config:
    """Returns the config of a step entry; the default tail is that of a fresh config, whatever the preset says."""
    chosen, overrides = STEP_ENTRIES[name]
    return apply_overrides(preset(chosen), [f"loss.tail={Config().loss.tail}", *overrides])


def step_entry(name: str, data: str | None) -> dict:
    """Times whole training steps: dropout, gradients and optimiser included, the batches made beforehand."""
    import tensorflow as tf

    from sketch_rnn_tf.models import build_network
    from sketch_rnn_tf.training import shards
    from sketch_rnn_tf.training.trainer import Trainer

    config = shards.settle(config_of(name))
    if config.train.deterministic:
        tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(0)
    network = build_network(
        config.model, precision=config.train.precision, raster_size=config.data.raster_size
    )
    trainer = Trainer(network, config, N_MAX)
    count = FEWER_STEPS.get(name, STEPS)
    dataset = _batches(config, sketches(data), count + 3)
    step = tf.function(
        trainer.train_on, input_signature=[dataset.element_spec], autograph=False, jit_compile=False
    )
    batches = list(dataset)
    for batch in batches[:3]:
        step(batch)["cost"].numpy()
    remaining = iter(batches[3:])
    seconds = measure.mean_seconds(lambda: step(next(remaining))["cost"].numpy(), count)
    rate = measure.product_rate()
    default = Config().model
    unit = flops.training_step(default, N_MAX * BATCH_SIZE, N_MAX * BATCH_SIZE, static_repeated=True) / rate
    if config.model.kind != "sketch_rnn":
        return measure.entry(
            name, seconds, unit, f"a step, {config.train.shards} at once, {network.count_params():,} weights"
        )
    points = np.mean([float(tf.reduce_sum(batch.lengths)) for batch in batches[3:]])
    steps = np.mean([_decoder_steps(batch, trainer.tail, config.loss.tail_share) for batch in batches[3:]])
    needed = flops.training_step(config.model, points, steps, static_repeated=False) / rate
    return measure.entry(
        name,
        seconds,
        unit,
        f"a step, {config.train.shards} at once; bound of the work needed {needed:.3f} s ({seconds / needed:.2f} times)",
    )


def raster_share_entry(data: str | None) -> dict:
    """Times the raster encoder, forward and backward, images of 48 px drawn from strokes included, against a whole step.

    The bound is a quarter of a step of `sketch_pix2seq_small`, the smallest model that has one.
    """
    import tensorflow as tf

    from sketch_rnn_tf import threads
    from sketch_rnn_tf.layers import RasterEncoder

    step = step_entry("train_pix2seq_small", data)
    config = config_of("train_pix2seq_small")
    batches = list(_batches(config, sketches(data), STEPS + 3))
    encoder = RasterEncoder(config.model.encoder.units, config.data.raster_size)
    encoder.build((None, None, 5))

    def pass_over(strokes, lengths):
        parts = threads.at_once()
        with tf.GradientTape() as tape:
            total = tf.add_n(
                [
                    tf.reduce_sum(
                        encoder(
                            strokes[start::parts, 1:],
                            mask=tf.sequence_mask(lengths[start::parts], tf.shape(strokes)[1] - 1),
                        )
                    )
                    for start in range(parts)
                ]
            )
        return tf.add_n([tf.reduce_sum(part) for part in tape.gradient(total, encoder.trainable_variables)])

    specs = [tf.TensorSpec([None, None, 5]), tf.TensorSpec([None], tf.int32)]
    traced = tf.function(pass_over, input_signature=specs, autograph=False, jit_compile=False)
    for batch in batches[:3]:
        traced(batch.strokes, batch.lengths).numpy()
    remaining = iter(batches[3:])

    def once():
        batch = next(remaining)
        traced(batch.strokes, batch.lengths).numpy()

    seconds = measure.mean_seconds(once, STEPS)
    share = seconds / step["seconds"]
    return measure.entry(
        "raster_share",
        seconds,
        RASTER_SHARE * step["seconds"],
        f"{share:.1%} of a step of sketch_pix2seq_small",
    )


def input_entry(data: str | None) -> dict:
    """Times the pipeline alone; its bound is 2 % of the default model's all-steps bound."""
    config = config_of("train")
    count = 300
    batches = iter(_batches(config, sketches(data), count + 20))
    list(itertools.islice(batches, 20))
    seconds = measure.mean_seconds(lambda: next(batches), count)
    rate = measure.product_rate()
    model = config.model
    unit = flops.training_step(model, N_MAX * BATCH_SIZE, N_MAX * BATCH_SIZE, static_repeated=True) / rate
    return measure.entry(
        "input", seconds, 0.02 * unit, f"a batch of {BATCH_SIZE}; the bound is 2 % of a unit"
    )


def evaluation_entry(data: str | None) -> dict:
    """Times an exact evaluation of 300 sketches."""
    from sketch_rnn_tf.models import build_network
    from sketch_rnn_tf.training.evaluate import Evaluator

    config, chosen = Config(), sketches(data)[:300]
    evaluate = Evaluator(build_network(config.model), N_MAX, config.loss.kl_tolerance)
    class_ids = np.zeros(len(chosen), np.int32)
    seconds = measure.median_seconds(lambda: evaluate(chosen, class_ids, 18.5, (0, 0, 1, 0, 0)), 3, 1)
    points = sum(map(len, chosen))
    forward = flops.training_step(config.model, points, N_MAX * len(chosen), static_repeated=False)
    bound = forward / flops.BACKWARD / measure.product_rate()
    return measure.entry("evaluate", seconds, bound, f"{len(chosen)} sketches, over all {N_MAX} steps each")


def torch_entry() -> dict | None:
    """Times PyTorch's `nn.LSTM` at the same sizes, no recurrent dropout, all steps; None where torch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    model = Config().model
    encoder = torch.nn.LSTM(5, model.encoder.units, bidirectional=True)
    decoder = torch.nn.LSTM(5 + model.z_size, model.decoder.units)
    head = torch.nn.Linear(model.decoder.units, 6 * model.num_mixtures + 3)
    to_z = torch.nn.Linear(2 * model.encoder.units, model.z_size)
    weights = [weight for part in (encoder, decoder, head, to_z) for weight in part.parameters()]
    optimizer = torch.optim.Adam(weights, lr=1e-3)
    strokes = torch.randn(N_MAX, BATCH_SIZE, 5)

    def step():
        optimizer.zero_grad()
        _, (last, _) = encoder(strokes)
        z = to_z(torch.cat([last[0], last[1]], dim=1))
        outputs, _ = decoder(torch.cat([strokes, z.expand(N_MAX, -1, -1)], dim=2))
        head(outputs).square().mean().backward()
        optimizer.step()

    seconds = measure.median_seconds(step, 4)
    unit = flops.training_step(model, N_MAX * BATCH_SIZE, N_MAX * BATCH_SIZE, static_repeated=True)
    return measure.entry(
        "train_torch", seconds, unit / measure.product_rate(), "a step of nn.LSTM, all steps"
    )


def _batches(config, chosen, num_steps):
    from sketch_rnn_tf.data import pipeline
    from sketch_rnn_tf.data.normalization import scale_factor

    return pipeline.training_batches(
        chosen,
        np.zeros(len(chosen), np.int32),
        scale_factor=scale_factor(chosen),
        batch_size=config.data.batch_size,
        n_max=N_MAX,
        seed=0,
        num_steps=num_steps,
        random_scale=config.data.random_scale,
        point_drop_rate=config.data.point_drop_rate,
        bucket=config.data.bucket,
    )


def _decoder_steps(batch, tail, share):
    lengths = batch.lengths.numpy()
    every = N_MAX * len(lengths)
    if tail is None:
        return every
    short = np.minimum(lengths + tail, N_MAX).sum()
    return short + share * (every - short)
