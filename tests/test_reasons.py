"""Why a process is stuck is said in each language of the house, from one kind and its parts."""

from __future__ import annotations

import ast
from pathlib import Path
from string import Formatter

import pytest

from engine.core.events import Event
from engine.reasons import SAID
from engine.telling.failures import failure
from engine.telling.sentences import Teller
from engine.telling.voice import Tongue
from tests.builders import ANN, Case, define

ROOT = Path(__file__).parent.parent
PROCESS = """
start: {by: agent, form: order, go: open}
variables: {share: 0}
states:
  open:
    task: {candidates: [agent]}
    on: {divide: {set: {share: 100 / order.size}, go: end}, choose: [{when: order.size > 5, go: end}]}
  end: {final: true}
"""
FORMS = {"order": "required: [size]\nproperties: {size: {type: integer}}"}


def parts(said: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(said) if name}


def test_every_reason_is_said_in_every_language_with_what_its_kind_has() -> None:
    english, german = SAID["en"], SAID["de"]
    assert english.keys() == german.keys()
    missing = {kind: parts(german[kind]) - parts(english[kind]) for kind in english}
    assert {kind: more for kind, more in missing.items() if more} == {"too-few": {"roles"}}


def test_nobody_is_stuck_without_a_kind() -> None:
    made = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "engine").rglob("*.py")
        if path.name != "reasons.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Stuck"
    ]
    assert made == []


@pytest.mark.parametrize(
    ("outcome", "size", "english", "german"),
    [
        ("divide", 0, "This divides by zero.", "Hier wird durch null geteilt."),
        (
            "choose",
            1,
            "No guard of on:choose in the state open holds",
            "Keine Bedingung von on:choose in „open“ trifft zu",
        ),
    ],
)
def test_what_an_expression_fails_at_is_told_in_the_language_of_whoever_reads(
    outcome: str, size: int, english: str, german: str
) -> None:
    definition = define(PROCESS, FORMS)
    case = Case(definition).start(ANN, size=size).do(ANN, outcome)
    (incident,) = case.here.incidents.values()
    assert (incident.message, failure(incident, "en"), failure(incident, "de")) == (english, english, german)
    raised: Event = next(event for event in case.history if event.type == "incident-raised")
    assert Teller(definition, "UTC", Tongue("de")).tell(raised)[0].startswith(german)
