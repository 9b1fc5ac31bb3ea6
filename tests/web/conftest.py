"""What the browser tests need: node, Chromium, the packages of package-lock.json, and the converter to TensorFlow.js."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest

HERE = pathlib.Path(__file__).resolve().parent
MODULE = HERE.parents[1] / "export" / "web"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def node():
    """Runs node with this folder's packages; skips where something is missing that only a browser test needs."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("node and npm are not installed (Debian: nodejs, npm)")
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (Debian: chromium)")
    _install(HERE)

    def run(*arguments, seconds=300):
        environment = {**os.environ, "CHROMIUM": CHROMIUM}
        done = subprocess.run(
            ["node", *map(str, arguments)],
            cwd=HERE,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    return run


@pytest.fixture(scope="session")
def module_built(node):
    """Builds the JavaScript module and the page, and returns the folder they are in."""
    _install(MODULE)
    _npm(MODULE, "run", "build")
    return MODULE / "build"


@pytest.fixture(scope="session")
def in_browser(node, tmp_path_factory):
    """Bundles a script of this folder, opens it in a page beside `files`, and returns its `window.result`."""

    def run(script: str, folder: pathlib.Path, seconds: int = 240):
        binary = HERE / "node_modules" / "@esbuild" / "linux-x64" / "bin" / "esbuild"
        bundler = [str(binary)] if binary.is_file() else [str(HERE / "node_modules" / ".bin" / "esbuild")]
        subprocess.run(
            [
                *bundler,
                script,
                "--bundle",
                "--format=esm",
                "--log-level=error",
                f"--outfile={folder / 'page.js'}",
            ],
            cwd=HERE,
            check=True,
        )
        for wasm in (HERE / "node_modules/@tensorflow/tfjs-backend-wasm/dist").glob("*.wasm"):
            shutil.copy(wasm, folder)
        page = '<!doctype html><meta charset="utf-8"><script type="module" src="page.js"></script>'
        (folder / "index.html").write_text(page, encoding="utf-8")
        result = json.loads(node("drive.mjs", folder, "index.html", seconds, seconds=seconds + 60))
        assert "error" not in result, result["error"]
        return result

    return run


def _install(folder: pathlib.Path) -> None:
    """Installs the packages of a folder's lock file, all at once: two workers may come here at the same time."""
    if (folder / "node_modules").is_dir():
        return
    with tempfile.TemporaryDirectory(dir=folder, prefix=".install-") as fresh:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(folder / name, fresh)
        _npm(fresh, "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        with contextlib.suppress(OSError):  # the other worker was first
            (pathlib.Path(fresh) / "node_modules").rename(folder / "node_modules")


def _npm(folder, *arguments: str) -> None:
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-800:]
