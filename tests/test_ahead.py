"""What is said to lie ahead of an outcome is what then happens."""

from __future__ import annotations

from typing import Any

from engine.core.draft import Draft
from engine.telling.ahead import Ahead, ahead, in_words
from tests.builders import ANN, CUSTOMER, Case, define

BODY = """
customer: {email: order.email, language: order.language}
start: {by: customer, form: order, go: open}
tasks:
  call: {title: "Ring about {reference}", candidates: [agent], on: {done: {}}}
states:
  open:
    task: {candidates: [agent]}
    on:
      stay: {title: Stay}
      answer: {send: answer, go: end}
      check: {form: check, go: checking}
      ring: {open: call, go: open}
      lead: {needs: lead, go: end}
      many: {go: asking}
      maybe: {send: {message: answer, when: "default(order.big, false)"}, go: open}
  checking:
    title: Being checked
    send: {message: note, when: check.fine}
    go: [{when: check.fine, go: end}, {else: review}]
  review:
    title: Under review
    approval: {title: Look, by: {quorum: 1, of: [lead, owner]}, binds: [check]}
    on: {approved: end, rejected: open}
  asking: {parallel: {branches: {one: first, two: second}, go: open}}
  first: {title: First part, task: {candidates: [agent]}, on: {done: join}}
  second: {title: Second part, task: {candidates: [expert]}, on: {done: join}}
  end: {title: The end, final: resolved}
"""
FORMS = {
    "order": """
properties:
  email: {type: string, format: email}
  language: {type: string}
  big: {type: boolean}
""",
    "check": "required: [fine, why]\nproperties: {fine: {type: boolean}, why: {type: string}}",
}
MESSAGES = {"answer": "About {reference} | Yes.", "note": "Note: {check.why} | Hm."}
ROLES = {"lead": {"en": "Team lead", "de": "Teamleitung"}}


def case(**values: Any) -> Case:
    return Case(define(BODY, FORMS, MESSAGES)).start(CUSTOMER, email="a@b.example", **values)


def look(one: Case, outcome: str, **typed: Any) -> Ahead:
    draft = Draft(one.definition, one.here, ANN, one.now)
    task = one.task("open") if one.states == ("open",) else one.task()
    move = one.definition.place_of(task.state).on[outcome]
    return ahead(draft, task.token, move, move.form, typed)


def said(one: Case, outcome: str, language: str = "en", reachable: bool = True, **typed: Any) -> str:
    return in_words(look(one, outcome, **typed), language, ROLES, {}, reachable)


def test_a_move_that_leads_nowhere_says_so() -> None:
    assert said(case(), "stay") == "The case stays where it is"


def test_it_says_where_the_case_goes_and_what_the_customer_gets() -> None:
    assert said(case(), "answer") == "The end; the customer gets “About ORD-2026-00001”"
    assert look(case(), "answer").ends


def test_a_customer_without_an_address_has_to_be_told() -> None:
    assert "has to be told" in said(case(), "answer", reachable=False)


def test_as_long_as_the_form_does_not_decide_it_says_or() -> None:
    assert said(case(), "check") == "The end or Under review (Team lead or owner); the customer may get “Note: …”"


def test_what_is_typed_decides_which_way_it_is() -> None:
    one = case()
    assert said(one, "check", fine=True, why="neat") == "The end; the customer gets “Note: neat”"
    assert said(one, "check", fine=False, why="no") == "Under review (Team lead or owner)"
    assert one.do(ANN, "check", fine=True, why="neat").states == ("end",)


def test_a_look_ahead_changes_nothing() -> None:
    one = case()
    before = one.here
    look(one, "check", fine=True, why="neat")
    assert one.here == before


def test_a_message_whose_condition_does_not_hold_is_not_promised() -> None:
    assert said(case(big=False), "maybe") == "Open (agent)"
    assert "gets" in said(case(big=True), "maybe")


def test_tasks_second_people_and_parallel_parts_are_told() -> None:
    one = case()
    assert said(one, "ring") == "Open (agent); also to do: Ring about ORD-2026-00001"
    assert said(one, "lead") == "First Team lead has to confirm it; The end"
    assert said(one, "many") == "First part (agent) or Second part (expert)"


DESKS = """
people: {handler: sorting}
start: {by: customer, form: order, go: sorting}
decisions:
  desk:
    inputs: ["default(order.big, false)"]
    rows: [[true, lead], [false, expert]]
states:
  sorting:
    task: {candidates: [agent]}
    on: {desk: desk, mine: mine, theirs: {form: order-who, go: theirs}, anybody: anybody, ask: asking}
  desk: {title: At the desk, task: {candidates: {by: desk}}, on: {done: end}}
  mine: {title: Mine, task: {candidates: [agent, lead], assignee: handler}, on: {done: end}}
  theirs: {title: Theirs, task: {candidates: [expert, lead], assignee: who.person, exclude: [starter]}, on: {done: end}}
  anybody: {title: Anybody's, task: {candidates: [agent, expert, lead]}, on: {done: end}}
  asking:
    title: Asking
    approval: {by: [{when: "default(order.big, false)", all: [owner, lead]}, {else: {any: [lead]}}], binds: [order]}
    on: {approved: end, rejected: sorting}
  end: {title: The end, final: resolved}
"""
WHO = {**FORMS, "order-who": "properties: {person: {type: string, format: person}}"}


def test_it_says_who_has_it_next_as_far_as_it_is_known() -> None:
    one = Case(define(DESKS, WHO)).start(CUSTOMER, big=False)

    def next_one(outcome: str, **typed: Any) -> str:
        move = one.definition.states["sorting"].on[outcome]
        draft = Draft(one.definition, one.here, ANN, one.now, one.roster)
        found = ahead(draft, one.task().token, move, move.form, typed)
        return in_words(found, "en", ROLES, {}, people={"eva": "Eva Marsh"}, me="ann")

    assert next_one("desk") == "At the desk (expert)"
    assert next_one("mine") == "Mine (you)"
    assert next_one("theirs", person="eva") == "Theirs (Eva Marsh)"
    assert next_one("theirs", person="ben") == "Theirs (expert or Team lead)"  # he could not have it
    assert next_one("anybody") == "Anybody's"  # three roles are nobody in particular
    assert next_one("ask") == "Asking (Team lead)"


def test_it_is_told_in_german_too() -> None:
    assert said(case(), "answer", "de") == "The end; der Kunde erhält „About ORD-2026-00001“"
    assert said(case(), "lead", "de") == "Vorher muss Teamleitung zustimmen; The end"
