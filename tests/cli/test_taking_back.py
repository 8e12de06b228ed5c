"""On the command line, too, what somebody has just sent can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.actors import Actor
from engine.core.commands import ComeBack
from engine.runtime import Engine, wall_clock
from engine.store import instances, outbox
from engine.store.database import open_database
from tests.builders import ORGANISATION, files
from tests.cli.shell import deployed

PEOPLE = """
people:
  ann: {name: Ann, email: ann@example.org, roles: [agent]}
  ben: {name: Ben, email: ben@example.org, roles: [agent]}
"""
BODY = """
customer: {email: "'cleo@example.org'"}
start: {by: [agent], form: order-intake, go: open}
states:
  open: {task: {candidates: [agent], form: order-intake}, on: {answer: {send: order-note, go: end}}}
  end: {final: done}
"""
FORMS = {"order-intake": "properties: {note: {title: Note, type: string}}"}
PROMISED = """clocks:
  answer: {title: Answer, target: 1bd, stops-on: sent order-note}
"""
CASE = f"ORD-{wall_clock().year}-00001"


def test_what_was_just_sent_is_taken_back_by_whoever_sent_it_and_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    messages = {"order-note": "Our answer | Yes."}
    shell = deployed(
        tmp_path, capsys, files(BODY, FORMS, messages, processes__organisation_dot_yaml=ORGANISATION + PEOPLE)
    )
    assert "heard take-back" not in shell.good("start", "order", "--as", "ann")
    said = shell.good("complete", CASE, "answer", "--as", "ann", "--set", "note=typed")
    assert f"“Our answer” goes out to cleo@example.org in 15 seconds; `heard take-back {CASE}` stops it" in said
    assert "[nothing-to-take-back]" in shell.refused("take-back", CASE, "--as", "ben")
    done = shell.good("take-back", CASE, "--as", "ann")
    assert "Taken back: “Our answer” does not go out to cleo@example.org." in done and f"{CASE} → open" in done
    assert "message-withdrawn" in shell.good("history", CASE)
    assert "typed" in shell.good("task", CASE, "--as", "ann"), "what was typed is there again"
    assert "[nothing-to-take-back]" in shell.refused("take-back", CASE, "--as", "ann")
    assert "of history checked." in shell.good("verify")


def test_a_promise_that_was_kept_by_a_letter_that_came_back_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    body = BODY.replace("states:", PROMISED + "states:").replace("  open: {task", "  open: {label: We read it, task")
    home = files(
        body, FORMS, {"order-note": "Our answer | Yes."}, processes__organisation_dot_yaml=ORGANISATION + PEOPLE
    )
    shell = deployed(tmp_path, capsys, home)
    shell.good("start", "order", "--as", "ann")
    assert "The customer reads (en): We read it" in shell.good("case", CASE)
    shell.good("complete", CASE, "answer", "--as", "ann", "--set", "note=typed")
    assert "the letter did not arrive" not in shell.good("case", CASE)
    with open_database(shell.url) as store:
        engine, case = Engine(store, wall_clock), instances.by_reference(store, CASE)
        assert case is not None
        (letter,) = [one for one in outbox.of_case(store, case) if one.kind == outbox.MESSAGE]
        outbox.delivered(store, letter.id, wall_clock())
        post = Actor("system", frozenset(), "system", "mail")
        lost = ComeBack(
            at=wall_clock(), actor=post, parcel=letter.name, to="cleo@example.org", about="x", error="5.1.1"
        )
        engine.do(case, lost)
    assert "; the letter did not arrive" in shell.good("case", CASE)
