"""How grave a case is, as its process says it: kept with the case, and right after every step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from engine.core import commands as c
from engine.core.severity import severities
from engine.definition.decisions import Decision
from engine.definition.model import Definition
from tests.builders import ANN, CUSTOMER, Case, define

FORMS = {
    "sorting": """
required: [impact]
properties:
  impact: {title: Impact, enum: [large, small]}
""",
    "asked": """
required: [severity]
properties:
  severity: {title: How grave, enum: [high, low]}
  other: {title: Something else, type: integer}
""",
}
DECIDED = """
start: {by: customer, go: open}
variables: {alarm: false}
decisions:
  severity:
    inputs: [sorting.impact]
    results: [S1, S2]
    rows: [[large, S1], [small, S2]]
    at-least: {S1: alarm}
states:
  open:
    task: {candidates: [agent]}
    on: {sort: {form: sorting, go: open}, alarm: {set: {alarm: true}, go: open}, done: end}
  end: {final: resolved}
"""
ASKED = """
start: {by: customer, form: asked, go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""
STUCK = """
start: {by: customer, form: asked, go: [{when: "10 / default(asked.other, 0) > 1", go: end}, {else: open}]}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""
SILENT = """
start: {by: customer, go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: resolved}
"""


def test_it_is_unknown_until_it_can_be_decided_and_then_follows_what_decides_it() -> None:
    case = Case(define(DECIDED, FORMS)).start()
    assert case.here.severity == ""
    assert case.do(ANN, "sort", impact="small").here.severity == "S2"
    assert case.do(ANN, "alarm").here.severity == "S1"


def test_a_field_of_the_first_form_may_say_it() -> None:
    assert Case(define(ASKED, FORMS)).start(CUSTOMER, severity="low").here.severity == "low"


@pytest.mark.parametrize(("body", "values"), [(DECIDED, ("S1", "S2")), (ASKED, ("high", "low")), (SILENT, ())])
def test_what_it_can_be_is_told_the_gravest_first(body: str, values: tuple[str, ...]) -> None:
    definition: Definition = define(body, FORMS)
    assert severities(definition) == values


def test_a_case_from_before_it_was_kept_has_it_with_the_next_form() -> None:
    case = Case(define(DECIDED, FORMS)).start().do(ANN, "sort", impact="large")
    case.instance = replace(case.here, severity="")
    assert case.do(ANN, "sort", impact="small").here.severity == "S2"


def test_a_case_that_got_stuck_at_its_beginning_has_it_too() -> None:
    case = Case(define(STUCK, FORMS)).start(CUSTOMER, severity="high")
    assert case.here.incidents and case.here.severity == "high"


def test_a_step_that_says_nothing_of_it_does_not_work_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(define(DECIDED, FORMS)).start().do(ANN, "sort", impact="large")
    decided: list[object] = []
    decide = Decision.decide

    def counting(self: Decision, values: Mapping[str, object]) -> object:
        decided.append(values)
        return decide(self, values)

    monkeypatch.setattr(Decision, "decide", counting)
    case.run(c.Comment(at=case.now, actor=ANN, text="Look"))
    case.claim(ANN)
    assert decided == []
    case.do(ANN, "sort", impact="small")
    assert decided and case.here.severity == "S2"
