"""The maps of the import page do what the page says, and the reference names every word there is."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import heard
from engine.home import shipped
from engine.importing.reading import SHAPE
from engine.importing.value_words import FROM_COLUMN
from tests.databases import fresh
from tests.docs.pages import DOCS

PAGE = (DOCS / "how-to" / "import-cases.md").read_text(encoding="utf-8")
ANSWER = "Company response to consumer"
REFERENCE = (DOCS / "reference" / "import-maps.md").read_text(encoding="utf-8")


def blocks(kind: str, text: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", text, re.S)


def test_the_files_and_maps_of_the_page_are_imported_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEARD_DATABASE_URL", fresh())
    calls, helpdesk, answers, _ = blocks("text", PAGE)
    rows, steps, log, verdicts = blocks("yaml", PAGE)
    for name, content in (
        ("calls.csv", calls),
        ("calls.map.yaml", rows + steps),
        ("helpdesk.csv", helpdesk),
        ("helpdesk.map.yaml", log),
        ("answers.csv", answers),
        ("answers.map.yaml", verdicts),
    ):
        Path(name).write_text(content, encoding="utf-8")
    assert CliRunner().invoke(heard, ["deploy"]).exit_code == 0
    for block in blocks("console", PAGE):
        for part in re.split(r"^\$ heard ", block, flags=re.M)[1:]:
            command, _, shown = part.partition("\n")
            done = CliRunner().invoke(heard, shlex.split(command))
            assert done.exit_code == 0, done.output
            assert shown in done.output or not shown, done.output
    listed = json.loads(CliRunner().invoke(heard, ["cases", "--json"]).output)
    assert {case["external_id"]: case["states"] for case in listed} == {
        "4711": "closed",
        "4712": "triaged",
        "4713": "spam",
        "Case 1": "closed",
        "Case 2": "triaged",
        "77": "closed",
        "78": "closed",
        "79": "closed",
        "80": "with-us",
    }


def test_what_the_page_says_of_the_bureaus_file_is_what_comes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARD_DATABASE_URL", fresh())
    assert CliRunner().invoke(heard, ["deploy"]).exit_code == 0
    folder = shipped() / "processes" / "imports"
    file, mapping = str(folder / "consumer-complaints.csv"), str(folder / "consumer-complaints.map.yaml")
    done = CliRunner().invoke(heard, ["import", "referred-complaint", file, "--map", mapping])
    assert blocks("text", PAGE)[-1] in done.output
    rows = list(csv.DictReader(io.StringIO(Path(file).read_text(encoding="utf-8"))))
    said = Counter("closed" if row[ANSWER].startswith("Closed") else row[ANSWER] for row in rows)
    assert said == {"closed": 280, "In progress": 69}
    assert sum(row["Consumer disputed?"] == "Yes" for row in rows if row[ANSWER].startswith("Closed")) == 41
    standing = {case["states"] for case in json.loads(CliRunner().invoke(heard, ["cases", "--json"]).output)}
    assert standing == {"extended", "second-review", "closed"}


@pytest.mark.parametrize("word", [*SHAPE.entries, *FROM_COLUMN.entries, "do", "message", "trigger", "note"])
def test_every_word_is_in_the_reference(word: str) -> None:
    assert f"`{word}`" in REFERENCE or f"{{{word}:" in REFERENCE
