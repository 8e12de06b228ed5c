"""An ordinary install holds what a checkout holds, asks for what it needs, and starts quickly."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from engine import __version__
from tests.test_imports_point_down import house

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def run(*command: str | Path, cwd: Path, **environ: str) -> str:
    """What the command wrote; fails the test with all of it when the command does."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=cwd,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `pip wheel` builds it but with the build tool that is already here: no network."""
    target = tmp_path_factory.mktemp("wheel")
    flags = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet")
    run("-m", "pip", "wheel", ROOT, *flags, "--wheel-dir", target, cwd=target)
    (built,) = target.glob("heard-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel was installed into; with PYTHONPATH at it, it comes before the checkout."""
    target = tmp_path_factory.mktemp("installed")
    flags = ("--no-deps", "--no-index", "--quiet")
    run("-m", "pip", "install", wheel, *flags, "--target", target, cwd=target)
    return target


def in_checkout(folder: str) -> set[str]:
    """The files a person put below a folder, without what tools and editors leave there."""
    left_behind = ("~", ".swp", ".pyc", ".DS_Store")
    return {
        file.relative_to(ROOT / folder).as_posix()
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and not file.name.endswith(left_behind)
    }


def in_wheel(wheel: Path, folder: str) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}


def test_the_wheel_holds_all_shipped_processes_forms_and_pages(wheel: Path) -> None:
    assert in_wheel(wheel, "engine/shipped/processes/") == in_checkout("processes")
    assert in_wheel(wheel, "engine/shipped/forms/") == in_checkout("forms")
    assert in_wheel(wheel, "web/") == in_checkout("web")


def test_the_wheel_holds_nothing_at_the_top_but_its_packages_and_its_licence(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in in_wheel(wheel, "")}
    assert tops == {"engine", "web", f"heard-{__version__}.dist-info"}
    assert {"LICENSE", "NOTICE"} <= in_wheel(wheel, f"heard-{__version__}.dist-info/licenses/")


def test_an_ordinary_install_finds_its_own_processes_from_any_folder(installed: Path, tmp_path: Path) -> None:
    script = "import engine.home, os, pathlib; print(engine.home.find_home(None, {}, pathlib.Path(os.getcwd())))"
    home = Path(run("-c", script, cwd=tmp_path, PYTHONPATH=str(installed)).strip())
    assert home == (installed / "engine" / "shipped").resolve()
    assert {file.relative_to(home / "forms").as_posix() for file in (home / "forms").rglob("*.yaml")} == {
        name for name in in_checkout("forms") if name.endswith(".yaml")
    }


def test_an_ordinary_install_checks_its_own_processes_with_the_command(installed: Path, tmp_path: Path) -> None:
    command = installed / "bin" / "heard"
    if sys.platform == "win32":
        pytest.skip("the command is a program there and takes no interpreter")
    run(command, "lint", cwd=tmp_path, PYTHONPATH=str(installed))
    assert __version__ in run(command, "--version", cwd=tmp_path, PYTHONPATH=str(installed))


def test_an_ordinary_install_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    script = (
        "import web; client = web.create_app().test_client();"
        "paths = ('/sign-in', '/health', '/static/heard.css', '/contact');"
        "print(web.__file__, [client.get(path).status_code for path in paths])"
    )
    answer = run("-c", script, cwd=tmp_path, PYTHONPATH=str(installed))
    assert answer.startswith(str(installed))
    assert "[200, 200, 200, 200]" in answer


def test_every_library_that_is_imported_is_asked_for_and_what_only_an_extra_brings_is_imported_late() -> None:
    provider = {
        "yaml": "pyyaml",
        "markdown_it": "markdown-it-py",
        "playhouse": "peewee",
        "werkzeug": "flask",
        "flask_wtf": "flask-wtf",
    }
    always = _names(PROJECT["dependencies"])
    extras = PROJECT["optional-dependencies"]
    asked = {name for extra, wanted in extras.items() if extra != "test" for name in _names(wanted)} | always
    trees = [tree for tree, _ in house().values()]
    anywhere = _imported(node for tree in trees for node in ast.walk(tree))
    at_once = _imported(node for tree in trees for node in tree.body)
    assert {provider.get(name, name) for name in anywhere} <= asked
    assert {provider.get(name, name) for name in at_once} <= always


def _names(wanted: Iterable[str]) -> set[str]:
    return {re.split(r"[^\w-]", one)[0].lower() for one in wanted}


def _imported(nodes: Iterable[ast.AST]) -> set[str]:
    """The libraries, neither ours nor Python's, that are imported here."""
    names = {
        name.split(".")[0]
        for node in nodes
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    return names - {"engine", "web", "wsgi"} - sys.stdlib_module_names


def test_the_changelog_has_a_section_for_this_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_starting_the_command_takes_less_than_0_4_seconds_of_work() -> None:
    script = "import time; start = time.process_time(); import engine.cli; print(time.process_time() - start)"
    assert min(float(run("-c", script, cwd=ROOT)) for _ in range(3)) < 0.4


def test_starting_the_command_loads_neither_pages_nor_the_holidays_of_the_world() -> None:
    script = "import sys, engine.cli; print(sorted({'flask', 'holidays', 'waitress'} & set(sys.modules)))"
    assert run("-c", script, cwd=ROOT).strip() == "[]"


def test_checking_what_is_shipped_loads_neither_the_schema_library_nor_the_holidays_of_the_world() -> None:
    script = (
        "import sys; from engine.cli import main\n"
        "try: main(['lint', 'complaint'])\n"
        "except SystemExit: print(sorted({'jsonschema', 'transitions', 'holidays.countries'} & set(sys.modules)))"
    )
    assert run("-c", script, cwd=ROOT).splitlines()[-1] == "[]"
