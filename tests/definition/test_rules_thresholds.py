"""Rungs that can never be reached, in clocks and in tasks; and neighbours that can."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.builders import HEAD
from tests.definition.planting import TASK, codes, home, linted, the_one, word_at

WRITTEN_TO = HEAD + "customer: {email: intake.email}\n"
INTAKE = """
required: [kind, email]
properties:
  kind: {type: string, enum: [goods, service]}
  email: {type: string, format: email}
  other: {type: string, format: email}
"""
MESSAGES = {"order-received": "Received | Hello.", "order-answer": "Answer | Hello."}
STATES = f"""
states:
  received:
    send: order-received
    {TASK}
    on: {{ask: waiting, answer: {{send: order-answer, milestone: answered, go: closed}}}}
  waiting: {{wait-for: {{reply: received}}, after: {{8d: {{send: order-answer, go: given-up}}}}}}
  closed: {{final: done}}
  given-up: {{final: given-up}}
"""
NEVER = "threshold-never-fires"


def body(clock: str, states: str = STATES) -> str:
    return f"clocks:\n  promise: {clock}\n{states}"


def told(clock: str, states: str = STATES, head: str = WRITTEN_TO) -> tuple[Problem, ...]:
    return linted(body(clock, states), head=head, forms={"order-intake": INTAKE}, messages=MESSAGES)


def at(clock: str, problem: Problem, states: str = STATES) -> str:
    return word_at(problem, home(body(clock, states), head=WRITTEN_TO))


@pytest.mark.parametrize(
    "clock",
    [
        "{target: 5bd, stops-on: sent order-answer, escalate: {75%: {notify: lead}, 200%: {go: closed}}}",
        "{target: 5bd, stops-on: sent order-answer, escalate: {100%: {from: [waiting], go: received}}}",
        "{target: 5bd, pauses-in: waiting, stops-on: state closed, escalate: {75%: {notify: lead}}}",
        "{target: {by: intake.kind, goods: 1bd, service: none}, stops-on: state closed, escalate: {9%: {go: closed}}}",
        "{target: 5bd, hard-stop: 1d, stops-on: state closed, "
        "escalate: {75%: {notify: lead}, hard-stop: {notify: lead}}}",
    ],
)
def test_rungs_that_can_be_reached_are_sound(clock: str) -> None:
    assert told(clock) == ()


# --- no time passes, or none that counts


def test_a_clock_that_stops_in_the_step_in_which_it_begins_is_told_at_its_first_rung() -> None:
    clock = "{target: 5bd, stops-on: sent order-received, escalate: {100%: {notify: lead}, 75%: {notify: lead}}}"
    found = the_one(told(clock), NEVER)
    assert found.severity == "error" and "stops in the very step in which it begins" in found.message
    assert at(clock, found).startswith("100%")
    clock = "{target: 5bd, stops-on: state received}"
    assert at(clock, the_one(told(clock), NEVER)).startswith("promise")


@pytest.mark.parametrize(
    ("states", "head"),
    [
        (
            STATES.replace("send: order-received", "send: {message: order-received, when: intake.kind == goods}"),
            WRITTEN_TO,
        ),
        (STATES, WRITTEN_TO.replace("intake.email", "intake.other")),
        (STATES.replace("send: order-received", "send: {message: order-received, to: starter}"), WRITTEN_TO),
    ],
)
def test_a_message_that_may_not_go_out_does_not_always_stop_it(states: str, head: str) -> None:
    clock = "{target: 5bd, stops-on: [sent order-received, state closed], escalate: {75%: {notify: lead}}}"
    assert NEVER not in codes(told(clock, states, head))


def test_a_milestone_that_may_have_been_reached_before_does_not_always_stop_it() -> None:
    states = STATES.replace("ask: waiting", "ask: {milestone: seen, go: waiting}").replace(
        "waiting: {", "waiting: {milestone: seen, "
    )
    clock = "{target: 5bd, starts-on: received reply, stops-on: [milestone seen, state closed]}"
    assert told(clock, states) == ()


def test_a_clock_that_goes_on_in_some_way_can_come_to_its_rungs() -> None:
    states = STATES.replace(
        "  closed:", "  first:\n    go: [{when: intake.kind == goods, go: received}, {else: waiting}]\n  closed:"
    )
    start = "start: {by: agent, form: order-intake, go: first}\n"
    clock = "{target: 5bd, stops-on: [state received, state given-up], escalate: {75%: {notify: lead}}}"
    more = {"head": WRITTEN_TO, "start": start, "forms": {"order-intake": INTAKE}, "messages": MESSAGES}
    assert linted(body(clock, states), **more) == ()
    always = states.replace("{else: waiting}", "{else: {send: order-answer, go: received}}")
    assert codes(linted(body(clock, always), **more)) == [NEVER]


def test_shares_of_a_clock_that_stands_still_everywhere_are_told_and_its_hard_stop_is_not() -> None:
    clock = "{target: 5bd, pauses-in: [received, waiting], stops-on: state closed, escalate: {75%: {notify: lead}}}"
    found = the_one(told(clock), NEVER)
    assert "stands still in every state" in found.message and at(clock, found).startswith("75%")
    assert found.witness == ("start → received",)
    clock = (
        "{target: 5bd, hard-stop: 30d, pauses-in: [received, waiting], stops-on: state closed, "
        "escalate: {hard-stop: {notify: lead}}}"
    )
    assert codes(told(clock)) == ["clock-always-paused"]


def test_a_target_that_promises_nothing_for_every_answer_is_told() -> None:
    clock = (
        "{target: {by: intake.kind, goods: none, service: none}, stops-on: state closed, "
        "escalate: {75%: {notify: lead}}}"
    )
    found = the_one(told(clock), NEVER)
    assert "`none` for every answer" in found.message and at(clock, found).startswith("target: {by: intake.kind")


# --- from


def test_a_rung_that_counts_only_where_the_clock_does_not_run_is_told() -> None:
    clock = "{target: 5bd, stops-on: [state waiting, state closed], escalate: {75%: {from: [waiting], notify: lead}}}"
    found = the_one(told(clock), NEVER)
    assert "is never running in waiting" in found.message and "such as received" in found.advice
    assert at(clock, found).startswith("waiting]")
    assert told(clock.replace("[waiting]", "[waiting, received]")) == ()
    paused = "{target: 5bd, pauses-in: waiting, stops-on: state closed, escalate: {75%: {from: waiting, notify: lead}}}"
    the_one(told(paused), NEVER)
    hard = (
        "{target: 5bd, hard-stop: 9d, pauses-in: waiting, stops-on: state closed, "
        "escalate: {hard-stop: {from: waiting, notify: lead}}}"
    )
    assert told(hard) == ()


def test_a_rung_that_counts_in_the_state_around_branches_counts_while_they_are_open() -> None:
    states = f"""
states:
  received: {{parallel: {{branches: {{left: one, right: two}}, go: closed}}}}
  one: {{{TASK}, on: {{done: join}}}}
  two: {{{TASK}, on: {{done: {{milestone: told, go: join}}}}}}
  closed: {{final: done}}
"""
    clock = "{target: 5bd, stops-on: milestone told, escalate: {75%: {from: received, notify: lead}}}"
    assert told(clock, states) == ()


# --- behind another rung


ENDS = "{target: 5bd, stops-on: state closed, escalate: {100%: {go: given-up}, 150%: {notify: lead}}}"


def test_a_rung_behind_one_that_always_ends_the_case_is_told() -> None:
    found = the_one(told(ENDS), NEVER)
    assert "at 100% the case always goes where it no longer runs" in found.message
    assert at(ENDS, found).startswith("150%")
    the_one(told(ENDS.replace("go: given-up", "go: closed")), NEVER)
    stays = "[{when: intake.kind == goods, go: closed}, {else: given-up}]"
    the_one(told(ENDS.replace("go: given-up", f"go: {stays}")), NEVER)


@pytest.mark.parametrize(
    "rung",
    [
        "{when: intake.kind == goods, go: given-up}",
        "{from: [waiting], go: given-up}",
        "{go: waiting}",
        "{go: [{when: intake.kind == goods, go: closed}, {else: waiting}]}",
        "{notify: lead}",
    ],
)
def test_a_rung_behind_one_that_may_leave_the_clock_running_can_be_reached(rung: str) -> None:
    assert told(ENDS.replace("{go: given-up}", rung)) == ()


def test_a_rung_may_be_reached_after_the_case_was_reopened_or_was_held_back() -> None:
    states = STATES.replace("final: given-up", "final: {outcome: given-up, reopen: {by: agent, go: received}}")
    assert told(ENDS, states) == ()
    calling = STATES.replace(
        "    on: {ask",
        "    call: {process: order, with: {kind: goods, email: intake.email}, blocks: true}\n    on: {ask",
    )
    assert NEVER not in codes(told(ENDS, calling))


def test_a_share_that_lies_behind_a_hard_stop_that_ends_the_case_is_told() -> None:
    clock = (
        "{target: 20bd, hard-stop: 10d, stops-on: state closed, "
        "escalate: {75%: {notify: lead}, hard-stop: {go: given-up}}}"
    )
    found = the_one(told(clock), NEVER)
    assert "at hard-stop" in found.message and at(clock, found).startswith("75%")
    assert told(clock.replace("20bd", "10bd").replace("10d", "11d")) == ()
    by = "{by: intake.kind, goods: 20bd, service: 2bd}"
    assert told(clock.replace("20bd", by)) == ()
    the_one(told(clock.replace("20bd", by.replace("2bd", "40bd"))), NEVER)


def test_a_hard_stop_behind_a_share_that_ends_the_case_is_told_unless_something_may_put_the_share_off() -> None:
    clock = (
        "{target: 2bd, hard-stop: 30d, stops-on: state closed, "
        "escalate: {100%: {go: given-up}, hard-stop: {notify: lead}}}"
    )
    assert at(clock, the_one(told(clock), NEVER)).startswith("hard-stop")
    assert told(clock.replace("stops-on", "pauses-in: waiting, stops-on")) == ()
    assert told(clock.replace("2bd", "{by: intake.kind, goods: 2bd, service: none}")) == ()


# --- tasks


def test_a_rung_of_a_task_behind_one_that_always_leaves_the_state_is_told() -> None:
    task = "task: {title: Do it, candidates: agent, due: 1bd, escalate: {100%: {go: waiting}, 200%: {notify: lead}}}"
    states = STATES.replace(TASK.strip(), task)
    clock = "{target: 5bd, stops-on: state closed}"
    found = the_one(told(clock, states), NEVER)
    assert "at 100% the case always leaves the state" in found.message
    assert at(clock, found, states).startswith("200%")
    assert told(clock, states.replace("{go: waiting}", "{when: not claimed, go: waiting}")) == ()


# --- reminders that come too late

DATED = """
required: [kind, day]
properties:
  kind: {type: string, enum: [goods, service]}
  day: {type: string, format: date}
"""


def reminded(due: str, after: str) -> tuple[Problem, ...]:
    states = f"""
states:
  received:
    task: {{title: Do it, candidates: agent, due: {due}}}
    on: {{done: closed}}
    after:
      - {{time: {after}}}
  closed: {{final: done}}
"""
    return linted(states, forms={"order-intake": DATED})


SOON = "when: not claimed, notify: lead"
OWN = "notify: assignee"


@pytest.mark.parametrize(
    ("due", "after"),
    [
        ("2bh", f"4bh, {SOON}"),
        ("1bd", f"3bd, {OWN}"),
        ("1d", f"20bh, {OWN}"),
        ("{by: intake.kind, goods: 1bh, else: 2bh}", f"4bh, {SOON}"),
        ("{at: intake.day, before: 5bd}", f"{{at: intake.day, before: 2bd}}, {OWN}"),
        ("{at: intake.day, before: 5bd}", f"{{at: intake.day}}, {OWN}"),
    ],
)
def test_a_reminder_that_comes_when_the_work_is_overdue_is_a_warning(due: str, after: str) -> None:
    problem = the_one(reminded(due, after), "reminder-too-late")
    assert (problem.severity, problem.place.line) == ("warning", 17)


@pytest.mark.parametrize(
    ("due", "after"),
    [
        ("4bh", f"4bh, {SOON}"),
        ("4bh", f"2bh, {SOON}"),
        ("1bd", "3bd, notify: lead"),
        ("1bd", f"3bd, go: closed, {OWN}"),
        ("4bh", f"1d2h, {OWN}"),
        ("{by: intake.kind, goods: 1bh, else: 1bd}", f"4bh, {SOON}"),
        ("{at: intake.day}", f"{{at: intake.day, before: 2bd}}, {OWN}"),
        ("2bh", f"{{at: intake.day}}, {OWN}"),
    ],
)
def test_one_that_comes_in_time_tells_others_or_may_be_in_time_is_none(due: str, after: str) -> None:
    assert reminded(due, after) == ()
