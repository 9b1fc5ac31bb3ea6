"""TFDS builder for the drawings of Quick, Draw! in sketch-rnn's stroke format."""

import dataclasses
import difflib
import functools
import hashlib
import itertools
import urllib.parse
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import tensorflow_datasets.public_api as tfds
from etils import epath

from .sketch_npz import read_split

_FOLDER = epath.Path(__file__).parent
CATEGORIES = tuple((_FOLDER / "categories.txt").read_text().splitlines())
PAPER_75 = tuple((_FOLDER / "paper_75.txt").read_text().splitlines())

URL = "https://storage.googleapis.com/quickdraw_dataset/sketchrnn/{}"
SPLITS = {"train": "train", "validation": "valid", "test": "test"}  # TFDS' names and those in the files

FULL = ".full"  # ends the name of a config, as it ends the name of a file
LONGEST_NAME = 100  # of a config made from a list; file systems take 255
NAMED = 20  # missing categories that an error names


@dataclasses.dataclass(eq=False)
class QuickdrawConfig(tfds.core.BuilderConfig):
    """Which drawings to prepare.

    Attributes:
        categories: names as in `categories.txt`; underscores count as spaces, capitals do not matter, order neither.
        full: all drawings of a category (`.full.npz`, 50 million in all) instead of 75,000.
        beam: prepare with an Apache Beam pipeline, one element a category.
    """

    name: str = ""
    categories: Sequence[str] = ()
    full: bool = False
    beam: bool = False

    def __post_init__(self):
        if not self.categories:
            raise ValueError("a QuickdrawConfig needs categories, such as categories=['cat', 'ice cream']")
        wanted = {_category(name) for name in self.categories}
        self.categories = tuple(name for name in CATEGORIES if name in wanted)
        if not self.name:
            joined = "+".join(_underscored(name) for name in self.categories)
            if len(joined) > LONGEST_NAME:
                joined = (
                    f"{len(self.categories)}_categories_{hashlib.sha256(joined.encode()).hexdigest()[:12]}"
                )
            self.name = joined + FULL * self.full
        if self.description is None:
            shown = ", ".join(self.categories[:5]) + " and others" * (len(self.categories) > 5)
            self.description = f"{'All' if self.full else 'Up to 75,000'} drawings of each of: {shown}."


def _underscored(name: str) -> str:
    return name.replace(" ", "_")


_BY_NAME = {name.replace(" ", "_").lower(): name for name in CATEGORIES}


def _category(name: str) -> str:
    """Returns the name of a category as QuickDraw spells it.

    Raises:
        ValueError: there is no such category.
    """
    found = _BY_NAME.get(_underscored(name.strip()).lower())
    if found is None:
        near = difflib.get_close_matches(_underscored(name).lower(), _BY_NAME, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "categories.txt lists all 345"
        raise ValueError(f"QuickDraw has no category {name!r}; {hint}")
    return found


def _predefined() -> list[QuickdrawConfig]:
    """Returns a config for each category, the paper's mixes and everything, each also with `.full`."""
    mixes = {
        "cat_pig": ("cat", "pig"),
        "crab_face_pig_rabbit": ("crab", "face", "pig", "rabbit"),
        "paper_75": PAPER_75,
        "all": CATEGORIES,
    }
    named = {_underscored(name): (name,) for name in CATEGORIES} | mixes
    return [
        QuickdrawConfig(name=name + FULL * full, categories=categories, full=full, beam=name == "all")
        for full in (False, True)
        for name, categories in named.items()
    ]


class Builder(tfds.core.GeneratorBasedBuilder):
    """QuickDraw's drawings as stroke-3 sequences, with their categories.

    Besides the predefined configs, `config` may be a `QuickdrawConfig` or categories joined by `+`, such as
    `cat+ice_cream` or `cat+dog.full`, here and wherever TFDS takes a name: `tfds.load("tfds_quickdraw/cat+dog")`.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    BUILDER_CONFIGS = _predefined()
    DEFAULT_BUILDER_CONFIG_NAME = "cat"
    MANUAL_DOWNLOAD_INSTRUCTIONS = """\
    Nothing has to be downloaded by hand. Without a network, put the files, such as cat.npz or power outlet.npz (spaces may be
    underscores), into a folder and name it with --manual_dir: where that holds any .npz, nothing is downloaded.
    """

    def __init__(self, *, config=None, **kwargs):
        if isinstance(config, str) and ":" not in config and config not in self.builder_configs:
            config = QuickdrawConfig(
                categories=config.removesuffix(FULL).split("+"), full=config.endswith(FULL)
            )
        if isinstance(config, QuickdrawConfig):
            same = self.builder_configs.get(config.name)
            if same and dataclasses.astuple(same) == dataclasses.astuple(config):
                config = same
        super().__init__(config=config, **kwargs)

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    # As bytes: as tf.train.Example's integers, each negative offset would take ten.
                    "strokes": tfds.features.Tensor(
                        shape=(None, 3),
                        dtype=np.int16,
                        encoding=tfds.features.Encoding.BYTES,
                        doc="dx, dy, and whether the pen is lifted after this point",
                    ),
                    "label": tfds.features.ClassLabel(names=self.builder_config.categories),
                    "id": tfds.features.Text(doc="category/split/index in the published file"),
                }
            ),
            supervised_keys=("strokes", "label"),
            homepage="https://github.com/googlecreativelab/quickdraw-dataset",
            license="Creative Commons Attribution 4.0 (CC BY 4.0), Google",
        )

    def _split_generators(self, dl_manager):
        paths = self._find(dl_manager)
        return {split: self._generate_examples(paths, split) for split in SPLITS}

    def _generate_examples(self, paths: Mapping[str, str], split: str):
        read = functools.partial(_examples, split=split)
        if self.builder_config.beam:
            beam = tfds.core.lazy_imports.apache_beam
            return beam.Create(sorted(paths.items())) | beam.Reshuffle() | beam.FlatMapTuple(read)
        return itertools.chain.from_iterable(itertools.starmap(read, sorted(paths.items())))

    def _find(self, dl_manager) -> dict[str, str]:
        """Returns the file of each category: from the manual folder where that holds any npz, or else downloaded.

        Raises:
            FileNotFoundError: files are missing there, or cannot be downloaded; names all of them, with their addresses.
        """
        names = {
            name: f"{name}{FULL * self.builder_config.full}.npz" for name in self.builder_config.categories
        }
        urls = {category: URL.format(urllib.parse.quote(name)) for category, name in names.items()}
        try:
            folder = dl_manager.manual_dir
        except AssertionError:  # TFDS' way to say that the folder is missing or empty
            folder = None
        if folder and any(path.suffix == ".npz" for path in folder.iterdir()):
            paths = {category: _in_folder(folder, name) for category, name in names.items()}
            if missing := [category for category, path in paths.items() if path is None]:
                raise FileNotFoundError(
                    f"{folder} lacks the files of {_listed(missing, urls)}; put them there, or let TFDS download everything "
                    "by naming a --manual_dir without .npz files"
                )
        else:
            try:
                paths = dl_manager.download(urls)
            except (OSError, tfds.download.DownloadError) as error:
                raise FileNotFoundError(
                    f"the files of {_listed(names, urls)} could not all be downloaded ({error!s:.200}); download them "
                    "elsewhere and name their folder with --manual_dir"
                ) from error
        return {category: str(path) for category, path in paths.items()}


def _in_folder(folder: epath.Path, name: str) -> epath.Path | None:
    places = (folder / name, folder / _underscored(name))
    return next((place for place in places if place.exists()), None)


def _listed(categories: Sequence[str], urls: Mapping[str, str]) -> str:
    """Returns categories with their addresses, for an error."""
    categories = list(categories)
    shown = ", ".join(f"{category} ({urls[category]})" for category in categories[:NAMED])
    return shown + (f" and {len(categories) - NAMED} more" if len(categories) > NAMED else "")


def _examples(category: str, path: str, split: str) -> Iterator[tuple[str, dict]]:
    """Yields the keys and examples of a category's split."""
    for index, strokes in enumerate(read_split(path, SPLITS[split])):
        key = f"{category}/{split}/{index}"
        yield key, {"strokes": strokes, "label": category, "id": key}
