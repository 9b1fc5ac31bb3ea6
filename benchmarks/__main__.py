"""python -m benchmarks [--only=NAME,...] [--data=FILE.npz] [--json=FILE]: times everything and prints a table.

Each entry runs in a process of its own, so that its peak memory is its own.
"""

import json
import os
import pathlib
import subprocess
import sys

from absl import app, flags

from benchmarks import drawing, raster, training

_ONLY = flags.DEFINE_list("only", [], "names of entries; all where none")
_JSON = flags.DEFINE_string("json", None, "also write the entries to this file")
_DATA = flags.DEFINE_string(
    "data",
    None,
    "npz of sketches to train on; ../shared/data/npz/aaron_sheep.npz where it is, else random lines",
)
_CHILD = flags.DEFINE_string("child", None, "run one entry in this process and print it as JSON")

SHEEP = pathlib.Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "npz" / "aaron_sheep.npz"

ENTRIES = {
    **{name: lambda data, name=name: [training.step_entry(name, data)] for name in training.STEP_ENTRIES},
    "train_torch": lambda data: [row for row in [training.torch_entry()] if row],
    "evaluate": lambda data: [training.evaluation_entry(data)],
    "raster_share": lambda data: [training.raster_share_entry(data)],
    "input": lambda data: [training.input_entry(data)],
    "draw_1000": lambda data: [drawing.draw_entry(1000)],
    "draw_100": lambda data: [drawing.draw_entry(100)],
    "draw_1": lambda data: [drawing.draw_entry(1)],
    "raster": lambda data: raster.raster_entries(),
    "grid": lambda data: raster.grid_entries(),
}


def main(_) -> None:
    data = _DATA.value or (str(SHEEP) if SHEEP.exists() else None)
    if _CHILD.value:
        print(json.dumps(ENTRIES[_CHILD.value](data)))
        return
    unknown = sorted(set(_ONLY.value) - set(ENTRIES))
    if unknown:
        raise app.UsageError(f"there is no entry {unknown[0]!r}; expected some of {', '.join(ENTRIES)}")
    print(f"data: {pathlib.Path(data).name if data else 'random lines'}; {os.cpu_count()} cores")
    print(f"{'name':22}{'seconds':>10}{'bound':>10}{'ratio':>8}{'peak MB':>9}  of")
    rows = []
    for name in _ONLY.value or ENTRIES:
        for row in _in_child(name, data):
            rows.append(row)
            bound, ratio = (f"{row[key]:.4g}" if row[key] else "-" for key in ("bound_seconds", "ratio"))
            print(
                f"{row['name']:22}{row['seconds']:10.4g}{bound:>10}{ratio:>8}{row['peak_mb']:9.0f}  {row['units']}",
                flush=True,
            )
    if _JSON.value:
        pathlib.Path(_JSON.value).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _in_child(name, data):
    command = [sys.executable, "-m", "benchmarks", f"--child={name}", *([f"--data={data}"] if data else [])]
    environment = {"TF_CPP_MIN_LOG_LEVEL": "3", **os.environ}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"the entry {name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    app.run(main)
