"""Nothing that a file could make run: no eval, no shell, no pickle but QuickDraw's own, which a reader of a few names takes apart; and
assertions are not for users' input.
"""

import ast
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = sorted(
    path for room in ("sketch_rnn_tf", "export", "tfds_quickdraw") for path in (ROOT / room).rglob("*.py")
)
CALLS = {"eval", "exec", "compile", "__import__", "print"}
MODULES = {"pickle", "cPickle", "dill", "shelve", "marshal", "joblib", "yaml"}
ATTRIBUTES = {("os", "system"), ("os", "popen"), ("pickle", "load"), ("pickle", "loads")}
# sketch-rnn's npz hold pickled arrays: these three know the names such a pickle may ask for, and call no other.
READERS_OF_QUICKDRAW = {"data/npz.py", "data/safe_pickle.py", "tfds_quickdraw/sketch_npz.py"}
# Commands print their result; nothing else does.
MAY_PRINT = {"gallery.py", "demo.py", "cli.py"}


def found_in(path: pathlib.Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            found.append(node.module)
        elif isinstance(node, ast.Assert):
            found.append("assert")
        elif isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name) and function.id in CALLS:
                if function.id != "print" or not (path.name in MAY_PRINT or path.stem.endswith("main")):
                    found.append(function.id)
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                if (function.value.id, function.attr) in ATTRIBUTES:
                    found.append(f"{function.value.id}.{function.attr}")
            for keyword in node.keywords:
                value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                if keyword.arg in ("shell", "allow_pickle") and value is not False:
                    found.append(f"{keyword.arg}={value}")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_runs_what_a_file_says(path):
    allowed = {"pickle"} if "/".join(path.parts[-2:]) in READERS_OF_QUICKDRAW else set()
    assert set(found_in(path)) <= allowed


def test_the_search_finds_what_it_looks_for(tmp_path):
    source = "import pickle\nfrom dill import x\nassert 1\neval('1')\nos.system('ls')\nprint()\n"
    source += "np.load(f, allow_pickle=True)\nsubprocess.run(c, shell=True)\n"
    (tmp_path / "bad.py").write_text(source)
    expected = ["pickle", "dill", "assert", "eval", "os.system", "print", "allow_pickle=True", "shell=True"]
    assert sorted(found_in(tmp_path / "bad.py")) == sorted(expected)
