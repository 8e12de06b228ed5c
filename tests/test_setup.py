"""What a stranger types first: the README's commands exist, and setting up says what is missing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TYPED = "\n".join(re.findall(r"^\$ ([^#\n]+)", README, flags=re.M))

posix = pytest.mark.skipif(sys.platform == "win32", reason="make and sh belong to the other systems")


def test_every_make_command_of_the_readme_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    named = set(re.findall(r"\bmake ([a-z]+)", TYPED))
    assert {"demo", "test"} <= named <= targets


def test_every_heard_command_of_the_readme_exists() -> None:
    from engine.cli import COMMANDS

    named = set(re.findall(r"\bheard ([a-z]+)", TYPED))
    assert {"demo", "lint", "test", "inbox"} <= named <= set(COMMANDS)


def test_every_place_the_readme_and_the_docs_point_at_is_there() -> None:
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} points at {target}"


def test_the_checking_machine_calls_what_a_person_calls() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == "exec make test"


def find_python(python: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "tools" / "find_python.sh"],
        env={**os.environ, "PYTHON": python},
        capture_output=True,
        text=True,
        timeout=60,
    )


def stand_in(tmp_path: Path, answers: str) -> str:
    """A program that answers like some Python: `answers` is a shell case over what it is asked."""
    program = tmp_path / "python"
    program.write_text(f'#!/bin/sh\ncase "$2" in\n{answers}\nesac\n', encoding="utf-8")
    program.chmod(0o755)
    return str(program)


@posix
def test_a_python_that_serves_is_found() -> None:
    found = find_python(sys.executable)
    assert found.stdout.strip() == sys.executable


@posix
def test_a_machine_without_python_is_told_which_to_install() -> None:
    answer = find_python("/nowhere/python")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Heard needs Python 3.11 or newer" in answer.stderr


@posix
def test_an_old_python_is_not_taken(tmp_path: Path) -> None:
    answer = find_python(stand_in(tmp_path, "*) exit 1 ;;"))
    assert answer.returncode == 1
    assert "Heard needs Python 3.11 or newer" in answer.stderr


@posix
def test_a_python_without_environments_is_told_what_it_lacks(tmp_path: Path) -> None:
    answer = find_python(stand_in(tmp_path, "*ensurepip*) exit 1 ;;\n*print*) echo 3.12 ;;\n*) exit 0 ;;"))
    assert answer.returncode == 1
    assert "sudo apt install python3.12-venv" in answer.stderr
