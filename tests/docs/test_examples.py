"""No example can rot: what the pages show is put together and read as a reader would have it, and commands
write what the pages say they write.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.cli import main
from engine.definition.catalog import CALENDARS, FORMS, MESSAGES, ORGANISATION, Catalog
from engine.definition.document import languages
from engine.definition.linter import lint
from engine.definition.loader import examine
from engine.errors import Problem
from engine.library import read_files
from engine.scenarios.trial import try_process
from tests.docs.pages import DOCS, Block, Files, Page, commands, page_of, put

PAGES = tuple(sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")))
TUTORIAL = "tutorial/your-first-process.md"
OURS = (
    TUTORIAL,
    "how-to/write-a-process.md",
    "how-to/write-a-form.md",
    "how-to/promise-times.md",
    "explanation/language.md",
    "reference/organisation.md",
)
"""Pages that must have examples: one whose marks are no longer understood would pass by saying nothing."""


@dataclass(frozen=True, slots=True)
class Story:
    """What a reader has at the end of a section, and what was wrong on purpose on the way."""

    title: str
    files: Files
    mistakes: tuple[tuple[Block, Files, str], ...]


@cache
def shared() -> Files:
    """What every reader has: the shipped organisation and calendars."""
    files = read_files(DOCS.parent)
    return {path: text.decode() for path, text in files.items() if path == ORGANISATION or path.startswith(CALENDARS)}


def stories(page: Page) -> Iterator[Story]:
    """Each section with the files as they are at its end."""
    files = dict(shared())
    for number, section in enumerate(page.sections):
        here = files if page.goes_on or number == 0 else dict(files)
        mistakes = []
        for place, block in enumerate(section.blocks):
            if block.how == "wrong":
                wrong = dict(here)
                put(wrong, block)
                told = section.blocks[place + 1 : place + 2]
                mistakes.append((block, wrong, told[0].text if told and told[0].how == "text" else ""))
            else:
                put(here, block)
        yield Story(section.title, dict(here), tuple(mistakes))


def with_messages(files: Files) -> Catalog:
    """The files with every message that is sent and not shown: the recipes show once how to write one."""
    found = dict(files)
    catalog = Catalog(files)
    for path in catalog.process_files():
        outline = examine(catalog, path).outline
        if outline is None:
            continue
        for message in outline.sent:
            for language in languages(outline.head):
                found.setdefault(f"{MESSAGES}{message}.{language}.md", '---\nsubject: "{reference}"\n---\n\nText.\n')
    return Catalog(found)


def problems_of(catalog: Catalog) -> list[Problem]:
    found = [problem for path in catalog.process_files() for problem in lint(catalog, path).problems]
    assert catalog.organisation.roles
    assert tuple(catalog.forms) == catalog.form_names, catalog.problems_of(FORMS)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_of_a_page_have_no_errors(name: str) -> None:
    page = page_of(DOCS / name)
    for story in stories(page):
        catalog = Catalog(story.files) if name == TUTORIAL else with_messages(story.files)
        errors = [str(problem) for problem in problems_of(catalog) if problem.severity == "error"]
        assert not errors, f"{story.title}\n" + "\n".join(errors)


@pytest.mark.parametrize("name", OURS)
def test_a_page_that_should_have_examples_has_some(name: str) -> None:
    blocks = [block for section in page_of(DOCS / name).sections for block in section.blocks]
    assert any(block.how == "whole" for block in blocks)


@pytest.mark.parametrize("name", PAGES)
def test_a_mistake_made_on_purpose_is_told_as_the_page_says(name: str) -> None:
    for story in stories(page_of(DOCS / name)):
        for block, files, told in story.mistakes:
            found = lint(with_messages(files), block.path).errors
            assert "\n".join(str(problem) for problem in found) == told.rstrip("\n"), story.title


@pytest.mark.parametrize("name", PAGES)
def test_the_scenarios_of_a_page_go_as_they_say(name: str) -> None:
    for story in stories(page_of(DOCS / name)):
        catalog = with_messages(story.files)
        for path in catalog.process_files():
            if path.replace(".yaml", ".scenarios.yaml") not in story.files:
                continue
            trial = try_process(catalog, path)
            if "Prove it" in story.title:
                assert trial.ok, [str(problem) for problem in (*trial.problems, *trial.coverage.problems())]


def test_the_commands_of_the_tutorial_write_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for variable in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    files: Files = {}
    (tmp_path / "forms").mkdir()
    (tmp_path / "processes").mkdir()
    for section in page_of(DOCS / TUTORIAL).sections:
        for block in section.blocks:
            if block.how in ("whole", "piece", "more", "edit"):
                put(files, block)
                _write(tmp_path, files)
            for command, output in commands(block) if block.how == "console" else ():
                if command.startswith("heard "):
                    with pytest.raises(SystemExit):
                        main(shlex.split(_this_year(command))[1:])
                    out, err = capfd.readouterr()
                    assert _steady(command, out + err) == _steady(command, output), command


def _write(home: Path, files: Files) -> None:
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, encoding="utf-8")


def _this_year(command: str) -> str:
    """Cases are numbered by year: the page names one of the year in which it was written."""
    return re.sub(r"\bRET-\d{4}-", f"RET-{datetime.now(ZoneInfo('Europe/Berlin')).year}-", command)


def _steady(command: str, text: str) -> str:
    """What does not change from day to day. The commands that only read files say the same every day."""
    if command.split()[1] in ("lint", "test", "calendar"):
        return text
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?([+-]\d\d:\d\d)?", "<time>", text)
    text = re.sub(r"\bRET-\d{4}-", "RET-", text)
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "<digest>", text)
    text = re.sub(r"\bin [\d.]+ (working )?\w+|\b\d+ \w+ ago|\b(CET|CEST)\b", "<when>", text)
    return re.sub(r"-{3,}| +", " ", text)
