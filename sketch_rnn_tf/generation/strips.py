"""The same drawing at rising temperature (Ha & Eck 2017, figures 3 and 5), and many unlike ones of the same thing."""

from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import checks
from sketch_rnn_tf.generation.sampling import row_seeds


def strip(
    model,
    temperatures: Sequence[float],
    sketches: Sequence[np.ndarray] | None = None,
    num: int = 1,
    class_name=None,
    seed: int = 0,
    **options,
) -> list[list[np.ndarray]]:
    """Draws rows of one drawing at several temperatures: the same z and the same noise, so that only the temperature differs.

    Args:
        model: a `SketchModel`.
        temperatures: C of them, 0 or more; the paper's figure 3 has 0.2 to 0.9, its figure 5 0.01 to 1.
        sketches: a row redraws each of these; where None, `num` rows have z from the prior.
        num: rows where no sketches are given.
        class_name: of all rows, or a list of one a row.
        seed, options: as in `SketchModel.decode`.

    Returns:
        a list of C float32 stroke-3 `[N, 3]` in data units for each row.

    Raises:
        ValueError: there is no temperature, one is below 0, or as in `SketchModel.encode`.
    """
    if not len(temperatures):
        raise ValueError("there are no temperatures; give at least one, 0 or more")
    columns = len(temperatures)
    if sketches is None:
        checks.at_least("num", num, 1)
        class_ids = model.class_ids(class_name, num, in_turn=True)
        seeds = row_seeds(seed, num)
        z = model.sampler.prior(seeds, class_ids)
    else:
        z, _ = model.encode(sketches, class_name)
        class_ids = model.class_ids(class_name, len(z))
        seeds = row_seeds(seed, len(z))
    rows = len(seeds)
    options = model.options(temperature=np.tile(temperatures, rows), **options)
    drawn = model.sampler.decode(
        None if z is None else np.repeat(z, columns, axis=0),
        np.repeat(class_ids, columns, axis=0),
        count=rows * columns,
        **{**options, "seed": np.repeat(seeds, columns, axis=0)},
    )
    return [drawn[row * columns : (row + 1) * columns] for row in range(rows)]


def variations(
    model, sketch, num: int = 24, spread: float = 1.0, class_name=None, seed: int = 0, **options
) -> list[np.ndarray]:
    """Draws many similar drawings of one sketch, each from a z of its own around the sketch's (figure 8).

    Args:
        model: a `SketchModel`.
        sketch: stroke-3 `[N, 3]` in data units.
        num: drawings.
        spread: how far their z scatter, in standard deviations of the encoder's posterior; 0 gives all the same z.
        class_name: of the sketch.
        seed, options: as in `SketchModel.decode`.

    Returns:
        list of `num` float32 stroke-3 `[N, 3]` in data units.

    Raises:
        ValueError: `spread` is negative, or as in `SketchModel.encode`.
    """
    checks.at_least("num", num, 1)
    checks.at_least("spread", spread, 0)
    mu, log_var = model.encode([sketch], class_name)
    noise = model.sampler.noise(row_seeds(seed, num))
    class_ids = np.repeat(model.class_ids(class_name, 1), num, axis=0)
    options = model.options(**options, seed=seed)
    return model.sampler.decode(mu + spread * np.exp(log_var / 2) * noise, class_ids, **options)
