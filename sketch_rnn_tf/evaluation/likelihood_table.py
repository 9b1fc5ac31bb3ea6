"""L_R and L_KL at three KL weights and for the decoder alone: Table 1 of the paper and the trade-off of its Figure 4.

And what the KL weight does to what lies between sketches (Figure 6) and to copies of mixed ones (Figure 17).
"""

import pathlib
from collections.abc import Sequence

import numpy as np

from sketch_rnn_tf import rendering
from sketch_rnn_tf.evaluation.judge import Judge
from sketch_rnn_tf.evaluation.line_plot import Line, line_plot
from sketch_rnn_tf.evaluation.mixed_sketches import SHOWN, STOPS, Pairs, measure_mixed, pairs_of
from sketch_rnn_tf.evaluation.variants import Training, Variant, train_variants
from sketch_rnn_tf.files import write_atomically

WEIGHTS = (1.0, 0.5, 0.25)
COLUMNS = {
    **{f"w{weight:g}": {"loss.kl_weight": weight, "model.conditional": True} for weight in WEIGHTS},
    "decoder_only": {"model.conditional": False},
}
PAIRS = 500
CELL = 72


def likelihood_table(
    sources: Sequence[str], folder, training: Training, preset: str = "default", judge: Judge | None = None
) -> str:
    """Trains what is missing and tabulates all four models on the test split; the same command goes on where it stopped.

    L_R counts the pen to Nmax (`unmasked`) and L_KL is floored, as in the paper's table. A second table tells what the models with
    an encoder draw between and of mixed test sketches, where a judge knows all classes and the models are not told them.

    Args:
        sources: as `--data` takes them; one row of the table.
        folder: gets a workdir for each model, `figures.json`, `table1.md` and `tradeoff.png`; with the second table `mixed.md` and
            `mixed.png` as well.
        training: what the models have in common.
        preset: where the configs start.
        judge: says what is a drawing; no second table where None.

    Returns:
        the tables as Markdown.

    Raises:
        ValueError: a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    folder = pathlib.Path(folder)
    variants = {name: Variant(preset, values, tuple(sources)) for name, values in COLUMNS.items()}
    rows, measured, shown, pairs = {}, {}, {}, None
    for name, trained in train_variants(variants, folder, training):
        rows[name] = trained.figures
        model = trained.model
        told = not model.network.conditional or model.class_conditional
        if judge is not None and not told and set(trained.names) <= set(judge.class_names):
            longest = model.metadata.n_max
            pairs = pairs or pairs_of(trained.sketches, trained.names, PAIRS, longest, training.seed)
            measured[name], shown[name] = measure_mixed(model, judge, pairs, training.seed)
    title = ", ".join(pathlib.PurePath(source).stem.replace("_", " ") for source in sources)
    table = markdown({title: rows})
    write_atomically(folder / "table1.md", table)
    write_atomically(folder / "tradeoff.png", tradeoff(rows, title))
    if measured:
        mixed = _mixed_table(measured)
        write_atomically(folder / "mixed.md", mixed)
        write_atomically(folder / "mixed.png", _mixed_sheet(pairs, shown))
        table += "\n" + mixed
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


def _mixed_table(measured: dict[str, dict]) -> str:
    columns = {name: name.replace("_", " ") for name in next(iter(measured.values()))}
    lines = ["| w_KL | " + " | ".join(columns.values()) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in measured.items():
        cells = [
            f"{row[key]['value']:.3f} ({row[key]['low']:.3f} to {row[key]['high']:.3f})" for key in columns
        ]
        lines.append(f"| {name[1:]} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _mixed_sheet(pairs: Pairs, shown: dict[str, list]) -> bytes:
    """Returns for each of the first pairs a row of what was given, and one a model: from the first to the second, mixed, its copy."""
    nothing = np.zeros([0, 3])
    rows, titles = [], []
    for place, (first, second, mixed) in enumerate(list(zip(*pairs))[:SHOWN]):
        rows.append([first, *[nothing] * (STOPS - 2), second, mixed, nothing])
        titles.append("input")
        for name, drawn in shown.items():
            rows.append([*drawn[place][:STOPS], nothing, drawn[place][-1]])
            titles.append(f"w_KL {name[1:]}")
    columns = ["first", *[""] * (STOPS - 2), "second", "mixed", "copy"]
    return rendering.png(rows, cell_size=CELL, column_titles=columns, row_titles=titles)
