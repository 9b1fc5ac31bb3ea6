"""Floating-point operations of the matrix products, counted from shapes (a multiplication and an addition are two)."""

STROKE_SIZE = 5
BACKWARD = 3  # forward, gradient of the operand, gradient of the weights


def cell(kind: str, inputs: int, units: int, inner_units: int = 256, embedding_size: int = 32) -> int:
    """Returns the operations of one forward step of one sketch.

    Args:
        kind: "lstm", "layer_norm" or "hyper".
        inputs: width of the input.
        units: H.
        inner_units, embedding_size: of the HyperLSTM.
    """
    outer = 2 * (inputs + units) * 4 * units
    if kind != "hyper":
        return outer
    inner = 2 * (inputs + units + inner_units) * 4 * inner_units
    return outer + inner + 2 * 12 * embedding_size * (inner_units + units)


def training_step(model, encoder_points: float, decoder_points: float, static_repeated: bool) -> float:
    """Returns the operations of a training step.

    Args:
        model: the model section of a config.
        encoder_points: points that each direction of the encoder reads, over the whole batch.
        decoder_points: steps that the decoder takes, over the whole batch.
        static_repeated: count the product with z at every step instead of once a sketch.
    """
    head = 2 * model.decoder.units * (6 * model.num_mixtures + 3)
    repeated = model.z_size if static_repeated and model.conditional else 0
    total = decoder_points * (cell(model.decoder.cell, STROKE_SIZE + repeated, model.decoder.units) + head)
    if model.conditional:
        total += 2 * encoder_points * cell(model.encoder.cell, STROKE_SIZE, model.encoder.units)
    return BACKWARD * total


def drawing(model, points: float) -> float:
    """Returns the operations of drawing that many points, z multiplied once a sketch."""
    head = 2 * model.decoder.units * (6 * model.num_mixtures + 3)
    return points * (cell(model.decoder.cell, STROKE_SIZE, model.decoder.units) + head)
