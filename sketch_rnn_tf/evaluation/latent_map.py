"""Maps of the latent space: t-SNE and PCA of encoded sketches with thumbnails, and files for TensorBoard's projector."""

import io
import pathlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from sketch_rnn_tf.evaluation import intervals
from sketch_rnn_tf.evaluation.rasters import SIZE, rasters
from sketch_rnn_tf.extras import require
from sketch_rnn_tf.files import write_atomically
from sketch_rnn_tf.rendering.text import font

PER_CLASS = 30
# t-SNE takes minutes on more.
MOST = 2500
WIDTH, BORDER, LEGEND = 1200, 40, 40
# Okabe and Ito's colours, which colour-blind people tell apart; classes beyond them begin anew.
COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#b8a800")


class Latent(NamedTuple):
    """Encoded sketches: `vectors` float32 `[K, Z]`, the sketches, and the class of each by name."""

    vectors: np.ndarray
    sketches: Sequence[np.ndarray]
    names: Sequence[str]


def per_class(latent: Latent, count: int = PER_CLASS, seed: int = 0) -> Latent:
    """Returns at most `count` sketches of each class, chosen by the seed."""
    names = np.asarray(latent.names)
    places = [
        np.sort(np.random.default_rng([seed, place]).permutation(np.flatnonzero(names == name))[:count])
        for place, name in enumerate(np.unique(names))
    ]
    return _taken(latent, np.concatenate(places))


def project(vectors, method: str, seed: int = 0) -> np.ndarray:
    """Lays vectors out in the plane, float64 `[K, 2]`.

    Args:
        vectors: `[K, Z]`, at least 3.
        method: "pca" or "tsne".
        seed: of t-SNE, which begins at the PCA.

    Raises:
        ValueError: there are too few vectors, or the method is unknown.
    """
    vectors = np.asarray(vectors, np.float64)
    if len(vectors) < 3:
        raise ValueError(f"there are {len(vectors)} vectors; a map needs at least 3")
    if method == "pca":
        return require("sklearn.decomposition").PCA(2, svd_solver="full").fit_transform(vectors)
    if method != "tsne":
        raise ValueError(f"method is {method!r}; expected pca or tsne")
    perplexity = min(30.0, (len(vectors) - 1) / 3)
    tsne = require("sklearn.manifold").TSNE(2, perplexity=perplexity, init="pca", random_state=seed)
    return tsne.fit_transform(vectors.astype(np.float32)).astype(np.float64)


def coherence(latent: Latent, seed: int = 0) -> dict:
    """Returns the silhouette of the classes in the latent space, -1 to 1, as a measure; `real` is 0, that of classes dealt by chance.

    The mean over sketches; above 0 where a sketch is nearer to its own class than to the next one (Rousseeuw 1987).
    """
    counts = np.unique(np.asarray(latent.names), return_counts=True)[1]
    if len(counts) < 2 or counts.min() < 2:
        return intervals.absent("a silhouette needs at least two classes of two sketches")
    metrics = require("sklearn.metrics")
    value, low, high = intervals.mean(metrics.silhouette_samples(latent.vectors, latent.names), seed)
    return intervals.measured(value, low, high, 0.0)


def picture(points, latent: Latent, thumbnails: int = 150, title: str = "") -> bytes:
    """Draws a map as PNG: a dot for each sketch in its class' colour, and thumbnails where there is room.

    Args:
        points: `[K, 2]` of `project`.
        latent: the same K sketches.
        thumbnails: how many at most.
        title: stands beside the legend.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    places = BORDER + (points - low) / np.maximum(high - low, 1e-12) * (WIDTH - 2 * BORDER)
    places[:, 1] += LEGEND
    classes = sorted(set(latent.names))
    colors = {name: COLORS[place % len(COLORS)] for place, name in enumerate(classes)}
    image = Image.new("RGB", (WIDTH, WIDTH + LEGEND), "white")
    pen = ImageDraw.Draw(image)
    for place, name in zip(places, latent.names):
        pen.ellipse([*(place - 3), *(place + 3)], fill=colors[name])
    shown: list[int] = []
    # In random order, as sketches come class by class and the first would take the room.
    for place in np.random.default_rng(0).permutation(len(places)):
        if len(shown) < thumbnails and all(
            np.abs(places[place] - places[s]).max() > 1.3 * SIZE for s in shown
        ):
            shown.append(place)
    for place, ink in zip(shown, rasters([latent.sketches[place] for place in shown])):
        mask = Image.fromarray(np.rint(255 * ink).astype(np.uint8))
        corner = tuple(int(v) - SIZE // 2 for v in places[place])
        image.paste("white", (*corner, corner[0] + SIZE, corner[1] + SIZE))
        image.paste(colors[latent.names[place]], corner, mask)
    x = BORDER
    for name in classes:
        pen.ellipse([x, 14, x + 12, 26], fill=colors[name])
        pen.text((x + 18, 25), name, fill="#57606a", font=font(16), anchor="ls")
        x += 40 + int(pen.textlength(name, font=font(16)))
    pen.text((WIDTH - BORDER, 25), title, fill="#57606a", font=font(16), anchor="rs")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def write_maps(latent: Latent, folder, seed: int = 0) -> None:
    """Writes `latent_{tsne,pca}_{30,all}.png`, and `projector/` for `tensorboard --logdir`.

    Args:
        latent: encoded sketches; at most MOST of them are shown.
        folder: must exist.
        seed: of t-SNE and of the choice.
    """
    folder = pathlib.Path(folder)
    if len(latent.sketches) > MOST:
        latent = _taken(
            latent, np.sort(np.random.default_rng([seed, 4]).permutation(len(latent.sketches))[:MOST])
        )
    for suffix, shown in ((str(PER_CLASS), per_class(latent, PER_CLASS, seed)), ("all", latent)):
        for method, title in (("tsne", "t-SNE"), ("pca", "PCA")):
            points = project(shown.vectors, method, seed)
            write_atomically(folder / f"latent_{method}_{suffix}.png", picture(points, shown, title=title))
    write_projector(latent, folder / "projector")


def write_projector(latent: Latent, folder) -> None:
    """Writes vectors, labels and a sheet of thumbnails that TensorBoard's projector opens."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = ("\t".join(f"{value:.6g}" for value in vector) for vector in latent.vectors)
    write_atomically(folder / "vectors.tsv", "\n".join(rows) + "\n")
    # A single column has no heading.
    write_atomically(folder / "metadata.tsv", "\n".join(latent.names) + "\n")
    side = int(np.ceil(np.sqrt(len(latent.sketches))))
    sheet = np.ones([side * side, SIZE, SIZE], np.float32)
    sheet[: len(latent.sketches)] -= rasters(latent.sketches)
    sheet = sheet.reshape(side, side, SIZE, SIZE).swapaxes(1, 2).reshape(side * SIZE, side * SIZE)
    file = io.BytesIO()
    Image.fromarray(np.rint(255 * sheet).astype(np.uint8)).save(file, "PNG")
    write_atomically(folder / "sprite.png", file.getvalue())
    write_atomically(
        folder / "projector_config.pbtxt",
        'embeddings {\n  tensor_name: "z"\n  tensor_path: "vectors.tsv"\n  metadata_path: "metadata.tsv"\n'
        f'  sprite {{\n    image_path: "sprite.png"\n    single_image_dim: {SIZE}\n    single_image_dim: {SIZE}\n  }}\n}}\n',
    )


def _taken(latent: Latent, places) -> Latent:
    return Latent(
        latent.vectors[places],
        [latent.sketches[place] for place in places],
        [latent.names[place] for place in places],
    )
