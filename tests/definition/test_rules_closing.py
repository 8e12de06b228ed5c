"""Ways into final states whose guards ask for what no way there sets; and neighbours that can be taken."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.definition.planting import TASK, codes, home, linted, the_one, word_at

CODE = "closing-guard-unsatisfiable"
REVIEW = {"order-review": "required: [result]\nproperties:\n  result: {type: string, enum: [good, bad]}\n"}


def body(guard: str, more: str = "", reached: str = "") -> str:
    """A process that closes only when the guard holds; `reached` is done before, `more` are other ways on."""
    return f"""
variables: {{ready: false}}
states:
  received: {{{TASK}, on: {{check: {{{reached}go: checked}}, look: looked}}}}
  looked: {{{TASK}, on: {{done: {{milestone: seen, form: order-review, go: put-aside}}}}}}
  put-aside: {{task: {{title: "{{ready}}", candidates: agent}}, on: {{done: {{set: {{ready: true}}, go: aside}}}}}}
  checked: {{{TASK}, on: {{close: {{only-when: "{guard}", go: closed}}, again: received{more}}}}}
  closed: {{final: done}}
  aside: {{final: aside}}
"""


def told(*arguments: str) -> tuple[Problem, ...]:
    return linted(body(*arguments), forms=REVIEW)


@pytest.mark.parametrize(
    ("guard", "lacking"),
    [
        ("milestones.seen is set", "milestones.seen"),
        ("review is set and review.result == good", "review"),
        ("ready", "the values for it"),
        ("ready and intake.amount > 5", "the values for it"),
    ],
)
def test_a_way_to_the_end_that_asks_for_what_nothing_before_it_sets_is_told(guard: str, lacking: str) -> None:
    found = the_one(told(guard), CODE)
    assert found.severity == "error" and lacking in found.message and "nothing else leads there" in found.message
    files = home(body(guard))
    assert word_at(found, files).strip('"').startswith(guard)
    assert found.witness == ("start → received → checked",)


@pytest.mark.parametrize(
    ("guard", "reached"),
    [
        ("milestones.seen is set", "milestone: seen, "),
        ("review is set and review.result == good", "form: order-review, "),
        ("ready", "set: {ready: true}, "),
        ("ready", "set: {ready: intake.amount > 5}, "),
        ("milestones.seen is not set", ""),
        ("milestones.seen is set or intake.amount > 5", ""),
        ("not ready", ""),
    ],
)
def test_a_way_to_the_end_that_some_way_prepares_is_sound(guard: str, reached: str) -> None:
    assert told(guard, "", reached) == ()


def test_a_way_that_is_barred_is_a_warning_where_another_leads_to_the_same_end() -> None:
    found = the_one(told("milestones.seen is set", ", anyway: closed"), CODE)
    assert found.severity == "warning" and "nothing else" not in found.message


def test_what_is_set_aside_or_in_another_branch_counts() -> None:
    at_the_head = "on:\n  note: {by: agent, milestone: seen}\n"
    assert linted(body("milestones.seen is set") + at_the_head, forms=REVIEW) == ()
    tasks = "tasks:\n  look-again: {candidates: lead, form: order-review, on: {done: {}}}\n"
    opened = body("review is set", "", "open: look-again, ")
    assert linted(opened + tasks, forms=REVIEW) == ()


def test_guards_of_timers_and_moves_at_the_head_are_judged_too() -> None:
    states = f"""
states:
  received: {{{TASK}, on: {{check: waiting}}}}
  waiting:
    wait-for: {{reply: {{when: milestones.seen is set, go: closed}}}}
    after: {{1d: {{when: milestones.seen is set, go: expired}}, 9d: over}}
  seen: {{milestone: seen, {TASK.strip()}, on: {{done: over}}}}
  closed: {{final: done}}
  expired: {{final: expired}}
  over: {{final: over}}
"""
    head = "on: {drop: {by: agent, only-when: milestones.seen is set, from: [waiting], go: dropped}}\n"
    found = linted(
        head + states.replace("check: waiting", "check: waiting, look: seen") + "  dropped: {final: dropped}\n"
    )
    assert codes(found) == [CODE] * 3
    assert {problem.severity for problem in found} == {"error"}


def test_a_result_that_a_decision_cannot_give_there_is_told_with_what_is_lacking() -> None:
    decisions = """
decisions:
  closing:
    inputs: [milestones.seen is set, intake.amount > 5]
    hit: first
    rows: [[true, true, ready], [any, any, not-yet]]
"""
    found = the_one(linted(decisions + body("closing == ready"), forms=REVIEW), CODE)
    assert "sets milestones.seen" in found.message
    seen = body("closing == ready", "", "milestone: seen, ")
    assert linted(decisions + seen, forms=REVIEW) == ()


def test_a_guard_that_can_hold_nowhere_is_one_problem() -> None:
    assert codes(told("intake.amount > 5 and intake.amount < 5")) == ["never-offered"]


def test_branches_are_judged_in_their_order() -> None:
    states = f"""
variables: {{ready: false}}
states:
  received:
    {TASK}
    on: {{close: [{{when: ready, go: closed}}, {{when: not ready, go: aside}}]}}
  closed: {{final: done}}
  aside: {{final: aside}}
"""
    found = the_one(linted(states), CODE)
    assert word_at(found, home(states)).startswith("ready, go: closed")
