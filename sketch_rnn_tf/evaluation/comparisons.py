"""Models side by side: all of them on one set of classes, and the experiments of AI-Sketcher's paper (Cao et al. 2019, Figures 2 to 4)."""

import io
import pathlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from sketch_rnn_tf import rendering
from sketch_rnn_tf.data import doodles
from sketch_rnn_tf.evaluation import copying, latent_map
from sketch_rnn_tf.evaluation.line_plot import Line, line_plot
from sketch_rnn_tf.evaluation.variants import Trained, Training, Variant, train_variants
from sketch_rnn_tf.files import write_atomically

_CLASSES = {"model.class_conditioning": "one_hot"}
_KL = {"loss.kl_weight": 1.0}  # as AI-Sketcher's alpha, so that totals compare
_WITHOUT = {"influence": {"model.influence": False}, "autoencoder": {"model.autoencoder": False}}

# Decoders of 512 units. AI-Sketcher without its parts is a sketch-rnn with layer norm on both sides.
MODELS: dict[str, tuple[str, dict]] = {
    "sketch_rnn": ("default", {**_CLASSES, **_KL}),
    "sketch_pix2seq": ("sketch_pix2seq_small", _CLASSES),
    "cnn_vae": ("cnn_vae_small", {**_CLASSES, **_KL}),
    "ai_sketcher": ("ai_sketcher_small", {}),
    "ai_influence_only": ("ai_sketcher_small", _WITHOUT["autoencoder"]),
    "ai_autoencoder_only": ("ai_sketcher_small", _WITHOUT["influence"]),
    "ai_neither": ("ai_sketcher_small", {**_WITHOUT["influence"], **_WITHOUT["autoencoder"]}),
}
TITLES = {
    "sketch_rnn": "sketch-rnn",
    "sketch_rnn_told": "told the class",
    "sketch_pix2seq": "Sketch-pix2seq",
    "cnn_vae": "CNN-VAE",
    "ai_sketcher": "AI-Sketcher",
    "ai_influence_only": "influence only",
    "ai_autoencoder_only": "autoenc. only",
    "ai_neither": "neither",
}
ABLATIONS = ("ai_neither", "ai_influence_only", "ai_autoencoder_only", "ai_sketcher")
# As in the paper sketch-rnn and Sketch-pix2seq are not told the class here; the first of the lines is, beside it.
GROWING = {
    "sketch_rnn_told": MODELS["sketch_rnn"],
    "sketch_rnn": ("default", _KL),
    "sketch_pix2seq": ("sketch_pix2seq_small", {}),
    "ai_sketcher": MODELS["ai_sketcher"],
}
COUNTS = (5, 10, 15, 20)
COPY_TEMPERATURE, NEW_TEMPERATURE = 0.1, 0.4
CELL, PLOT_SIDE = 72, 600
NEUTRAL, FACES = "neutral", 20


def compare_models(sources: Sequence[str], folder, training: Training) -> str:
    """Trains every model on the same classes, and shows what each copies and draws anew.

    Writes `models.md`, `models_copies.png` and `models_new.png` beside the workdirs.

    Args:
        sources: as `--data` takes them.
        folder: where all goes.
        training: what the models have in common.

    Returns:
        the table as Markdown: L_R, L_KL and their total on the test split, and the number of weights.

    Raises:
        ValueError: a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    folder = pathlib.Path(folder)
    variants = {name: Variant(*settings, tuple(sources)) for name, settings in MODELS.items()}
    rows, copied, drawn = {}, {}, {}
    for name, trained in train_variants(variants, folder, training):
        inputs, classes = _one_a_class(trained)
        copied = copied or {"input": inputs}
        rows[name] = trained.figures
        copied[name] = _copies(trained, inputs, classes, classes, training.seed)
        drawn[name] = trained.model.generate(
            len(classes), NEW_TEMPERATURE, classes if trained.model.class_conditional else None, training.seed
        )
        # After each, as all together may take a day.
        write_atomically(folder / "models_copies.png", _sheet(copied.items(), classes))
        write_atomically(folder / "models_new.png", _sheet(drawn.items(), classes))
        table = _written(folder / "models.md", _table(rows))
    return table


def compare_faces(folder, training: Training, sources: Sequence[str] = ()) -> str:
    """Draws one face with every expression by every ablation of AI-Sketcher (Figure 2), and maps their latent vectors (Figure 3).

    The faces of a person are drawn from one, neutral where that is among the classes: encoded as what it is, drawn as each of them.
    Writes `faces.md`, `faces.png` and `faces_latent.png` beside the workdirs.

    Args:
        folder: where all goes.
        training: what the models have in common.
        sources: classes named "somebody expression", as `--data` takes them; the embedded faces where empty.

    Returns:
        the table as Markdown; "coherence" is the silhouette of the expressions in z, "chamfer" how far drawings lie from the
        face given, "chamfer to another" from another face of the same class.

    Raises:
        ValueError: a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    folder = pathlib.Path(folder)
    faces = ",".join(doodles.faces.RECIPES)
    variants = {name: Variant(*MODELS[name], tuple(sources) or (f"doodles:{faces}",)) for name in ABLATIONS}
    rows, shown, maps = {}, {}, []
    for name, trained in train_variants(variants, folder, training):
        classes = _one_a_class(trained)[1]
        people = list(dict.fromkeys(_somebody(class_name) for class_name in classes))
        own, others = [], []
        for somebody in people:
            of_person = expressions_of(somebody, classes)
            count = len(of_person)
            of_class = zip(trained.sketches, trained.names)
            faces = [sketch for sketch, class_name in of_class if class_name == of_person[0]][:FACES]
            given = [face for face in faces for _ in of_person]
            made = _copies(trained, given, of_person[:1] * len(given), of_person * len(faces), training.seed)
            shown[somebody, name] = [faces[0], *made[:count]]
            own += map(copying.chamfer, made, given)
            others += map(copying.chamfer, made, given[count:] + given[:count])
        vectors, _ = trained.model.encode(trained.sketches, trained.names)
        expressions = [class_name.partition(" ")[2] or class_name for class_name in trained.names]
        latent = latent_map.Latent(vectors, trained.sketches, expressions)
        coherence = latent_map.coherence(latent, training.seed)
        likeness = {"chamfer": float(np.mean(own)), "chamfer to another": float(np.mean(others))}
        rows[name] = {**trained.figures, "coherence": coherence["value"], **likeness}
        chosen = latent_map.per_class(latent, seed=training.seed)
        points = latent_map.project(chosen.vectors, "tsne", training.seed)
        maps.append(latent_map.picture(points, chosen, title=name))
    ordered = [
        (name, row) for person in people for (somebody, name), row in shown.items() if somebody == person
    ]
    titles = ["input", *(name.partition(" ")[2] or name for name in of_person)]
    write_atomically(folder / "faces.png", _sheet(ordered, titles))
    write_atomically(folder / "faces_latent.png", _mosaic(maps))
    return _written(folder / "faces.md", _table(rows, ("coherence", *likeness)))


def compare_growing(folder, training: Training, sources: Sequence[str] = ()) -> str:
    """Trains sketch-rnn, Sketch-pix2seq and AI-Sketcher on more and more classes (Figure 4).

    Writes `classes.md`, the totals over the number of classes `classes.png`, and copies `classes_N.png` beside the workdirs.

    Args:
        folder: where all goes.
        training: what the models have in common.
        sources: one class each, at least 5; the embedded doodles in the order of their names where empty.

    Returns:
        the table as Markdown: total loss, in brackets L_R and L_KL.

    Raises:
        ValueError: there are fewer than 5 classes, a config is wrong, or a workdir belongs to another.
        InterruptedError: a training was stopped; it is saved.
    """
    folder = pathlib.Path(folder)
    sources = tuple(sources) or tuple(f"doodles:{name}" for name in doodles.class_names()[: COUNTS[-1]])
    counts = [count for count in COUNTS if count <= len(sources)]
    if not counts:
        raise ValueError(
            f"there are {len(sources)} classes; give at least {COUNTS[0]}, each as a --data of its own"
        )
    variants = {
        f"{name}_{count}": Variant(*settings, sources[:count])
        for count in counts
        for name, settings in GROWING.items()
    }
    totals: dict[str, list[float]] = {name: [] for name in GROWING}
    cells: dict[int, list[str]] = {count: [] for count in counts}
    copied: dict[str, list] = {}
    for key, trained in train_variants(variants, folder, training):
        name, _, count = key.rpartition("_")
        inputs, classes = _one_a_class(trained)
        if not cells[int(count)]:
            copied = {"input": inputs}
        copied[name] = _copies(trained, inputs, classes, classes, training.seed)
        write_atomically(folder / f"classes_{count}.png", _sheet(copied.items(), classes))
        figures = trained.figures
        parts = f"({figures['reconstruction_unmasked']:.3f}, {figures['kl_floored']:.3f})"
        totals[name].append(figures["total"])
        cells[int(count)].append(f"{figures['total']:.3f} {parts}")
    lines = ["| classes | " + " | ".join(GROWING) + " |", "|---" * (len(GROWING) + 1) + "|"]
    lines += [f"| {count} | " + " | ".join(row) + " |" for count, row in cells.items()]
    plotted = [Line(list(zip(counts, values)), name=TITLES[name]) for name, values in totals.items()]
    write_atomically(folder / "classes.png", line_plot(plotted, "classes", "total loss"))
    return _written(folder / "classes.md", "\n".join(lines) + "\n")


def _one_a_class(trained: Trained) -> tuple[list[np.ndarray], list[str]]:
    """Returns the first test sketch of each class of the model, and the classes."""
    classes = [name for name in trained.model.class_names if name in trained.names]
    return [trained.sketches[trained.names.index(name)] for name in classes], classes


def _copies(trained: Trained, sketches, names, draw_names, seed: int) -> list[np.ndarray]:
    told = {"class_name": names, "draw_class": draw_names} if trained.model.class_conditional else {}
    return trained.model.reconstruct(sketches, COPY_TEMPERATURE, seed, **told)


def expressions_of(somebody: str, classes: Sequence[str]) -> list[str]:
    """Returns the classes named "somebody expression" of one person: neutral first, if there is one, the others as they stand."""
    of_person = [class_name for class_name in classes if _somebody(class_name) == somebody]
    return sorted(of_person, key=lambda class_name: class_name != f"{somebody} {NEUTRAL}")


def _somebody(class_name: str) -> str:
    return class_name.partition(" ")[0]


def _sheet(rows, titles: Sequence[str]) -> bytes:
    names, rows = zip(*rows)
    names = [TITLES.get(name, name) for name in names]
    return rendering.png(list(rows), cell_size=CELL, column_titles=titles, row_titles=names)


def _mosaic(pictures: Sequence[bytes]) -> bytes:
    """Returns pictures two a row, made smaller."""
    images = [Image.open(io.BytesIO(picture)) for picture in pictures]
    images = [image.resize((PLOT_SIDE, PLOT_SIDE * image.height // image.width)) for image in images]
    height = max(image.height for image in images)
    whole = Image.new("RGB", (2 * PLOT_SIDE, -(-len(images) // 2) * height), "white")
    for place, image in enumerate(images):
        whole.paste(image, (place % 2 * PLOT_SIDE, place // 2 * height))
    file = io.BytesIO()
    whole.save(file, "PNG")
    return file.getvalue()


def _table(rows: dict[str, dict], more: Sequence[str] = ()) -> str:
    columns = ("L_R", "L_R masked", "L_KL", "total", "weights", *more)
    lines = ["| model | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        losses = [
            row[key] for key in ("reconstruction_unmasked", "reconstruction_masked", "kl_floored", "total")
        ]
        cells = [f"{value:.3f}" for value in losses] + [f"{row['weights'] / 1e6:.2f} million"]
        lines.append(f"| {name} | " + " | ".join([*cells, *(_number(row[key]) for key in more)]) + " |")
    return "\n".join(lines) + "\n"


def _number(value: float | None) -> str:
    """Returns a figure as text; a measure may be absent, a silhouette for instance of one class."""
    return "" if value is None else f"{value:.3f}"


def _written(path: pathlib.Path, table: str) -> str:
    write_atomically(path, table)
    return table
