"""The page with its models, as static files."""

import base64
import json
import pathlib
import shutil
import tempfile

from export.web_model import export_web
from sketch_rnn_tf.files import write_atomically

PARTS = ("index.html", "page.css", "page.js")


def names_of(workdirs) -> dict[str, str]:
    """Returns the workdirs by what the page calls their models: the folder's name, or that of a pretrained model.

    Args:
        workdirs: names as commands take them, `runs/cats` or `pretrained:NAME`.

    Raises:
        ValueError: two would have the same name.
    """
    named = {}
    for workdir in workdirs:
        name = pathlib.PurePath(workdir.split(":")[-1]).name
        if name in named:
            raise ValueError(
                f"{named[name]} and {workdir} would both be called {name}; rename one of the folders"
            )
        named[name] = workdir
    return named


def write_page(page, output, models) -> pathlib.Path:
    """Writes the page and its models, in float16.

    Args:
        page: folder that holds `PARTS`.
        output: the folder to write; `PARTS`, `models.js` and `models/` of an earlier page are replaced.
        models: dict of `SketchModel` by name.

    Returns:
        `output`.

    Raises:
        ValueError: there is no model, or one that the page does not run.
        FileNotFoundError: `page` is incomplete.
    """
    page, output = pathlib.Path(page), pathlib.Path(output)
    if not models:
        raise ValueError("there is no model for the page; give at least one --workdir")
    for part in PARTS:
        if not (page / part).is_file():
            raise FileNotFoundError(f"{page / part} is missing; build the page first (make web does)")
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output, prefix=".writing") as temporary:
        made, listed = pathlib.Path(temporary) / "models", []
        for name, model in models.items():
            path = export_web(model, made / f"{name}.sketchrnn", "float16")
            text = json.dumps({path.name: base64.b64encode(path.read_bytes()).decode("ascii")})
            script = f"globalThis.sketchModelText = {text};\n"
            (made / f"{path.name}.js").write_text(script, encoding="utf-8")
            listed.append({"name": name.replace("_", " "), "file": path.name})
        if (output / "models").exists():
            shutil.rmtree(output / "models")
        made.rename(output / "models")
    write_atomically(output / "models.js", f"globalThis.sketchModels = {json.dumps(listed)};\n")
    for part in PARTS:
        write_atomically(output / part, (page / part).read_bytes())
    return output
