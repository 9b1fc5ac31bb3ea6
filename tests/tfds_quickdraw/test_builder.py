"""The TFDS builder: TFDS' own tests on made-up files, what is prepared, and what is said when files are missing."""

import urllib.parse

import numpy as np
import pytest

tfds = pytest.importorskip("tensorflow_datasets", reason="tensorflow-datasets is not installed (extra tfds)")
tfds_quickdraw = pytest.importorskip("tfds_quickdraw")


from tfds_quickdraw import Builder, QuickdrawConfig  # noqa: E402
from tfds_quickdraw.tfds_quickdraw_dataset_builder import CATEGORIES, PAPER_75  # noqa: E402


class OneCategoryTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["cat"]
    SPLITS = {"train": 4, "validation": 2, "test": 2}


class FullTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["cat.full"]
    SPLITS = {"train": 6, "validation": 2, "test": 2}


class MixTest(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = ["cat_pig", QuickdrawConfig(categories=["pig", "cat"])]
    SPLITS = {"train": 7, "validation": 3, "test": 4}


class SpellingTest(tfds.testing.DatasetBuilderTestCase):
    """One file has a space in its name, the other underscores."""

    DATASET_CLASS = Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [QuickdrawConfig(categories=["the mona lisa", "Power_Outlet"])]
    SPLITS = {"train": 5, "validation": 3, "test": 2}


def load(path):
    """Reads a file as Magenta does: these are our own, or known ones."""
    with np.load(path, allow_pickle=True, encoding="latin1") as archive:
        return {split: list(archive[split]) for split in archive.files}


def prepare(config, tmp_path):
    builder = tfds.builder("tfds_quickdraw", config=config, data_dir=tmp_path / "data")
    builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=tmp_path / "npz"))
    return builder


@pytest.fixture
def folder(tmp_path):
    """A manual folder that holds the made-up files."""
    (tmp_path / "npz").symlink_to(Builder.code_path.parent / "dummy_data")
    return tmp_path / "npz"


def examples(builder, split):
    return {example["id"].decode(): example for example in tfds.as_numpy(builder.as_dataset(split=split))}


@pytest.mark.parametrize("beam", [False, True])
def test_examples_are_those_of_the_files(folder, tmp_path, beam):
    if beam:
        pytest.importorskip("apache_beam", reason="apache-beam is not installed (extra beam)")
    builder = prepare(QuickdrawConfig(name="mix", categories=["pig", "cat"], beam=beam), tmp_path)
    assert builder.info.features["label"].names == ["cat", "pig"]
    for split, published in (("train", "train"), ("validation", "valid"), ("test", "test")):
        found = examples(builder, split)
        expected = {
            f"{category}/{split}/{index}": (label, strokes)
            for label, category in enumerate(("cat", "pig"))
            for index, strokes in enumerate(load(folder / f"{category}.npz")[published])
        }
        assert found.keys() == expected.keys()
        for key, (label, strokes) in expected.items():
            assert found[key]["label"] == label and found[key]["strokes"].dtype == np.int16
            np.testing.assert_array_equal(found[key]["strokes"], strokes)


def test_configs():
    configs = Builder.builder_configs
    assert len(CATEGORIES) == 345 == len(set(CATEGORIES)) and len(configs) == 2 * (345 + 4)
    assert len(PAPER_75) == 75 == len(configs["paper_75"].categories)
    assert configs["all"].categories == CATEGORIES and configs["all"].beam and configs["all.full"].beam
    assert configs["crab_face_pig_rabbit"].categories == ("crab", "face", "pig", "rabbit")
    assert configs["The_Mona_Lisa"].categories == ("The Mona Lisa",) and not configs["cat"].full
    assert QuickdrawConfig(categories=["dog", "Ice_Cream", "cat"]).name == "cat+dog+ice_cream"
    assert QuickdrawConfig(categories=CATEGORIES[:40], full=True).name.startswith("40_categories_")


def test_lists_are_configs_wherever_tfds_takes_a_name(tmp_path):
    def config(name):
        return tfds.builder(name, data_dir=tmp_path).builder_config

    assert config("tfds_quickdraw").name == "cat"
    made = config("tfds_quickdraw/pig+CAT.full")
    assert (made.name, made.categories, made.full) == ("cat+pig.full", ("cat", "pig"), True)
    assert config("tfds_quickdraw/power_outlet:1.0.0").categories == ("power outlet",)
    assert config("tfds_quickdraw/the_eiffel_tower").name == "The_Eiffel_Tower"
    same = tfds.builder("tfds_quickdraw", config=QuickdrawConfig(categories=["cat"]), data_dir=tmp_path)
    assert same.builder_config is Builder.builder_configs["cat"]


def test_what_was_prepared_is_read_again_without_its_code(folder, tmp_path):
    prepare("cat+pig", tmp_path)
    builder = tfds.builder_from_directory(tmp_path / "data" / "tfds_quickdraw" / "cat+pig" / "1.0.0")
    assert builder.info.splits["train"].num_examples == 7 and len(examples(builder, "train")) == 7


@pytest.mark.parametrize(
    "name, words",
    [("caat", "'caat'; did you mean cat"), ("cat+qqq", "'qqq'; categories.txt lists all 345"), ("+", "''")],
)
def test_unknown_categories(name, words, tmp_path):
    with pytest.raises(ValueError, match=f"QuickDraw has no category {words}"):
        tfds.builder("tfds_quickdraw", config=name, data_dir=tmp_path)


def test_a_config_needs_categories():
    with pytest.raises(ValueError, match="needs categories"):
        QuickdrawConfig()


def test_missing_files_are_named_with_their_addresses(folder, tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        prepare("cat+dog+ice_cream.full", tmp_path)
    message = str(caught.value)
    for name in ("dog", "ice cream"):
        quoted = urllib.parse.quote(f"{name}.full.npz")
        assert f"{name} (https://storage.googleapis.com/quickdraw_dataset/sketchrnn/{quoted})" in message
    assert "cat (" not in message and "\n" not in message and "--manual_dir" in message


def test_failed_downloads_name_files_and_addresses(tmp_path, monkeypatch):
    def download(self, urls):
        raise ConnectionError("no network")

    monkeypatch.setattr(tfds.download.DownloadManager, "download", download)
    with pytest.raises(FileNotFoundError, match=r"of pig \(https://.*/pig.npz\) could not .*no network"):
        prepare("pig", tmp_path)
    with pytest.raises(FileNotFoundError, match="and 55 more could not"):
        prepare("paper_75", tmp_path)


def test_real_files(shared_data, tmp_path):
    (tmp_path / "npz").symlink_to(shared_data / "npz")
    builder = prepare("car+power_outlet", tmp_path)
    splits = {name: split.num_examples for name, split in builder.info.splits.items()}
    assert splits == {"train": 10637 + 7476, "validation": 1000, "test": 1000}
    lengths = [len(example["strokes"]) for example in examples(builder, "test").values()]
    splits = [load(shared_data / "npz" / f"{name}.npz")["test"] for name in ("car", "power_outlet")]
    assert sorted(lengths) == sorted(len(sketch) for split in splits for sketch in split)


@pytest.mark.slow
def test_all_categories_by_beam(tmp_path):
    pytest.importorskip("apache_beam", reason="apache-beam is not installed (extra beam)")
    (tmp_path / "npz").mkdir()
    for place, category in enumerate(CATEGORIES):
        sketches = np.empty([2], object)
        sketches[:] = [np.array([[place, -place, 0], [step, 1, 1]], np.int16) for step in range(2)]
        np.savez(tmp_path / "npz" / f"{category}.npz", train=sketches, valid=sketches[:1], test=sketches[1:])
    found = examples(prepare("all", tmp_path), "train")
    assert len(found) == 690
    for place, category in enumerate(CATEGORIES):
        example = found[f"{category}/train/1"]
        assert example["label"] == place and example["strokes"].tolist() == [[place, -place, 0], [1, 1, 1]]
