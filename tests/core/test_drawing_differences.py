"""Two versions of a process, compared in sentences."""

from __future__ import annotations

import pytest

from engine.core.drawing.difference_words import WORDS
from engine.core.drawing.differences import differences
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.home import shipped
from engine.library import read_files

FILES = {path: content.decode() for path, content in read_files(shipped()).items()}


def version(path: str, *changes: tuple[str, str], process: str = "inquiry") -> Definition:
    """The shipped process with these texts in place of others, in one of its files."""
    text = FILES[path]
    for old, new in changes:
        assert old in text, f"expected {old!r} in {path}"
        text = text.replace(old, new, 1)
    loaded = examine(Catalog({**FILES, path: text}), f"processes/{process}.yaml")
    assert loaded.definition is not None, loaded.errors
    return loaded.definition


SMALL = """process: small
title: Small
owner: process-owner
reference: SM
calendar: office
start: {form: report, by: process-owner, go: look}
states:
  look:
    title: Look at it
    task: {form: answer, candidates: agent, due: 4bh}
    on:
      done: {go: end}
      refuse: {go: refused, only-when: report.subject != "x"}
  end: {final: done}
  refused: {final: refused}
"""
REPORT = """form: report
title: Report
required: [subject]
properties:
  subject: {type: string, title: Subject, maxLength: 200}
"""
ANSWER = "form: answer\ntitle: Answer\nproperties:\n  text: {type: string, title: Text}\n"


def small(*changes: tuple[str, str]) -> Definition:
    """A process of two steps with these texts in place of others, in whatever file they are."""
    files = {"processes/small.yaml": SMALL, "forms/report.yaml": REPORT, "forms/answer.yaml": ANSWER}
    for old, new in changes:
        assert any(old in text for text in files.values()), old
        files = {path: text.replace(old, new) for path, text in files.items()}
    shared = {path: text for path, text in FILES.items() if "calendars/" in path or "organisation" in path}
    loaded = examine(Catalog({**shared, **files}), "processes/small.yaml")
    assert loaded.definition is not None, loaded.errors
    return loaded.definition


def said(old: Definition, new: Definition, language: str = "en") -> list[str]:
    return [one.said for one in differences(old, new, language)]


def test_the_same_meaning_in_other_places_is_no_difference() -> None:
    assert said(small(), small(("title: Small", "\n# a remark\n\ntitle: Small"))) == []


LOOK, REFUSE = "“Look at it”", "“Look at it”, the way “Refuse”"
ANOTHER = ("  refused: {final: refused}", "  refused: {final: refused}\n  other: {final: other}")
NEEDED = ("title: Answer\n", "title: Answer\nrequired: [text]\n")
DAY = (
    "  text: {type: string, title: Text}",
    "  text: {type: string, title: Text}\n  day: {type: string, format: date, title: Day}",
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("due: 4bh", "due: 2bh", f"{LOOK}: by when is now “2 working hours”; it was “4 working hours”."),
        (", due: 4bh", "", f"{LOOK}: by when “4 working hours” is gone."),
        ("candidates: agent", "candidates: team-lead", f"{LOOK}: who does it is now “team lead”; it was “agent”."),
        ("title: Look at it", "title: Read it", f"{LOOK} is now called “Read it”."),
        (
            "owner: process-owner",
            "owner: team-lead",
            "The process: the owner is now “team lead”; it was “process owner”.",
        ),
        ("go: refused, only", "go: end, only", f"{REFUSE}: where it leads is now “End”; it was “Refused”."),
        ('!= "x"', '!= "y"', f"{REFUSE}: when is now "),
        (*ANOTHER, "“Other” is new."),
        ("final: refused", "final: rejected", "“Refused” works differently in a detail."),
        ("maxLength: 200", "maxLength: 9", "The form “Report”: “Subject” has changed in its help, limits or choices."),
        (*DAY, "The form “Answer” asks for “Day” too (day, optional)."),
        (*NEEDED, "The form “Answer”: “Text” is now text, always; it was text, optional."),
    ],
)
def test_a_change_is_told_in_a_sentence(old: str, new: str, told: str) -> None:
    found = said(small(), small((old, new)))
    assert any(sentence.startswith(told) for sentence in found), found


def test_a_way_that_is_taken_out_is_told_and_so_is_one_put_in() -> None:
    refuse = '      refuse: {go: refused, only-when: report.subject != "x"}\n'
    less = small((refuse, ""), ("  refused: {final: refused}\n", ""))
    assert said(small(), less) == ["“Refused” is gone.", "“Look at it”, the way “Refuse” is gone."]
    assert said(less, small()) == ["“Refused” is new.", "“Look at it”, the way “Refuse” is new."]


def test_a_promise_that_is_shorter_is_told_in_both_languages() -> None:
    old = version("processes/complaint.yaml", process="complaint")
    new = version("processes/complaint.yaml", ("75%", "60%"), process="complaint")
    assert "is now “at 60% of its time" in said(old, new)[0]
    assert "jetzt „bei 60% der Zeit" in said(old, new, "de")[0]


def test_another_text_of_a_message_is_told_with_its_language() -> None:
    path = next(path for path in FILES if path.startswith("processes/messages/inquiry-") and path.endswith(".de.md"))
    old, new = version(path), version(path, ("---\n\n", "---\n\nEinen schönen Tag!\n\n"))
    assert [one.part for one in differences(old, new)] == ["messages"]
    assert said(old, new)[0].endswith("has another text (de).")


UNSAID = [
    ("worked-on: [frontline, ", "worked-on: [", "The group “whoever handled it”: those who worked on, no longer “"),
    (
        "worked-on: investigation",
        "worked-on: remedy",
        "The group “whoever investigated it”: those who worked on is now “",
    ),
    ("due: {by: severity, S1: 4bh,", "due: {by: severity, S1: 2bh,",
     "“Decision under approval”: by when is now “by “Severity”: S1 2 working hours; else 2 working days”"),
    ("en: whoever inv", "en: who inv", "The group “whoever investigated it”: the name is now “who investigated it”"),
    ("de: Alarm", "de: Gefahr", "The variable “Alarm”: the name (de) is now “Gefahr”; it was “Alarm”."),
    ("en: Considerable", "en: Notable", "The table “Money promised”: what “considerable” is called is now “Notable”"),
    ("de: Kunde angerufen", "de: Angerufen", "The milestone “Customer called”: the name (de) is now “Angerufen”"),
    (", de: Kundenbeschwerde}", ", de: Klage}", "The process: the name (de) is now “Klage”"),
    ("en: Receipt", "en: Arrival", "The stage “Arrival” works differently in a detail."),
    ("en: We stop", "en: We end", "At any time, “Withdraw it” works differently in a detail."),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), UNSAID)
def test_whom_two_different_people_are_is_told_and_so_are_names_in_every_language(
    old: str, new: str, told: str
) -> None:
    path = "processes/complaint.yaml"
    [found] = said(version(path, process="complaint"), version(path, (old, new), process="complaint"))
    assert found.startswith(told)


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    english, german = WORDS["en"], WORDS["de"]
    assert {key: text.count("{}") for key, text in english.items()} == {
        key: text.count("{}") for key, text in german.items()
    }
