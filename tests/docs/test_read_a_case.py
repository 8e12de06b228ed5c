"""The page about reading a case shows what the commands really write of its case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core.events import TYPES
from tests.docs.invoice_story import play
from tests.docs.pages import DOCS
from tests.docs.test_tutorial import shown

PAGE = (DOCS / "how-to" / "read-a-case.md").read_text(encoding="utf-8")


def test_the_case_of_the_page_reads_as_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = play(tmp_path, monkeypatch)
    asked = 0
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.S):
        for piece in re.split(r"^\$ heard ", block, flags=re.M)[1:]:
            line, _, told = piece.partition("\n")
            said = stage.say(line)
            assert shown(_lines(said), _lines(told).splitlines()), f"$ heard {line}\n{said}"
            asked += 1
    assert asked > 10


def _lines(text: str) -> str:
    return re.sub(r"[ \t]+$", "", text, flags=re.M).strip("\n") + "\n"


def test_the_entries_that_the_page_names_are_those_of_the_history() -> None:
    named = set(re.findall(r"`([a-z]+-[a-z]+)`", PAGE)) | {"suspended", "cancelled", "moved", "notified"}
    assert {"clock-breached", "case-started"} < named
    assert named <= TYPES.keys(), named - TYPES.keys()
