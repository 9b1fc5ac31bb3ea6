"""How every command runs: flags in, one sentence and exit code 2 for what its user can mend."""

import os
import sys
from collections.abc import Callable, Sequence

from absl import flags, logging

HELP = ("--help", "-help", "-h")
USER_ERRORS = (ValueError, OSError, flags.Error)


def run(main: Callable[[list[str]], None], argv: Sequence[str] | None = None) -> None:
    """Parses the flags and calls `main` with what is left; ends the process.

    Exit codes: 0 done; 2 bad input, with one sentence on standard error; 130 interrupted. Other errors are faults of this
    package and keep their traceback.

    Args:
        main: called with the positional arguments, the program's name first.
        argv: command line; `sys.argv` where None.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    logging.set_verbosity(logging.WARNING)
    argv = list(sys.argv if argv is None else argv)
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
        print(f"{os.path.basename(sys.argv[0])}: {_sentence(error)}", file=sys.stderr)
        sys.exit(2)
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
