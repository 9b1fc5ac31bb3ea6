"""sketch_rnn_train: trains a model on sketches, or goes on with one.

    sketch_rnn_train --workdir=runs/sheep --data=aaron_sheep.npz --preset=small_data
    sketch_rnn_train --workdir=runs/sheep --steps=20000        (goes on; nothing is retyped)
    sketch_rnn_train --log_root=runs/sheep --data_dir=data --hparams="data_set=[aaron_sheep.npz],dec_model=hyper"

Precedence: preset < config < hparams < set < single flags.
"""

import pathlib

from absl import flags

from sketch_rnn_tf import cli, config, hparams, presets

FLAGS = flags.FLAGS

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run; made where missing")
flags.DEFINE_alias("log_root", "workdir")
_DATA = flags.DEFINE_multi_string(
    "data",
    [],
    "an .npz file, a folder of them, tfds:NAME (such as tfds:tfds_quickdraw/cat), doodles, or doodles:cat,house; repeatable",
)
_DATA_DIR = flags.DEFINE_string(
    "data_dir", None, "folder in which relative data files are looked up as well, and where TFDS data lie"
)
_PRESET = flags.DEFINE_string(
    "preset",
    None,
    "default, or magenta_default beside --hparams, if not given. "
    + "; ".join(f"{name}: {presets.describe(name)}" for name in presets.preset_names()),
)
_CONFIG = flags.DEFINE_string("config", None, "a config.json to start from")
_HPARAMS = flags.DEFINE_string("hparams", "", "Magenta's own string, like dec_model=hyper,dec_rnn_size=2048")
_SET = flags.DEFINE_multi_string("set", [], "key=value, like model.decoder.units=512; repeatable")
_INIT = flags.DEFINE_string(
    "init",
    None,
    "begin with the weights of this workdir, or pretrained:NAME, and with its config where no --preset or --config is given",
)
_INIT_CHECKPOINT = flags.DEFINE_enum(
    "init_checkpoint",
    "best",
    config.CHECKPOINTS,
    "with which weights --init begins: best by validation loss, or last, for a schedule in several runs and for little data",
)
_STEPS = flags.DEFINE_integer("steps", None, "training steps in all")
_SEED = flags.DEFINE_integer("seed", None, "of weights, order, augmentation, dropout and z")
_JIT = flags.DEFINE_bool("jit_compile", None, "compile the step with XLA: for accelerators, slower on a CPU")
_RESUME = flags.DEFINE_bool(
    "resume_training",
    False,
    "Magenta's flag: refuse to start anew; a run always goes on where its workdir holds one",
)
_ON_NAN = flags.DEFINE_enum(
    "on_nan",
    None,
    list(config.ON_NAN),
    "when the loss is not finite: stop, skip the batch, or rollback to the last checkpoint",
)
_PROGRESS = flags.DEFINE_bool("progress", True, "show a progress bar")


def _named_config() -> config.Config:
    if _CONFIG.value:
        return config.from_json(pathlib.Path(_CONFIG.value).read_text())
    return presets.preset(_PRESET.value or ("magenta_default" if _HPARAMS.value else "default"))


def make_config(saved: config.Config | None) -> config.Config:
    """Returns the config the flags ask for; over `saved`, the workdir's own, where they name no other to start from."""
    if _INIT_CHECKPOINT.value != "best" and not _INIT.value:
        raise ValueError(
            f"--init_checkpoint={_INIT_CHECKPOINT.value} was given without --init; name the run whose weights are meant"
        )
    named = _PRESET.value or _CONFIG.value or _HPARAMS.value
    if saved is not None and not (named or _DATA.value):
        base = saved
    elif _INIT.value:
        from sketch_rnn_tf.training import fine_tuning

        begun = fine_tuning.config_of(_INIT.value, _INIT_CHECKPOINT.value)
        values = {
            "train.start_from": _INIT.value,
            "train.start_checkpoint": _INIT_CHECKPOINT.value,
            "data.scale_factor": begun.data.scale_factor,
        }
        base = config.with_values(_named_config() if named else begun, values)
    else:
        base = _named_config()
    result = config.with_values(base, hparams.to_values(hparams.parse(_HPARAMS.value)))
    result = config.apply_overrides(result, _SET.value)
    single = {
        "train.steps": _STEPS.value,
        "train.seed": _SEED.value,
        "train.jit_compile": _JIT.value,
        "train.on_nan": _ON_NAN.value,
        "data.sources": tuple(_DATA.value) or None,
    }
    return config.with_values(result, {key: value for key, value in single.items() if value is not None})


def main(_) -> None:
    if not _WORKDIR.value:
        raise ValueError("no --workdir was given; name the folder of the run")
    from sketch_rnn_tf.generation.sheets import SampleSheet
    from sketch_rnn_tf.training.loop import train_and_evaluate
    from sketch_rnn_tf.training.workdir import Workdir

    workdir = Workdir(_WORKDIR.value)
    if _RESUME.value and not workdir.exists:
        raise FileNotFoundError(f"--resume_training was given but {workdir.path} holds no run")
    wanted = make_config(workdir.read()[0] if workdir.exists else None)
    if not wanted.data.sources:
        raise ValueError("no --data was given; name an .npz file, a folder of them, tfds:NAME, or doodles")
    figures = train_and_evaluate(
        wanted, workdir.path, data_dir=_DATA_DIR.value, progress=_PROGRESS.value, make_sheet=SampleSheet
    )
    if figures.get("stopped"):
        print(f"stopped at step {figures['step']} and saved; the same command goes on from there")
        return
    if "num_sketches" not in figures:
        return  # a worker that is not the chief
    print(
        f"step {figures['step']}: validation L_R {figures['reconstruction_unmasked']:.4f} (masked "
        f"{figures['reconstruction_masked']:.4f}), L_KL {figures['kl']:.4f} over {figures['num_sketches']} sketches"
    )


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
