"""Makes a model of a run that others can draw with: config, metadata and weights in float16.

python -m sketch_rnn_tf.training.pack_main --workdir=runs/five --output=pretrained/five
"""

from absl import flags

from sketch_rnn_tf import cli, config

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run")
_OUTPUT = flags.DEFINE_string("output", None, "folder to make")
_CHECKPOINT = flags.DEFINE_enum("checkpoint", "best", config.CHECKPOINTS, "which weights")


def main(_) -> None:
    for name, value in (("workdir", _WORKDIR.value), ("output", _OUTPUT.value)):
        if not value:
            raise ValueError(f"no --{name} was given; name a folder")
    from sketch_rnn_tf.training.pretrained import pack

    print(pack(_WORKDIR.value, _OUTPUT.value, _CHECKPOINT.value))


def entry() -> None:
    """Runs the command."""
    cli.run(main)


if __name__ == "__main__":
    entry()
