"""Set-up files: complete locks, commands that exist, no package left out of an installation."""

import pathlib
import re
import runpy

import pytest
import setuptools

ROOT = pathlib.Path(__file__).resolve().parent.parent
PIN = re.compile(r"^[a-z0-9-]+==[0-9][0-9a-z.]*( ; [^#]+)?$")


def requirements(path: pathlib.Path) -> list[str]:
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def name_of(requirement: str) -> str:
    """Returns the name of a requirement, spelled as in the locks."""
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()


@pytest.fixture(scope="module")
def arguments():
    """What setup.py hands to setuptools."""
    with pytest.MonkeyPatch.context() as patch:
        given = {}
        patch.setattr(setuptools, "setup", given.update)
        patch.chdir(ROOT)
        runpy.run_path(str(ROOT / "setup.py"))
    return given


@pytest.mark.parametrize("name", ["current", "addons", "latest"])
def test_locks_pin_everything_they_are_made_of(name, arguments):
    locked = requirements(ROOT / "requirements" / f"{name}.txt")
    assert [line for line in locked if not PIN.match(line)] == []
    names = {name_of(line) for line in locked}
    direct = requirements(ROOT / "requirements" / f"{name}.in")
    wanted = [*direct, *arguments["install_requires"], *arguments["extras_require"]["dev"]]
    assert {name_of(line) for line in wanted} <= names


def test_locks_hold_the_versions_that_were_tried():
    pins = {
        name: dict(
            line.split(" ;")[0].split("==") for line in requirements(ROOT / "requirements" / f"{name}.txt")
        )
        for name in ("current", "addons", "latest")
    }
    versions = {name: pin["tensorflow"] for name, pin in pins.items()}
    assert versions == {"current": "2.19.0", "addons": "2.15.1", "latest": "2.21.0"}
    assert pins["addons"]["tensorflow-addons"] == "0.23.0"


def test_commands_exist(arguments):
    for command in arguments["entry_points"]["console_scripts"]:
        name, target = command.split(" = ")
        module, function = target.split(":")
        assert name.startswith("sketch_rnn_")
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
        assert f"\ndef {function}()" in source, f"{name} starts {target}, which is missing"


def test_every_folder_of_code_is_installed(arguments):
    folders = {file.parent.relative_to(ROOT) for file in (ROOT / "sketch_rnn_tf").rglob("*.py")}
    assert {".".join(folder.parts) for folder in folders} <= set(arguments["packages"])
