"""The complete description of a run: frozen dataclasses that are written to and read from `config.json`."""

import dataclasses
import json
import re
from collections.abc import Sequence
from typing import Any

from sketch_rnn_tf import checks, fields

SCHEMA_VERSION = 1

KINDS = ("sketch_rnn", "sketch_pix2seq", "cnn_vae", "ai_sketcher")
RASTER_KINDS = ("sketch_pix2seq", "cnn_vae")  # whose encoder reads images
RASTER_NETWORKS = ("published", "residual")
INFLUENCE_READS = ("forward", "both")
CELLS = ("lstm", "layer_norm", "hyper", "tfa:LayerNormLSTM")
CLASS_CONDITIONING = ("none", "one_hot", "embedding")
OPTIMIZERS = ("adam", "sgd", "tfa:RectifiedAdam", "tfa:Lookahead", "tfa:LAMB", "tfa:MovingAverage")
CLIP_MODES = ("value", "norm")
PRECISIONS = ("float32", "bf16")
ON_NAN = ("stop", "skip", "rollback")
CHECKPOINTS = ("best", "last")
STRATEGIES = ("none", "mirrored", "multi_worker")

# What may change when a run goes on: its length, where it runs, and what only concerns evaluation, saving and logging.
RESUMABLE_KEYS = frozenset(
    {
        "train.steps",
        "train.eval_every",
        "train.save_every",
        "train.early_stopping_patience",
        "train.on_nan",
        "train.strategy",
        "data.service",
    }
)


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Where sketches come from and how batches are made."""

    sources: tuple[str, ...] = ()  # npz files, folders of them, `tfds:NAME`, `doodles` or `doodles:cat,house`
    batch_size: int = 100
    max_length: int = 0  # points; longer sketches are left out and reported; 0: no limit
    scale_factor: float = 0.0  # data units per normalised unit; 0: computed from the training split
    random_scale: float = 0.15  # x and y are multiplied by uniform factors within 1 +- this
    point_drop_rate: float = 0.10  # fraction of inner points of a line that are dropped
    bucket: bool = False  # batches of sketches of similar length
    raster_size: int = 0  # pixels a side of the picture a raster encoder sees; 0: none
    stream_above_mb: int = 2000  # a TFDS training split that takes more megabytes on disk stays there
    service: str = (
        ""  # grpc://host:port of a tf.data service that makes the batches; empty: this process does
    )

    def __post_init__(self):
        fields.check_types(self, "data.")
        if not all(isinstance(source, str) and source for source in self.sources):
            raise ValueError(
                f"data.sources is {self.sources!r}; expected names of files, folders or data sets"
            )
        checks.at_least("data.batch_size", self.batch_size, 1)
        checks.at_least("data.max_length", self.max_length, 0)
        checks.at_least("data.stream_above_mb", self.stream_above_mb, 0)
        checks.at_least("data.scale_factor", self.scale_factor, 0)
        checks.fraction("data.random_scale", self.random_scale)
        checks.fraction("data.point_drop_rate", self.point_drop_rate)
        checks.at_least("data.raster_size", self.raster_size, 0)
        if self.service and not re.fullmatch(r"grpc://[^\s/]+:\d+", self.service):
            raise ValueError(f"data.service is {self.service!r}; expected grpc://host:port")


@dataclasses.dataclass(frozen=True)
class EncoderConfig:
    """The encoder's recurrence; `units` counts one direction."""

    cell: str = "lstm"
    units: int = 256

    def __post_init__(self):
        fields.check_types(self, "model.encoder.")
        checks.one_of("model.encoder.cell", self.cell, CELLS)
        checks.at_least("model.encoder.units", self.units, 1)


@dataclasses.dataclass(frozen=True)
class DecoderConfig:
    """The decoder's recurrence."""

    cell: str = "lstm"
    units: int = 512

    def __post_init__(self):
        fields.check_types(self, "model.decoder.")
        checks.one_of("model.decoder.cell", self.cell, CELLS)
        checks.at_least("model.decoder.units", self.units, 1)


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """What is trained."""

    kind: str = "sketch_rnn"
    conditional: bool = True  # False: decoder only
    encoder: EncoderConfig = dataclasses.field(default_factory=EncoderConfig)
    decoder: DecoderConfig = dataclasses.field(default_factory=DecoderConfig)
    z_size: int = 128
    num_mixtures: int = 20
    recurrent_dropout_rate: float = 0.10
    input_dropout_rate: float = 0.0
    output_dropout_rate: float = 0.0
    class_conditioning: str = "none"
    class_embedding_size: int = 64
    raster_network: str = "published"  # of kinds whose encoder reads images; residual: stronger
    high_pass: bool = False  # a fixed 3x3 high-pass filter before the raster network
    influence: bool = True  # ai_sketcher's influence layer
    influence_reads: str = "forward"  # what it looks at: the encoder's forward direction, or both as printed
    autoencoder: bool = True  # ai_sketcher's image autoencoder
    code_size: int = 128  # of z_r, ai_sketcher's image code
    autoencoder_first_steps: int = (
        0  # train ai_sketcher's autoencoder alone for so long, then leave it; 0: with the rest
    )

    def __post_init__(self):
        fields.check_types(self, "model.")
        checks.one_of("model.kind", self.kind, KINDS)
        checks.at_least("model.z_size", self.z_size, 1)
        checks.at_least("model.num_mixtures", self.num_mixtures, 1)
        checks.fraction("model.recurrent_dropout_rate", self.recurrent_dropout_rate)
        checks.fraction("model.input_dropout_rate", self.input_dropout_rate)
        checks.fraction("model.output_dropout_rate", self.output_dropout_rate)
        checks.one_of("model.class_conditioning", self.class_conditioning, CLASS_CONDITIONING)
        checks.at_least("model.class_embedding_size", self.class_embedding_size, 1)
        checks.one_of("model.raster_network", self.raster_network, RASTER_NETWORKS)
        checks.one_of("model.influence_reads", self.influence_reads, INFLUENCE_READS)
        checks.at_least("model.code_size", self.code_size, 2)
        checks.at_least("model.autoencoder_first_steps", self.autoencoder_first_steps, 0)
        if self.kind != "sketch_rnn" and not self.conditional:
            raise ValueError(
                f"model.kind is {self.kind!r} with model.conditional=false; its encoder is what makes it one"
            )
        if self.kind == "ai_sketcher" and self.influence and self.decoder.cell != "layer_norm":
            raise ValueError(
                f"model.decoder.cell is {self.decoder.cell!r}; ai_sketcher's influence layer wants layer_norm"
            )


@dataclasses.dataclass(frozen=True)
class LossConfig:
    """What is minimised: L_R + weight(step) * max(L_KL, kl_tolerance)."""

    kl_weight: float = 0.5
    kl_weight_start: float = 0.01
    kl_weight_start_is_relative: bool = False  # True: a fraction of kl_weight, as in the paper
    kl_decay_rate: float = 0.99995
    kl_tolerance: float = 0.2
    tail: str | int = 16  # steps past a sketch's end whose pen loss counts; "full": up to Nmax (eq. 9)
    tail_share: float = 0.04  # of the sketches whose tail goes up to Nmax (the padding's end under XLA)
    magenta_epsilon: bool = False  # log(p + 1e-6) as Magenta
    influence_weight: float = 0.1  # beta of AI-Sketcher's eq. 14
    image_weight: float = 1.0  # of its autoencoder's squared distance, the mean over pixels
    literal_kl: bool = False  # eq. 14 as printed, sigma in the place of a log-variance

    def __post_init__(self):
        fields.check_types(self, "loss.")
        checks.at_least("loss.kl_weight", self.kl_weight, 0)
        checks.at_least("loss.kl_weight_start", self.kl_weight_start, 0)
        checks.between("loss.kl_decay_rate", self.kl_decay_rate, 0, 1)
        checks.at_least("loss.kl_tolerance", self.kl_tolerance, 0)
        checks.at_least("loss.influence_weight", self.influence_weight, 0)
        checks.at_least("loss.image_weight", self.image_weight, 0)
        checks.between("loss.tail_share", self.tail_share, 0, 1)
        if self.tail != "full" and (isinstance(self.tail, str) or self.tail < 1):
            raise ValueError(f"loss.tail is {self.tail!r}; expected full or a number of steps of at least 1")


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How it is minimised."""

    steps: int = 10_000_000
    optimizer: str = "adam"
    learning_rate: float = 0.001
    learning_rate_min: float = 0.00001
    learning_rate_decay: float = 0.9999
    grad_clip: float = 1.0
    clip_mode: str = "value"
    eval_every: int = 500
    save_every: int = 500
    early_stopping_patience: int = 0  # evaluations without gain; 0: never stop early
    precision: str = "float32"
    jit_compile: bool = False
    shards: int = 0  # parts of a batch that run at once, one a core; 0: chosen when a run begins
    deterministic: bool = False
    seed: int = 0
    on_nan: str = "stop"
    start_from: str = ""  # a workdir, or pretrained:NAME, whose weights the run begins with
    start_checkpoint: str = "best"  # which of its weights; or last
    frozen: tuple[str, ...] = ()  # parts of the model that keep their weights: decoder, head, initial ...
    strategy: str = (
        "none"  # mirrored: all devices of this machine; multi_worker: the machines TF_CONFIG names
    )

    def __post_init__(self):
        fields.check_types(self, "train.")
        checks.at_least("train.steps", self.steps, 1)
        checks.one_of("train.optimizer", self.optimizer, OPTIMIZERS)
        checks.at_least("train.learning_rate", self.learning_rate, 0)
        checks.at_least("train.learning_rate_min", self.learning_rate_min, 0)
        checks.between("train.learning_rate_decay", self.learning_rate_decay, 0, 1)
        checks.positive("train.grad_clip", self.grad_clip)
        checks.one_of("train.clip_mode", self.clip_mode, CLIP_MODES)
        checks.at_least("train.eval_every", self.eval_every, 1)
        checks.at_least("train.save_every", self.save_every, 1)
        checks.at_least("train.early_stopping_patience", self.early_stopping_patience, 0)
        checks.one_of("train.precision", self.precision, PRECISIONS)
        checks.at_least("train.shards", self.shards, 0)
        checks.between("train.seed", self.seed, 0, 2**31 - 1)
        checks.one_of("train.on_nan", self.on_nan, ON_NAN)
        checks.one_of("train.start_checkpoint", self.start_checkpoint, CHECKPOINTS)
        checks.one_of("train.strategy", self.strategy, STRATEGIES)
        if self.strategy != "none" and self.jit_compile:
            raise ValueError(
                f"train.strategy={self.strategy} does not go with train.jit_compile; leave one of them out"
            )


@dataclasses.dataclass(frozen=True)
class Config:
    """A complete run. The defaults are Magenta's."""

    data: DataConfig = dataclasses.field(default_factory=DataConfig)
    model: ModelConfig = dataclasses.field(default_factory=ModelConfig)
    loss: LossConfig = dataclasses.field(default_factory=LossConfig)
    train: TrainConfig = dataclasses.field(default_factory=TrainConfig)
    schema_version: int = SCHEMA_VERSION

    def __post_init__(self):
        fields.check_types(self, "")
        checks.between("schema_version", self.schema_version, 1, SCHEMA_VERSION)
        if self.model.kind != "sketch_rnn" and self.train.jit_compile:
            raise ValueError(
                f"XLA cannot draw the images that {self.model.kind} reads; leave out train.jit_compile"
            )
        if self.model.kind == "ai_sketcher" and self.train.strategy != "none":
            raise ValueError(
                "ai_sketcher keeps statistics of whole batches, so it trains on one device; leave out train.strategy"
            )
        if self.model.kind == "ai_sketcher" and self.data.raster_size % 8:
            raise ValueError(
                f"data.raster_size is {self.data.raster_size}; ai_sketcher's autoencoder wants a multiple of 8"
            )


def to_json(config: Config) -> str:
    """Returns the config as JSON text; `from_json` gives it back exactly."""
    return json.dumps(dataclasses.asdict(config), indent=1)


def from_json(text: str) -> Config:
    """Reads a config that `to_json` wrote; keys left out keep their defaults.

    Raises:
        ValueError: it is no JSON object, a key is unknown, a value has the wrong type or range, or a newer version of this
            package wrote it.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the config is no JSON ({error}); restore it from a copy") from error
    if not isinstance(values, dict):
        raise ValueError(f"the config is a JSON {type(values).__name__}; expected an object with sections")
    version = values.get("schema_version", SCHEMA_VERSION)
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        raise ValueError(
            f"the config has schema_version {version!r}, this package knows up to {SCHEMA_VERSION}; install a newer one"
        )
    return fields.from_dict(Config, values)


def flat(config: Any, prefix: str = "") -> dict[str, Any]:
    """Returns all values by dotted key (`model.decoder.units`)."""
    values = {}
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        key = f"{prefix}{field.name}"
        values |= flat(value, f"{key}.") if dataclasses.is_dataclass(value) else {key: value}
    return values


def with_values(config: Config, values: dict[str, Any]) -> Config:
    """Returns a config in which some dotted keys have other values.

    Raises:
        ValueError: a key is unknown, or a value has the wrong type or range.
    """
    known = fields.types(Config)
    nested = dataclasses.asdict(config)
    for key, value in values.items():
        if key not in known:
            raise fields.unknown(key, known, Config)
        *sections, name = key.split(".")
        section = nested
        for part in sections:
            section = section[part]
        section[name] = value
    return fields.from_dict(Config, nested)


def apply_overrides(config: Config, overrides: Sequence[str]) -> Config:
    """Returns a config changed by `key=value` texts, as `--set` gives them.

    Args:
        config: what is changed.
        overrides: for instance `model.decoder.units=512`; a list is given with commas.

    Raises:
        ValueError: a text has no `=`, its key is unknown, or its value does not fit.
    """
    known, values = fields.types(Config), {}
    for text in overrides:
        key, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"--set got {text!r}; expected key=value, for instance model.decoder.units=512")
        key = key.strip()
        if key not in known:
            raise fields.unknown(key, known, Config)
        values[key] = fields.parse(key, value.strip(), known[key])
    return with_values(config, values)


def difference(old: Config, new: Config) -> dict[str, tuple[Any, Any]]:
    """Returns `{dotted key: (old value, new value)}` where two configs differ."""
    before, after = flat(old), flat(new)
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}
