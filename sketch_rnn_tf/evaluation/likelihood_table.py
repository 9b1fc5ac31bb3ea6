"""L_R and L_KL at three KL weights and for the decoder alone: Table 1 of the paper, and the trade-off of its Figure 4."""

import pathlib
from collections.abc import Sequence

from sketch_rnn_tf.evaluation.line_plot import Line, line_plot
from sketch_rnn_tf.evaluation.variants import Training, Variant, train_variants
from sketch_rnn_tf.files import write_atomically

WEIGHTS = (1.0, 0.5, 0.25)
COLUMNS = {
    **{f"w{weight:g}": {"loss.kl_weight": weight, "model.conditional": True} for weight in WEIGHTS},
    "decoder_only": {"model.conditional": False},
}


def likelihood_table(sources: Sequence[str], folder, training: Training, preset: str = "default") -> str:
    """Trains what is missing and tabulates all four models on the test split; the same command goes on where it stopped.

    L_R counts the pen to Nmax (`unmasked`) and L_KL is floored, as in the paper's table.

    Args:
        sources: as `--data` takes them; one row of the table.
        folder: gets a workdir for each model, `figures.json`, `table1.md` and `tradeoff.png`.
        training: what the models have in common.
        preset: where the configs start.

    Returns:
        the table as Markdown.

    Raises:
        ValueError: a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    folder = pathlib.Path(folder)
    variants = {name: Variant(preset, values, tuple(sources)) for name, values in COLUMNS.items()}
    rows = {name: trained.figures for name, trained in train_variants(variants, folder, training)}
    title = ", ".join(pathlib.PurePath(source).stem.replace("_", " ") for source in sources)
    table = markdown({title: rows})
    write_atomically(folder / "table1.md", table)
    write_atomically(folder / "tradeoff.png", tradeoff(rows, title))
    return table


def markdown(results: dict[str, dict[str, dict]]) -> str:
    """Returns figures laid out as Table 1 of the paper: a row for each data set, L_R and L_KL for each weight."""
    head = [
        "data",
        *(f"w_KL={w:.2f} {loss}" for w in WEIGHTS for loss in ("L_R", "L_KL")),
        "decoder only L_R",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for title, rows in results.items():
        cells = [title]
        for weight in WEIGHTS:
            row = rows[f"w{weight:g}"]
            cells += [f"{row['reconstruction_unmasked']:.2f}", f"{row['kl_floored']:.2f}"]
        cells.append(f"{rows['decoder_only']['reconstruction_unmasked']:.2f}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def tradeoff(rows: dict[str, dict], title: str) -> bytes:
    """Draws L_R over L_KL as PNG: a point for each weight, the decoder alone as a level, as in Figure 4."""
    points = sorted(
        (row["kl"], row["reconstruction_unmasked"], f"w_KL {name[1:]}")
        for name, row in rows.items()
        if name != "decoder_only"
    )
    line = Line([point[:2] for point in points], [point[2] for point in points])
    level = ("decoder only", rows["decoder_only"]["reconstruction_unmasked"])
    return line_plot([line], "L_KL", f"L_R, {title}", level)
