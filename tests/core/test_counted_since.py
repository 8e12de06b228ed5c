"""Promises that count from a date or instant of the case, and not from the moment in which their clock begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.core.clock_explanations import explain
from engine.telling.sentences import Teller
from tests.builders import ANN, Case, define, files, problems_of

FORMS = {
    "order-intake": """
    properties: {written: {type: string, format: date, title: Written}}
    """,
    "order-sent": """
    required: [day, moment]
    properties:
      day: {type: string, format: date, title: Sent on}
      moment: {type: string, format: date-time, title: Sent at}
      rows: {type: array, title: Rows, items: {type: object, properties: {day: {type: string, format: date}}}}
    """,
}
BODY = """
start: {form: order-intake, by: [agent], go: desk}
clocks:
  answer: {target: 15d, starts-on: state ours, since: sent.day, restarts-on: milestone anew, stops-on: state end}
  quick: {target: 2bd, starts-on: state ours, since: sent.day, stops-on: state end, on-reopen: restart}
  exact: {target: 2h, starts-on: state ours, since: sent.moment, stops-on: state end}
  letter: {target: 5d, since: "default(intake.written, today)", stops-on: state end}
states:
  desk: {task: {candidates: [agent]}, on: {hand-on: {form: order-sent, go: ours}}}
  ours: {title: Ours, task: {candidates: [agent]}, on: {done: end}}
  end: {final: {outcome: done, reopen: {by: agent, go: desk}}}
on: {again: {by: agent, from: ours, milestone: anew}}
"""
DEFINITION = define(BODY, FORMS)
THURSDAY = {"day": "2026-11-19", "moment": "2026-11-19T15:00:00+01:00"}


def handed_on(**values: Any) -> Case:
    """On Monday, 23 November, at ten."""
    return Case(DEFINITION).start(ANN).do(ANN, "hand-on", **{**THURSDAY, **values})


def local(at: datetime | None) -> str:
    return f"{DEFINITION.calendar.local_time(at):%Y-%m-%d %H:%M:%S}" if at is not None else ""


def due(case: Case, name: str) -> str:
    return local(case.here.clocks[name].due_at)


def test_a_date_counts_from_its_end_so_that_fifteen_days_end_with_the_fifteenth_day_after_it() -> None:
    case = handed_on()
    assert local(case.here.clocks["answer"].started_at) == "2026-11-19 23:59:59"
    assert due(case, "answer") == "2026-12-04 23:59:59"


def test_business_days_are_counted_from_the_day_after_the_date() -> None:
    assert due(handed_on(day="2026-11-20"), "quick") == "2026-11-24 17:00:00"


def test_an_instant_counts_as_it_is_and_what_is_late_by_then_is_missed_at_once() -> None:
    case = handed_on()
    assert due(case, "exact") == "2026-11-19 17:00:00"
    case.wait("0m")
    assert case.here.clocks["exact"].missed == case.here.clocks["exact"].due_at


def test_the_same_day_counts_from_its_end_too_and_nothing_is_used_up_before() -> None:
    case = handed_on(day="2026-11-23")
    assert due(case, "answer") == "2026-12-08 23:59:59"
    assert explain(DEFINITION, case.here.clocks["answer"], case.now).used == timedelta(0)


def test_a_date_that_lies_ahead_postpones_nothing() -> None:
    case = handed_on(day="2027-11-23", moment="2027-11-23T12:00:00+01:00")
    assert (due(case, "answer"), due(case, "exact")) == ("2026-12-08 23:59:59", "2026-11-24 01:59:59")


def test_a_clock_that_begins_with_the_case_may_count_from_a_date_too() -> None:
    assert due(Case(DEFINITION).start(ANN, written="2026-11-16"), "letter") == "2026-11-21 23:59:59"
    assert due(Case(DEFINITION).start(ANN), "letter") == "2026-11-28 23:59:59"


def test_what_begins_anew_or_again_after_the_end_counts_from_then() -> None:
    case = handed_on().at("2026-11-24 12:00").trigger(ANN, "again")
    assert due(case, "answer") == "2026-12-09 12:00:00"
    case.do(ANN, "done").at("2026-11-25 12:00").reopen(ANN, comment="Not yet")
    assert local(case.here.clocks["quick"].started_at) == "2026-11-25 12:00:00"


def test_the_history_says_from_when_it_counts_and_what_it_began_with() -> None:
    case = handed_on()
    teller = Teller(DEFINITION, "Europe/Berlin")
    told = [line for event in case.history for line in teller.tell(event) if event.type == "clock-started"]
    assert any("Answer runs since 2026-11-19 23:59, begun when the case came to 'Ours'" in line for line in told)
    case.trigger(ANN, "again")
    (line,) = [line for event in case.last.events if event.type == "clock-started" for line in teller.tell(event)]
    assert "since 2026-11-23 10:00, when the milestone anew was reached" in line


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ("intake.written", "maybe-missing"),
        ("reference", "type-mismatch"),
        ("sent.dya", "unknown-field"),
        ("claimed", "unknown-name"),
    ],
)
def test_it_has_to_be_a_date_that_is_there_whenever_the_clock_begins(since: str, code: str) -> None:
    body = BODY.replace("since: sent.day, restarts-on", f"since: {since}, restarts-on")
    (problem,) = [one for one in problems_of(files(body, FORMS)) if one.severity == "error"]
    lines = files(body, FORMS)["processes/order.yaml"].splitlines()
    assert problem.code == code and f"since: {since}, restarts-on" in lines[problem.place.line - 1]


@pytest.mark.parametrize("fact", ["milestone anew", "start"])
def test_what_is_known_in_a_state_alone_is_not_known_when_something_else_begins_it(fact: str) -> None:
    body = BODY.replace("starts-on: state ours, since: sent.moment", f"starts-on: {fact}, since: sent.moment")
    assert [one.code for one in problems_of(files(body, FORMS)) if one.severity == "error"] == ["maybe-missing"]


def test_a_clock_is_the_case_s_and_knows_no_row_of_a_branch() -> None:
    body = """
start: {form: order-sent, by: [agent], go: rows}
clocks: {answer: {target: 15d, starts-on: state row, since: part.day, stops-on: state end}}
states:
  rows: {for-each: {row: sent.rows, as: part, start: row, go: end}}
  row: {task: {candidates: [agent]}, on: {done: join}}
  end: {final: done}
"""
    problems = problems_of(files(body, FORMS))
    assert [one.code for one in problems if one.severity == "error"] == ["unknown-name"]
