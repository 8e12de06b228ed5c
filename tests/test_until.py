"""By when a customer can still say something, and what they are promised when they do."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.core.draft import Draft
from engine.telling.until import ends_at, promised_then
from tests.builders import ANN, CUSTOMER, Case, define

ORDER = define(
    """
customer: {email: intake.email}
start: {by: [customer, agent], form: order-intake, go: received}
variables: {content: false}
clocks:
  again:
    title: Second look
    promise: {en: Our second answer, de: Unsere zweite Antwort}
    target: {by: intake.kind, small: 1bd, large: 5bd, not-yet-known: none}
    starts-on: state second-look
    stops-on: state done
  call:
    title: Call
    promise: A call from us
    target: 2bd
    starts-on: milestone disputed
    stops-on: [milestone called, state done]
  soon: {title: Ours, target: 1bd, starts-on: state second-look, stops-on: state done}
states:
  received:
    task: {candidates: [agent]}
    on:
      settle: {set: {content: true}, go: resolved}
      answer: resolved
    after: {3bd: done}
  resolved:
    on: {accept: {by: [customer], go: done}}
    after:
      5bd: {when: content, repeat: 1bd, go: done}
      20bd: done
  second-look: {milestone: disputed, task: {candidates: [agent]}, on: {answer: resolved}}
  done: {final: done}
on:
  disagree: {by: [customer], from: [resolved], go: second-look}
  close-call: {by: [agent], from: [resolved], milestone: called}
""",
    {
        "order-intake": """
required: [email]
properties: {email: {type: string, format: email}, kind: {enum: [small, large]}}
"""
    },
)


def answered(outcome: str, **values: str) -> Draft:
    """The case, resolved on Monday at ten by this outcome, as its customer comes by."""
    one = Case(ORDER).start(CUSTOMER, email="otto@klein.example", **values)
    one.at("2026-11-23 10:00")
    one.claim(ANN).do(ANN, outcome)
    return Draft(ORDER, one.here, CUSTOMER, one.now)


def there(at: datetime | None) -> str:
    return f"{ORDER.calendar.local_time(at):%Y-%m-%d %H:%M}" if at is not None else ""


@pytest.mark.parametrize(("outcome", "ends"), [("settle", "2026-11-30 17:00"), ("answer", "2026-12-21 17:00")])
def test_a_case_that_ends_by_itself_says_when_by_the_way_that_is_open_now(outcome: str, ends: str) -> None:
    assert there(ends_at(answered(outcome))) == ends


def test_where_somebody_works_nothing_hangs_on_the_customers_silence() -> None:
    one = Case(ORDER).start(CUSTOMER, email="otto@klein.example")
    assert one.here.timers and ends_at(Draft(ORDER, one.here, CUSTOMER, one.now)) is None


@pytest.mark.parametrize(
    ("kind", "then"),
    [
        ("large", [("A call from us", "2026-11-25 17:00"), ("Our second answer", "2026-11-30 17:00")]),
        ("small", [("Our second answer", "2026-11-24 17:00"), ("A call from us", "2026-11-25 17:00")]),
    ],
)
def test_who_disagrees_knows_before_what_is_promised_then(kind: str, then: list[tuple[str, str]]) -> None:
    draft = answered("answer", kind=kind)
    move = ORDER.anywhere["disagree"]
    assert [(words, there(by)) for words, by in promised_then(draft, draft.root.id, move, "en")] == then
    accept = ORDER.states["resolved"].on["accept"]
    assert promised_then(draft, draft.root.id, accept, "en") == []


def test_nothing_is_told_of_a_promise_whose_length_nobody_knows() -> None:
    draft = answered("answer")
    found = promised_then(draft, draft.root.id, ORDER.anywhere["disagree"], "en")
    assert [words for words, _by in found] == ["A call from us"]


def test_what_is_promised_at_the_first_time_alone_is_not_promised_once_more() -> None:
    one = Case(ORDER).start(CUSTOMER, email="otto@klein.example").claim(ANN).do(ANN, "answer")
    one.trigger(CUSTOMER, "disagree").claim(ANN).do(ANN, "answer").trigger(ANN, "close-call")
    draft = Draft(ORDER, one.here, CUSTOMER, one.now)
    assert promised_then(draft, draft.root.id, ORDER.anywhere["disagree"], "en") == []
