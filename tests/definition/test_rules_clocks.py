"""Clocks: they begin, something stops them, and they run somewhere; found in processes with a fault planted in them."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.builders import HEAD
from tests.definition.planting import TASK, codes, home, linted, the_one, word_at

WRITTEN_TO = HEAD + "customer: {email: intake.email}\n"
INTAKE = """
required: [kind, amount, email]
properties:
  kind: {type: string, enum: [goods, service, other]}
  amount: {type: integer}
  email: {type: string, format: email}
"""
MESSAGES = {name: f"{name} | Hello." for name in ("order-received", "order-answer", "order-reminder", "order-closed")}
STATES = f"""
states:
  received:
    send: order-received
    {TASK}
    on:
      ask: {{milestone: read, go: waiting}}
      answer: {{send: order-answer, milestone: answered, go: closed}}
  waiting:
    wait-for: {{reply: received}}
    after: {{3d: {{send: order-reminder}}, 8d: {{send: order-closed, go: given-up}}}}
  closed: {{final: done}}
  given-up: {{final: given-up}}
"""


def body(clock: str, states: str = STATES) -> str:
    return f"clocks:\n  promise: {clock}\n{states}"


def told(clock: str, states: str = STATES, more: str = "") -> tuple[Problem, ...]:
    return linted(body(clock, states) + more, head=WRITTEN_TO, forms={"order-intake": INTAKE}, messages=MESSAGES)


@pytest.mark.parametrize(
    "clock",
    [
        "{target: 1bd, stops-on: sent order-answer}",
        "{target: 1bd, stops-on: sent by a person}",
        "{target: 1bd, stops-on: [milestone answered, state given-up]}",
        "{target: 1bd, starts-on: received reply, stops-on: sent order-answer by a person}",
        "{target: 1bd, starts-on: milestone read, stops-on: sent order-closed}",
        "{target: 5bd, restarts-on: sent, stops-on: state closed}",
        "{target: 5bd, pauses-in: waiting, stops-on: state closed, escalate: {75%: {notify: lead}}}",
        "{target: 5bd, runs-in: waiting, stops-on: received}",
    ],
)
def test_clocks_that_begin_and_can_be_stopped_are_sound(clock: str) -> None:
    assert told(clock) == ()


# --- clock-never-starts


def test_a_clock_that_nothing_begins_is_told() -> None:
    states = STATES.replace("  closed:", "  lost: {set: {}, go: closed, milestone: never}\n  closed:")
    found = told("{target: 1bd, starts-on: milestone never, stops-on: sent}", states.replace("set: {}, ", ""))
    assert codes(found) == ["clock-never-starts", "unreachable-state"]
    assert "`milestone never` never happens" in found[0].message
    files = home(body("{target: 1bd, starts-on: milestone never, stops-on: sent}"), head=WRITTEN_TO)
    assert word_at(found[0], files).startswith("milestone never")


def test_a_clock_that_only_one_of_the_staff_could_begin_is_told_when_none_of_them_does() -> None:
    found = the_one(
        told("{target: 1bd, starts-on: sent order-closed by a person, stops-on: sent}"), "clock-never-starts"
    )
    assert "'order-closed' is sent only by itself or by the customer" in found.message


# --- clock-never-stops


@pytest.mark.parametrize(
    ("fact", "why"),
    [
        ("sent order-received by a person", "'order-received' is sent only by itself or by the customer"),
        ("sent order-reminder by a person", "'order-reminder' is sent only by itself or by the customer"),
        ("sent order-closed by a person", "'order-closed' is sent only by itself or by the customer"),
    ],
)
def test_what_goes_out_by_itself_stops_no_clock_that_waits_for_a_person(fact: str, why: str) -> None:
    clock = f"{{target: 1bd, stops-on: {fact}}}"
    found = the_one(told(clock), "clock-never-stops")
    assert found.severity == "error" and why in found.message
    assert word_at(found, home(body(clock), head=WRITTEN_TO)).startswith(fact)
    assert found.witness == ("start → received → closed",)


def test_a_message_that_follows_at_once_on_what_a_person_did_is_sent_by_a_person() -> None:
    states = STATES.replace("answer: {send: order-answer, ", "answer: {").replace("go: closed}", "go: telling}", 1)
    states += "  telling: {send: order-answer, go: closed}\n"
    assert told("{target: 1bd, stops-on: sent order-answer by a person}", states) == ()
    by_timer = states.replace("given-up}},", "telling}},").replace(
        "8d: {send: order-closed, go: given-up}", "8d: telling"
    )
    by_timer = by_timer.replace(
        "answer: {milestone: answered, go: telling}", "answer: {milestone: answered, go: closed}"
    )
    by_timer = by_timer.replace("  given-up: {final: given-up}\n", "")
    found = told("{target: 1bd, stops-on: sent order-answer by a person}", by_timer)
    assert codes(found) == ["clock-never-stops"]


def test_what_the_customer_does_is_done_by_no_person_of_the_house() -> None:
    head = "on: {more: {by: [customer], send: order-reminder}}\n"
    clock = "{target: 1bd, stops-on: sent order-reminder by a person}"
    assert "clock-never-stops" in codes(told(clock, head + STATES))
    assert told(clock, head.replace("[customer]", "[customer, agent]") + STATES) == ()


def test_a_stop_that_happens_only_before_the_clock_begins_is_told() -> None:
    found = the_one(told("{target: 1bd, starts-on: state closed, stops-on: milestone read}"), "clock-never-stops")
    assert "`milestone read` happens only before that" in found.message
    states = STATES.replace("wait-for: {reply: received}", "wait-for: {reply: closed}")
    clock = "{target: 1bd, starts-on: received reply, stops-on: [milestone read, sent order-answer]}"
    assert "`sent order-answer` happens only before that" in the_one(told(clock, states), "clock-never-stops").message


def test_a_milestone_or_a_state_that_cannot_be_come_to_stops_nothing() -> None:
    states = STATES + f"  lost: {{milestone: never, {TASK.strip()}, on: {{done: closed}}}}\n"
    for fact in ("milestone never", "state lost"):
        found = told(f"{{target: 1bd, stops-on: {fact}}}", states)
        assert codes(found) == ["clock-never-stops", "unreachable-state"]
        assert f"`{fact}` never happens" in found[0].message


def test_a_stop_in_another_branch_counts() -> None:
    states = f"""
states:
  received: {{parallel: {{branches: {{left: one, right: two}}, go: closed}}}}
  one: {{milestone: begun, {TASK.strip()}, on: {{done: join}}}}
  two: {{{TASK}, on: {{done: {{milestone: told, go: join}}}}}}
  closed: {{final: done}}
"""
    assert told("{target: 1bd, starts-on: milestone begun, stops-on: milestone told}", states) == ()


def test_a_clock_that_the_end_stops_goes_on_when_the_case_is_reopened() -> None:
    states = STATES.replace(
        "closed: {final: done}", "closed: {final: {outcome: done, reopen: {by: agent, go: waiting}}}"
    )
    assert told("{target: 1bd, starts-on: milestone answered, stops-on: received reply}", states) == ()


# --- clock-always-paused


def test_a_clock_that_stands_still_wherever_it_could_run_is_a_warning() -> None:
    clock = "{target: 1bd, starts-on: milestone read, pauses-in: [waiting, received], stops-on: sent order-answer}"
    found = the_one(told(clock), "clock-always-paused")
    assert found.severity == "warning" and "waiting and received" in found.message
    assert found.witness == ("start → received → waiting",)
    clock = "{target: 1bd, starts-on: milestone read, runs-in: [closed], stops-on: sent order-answer}"
    assert word_at(the_one(told(clock), "clock-always-paused"), home(body(clock), head=WRITTEN_TO)).startswith(
        "runs-in: [closed]"
    )
    assert told("{target: 1bd, starts-on: milestone read, pauses-in: waiting, stops-on: sent order-answer}") == ()


def test_a_state_with_branches_that_pauses_a_clock_pauses_it_in_the_branches_too() -> None:
    states = f"""
states:
  received: {{parallel: {{branches: {{left: one, right: two}}, go: closed}}}}
  one: {{{TASK}, on: {{done: join}}}}
  two: {{{TASK}, on: {{done: {{milestone: told, go: join}}}}}}
  closed: {{final: done}}
"""
    assert codes(told("{target: 1bd, pauses-in: received, stops-on: milestone told}", states)) == [
        "clock-always-paused"
    ]
    assert told("{target: 1bd, pauses-in: one, stops-on: milestone told}", states) == ()


# --- what customers read of it


BY_CUSTOMERS = "start: {by: [customer, agent], form: order-intake, go: received}\n"
LABELLED = STATES.replace("received:\n", "received:\n    label: We read it\n").replace(
    "{final: ", "{label: It is closed, final: "
)
DATED = INTAKE.replace("properties:\n", "properties:\n  by: {type: string, format: date}\n").replace(
    "email]", "email, by]"
)
ANSWER = "Our answer | You have it by {intake.by}."


def read_by_customers(clock: str, answer: str = ANSWER) -> tuple[Problem, ...]:
    messages = {**MESSAGES, "order-answer": answer}
    return linted(
        body(clock, LABELLED), head=WRITTEN_TO, start=BY_CUSTOMERS, forms={"order-intake": DATED}, messages=messages
    )


def test_a_process_for_customers_whose_clocks_tell_them_nothing_is_a_warning() -> None:
    problem = the_one(read_by_customers("{target: 1bd, stops-on: sent order-answer}"), "no-promise")
    assert problem.severity == "warning" and "their page tells no date" in problem.message
    assert read_by_customers("{target: 1bd, stops-on: sent order-answer, promise: Our answer}") == ()


def test_a_date_that_customers_are_told_needs_their_word_for_it() -> None:
    clock = "{target: 1bd, stops-on: sent order-answer, told: {order-answer: intake.by}}"
    problem = the_one(read_by_customers(clock), "no-promise")
    assert "a date of the clock 'promise'" in problem.message
    assert read_by_customers(clock.replace("target", "promise: Our answer, target")) == ()


def test_a_date_that_the_message_does_not_tell_is_told() -> None:
    clock = "{target: 1bd, stops-on: sent order-answer, promise: Our answer, told: {order-answer: intake.by}}"
    problem = the_one(read_by_customers(clock, "Our answer | Soon."), "date-not-told")
    assert "lacks {intake.by} in en" in problem.message


def test_a_date_of_a_message_that_is_not_sent_is_told() -> None:
    clock = "{target: 1bd, stops-on: sent order-answer, promise: Our answer, told: {order-anser: intake.by}}"
    problem = the_one(read_by_customers(clock), "unknown-message")
    assert "did you mean 'order-answer'" in problem.message


def test_what_is_told_has_to_be_a_date() -> None:
    clock = "{target: 1bd, stops-on: sent order-answer, promise: Our answer, told: {order-answer: intake.kind}}"
    problem = the_one(read_by_customers(clock, "Our answer | {intake.kind}"), "type-mismatch")
    assert "intake.kind" in problem.message
