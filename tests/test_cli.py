"""Commands as users meet them: exit codes, one sentence on standard error, quiet libraries. Each runs in a process."""

import os
import subprocess
import sys

import pytest

COMMAND = '''"""A command for tests."""
from absl import flags
from sketch_rnn_tf import cli

_WORKDIR = flags.DEFINE_string("workdir", None, "folder of the run")
_STEPS = flags.DEFINE_integer("steps", 5, "training steps")

def main(arguments):
    {body}

cli.run(main)
'''
# A stand-in that writes, as TensorFlow's C++ does, past sys.stderr.
NOISY = "import os\nos.write(2, b'noise from a library\\n')\n"


@pytest.fixture
def command(tmp_path):
    """A function that runs a command with a given body of `main`, and returns the finished process."""

    def run(body, *arguments, tensorflow=NOISY, **environment):
        script = tmp_path / "command.py"
        script.write_text(COMMAND.format(body=body))
        (tmp_path / "tensorflow.py").write_text(tensorflow)
        variables = {key: value for key, value in os.environ.items() if not key.startswith("TF_CPP")}
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        variables["PYTHONPATH"] = os.pathsep.join([str(tmp_path), root])
        return subprocess.run(
            [sys.executable, str(script), *arguments],
            capture_output=True,
            text=True,
            env={**variables, **environment},
            timeout=60,
        )

    return run


def one_line(text: str) -> str:
    assert text.endswith("\n")
    assert text.count("\n") == 1, text
    return text


def test_a_command_that_succeeds_says_nothing_else(command):
    done = command("print(_WORKDIR.value, _STEPS.value, arguments[1:])", "--workdir=runs/a", "--steps", "7")
    assert (done.returncode, done.stdout, done.stderr) == (0, "runs/a 7 []\n", "")


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--wrokdir=a"], ["wrokdir", "Did you mean: workdir"]),
        (["--steps=many"], ["steps", "many"]),
        (["--workdir"], ["workdir"]),
        (["runs/a"], ["runs/a", "--name=value"]),
    ],
)
def test_bad_flags(command, arguments, names):
    done = command("print('ran')", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    for name in names:
        assert name in one_line(done.stderr)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "raise ValueError('data.batch_size is 0;\\n  expected more')",
            "data.batch_size is 0; expected more",
        ),
        ("raise FileNotFoundError('there is no file a.npz')", "there is no file a.npz"),
        ("open('missing.npz')", "No such file or directory: missing.npz"),
        ("open('.')", "Is a directory: ."),
        ("raise PermissionError(13, 'Permission denied', 'out.svg')", "Permission denied: out.svg"),
        ("raise ValueError", "ValueError"),
    ],
)
def test_errors_a_user_can_mend_are_one_sentence(command, body, message):
    done = command(body)
    assert (done.returncode, done.stdout) == (2, "")
    assert one_line(done.stderr) == f"command.py: {message}\n"


def test_faults_keep_their_traceback(command):
    done = command("{}['lost']")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "KeyError: 'lost'" in done.stderr


def test_interrupting_gives_130(command):
    done = command("raise KeyboardInterrupt")
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_lists_the_commands_own_flags(command, flag):
    done = command("raise SystemError('ran')", flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("A command for tests.")
    assert "--workdir: folder of the run\n" in done.stdout
    assert "--steps: training steps (default: 5)" in done.stdout
    assert "verbosity" not in done.stdout  # absl's own


@pytest.mark.parametrize("environment", [{}, {"TF_CPP_MIN_LOG_LEVEL": "3"}])
def test_tensorflow_starts_quietly(command, environment):
    body = "import os, sys, tensorflow; print(os.environ['TF_CPP_MIN_LOG_LEVEL']); os.write(2, b'ours')"
    done = command(body, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "ours")


def test_tensorflow_is_heard_where_the_user_asks(command):
    done = command("import tensorflow", TF_CPP_MIN_LOG_LEVEL="0")
    assert (done.returncode, done.stderr) == (0, "noise from a library\n")


def test_tensorflow_is_heard_where_it_fails(command):
    done = command("import tensorflow", tensorflow=NOISY + "raise ImportError('no AVX')")
    assert done.returncode == 1
    assert "noise from a library" in done.stderr
    assert "ImportError: no AVX" in done.stderr
