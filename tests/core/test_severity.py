"""How grave a case is, as its process says it: kept with the case, and right after every step."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core import commands as c
from engine.core.severity import severities
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


def test_a_case_from_before_it_was_kept_has_it_with_its_next_line_of_history() -> None:
    case = Case(define(DECIDED, FORMS)).start().do(ANN, "sort", impact="large")
    case.instance = replace(case.here, severity="")
    case.run(c.SaveDraft(at=case.now, actor=ANN, task=case.task("open").id, values={"impact": "small"}))
    assert case.here.severity == ""  # nothing happened: nothing is written
    case.run(c.Comment(at=case.now, actor=ANN, text="Look"))
    assert case.here.severity == "S1"
