"""sketch_rnn_measure: how good drawings are, by a fixed judge, raster and seeds.

    sketch_rnn_measure --workdir=runs/cats --num=2500 --json                     (a model's drawings and copies)
    sketch_rnn_measure --drawings=drawn/ --real=data/ --output=report            (any drawings: files named by class)
    sketch_rnn_measure --train_judge --data=data/ --workdir=runs/judge           (a judge for other classes)
    sketch_rnn_measure --table1 --data=data/cat.npz --steps=5000 --workdir=runs/table1
    sketch_rnn_measure --compare=faces --steps=400 --workdir=runs/faces              (models side by side)

The judge knows backpack, car, power outlet, shoe and sun unless --judge names another.
"""

import json
import pathlib

from absl import flags

from sketch_rnn_tf import cli, config, presets

_WORKDIR = flags.DEFINE_string(
    "workdir", None, "folder of the model's run, or pretrained:NAME; for training, where it goes"
)
_DRAWINGS = flags.DEFINE_string(
    "drawings", None, "a file of drawings, or a folder of files each named by its class"
)
_REAL = flags.DEFINE_multi_string(
    "real",
    [],
    "real sketches to compare with, as --data takes them; the model's own data if none; repeatable",
)
_DATA = flags.DEFINE_multi_string(
    "data", [], "data to train on, and real sketches where --real is not given; repeatable"
)
_DATA_DIR = flags.DEFINE_string("data_dir", None, "folder in which relative data files are looked up as well")
_SPLIT = flags.DEFINE_enum("split", "test", ["valid", "test"], "which real sketches")
_NUM = flags.DEFINE_integer("num", 2500, "drawings of a model, and real sketches at most", lower_bound=1)
_TEMPERATURE = flags.DEFINE_float("temperature", 0.4, "of new drawings", lower_bound=0)
_COPY_TEMPERATURE = flags.DEFINE_float("copy_temperature", 0.1, "of copies of real sketches", lower_bound=0)
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which weights of the model")
_SEED = flags.DEFINE_integer("seed", 0, "of drawing, subsets and resampling", lower_bound=0)
_JUDGE = flags.DEFINE_string("judge", "pretrained:judge_raster", "folder of a judge, or pretrained:NAME")
_OUTPUT = flags.DEFINE_string(
    "output", None, "folder for measures.json, latent maps and TensorBoard's projector files"
)
_JSON = flags.DEFINE_bool("json", False, "print one JSON object")
_TRAIN_JUDGE = flags.DEFINE_bool(
    "train_judge", False, "train a judge on --data into --workdir, or go on with it"
)
_JUDGE_KIND = flags.DEFINE_enum("judge_kind", "raster", ["raster", "strokes"], "what a new judge looks at")
_JUDGE_UNITS = flags.DEFINE_integer(
    "judge_units",
    0,
    "half the number of features of a new judge; 0 for what suits what it looks at",
    lower_bound=0,
)
_TABLE1 = flags.DEFINE_bool(
    "table1",
    False,
    "L_R and L_KL at three KL weights and decoder-only, and what they draw between and of mixed sketches; trains what is missing",
)
_COMPARE = flags.DEFINE_enum(
    "compare",
    None,
    ["models", "faces", "classes"],
    "trains what is missing and compares, with --steps and --set: models: all of them on --data; faces: one face with every "
    "expression by every ablation of AI-Sketcher; classes: three models on 5 to 20 classes",
)
_PRESET = flags.DEFINE_string(
    "preset", "default", f"of the models of --table1: {', '.join(presets.preset_names())}"
)
_SET = flags.DEFINE_multi_string("set", [], "key=value for the models of --table1 and --compare; repeatable")
_STEPS = flags.DEFINE_integer(
    "steps", None, "training steps of a judge, or of each model of --table1 and --compare", lower_bound=1
)
_PROGRESS = flags.DEFINE_bool("progress", True, "show progress bars")


def main(_) -> None:
    trainings = {"--train_judge": _TRAIN_JUDGE.value, "--table1": _TABLE1.value, "--compare": _COMPARE.value}
    asked = [flag for flag, value in trainings.items() if value]
    if len(asked) > 1:
        raise ValueError(f"{' and '.join(asked)} were given; choose one")
    if _TRAIN_JUDGE.value:
        _train()
    elif _TABLE1.value:
        _table()
    elif _COMPARE.value:
        _compare()
    elif bool(_WORKDIR.value) == bool(_DRAWINGS.value):
        raise ValueError(
            "give either --workdir (a model) or --drawings (a file or folder), and nothing of both"
        )
    else:
        _measure()


def _train() -> None:
    if not _WORKDIR.value or not _DATA.value:
        raise ValueError(
            "--train_judge needs --data (labelled sketches) and --workdir (where the judge goes)"
        )
    from sketch_rnn_tf import threads

    threads.one_per_operation()
    from sketch_rnn_tf.data.sources import load_sources
    from sketch_rnn_tf.evaluation.judge_training import JudgeOptions, train_judge

    options = {} if _STEPS.value is None else {"steps": _STEPS.value}
    options = JudgeOptions(kind=_JUDGE_KIND.value, units=_JUDGE_UNITS.value, seed=_SEED.value, **options)
    judge = train_judge(load_sources(_DATA.value, _DATA_DIR.value), _WORKDIR.value, options, _PROGRESS.value)
    print(json.dumps(judge.card["test"], indent=1))


def _table() -> None:
    if not _WORKDIR.value or not _DATA.value or not _STEPS.value:
        raise ValueError("--table1 needs --data, --steps and --workdir (where the models and the table go)")
    from sketch_rnn_tf.evaluation.judge import load_judge
    from sketch_rnn_tf.evaluation.likelihood_table import likelihood_table

    judge = load_judge(_JUDGE.value)
    print(likelihood_table(_DATA.value, _WORKDIR.value, _training(), _PRESET.value, judge))


def _compare() -> None:
    if not _WORKDIR.value or not _STEPS.value:
        raise ValueError(
            "--compare needs --steps and --workdir (where the models, the table and the pictures go)"
        )
    if _COMPARE.value == "models" and not _DATA.value:
        raise ValueError("--compare=models needs --data, the classes to train on")
    from sketch_rnn_tf.evaluation import comparisons

    if _COMPARE.value == "models":
        print(comparisons.compare_models(_DATA.value, _WORKDIR.value, _training()))
    elif _COMPARE.value == "faces":
        print(comparisons.compare_faces(_WORKDIR.value, _training(), _DATA.value))
    else:
        print(comparisons.compare_growing(_WORKDIR.value, _training(), _DATA.value))


def _training():
    from sketch_rnn_tf.evaluation.variants import Training

    return Training(_STEPS.value, _SET.value, _DATA_DIR.value, _SEED.value, _PROGRESS.value)


def _measure() -> None:
    from sketch_rnn_tf import threads

    threads.one_per_operation()
    from sketch_rnn_tf.evaluation import inputs, of_model, report
    from sketch_rnn_tf.evaluation.judge import load_judge

    # Said before the minutes that measuring takes.
    if _OUTPUT.value and pathlib.Path(_OUTPUT.value).is_file():
        raise ValueError(f"--output is a folder, and {_OUTPUT.value} is a file; give another name")
    judge = load_judge(_JUDGE.value)
    sources = _REAL.value or _DATA.value
    settings = {"judge": _JUDGE.value, "seed": _SEED.value, "split": _SPLIT.value}
    latent = None
    if _DRAWINGS.value:
        if not sources:
            raise ValueError("--drawings needs --real, the real sketches to compare with")
        drawn = inputs.read_drawings(_DRAWINGS.value, judge.class_names)
        real = inputs.read_real(sources, _DATA_DIR.value, _SPLIT.value)
        real = real._replace(test=inputs.limited(real.test, _NUM.value, _SEED.value))
        measures = report.measure(judge, drawn, real.test, real.train, _SEED.value)
        measures |= report.without_copies("drawings without a model cannot copy")
        measures |= report.without_completions("drawings without a model cannot go on")
    else:
        options = of_model.Options(
            _NUM.value,
            _TEMPERATURE.value,
            _COPY_TEMPERATURE.value,
            _SEED.value,
            _SPLIT.value,
            _CHECKPOINT.value,
        )
        measures, found, latent = of_model.measure_model(
            _WORKDIR.value, judge, sources, _DATA_DIR.value, options
        )
        settings |= found
    if latent is not None:
        from sketch_rnn_tf.evaluation.latent_map import coherence

        measures["coherence"] = coherence(latent, _SEED.value)
    measures["settings"] = settings
    if _OUTPUT.value:
        _write(measures, latent)
    if _JSON.value:
        print(json.dumps(measures, indent=1))
        return
    for name, values in measures.items():
        if name != "settings" and values["value"] is not None:
            real = "" if values["real"] is None else f"   real {values['real']:.3f}"
            print(f"{name:20} {values['value']:8.3f}   [{values['low']:.3f}, {values['high']:.3f}]{real}")


def _write(measures: dict, latent) -> None:
    from sketch_rnn_tf.evaluation import latent_map
    from sketch_rnn_tf.files import write_atomically

    folder = pathlib.Path(_OUTPUT.value)
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / "measures.json", json.dumps(measures, indent=1) + "\n")
    if latent is not None:
        latent_map.write_maps(latent, folder, _SEED.value)


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
