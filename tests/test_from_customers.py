"""What of a case's history its customer has said, and asked for."""

from __future__ import annotations

from engine.core import commands as c
from engine.telling.from_customers import said_by_customer
from tests.builders import ANN, CUSTOMER, Case, define

BODY = """
customer: {email: intake.email}
start: {by: [customer, agent], form: order-intake, go: open}
states:
  open:
    task: {candidates: [agent]}
    on: {offer: offered, pause: paused, check: checking}
  offered:
    approval: {title: "Offer {reference}", by: {any: [customer]}, binds: [intake]}
    on: {approved: {title: Accept, go: end}, rejected: {title: Decline, go: open}}
  paused: {on: {call-off: {title: Call it off, by: [customer], go: end}}}
  checking: {task: {candidates: [agent]}, on: {call-off: {title: Put off, by: [customer], go: end}}}
  end: {final: {outcome: done}}
on:
  withdraw: {title: Withdraw, by: [customer], go: end}
  drop: {title: Drop, by: [agent], go: end}
wait-for:
  wrote: {form: order-note, by: [customer, agent]}
  checked: {form: order-check, by: [agent]}
"""
FORMS = {
    "order-intake": "properties: {email: {type: string, format: email}}",
    "order-note": "properties: {text: {type: string}}",
    "order-check": "properties: {result: {type: string}}",
}


def said(case: Case) -> list[tuple[str, str]]:
    return [
        (word.kind, str(word.move.title) if word.move is not None else word.body.get("name", ""))
        for word in said_by_customer(case.definition, case.history)
    ]


def test_what_they_wrote_decided_and_asked_for_is_theirs_and_nothing_that_staff_did() -> None:
    case = Case(define(BODY, FORMS))
    case.roll["customer"] = {"cleo"}
    assert said(case.start(CUSTOMER, email="cleo@example.org")) == [], "what it began with stands by itself"
    for who, message, values in (
        (ANN, "wrote", {"text": "She rang"}),
        (ANN, "wrote", {}),
        (ANN, "checked", {"result": "Fine"}),
    ):
        case.run(c.Correlate(at=case.now, actor=who, message=message, values=values))
    case.do(ANN, "offer").decide(CUSTOMER, "reject").wait("1h").trigger(CUSTOMER, "withdraw")
    assert said(case) == [("filled-in", "note"), ("decided", "Decline"), ("asked", "Withdraw")]
    assert said(Case(define(BODY, FORMS)).start(CUSTOMER, email="cleo@example.org").trigger(ANN, "drop")) == []


def test_what_they_asked_for_has_the_title_that_it_has_where_they_asked() -> None:
    case = Case(define(BODY, FORMS)).start(CUSTOMER, email="cleo@example.org").do(ANN, "pause")
    assert said(case.wait("1h").trigger(CUSTOMER, "call-off")) == [("asked", "Call it off")]
