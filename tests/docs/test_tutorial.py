"""The first steps work as they are written: each command, run in a shell, writes the lines that are shown."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import DOCS

ROOT = DOCS.parent
PAGE = (DOCS / "tutorial" / "first-steps.md").read_text(encoding="utf-8")
NOT_HERE = ("git clone", "make demo", ". .venv", "cd heard")
_PART = re.compile(r"```console\n(?P<console>.*?)```|<!-- edit (?P<path>\S+): (?P<old>.*?) => (?P<new>.*?) -->", re.S)


class Shell:
    """One shell that remembers its folder and its variables, as the reader's does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        hidden = ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON")
        self.environ = {name: value for name, value in os.environ.items() if name not in hidden}
        scripts = Path(sys.executable).parent
        self.environ |= {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb"}

    def run(self, command: str) -> str:
        state = "; printf '\\n%s\\n' '---state'; pwd; printf '%s\\n' \"$HEARD_DATABASE_URL\" \"$CASE\""
        done = subprocess.run(
            ["bash", "-c", command + state],
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
        )
        said, _, kept = done.stdout.rpartition("\n---state\n")
        folder, url, case = kept.split("\n")[:3]
        self.folder = Path(folder)
        for name, value in (("HEARD_DATABASE_URL", url), ("CASE", case)):
            if value:
                self.environ[name] = value
        return said


def steady(text: str) -> str:
    """What does not change from day to day."""
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "<time>", text)
    text = re.sub(r"\b[A-Z]{3}-\d{4}-\d{5}\b", "<case>", text)
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "<digest>", text)
    text = re.sub(r"\b[\d.]+ (working )?\w+ late\b|\bin [\d.]+ (working )?(minute|hour|day)s?\b", "<when>", text)
    return re.sub(r" +", " ", text).strip()


def shown(said: str, lines: list[str]) -> bool:
    """Whether the lines stand in what was said. `…` stands for anything, within a line and for lines."""
    pattern = "".join(
        "(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))) + "\n" for line in lines
    )
    return re.fullmatch(pattern, said) is not None


def test_the_first_steps_work_as_they_are_written(tmp_path: Path) -> None:
    if shutil.which("bash") is None or not (Path(sys.executable).parent / "heard").exists():
        pytest.skip("needs a shell and the console script")
    (tmp_path / "heard").mkdir()
    for part in ("processes", "forms"):
        shutil.copytree(ROOT / part, tmp_path / "heard" / part)
    shell = Shell(tmp_path / "heard")
    done, inbox = 0, ""
    for part in _PART.finditer(PAGE):
        if part["path"]:
            _edit(shell.folder / part["path"], part["old"], part["new"])
            continue
        for block in re.split(r"^\$ ", part["console"], flags=re.M)[1:]:
            command, _, output = block.partition("\n")
            if command.startswith(NOT_HERE):
                continue
            if command.startswith("CASE="):  # the reader, too, takes it from the first line of the list
                command = f"CASE={re.findall('[A-Z]{3}-[0-9]{4}-[0-9]{5}', inbox)[0]}"
            # Dates inside the scenarios are the same every day; they are compared as they stand.
            same = (lambda text: re.sub(r" +", " ", text)) if command.startswith("heard test") else steady
            said = shell.run(command)
            if command.startswith(("heard inbox", "heard clocks")):
                inbox = said
            if output.strip():
                expected = same(output).splitlines()
                assert shown(same(said).rstrip("\n") + "\n", expected), f"$ {command}\n{said}"
            assert "Traceback" not in said
            done += 1
    assert done >= 20


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1, (file, old)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
