"""Packaging; everything that setuptools can find out by itself is left to it."""

import pathlib
import re
import shutil

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parent

# Ranges for those who install into an environment of their own; requirements/*.txt hold the sets that were tried.
REQUIREMENTS = [
    "tensorflow>=2.15.1,<2.22",
    "numpy>=1.26",
    "absl-py>=1.4",
    "defusedxml>=0.7.1",
    "pillow>=10.4",
    "svg.path>=6.2",
    "tensorboard>=2.15",  # tf.summary; TensorFlow itself stopped requiring it in 2.21
    "tqdm>=4.66",
]
# Newer tensorflow-metadata wants a newer protobuf than TensorFlow 2.19 has.
TFDS = ["tensorflow-datasets>=4.9.10,<4.10", "tensorflow-metadata<1.18"]
# TFDS' own command imports both, whatever it builds.
BEAM = [*TFDS, "apache-beam>=2.71", "mlcroissant>=1.0.9"]
MEASURE = ["imagehash>=4.3", "scikit-learn>=1.4", "scipy>=1.11"]
EXTRAS = {
    "addons": ["tensorflow-addons==0.23.0 ; python_version < '3.12'", "tensorflow>=2.15.1,<2.16"],
    "tfds": TFDS,
    "tfjs": ["tensorflowjs==4.22.0", "tensorflow==2.19.0", "ydf<0.12"],
    "beam": BEAM,
    "measure": MEASURE,
    "pdf": ["reportlab>=4.0"],
    "serving": ["tensorflow-serving-api>=2.15.1"],
    "dev": [
        *BEAM,
        *MEASURE,
        "dill>=0.3.8",
        "hypothesis>=6.100",
        "importlib-resources>=6.0",
        "ipykernel>=6.29",
        "nbclient>=0.10",
        "pytest>=8.0",
        "pytest-xdist>=3.5",
        "ruff>=0.8",
    ],
}
COMMANDS = {
    "sketch_rnn_train": "sketch_rnn_tf.training.main",
    "sketch_rnn_evaluate": "sketch_rnn_tf.training.evaluate_main",
    "sketch_rnn_fit_prior": "sketch_rnn_tf.training.fit_prior_main",
    "sketch_rnn_generate": "sketch_rnn_tf.generation.main",
    "sketch_rnn_dataset": "sketch_rnn_tf.data.main",
    "sketch_rnn_import": "sketch_rnn_tf.interop.main",
    "sketch_rnn_measure": "sketch_rnn_tf.evaluation.main",
    "sketch_rnn_export": "export.main",
}


def _version() -> str:
    source = (ROOT / "sketch_rnn_tf" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.+)"$', source, re.MULTILINE).group(1)


class BuildWithModels(build_py):
    """Puts the pretrained models, which lie beside the package so that their cards are found, inside a wheel's."""

    def run(self):
        super().run()
        if not getattr(self, "editable_mode", False):
            target = pathlib.Path(self.build_lib) / "sketch_rnn_tf" / "pretrained_models"
            shutil.copytree(ROOT / "pretrained", target, dirs_exist_ok=True)


setup(
    name="sketch-rnn-tf",
    version=_version(),
    description="sketch-rnn for TensorFlow 2: models that learn to draw from sketches stored as pen strokes",
    license="Apache-2.0",
    packages=find_packages(include=["sketch_rnn_tf*", "export*", "tfds_quickdraw*"]),
    package_data={"tfds_quickdraw": ["*.bib", "*.md", "*.tsv", "*.txt"]},
    cmdclass={"build_py": BuildWithModels},
    python_requires=">=3.10,<3.14",
    install_requires=REQUIREMENTS,
    extras_require=EXTRAS,
    entry_points={"console_scripts": [f"{command} = {module}:entry" for command, module in COMMANDS.items()]},
)
