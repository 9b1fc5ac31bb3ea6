"""How every command runs: flags in, one sentence and exit code 2 for what its user can mend."""

import importlib.abc
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence

from absl import flags, logging

HELP = ("--help", "-help", "-h")
USER_ERRORS = (ValueError, OSError, flags.Error)


def run(main: Callable[[list[str]], None], argv: Sequence[str] | None = None) -> None:
    """Parses the flags and calls `main` with what is left; ends the process.

    Exit codes: 0 done; 2 bad input, with one sentence on standard error; 75 another machine of the run
    is gone, as `exit_code` of the error says; 130 interrupted. Other errors are faults of this
    package and keep their traceback.

    Args:
        main: called with the positional arguments, the program's name first.
        argv: command line; `sys.argv` where None.
    """
    argv = list(sys.argv if argv is None else argv)
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") == "3" and "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _QuietTensorFlow())
    logging.set_verbosity(logging.WARNING)
    if any(argument in HELP for argument in argv[1:]):
        print(_help(main))
        sys.exit(0)
    try:
        arguments = flags.FLAGS(argv)
        if len(arguments) > 1:
            raise ValueError(f"{arguments[1]!r} is no flag; give options as --name=value, --help lists them")
        logging.use_absl_handler()
        main(arguments)
    except USER_ERRORS as error:
        print(f"{os.path.basename(argv[0])}: {_sentence(error)}", file=sys.stderr)
        sys.exit(2)
    except RuntimeError as error:
        code = getattr(error, "exit_code", None)
        if code is None:
            raise
        print(f"{os.path.basename(argv[0])}: {_sentence(error)}", file=sys.stderr, flush=True)
        os._exit(code)  # TensorFlow would wait for machines that are gone
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _help(main: Callable) -> str:
    """Returns the command's description and its own flags, without those of the libraries."""
    module = main.__module__
    own = flags.FLAGS.flags_by_module_dict().get(sys.argv[0] if module == "__main__" else module, [])
    lines = [(sys.modules[module].__doc__ or "").strip(), ""]
    for flag in sorted(own, key=lambda flag: flag.name):
        default = (
            ""
            if flag.default in (None, [], False, "")
            else f" (default: {flag.default_as_str.strip(chr(39))})"
        )
        lines.append(f"  --{flag.name}: {flag.help}{default}")
    return "\n".join(lines)


def _sentence(error: BaseException) -> str:
    """Returns an error as one line."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())


class _QuietTensorFlow(importlib.abc.MetaPathFinder):
    """Imports TensorFlow without the lines its libraries write before they heed TF_CPP_MIN_LOG_LEVEL."""

    def find_spec(self, name, path, target=None):
        if name != "tensorflow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec and spec.loader:
            spec.loader.exec_module = _silenced(spec.loader.exec_module)
        return spec


def _silenced(function: Callable) -> Callable:
    """Returns a function whose writes to standard error are seen only where it fails; C++ writes there too."""

    def silenced(*arguments):
        sys.stderr.flush()
        with tempfile.TemporaryFile() as file:
            kept, failed = os.dup(2), True
            os.dup2(file.fileno(), 2)
            try:
                result = function(*arguments)
                failed = False
            finally:
                os.dup2(kept, 2)
                os.close(kept)
                if failed:
                    file.seek(0)
                    shutil.copyfileobj(file, sys.stderr.buffer)
        return result

    return silenced
