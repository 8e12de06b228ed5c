"""The command line in a folder of its own: what a test types, what comes back, and what must never come back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from engine.cli import COMMANDS, main
from engine.runtime import wall_clock
from tests.databases import fresh

YEAR = wall_clock().year
ONE, TWO, STUCK = (f"PCL-{YEAR}-{number:05d}" for number in (1, 2, 3))
"""The cases in the database of the tests; the third has an incident."""


@dataclass
class Said:
    code: int
    out: str
    err: str


class Shell:
    """The command line in a folder of its own, with the home's files in `home`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], url: str = "") -> None:
        self.folder = folder
        self.url = url or fresh()
        self._capsys = capsys

    def __call__(self, *words: str) -> Said:
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(
                [
                    "--home",
                    str(self.folder / "home"),
                    "--database",
                    self.url,
                    *words,
                ]
            )
        out, err = self._capsys.readouterr()
        code = ended.value.code if isinstance(ended.value.code, int) else 0 if ended.value.code is None else 99
        assert "Traceback" not in out + err and "own fault" not in err, err
        return Said(code, out, err)

    def good(self, *words: str) -> str:
        said = self(*words)
        assert said.code == 0, said
        return said.out

    def json(self, *words: str) -> Any:
        return json.loads(self.good(*words, "--json"))

    def refused(self, *words: str, code: int = 1) -> str:
        said = self(*words)
        assert said.code == code, said
        assert said.err.strip(), "a refusal says why"
        return said.err


def deployed(folder: Path, capsys: pytest.CaptureFixture[str], home: Mapping[str, str]) -> Shell:
    """A command line in that folder, in which these files are the home and its process is deployed."""
    for path, text in home.items():
        (folder / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "home" / path).write_text(text, encoding="utf-8")
    shell = Shell(folder, capsys)
    shell.good("deploy")
    return shell


def there(name: str) -> bool:
    """Whether the command's file exists yet."""
    try:
        import_module(COMMANDS[name][0].partition(":")[0])
    except ModuleNotFoundError:
        return False
    return True
