"""A training run in a process of its own: python replica_run.py CONFIG.json WORKDIR LOSSES.json LOGICAL_CPUS [DIES_AT_STEP].

Writes every step's loss. Where a step is named, the process is killed there, as a machine that loses its power.
"""

import json
import os
import pathlib
import signal
import sys

import tensorflow as tf

from sketch_rnn_tf import cli, config
from sketch_rnn_tf.training import loop, summaries


def main(arguments):
    _, config_file, workdir, losses_file, logical_cpus, *dies_at = arguments
    cpus = [tf.config.LogicalDeviceConfiguration()] * int(logical_cpus)
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], cpus)
    losses, take = [], loop._Run._take

    def recorded(run, batch, bar):
        if dies_at and run.step == int(dies_at[0]):
            os.kill(os.getpid(), signal.SIGKILL)
        return take(run, batch, bar)

    loop.LOG_EVERY, loop._Run._take = 1, recorded
    summaries.Summaries.training = lambda _, step, values: losses.append((step, values["cost"]))
    result = loop.train_and_evaluate(
        config.from_json(pathlib.Path(config_file).read_text()), workdir, progress=False
    )
    if losses:
        pathlib.Path(losses_file).write_text(json.dumps(losses))
    print(json.dumps({"step": result["step"], "wrote": bool(losses)}))


if __name__ == "__main__":
    # The arguments are no flags, so the command line that flags are read of is empty.
    cli.run(lambda _: main(sys.argv), sys.argv[:1])
