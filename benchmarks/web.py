"""python -m benchmarks.web [--weights=bird.gen.json] [--json=FILE]: points a second in Chromium, ours beside @magenta/sketch.

The same weights, the same browser, one page after the other, each opened anew. Wants node, npm, Chromium, and once
`npm ci --ignore-scripts` in tests/web and in export/web, and `npm run module` in the latter.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from absl import app, flags

_WEIGHTS = flags.DEFINE_string(
    "weights",
    None,
    "a decoder in sketch-rnn-js' format; ../shared/data/sketch_rnn_js/bird.gen.json if not given",
)
_JSON = flags.DEFINE_string("json", None, "also write the figures to this file")

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TESTS = ROOT / "tests" / "web"
BIRD = ROOT.parent / "shared" / "data" / "sketch_rnn_js" / "bird.gen.json"
RUNS = [("ours", backend) for backend in ("wasm", "script", "webgl", "webgpu")]
RUNS += [("peer", backend) for backend in ("cpu", "webgl")]
MODELS = {"ours": "model.sketchrnn", "peer": "model.gen.json"}
TIMES = 3
SECONDS = 300


def prepare(folder: pathlib.Path, weights: pathlib.Path) -> None:
    """Fills a folder with both bundles, their pages and the model in both formats."""
    from export.web_model import export_web
    from sketch_rnn_tf.interop.sketch_rnn_js import import_js
    from sketch_rnn_tf.sketch_model import load_model

    shutil.copy(weights, folder / MODELS["peer"])
    export_web(load_model(import_js(weights, folder / "run").path), folder / MODELS["ours"], "float16")
    for name in MODELS:
        subprocess.run(
            [
                *(TESTS / "node_modules" / ".bin" / "esbuild", HERE / "web_pages" / f"{name}.js"),
                *(
                    "--bundle",
                    "--minify",
                    "--format=esm",
                    "--log-level=error",
                    f"--outfile={folder / name}.js",
                ),
            ],
            env={**os.environ, "NODE_PATH": str(TESTS / "node_modules")},
            check=True,
        )
        page = f'<!doctype html><meta charset="utf-8"><script type="module" src="{name}.js"></script>'
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


def measure(folder: pathlib.Path, name: str, backend: str) -> dict:
    """Opens a page so often; returns the fastest cold start and the median of the time a point takes."""
    found = []
    for _ in range(TIMES):
        done = subprocess.run(
            ["node", "drive.mjs", str(folder), f"{name}.html?backend={backend}", str(SECONDS)],
            cwd=TESTS,
            capture_output=True,
            text=True,
            check=True,
        )
        found.append(json.loads(done.stdout))
        if "error" in found[-1]:
            raise RuntimeError(f"{name} on {backend}: {found[-1]['error']}")
    return {
        "point_ms": sorted(one["point"] for one in found)[TIMES // 2],
        "cold_ms": min(one["cold"] for one in found),
        "code_bytes": (folder / f"{name}.js").stat().st_size,
        "model_bytes": (folder / MODELS[name]).stat().st_size,
    }


def main(_) -> None:
    weights = pathlib.Path(_WEIGHTS.value or BIRD)
    if not weights.is_file():
        raise app.UsageError(f"{weights} is missing; name a weight file of sketch-rnn-js with --weights")
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        prepare(folder, weights)
        figures = {f"{name} {backend}": measure(folder, name, backend) for name, backend in RUNS}
    best = min(row["point_ms"] for name, row in figures.items() if name.startswith("peer"))
    for name, row in figures.items():
        row["times_as_fast_as_peer"] = best / row["point_ms"]
        print(
            f"{name:14}{row['point_ms']:9.3f} ms a point{row['times_as_fast_as_peer']:8.1f} times the peer's best"
            f"{row['cold_ms']:9.0f} ms to the first point{row['code_bytes']:10} bytes of code{row['model_bytes']:10} of model"
        )
    if _JSON.value:
        pathlib.Path(_JSON.value).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    app.run(main)
