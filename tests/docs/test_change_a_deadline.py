"""The page about changing a deadline works on the inquiry as it is shipped: each edit is made, each command run."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import heard
from tests.databases import fresh
from tests.docs.pages import DOCS

PAGE = (DOCS / "how-to" / "change-a-deadline.md").read_text(encoding="utf-8")
_PART = re.compile(r"```console\n(?P<console>.*?)```|<!-- edit (?P<path>\S+): (?P<old>.*?) => (?P<new>.*?) -->", re.S)


def steady(text: str) -> str:
    """Without what other changes of the process move: how many scenarios there are, and on which line each stands."""
    text = re.sub(r"\.yaml:\d+:\d+:", ".yaml:", text)
    text = re.sub(r"\b\d+ (scenarios|steps)\b", r"<n> \1", text)
    return re.sub(r"\d+/\d+", "<all>", text).strip()


def test_the_deadline_is_changed_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("processes", "forms"):
        shutil.copytree(DOCS.parent / part, tmp_path / part)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEARD_HOME", raising=False)
    monkeypatch.setenv("HEARD_DATABASE_URL", fresh())
    done: list[str] = []
    for part in _PART.finditer(PAGE):
        if part["path"]:
            file = tmp_path / part["path"]
            text = file.read_text(encoding="utf-8")
            assert text.count(part["old"]) == 1, part["old"]
            file.write_text(text.replace(part["old"], part["new"]), encoding="utf-8")
            assert part["new"] in PAGE.replace(part[0], ""), "what is edited has to be shown as well"
            continue
        for piece in re.split(r"^\$ heard ", part["console"], flags=re.M)[1:]:
            line, _, shown = piece.partition("\n")
            said = CliRunner().invoke(heard, shlex.split(line)).output
            assert steady(shown) in steady(said), line
            done.append(line.split()[0])
    assert done == ["calendar", "lint", "test", "test", "deploy"]
