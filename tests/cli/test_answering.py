"""Whoever works on the command line finds there what a form asks, with the codes and the files that it takes, and what
can be asked of a case.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import ORGANISATION, files
from tests.cli.shell import Shell

PEOPLE = """
people:
  ann: {name: Ann, email: ann@example.org, roles: [agent]}
  lea: {name: Lea, email: lea@example.org, roles: [lead]}
  ole: {name: Ole, email: ole@example.org, roles: [owner]}
"""
FORMS = {
    "order-intake": """
    required: [how]
    properties:
      how: {title: How bad, enum: [low, high], labels: {low: {en: A little}, high: {en: Very}}}
      photo: {title: A photo, type: string, format: file}
      accused: {title: About whom, type: string, format: person}
      papers: {title: Papers, type: array, items: {type: string, format: file}}
    """,
    "order-word": "properties: {text: {title: What, type: string}, tone: {title: Tone, enum: [kind, stern]}}",
    "order-empty": "properties: {note: {title: Note, type: string}}",
}
BODY = """
start: {by: [agent], form: order-intake, go: open}
people: {looker: [open]}
states:
  open:
    task: {candidates: [agent], form: order-empty}
    on: {look: check, wait: {go: waiting}}
  check: {task: {title: Check it, candidates: [agent], exclude: [intake.accused, looker]}, on: {fine: end}}
  waiting: {wait-for: {customer-wrote: {form: order-word, go: open}}}
  end: {final: {outcome: done, reopen: {by: agent, go: open}}}
on:
  tell: {title: Tell them, by: [agent, lead], form: order-word}
  drop: {by: [lead], only-when: "intake.how == low", go: end}
"""
CASE = "ORD-2026-00001"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    for name in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON", "HEARD_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    for path, text in files(BODY, FORMS, processes__organisation_dot_yaml=ORGANISATION + PEOPLE).items():
        (tmp_path / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / path).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    one = Shell(tmp_path, capsys)
    one.good("deploy", "--as", "")
    return one


def begun(shell: Shell, *more: str) -> str:
    out = shell.good("start", "order", "--as", "ann", "--set", "how=high", *more)
    return out.split()[0]


def test_a_process_shows_what_its_start_asks_with_the_codes_of_each_choice(shell: Shell) -> None:
    told = shell.good("processes", "order")
    assert "Started by agent with `heard start order`, which asks for the form 'order-intake':" in told
    assert "  how: one of: low (A little), high (Very), always — How bad\n" in told
    assert "  photo: file (--file photo=PATH), optional — A photo\n" in told
    start = shell.json("processes", "order")["start"]
    assert start["by"] == ["agent"]
    assert start["fields"][0]["choices"] == [{"code": "low", "label": "A little"}, {"code": "high", "label": "Very"}]
    assert "[no-such-process]" in shell.refused("processes", "nothing")


def test_files_are_given_by_the_field_that_asks_for_them(shell: Shell) -> None:
    for name in ("one.txt", "two.txt", "three.txt"):
        (shell.folder / name).write_text(name)
    case = begun(shell, "--file", "photo=one.txt", "--file", "papers=two.txt", "--file", "papers=three.txt")
    data = shell.json("case", case)["case"]["data"]["intake"]
    assert data["photo"]["name"] == "one.txt" and data["photo"]["size"] == 7
    assert [one["name"] for one in data["papers"]] == ["two.txt", "three.txt"]


def test_a_file_for_a_field_that_takes_none_or_that_is_not_there_is_refused(shell: Shell) -> None:
    (shell.folder / "one.txt").write_text("1")
    refused = shell.refused("start", "order", "--as", "ann", "--set", "how=low", "--file", "how=one.txt", code=2)
    assert "Expected a field for a file after --file, but 'how' is none; this asks for photo, papers" in refused
    assert "Expected NAME=PATH" in shell.refused("start", "order", "--as", "ann", "--file", "one.txt", code=2)
    assert "[unreadable]" in shell.refused("start", "order", "--as", "ann", "--file", "photo=nowhere.txt")


def test_a_case_shows_what_can_be_asked_of_it(shell: Shell) -> None:
    case = begun(shell)
    told = shell.good("case", case)
    assert f"  heard trigger {case} tell — Tell them → stays  by agent, lead\n" in told
    assert f"  heard trigger {case} drop → end  by lead  (not now: 'drop' is offered only when" in told
    assert "(--moves shows what each asks)" in told and "tone:" not in told
    assert "      tone: one of: kind, stern" in shell.good("case", case, "--moves")
    shell.good("complete", case, "wait", "--as", "ann")
    assert f"  heard message {case} customer-wrote → open\n" in shell.good("case", case)
    moves = shell.json("case", case)["moves"]
    assert [(one["command"], one["name"]) for one in moves] == [
        ("trigger", "tell"),
        ("trigger", "drop"),
        ("message", "customer-wrote"),
    ]


def test_a_case_that_has_ended_shows_the_way_back(shell: Shell) -> None:
    (shell.folder / "values.yaml").write_text("how: low\n")
    case = shell.good("start", "order", "--as", "ann", "--values", "values.yaml").split()[0]
    shell.good("trigger", case, "drop", "--as", "lea")
    assert f"heard reopen {case} → open  by agent" in shell.good("case", case)


def test_what_was_left_empty_has_no_heading(shell: Shell) -> None:
    case = begun(shell)
    shell.good("complete", case, "wait", "--as", "ann")
    assert "empty" in shell.json("case", case)["case"]["data"] and "\nempty\n" not in shell.good("case", case)


def test_a_task_without_a_time_says_so(shell: Shell) -> None:
    assert "free for agent; no time is set for it\n" in shell.good("task", begun(shell), "--as", "ann")


def test_four_eyes_name_the_relation_that_hits_and_no_other(shell: Shell) -> None:
    case = begun(shell)
    shell.good("complete", case, "look", "--as", "ann")
    refused = shell.refused("claim", case, "--as", "ann")
    assert "(four eyes: looker)" in refused
