"""From a config to a network."""

from sketch_rnn_tf.config import RASTER_KINDS, ModelConfig
from sketch_rnn_tf.models.ai_sketcher import AISketcher
from sketch_rnn_tf.models.sketch_rnn import SketchRNN

RASTER_SIZE = 48
AUTOENCODER_SIZE = 128
PRODUCT_DTYPES = {"float32": "float32", "bf16": "bfloat16"}


def build_network(
    config: ModelConfig,
    num_classes: int = 1,
    precision: str = "float32",
    fused: bool = True,
    raster_size: int = 0,
) -> SketchRNN:
    """Makes the network a config describes, with fresh weights.

    Args:
        config: the model section of a config.
        num_classes: C, the number of classes of the data.
        precision: "float32" or "bf16", as in the config's train section.
        fused: False for XLA, which wants static shapes.
        raster_size: pixels a side of the image that kinds with a raster encoder read; where 0, 48, and 128 for ai_sketcher.

    Raises:
        ValueError: the config asks for class conditioning and there is nothing to tell apart.
    """
    if config.class_conditioning != "none" and num_classes < 2:
        raise ValueError(
            f"model.class_conditioning is {config.class_conditioning!r} but the data hold one class; "
            "give data of several classes or set it to none"
        )
    options = {
        "conditional": config.conditional,
        "encoder_cell": config.encoder.cell,
        "encoder_units": config.encoder.units,
        "decoder_cell": config.decoder.cell,
        "decoder_units": config.decoder.units,
        "z_size": config.z_size,
        "num_mixtures": config.num_mixtures,
        "recurrent_dropout_rate": config.recurrent_dropout_rate,
        "input_dropout_rate": config.input_dropout_rate,
        "output_dropout_rate": config.output_dropout_rate,
        "class_conditioning": config.class_conditioning,
        "num_classes": num_classes,
        "class_embedding_size": config.class_embedding_size,
        "product_dtype": PRODUCT_DTYPES[precision],
        "fused": fused,
    }
    if config.kind == "ai_sketcher":
        return AISketcher(
            influence=config.influence,
            influence_reads=config.influence_reads,
            autoencoder=config.autoencoder,
            code_size=config.code_size,
            autoencoder_size=raster_size or AUTOENCODER_SIZE,
            freeze_autoencoder=config.autoencoder_first_steps > 0,
            **options,
        )
    return SketchRNN(
        raster_size=(raster_size or RASTER_SIZE) if config.kind in RASTER_KINDS else 0,
        raster_network=config.raster_network,
        high_pass=config.high_pass,
        **options,
    )
