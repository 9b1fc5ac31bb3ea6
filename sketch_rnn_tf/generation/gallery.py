"""make gallery: draws docs/gallery, one picture a section, with the commands that stand beside them.

python -m sketch_rnn_tf.generation.gallery --data=npz/car.npz --data=npz/sun.npz --output=docs/gallery

Trains the models first where --runs does not hold them (some 40 minutes on two cores); --data and --kanji are read then only.
"""

import pathlib
import re
import shlex
import subprocess
import sys
from typing import NamedTuple

from absl import flags

from sketch_rnn_tf import cli
from sketch_rnn_tf.files import write_atomically

_DATA = flags.DEFINE_multi_string("data", [], "what to train on, as sketch_rnn_train takes it")
_KANJI = flags.DEFINE_string("kanji", None, "what to train the model of kanji on, short_kanji.npz")
_RUNS = flags.DEFINE_string("runs", "runs/gallery", "folder of the three runs, five, ends and kanji")
_OUTPUT = flags.DEFINE_string("output", "docs/gallery", "folder of the pictures")
_ONLY = flags.DEFINE_list("only", [], "names of pictures to draw anew; all if empty")

SHARED = (
    "--preset=quick --set=model.class_conditioning=one_hot --set=model.decoder.units=320 --set=data.max_length=100 "
    "--set=train.eval_every=2000"
)
TRAINING = {
    "five": f"{SHARED} --steps=6000 --set=model.z_size=48 --set=loss.kl_weight=0.6 --set=loss.kl_decay_rate=0.9995 "
    "--set=train.learning_rate=0.002 --set=train.learning_rate_decay=0.9997",
    "ends": f"{SHARED} --steps=3200 --set=model.conditional=false",
    "kanji": "--set=model.decoder.cell=layer_norm --set=model.encoder.cell=layer_norm --set=model.z_size=64 "
    "--set=model.recurrent_dropout_rate=0 --set=loss.kl_decay_rate=0.999 --set=train.learning_rate_decay=0.999 --seed=1 "
    "--steps=2500",
}


class Picture(NamedTuple):
    """A section: its files, what it shows, and the flags that draw it."""

    files: tuple[str, ...]
    title: str
    text: str
    flags: str


PICTURES = (
    Picture(
        ("strip.png",),
        "Temperature",
        "New drawings of a decoder-only model, from temperature 0.2 to 0.9; a row has the same noise throughout (Figure 3 of the "
        "paper).",
        "--workdir=ends --mode=strip --class=car --class=sun --num=4 --seed=2",
    ),
    Picture(
        ("copies.png",),
        "Reconstruction",
        "Sketches of people at the left, redrawn at rising temperature (Figure 5).",
        "--workdir=five --mode=strip --input_index=5 --input_index=30 --input_index=511 --input_index=520",
    ),
    Picture(
        ("tidy.png",),
        "Tidying up",
        "A sketch in red, then encoded and drawn at temperature 0.01.",
        "--workdir=five --mode=tidy --class=car --class=sun --num=12 --seed=4",
    ),
    Picture(
        ("interpolate.png",),
        "Interpolation",
        "From a car to a sun. z goes along the arc between both (slerp), the class from one to the other.",
        "--workdir=five --mode=interpolate --class=car --class2=sun --num=10 --seed=0",
    ),
    Picture(
        ("kanji.png",),
        "Kanji",
        "From one character to another; those between are made up (Figure 1). The model reads the gist and forgets the details.",
        "--workdir=kanji --mode=interpolate --input_index=12 --input_index=40 --num=8 --temperature=0.1",
    ),
    Picture(
        ("morph.gif", "morph.svg"),
        "Morphing",
        "The same in 30 steps, back to back as a moving picture; the SVG moves with `--animate`.",
        "--workdir=five --mode=interpolate --class=car --class2=sun --num=30 --seed=0 --animate",
    ),
    Picture(
        ("path.png",),
        "A path",
        "Through four sketches, a row from each to the next.",
        "--workdir=five --mode=path --class=car --class=car --class=sun --class=sun --num=6 --seed=1 "
        "--input_index=12 --input_index=40 --input_index=505 --input_index=530",
    ),
    Picture(
        ("grid.png",),
        "Four corners",
        "Copies of four sketches at the corners and what lies between, in colours blended likewise (section A.5).",
        "--workdir=five --mode=grid --class=car --rows=7 --cols=7 --seed=0",
    ),
    Picture(
        ("analogy.png",),
        "Analogy",
        "The latent vectors of three sketches, added and subtracted (Figure 6), and six drawings of the sum.",
        "--workdir=five --mode=analogy --class=car --weights=1,-1,1 --num=6 --seed=2",
    ),
    Picture(
        ("sweep.png",),
        "A dimension swept",
        "One sketch, moved along the latent dimensions in which the model stores most.",
        "--workdir=five --mode=sweep --class=sun --rows=4 --seed=0",
    ),
    Picture(
        ("complete.png",),
        "Completion",
        "Unfinished sketches in red and seven endings each, by the decoder-only model at temperature 0.8 (Figure 7).",
        "--workdir=ends --mode=complete --class=car --class=sun --class=shoe --share=0.45 --seed=3",
    ),
    Picture(
        ("switch.png",),
        "Switching",
        "Begun as a car, in red; encoded as a sun and finished as one, in blue.",
        "--workdir=five --mode=switch --class=car --class2=sun --share=0.5 --share_of=strokes --num=16 --temperature=0.45 "
        "--seed=5",
    ),
    Picture(
        ("two_models.png",),
        "Switching models",
        "Begun as a sun by one model, finished as a car by the decoder-only one.",
        "--workdir=five --workdir2=ends --mode=switch --class=sun --class2=car --share=0.4 --share_of=strokes --num=16 "
        "--temperature=0.45 --seed=6",
    ),
    Picture(
        ("pattern.png", "pattern.svg"),
        "A pattern",
        "Many drawings of one sketch, tiled over a page; the SVG is true to size, one path a stroke, for plotters.",
        "--workdir=five --mode=pattern --class=sun --num=60 --page=180x110 --margin=5 --tile=15 --arrangement=half_drop "
        "--turn=25 --seed=1 --temperature=0.2",
    ),
    Picture(
        ("lesson.png",),
        "Learn to draw",
        "A drawing by the model, step by step; what is new is red.",
        "--workdir=five --mode=lesson --class=car --page=110x70 --margin=3 --seed=1",
    ),
    Picture(
        ("booklet.svg", "booklet.pdf"),
        "A booklet",
        "Switched drawings, a page each, as PDF or as one SVG of many pages.",
        "--workdir=five --mode=booklet --class=sun --class2=car --share=0.5 --share_of=strokes --num=6 --page=a6 "
        "--temperature=0.45 --seed=3",
    ),
    Picture(
        ("drawn.gif",),
        "Moving pictures",
        "The pen at work; `--animate` gives the same as SVG.",
        "--workdir=five --class=car --class=sun --num=8 --cell_size=96 --temperature=0.2 --seed=1",
    ),
)

# Drawn by hours of training, not by this command; it stands on the page all the same.
COMPARED = """\
## Every class by every model

The first test sketch of each of five QuickDraw classes and its copies at temperature 0.1, after 150,000 sketches of training. None is picked.

![Every class by every model](models_copies.png)

[Command, settings and figures](../results.md#models-side-by-side).
"""


def _train(runs: pathlib.Path) -> None:
    """Trains what is missing; a run that was broken off goes on."""
    for name, recipe in TRAINING.items():
        sources = [value for value in [_KANJI.value] if value] if name == "kanji" else _DATA.value
        if (runs / name).is_dir() and not sources:
            continue
        if not sources:
            flag = "--kanji" if name == "kanji" else "--data"
            raise ValueError(f"there is no run {runs / name}; name sketches to train it on with {flag}")
        data = [f"--data={source}" for source in sources]
        _run("training.main", [f"--workdir={runs / name}", *data, *shlex.split(recipe)])


def _run(module: str, arguments: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", f"sketch_rnn_tf.{module}", *arguments], check=False)
    if done.returncode:
        raise ValueError(
            f"sketch_rnn_tf.{module} {shlex.join(arguments)} failed; its own message stands above"
        )


def _page() -> str:
    """Returns the text that shows all pictures with their commands."""
    lines = [
        "# Gallery",
        "",
        "Made with `make gallery` from small models, trained for minutes on a CPU: `five`, with an encoder, and `ends`, a decoder "
        "alone, both class-conditional, and `kanji`. Seeds and classes were chosen, single drawings were not. Inputs come from the test "
        "split.",
        "",
    ]
    for picture in PICTURES:
        lines += [f"## {picture.title}", "", picture.text, ""]
        for name in picture.files:
            shown = name.endswith((".png", ".gif")) or name == picture.files[0]
            lines += [f"![{picture.title}]({name})" if shown else f"[{name}]({name})", ""]
        lines += ["```sh", f"sketch_rnn_generate {picture.flags} --output={picture.files[0]}", "```", ""]
    lines += [
        COMPARED,
        "The models learned from car, sun, shoe, backpack and power outlet of the Quick, Draw! dataset, made available by Google, "
        "Inc. under the Creative Commons Attribution 4.0 International license (CC BY 4.0); the inputs shown are from it. The model of "
        "kanji learned from drawings derived from KanjiVG by Ulrich Apel, CC BY-SA 3.0; its picture is under that license.",
        "",
    ]
    return "\n".join(lines)


def main(_) -> None:
    runs, output = pathlib.Path(_RUNS.value), pathlib.Path(_OUTPUT.value)
    unknown = set(_ONLY.value) - {name for picture in PICTURES for name in picture.files}
    if unknown:
        raise ValueError(f"there is no picture {min(unknown)!r}; --only takes names such as strip.png")
    _train(runs)
    output.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        arguments = [re.sub(r"^(--workdir2?)=", rf"\1={runs}/", flag) for flag in shlex.split(picture.flags)]
        for name in picture.files:
            if not _ONLY.value or name in _ONLY.value:
                _run("generation.main", [*arguments, f"--output={output / name}"])
    write_atomically(output / "README.md", _page())


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
