"""Tasks beside the case's own work are opened in time, and notices find somebody who has the work."""

from __future__ import annotations

import pytest

from engine.errors import Problem
from tests.definition.planting import TASK, codes, home, linted, the_one, word_at

TASKS = "tasks:\n  letter: {candidates: lead, on: {done: {}}}\n"


def body(received: str = "{check: checked}", checked: str = "", more: str = "") -> str:
    return f"""
states:
  received: {{{TASK}, on: {received}}}
  checked: {{{checked}{TASK.strip()}, on: {{done: closed}}}}
  closed: {{final: done}}
{more}"""


def told(*arguments: str, tasks: str = TASKS) -> tuple[Problem, ...]:
    return linted(tasks + body(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ("{check: {open: letter, go: checked}}",),
        ("{check: checked}", "open: {task: letter, when: intake.amount > 5}, "),
        ("{check: checked}", "", "on: {hurry: {by: agent, open: letter}}\n"),
        (
            "{check: checked}",
            "",
            "clocks:\n  promise: {target: 1bd, stops-on: state closed, escalate: {75%: {open: letter}}}\n",
        ),
    ],
)
def test_a_task_that_something_opens_is_sound(arguments: tuple[str, ...]) -> None:
    assert told(*arguments) == ()


def test_a_task_that_nothing_opens_is_a_warning() -> None:
    found = the_one(told(), "unused-task")
    assert found.severity == "warning" and "'letter', but nothing does" in found.message
    assert word_at(found, home(TASKS + body())).startswith("letter:")


def test_tasks_that_only_open_each_other_are_never_opened() -> None:
    tasks = (
        TASKS.replace("{done: {}}", "{done: {open: call}}") + "  call: {candidates: lead, on: {done: {open: letter}}}\n"
    )
    found = told(tasks=tasks)
    assert codes(found) == ["unused-task"] * 2
    assert all("nothing that can happen does" in problem.message for problem in found)
    assert told("{check: {open: letter, go: checked}}", tasks=tasks) == ()


def test_a_task_that_nothing_opens_is_an_error_where_it_alone_leads_to_a_state() -> None:
    tasks = TASKS.replace("{done: {}}", "{done: {go: rare}}")
    rare = f"  rare: {{{TASK.strip()}, on: {{done: closed}}}}\n"
    found = the_one(told("{check: checked}", "", rare, tasks=tasks), "unused-task")
    assert found.severity == "error" and "only it leads to rare" in found.message
    assert told("{check: {open: letter, go: checked}}", "", rare, tasks=tasks) == ()


@pytest.mark.parametrize(
    ("received", "more", "at"),
    [
        ("{check: checked, drop: {open: letter, go: closed}}", "", "letter, go: closed"),
        (
            "{check: checked, drop: [{when: intake.amount > 5, open: letter, go: closed}, {else: checked}]}",
            "",
            "letter, go",
        ),
        ("{check: checked, drop: passing}", "  passing: {open: letter, go: closed}\n", "letter, go: closed"),
        ("{check: checked, drop: over}", "  over: {open: letter, final: over}\n", "letter, final"),
    ],
)
def test_a_task_that_is_opened_when_the_case_ends_is_told(received: str, more: str, at: str) -> None:
    found = the_one(told(received, "open: letter, ", more), "open-too-late")
    assert "final state" in found.message
    assert word_at(found, home(TASKS + body(received, "open: letter, ", more))).startswith(at)


def test_a_task_that_is_opened_where_only_some_ways_end_the_case_is_sound() -> None:
    ways = "{check: {open: letter, go: [{when: intake.amount > 5, go: closed}, {else: checked}]}}"
    assert told(ways) == ()


# --- nobody-to-notify


@pytest.mark.parametrize(
    ("received", "more", "why"),
    [
        ("{check: {notify: assignee, go: checked}}", "", "it is done by then"),
        ("{check: pausing}", "  pausing: {notify: assignee, after: {1d: checked}}\n", "'pausing' has no task"),
        (
            "{check: pausing}",
            "  pausing: {after: {1d: {notify: [lead, assignee], go: checked}}}\n",
            "'pausing' has no task",
        ),
        (
            "{check: pausing}",
            "  pausing: {wait-for: {reply: checked}}\non: {ring: {by: agent, from: [pausing], notify: assignee}}\n",
            "no state in which this can happen has any",
        ),
        (
            "{check: pausing}",
            "  pausing: {wait-for: {reply: checked}}\nclocks:\n  promise: {target: 1bd, starts-on: state pausing, "
            "stops-on: received reply, escalate: {100%: {notify: assignee}}}\n",
            "no state in which this can happen has any",
        ),
    ],
)
def test_a_notice_to_whoever_has_the_work_where_nobody_has_any_is_told(received: str, more: str, why: str) -> None:
    found = the_one(linted(body(received, "", more)), "nobody-to-notify")
    assert found.severity == "warning" and why in found.message
    assert word_at(found, home(body(received, "", more))).startswith("assignee")


@pytest.mark.parametrize(
    ("checked", "more"),
    [
        ("notify: assignee, ", ""),
        ("after: {1d: {notify: assignee}}, ", ""),
        ("", "on: {ring: {by: agent, notify: assignee}}\n"),
        (
            "",
            "clocks:\n  promise: {target: 1bd, stops-on: state closed, escalate: {9%: {notify: {to: assignee}}}}\n",
        ),
    ],
)
def test_a_notice_to_whoever_has_the_work_is_sound_where_somebody_may_have_it(checked: str, more: str) -> None:
    assert linted(body("{check: checked}", checked, more)) == ()


def test_the_work_of_a_branch_counts_where_the_whole_case_is_meant() -> None:
    states = f"""
states:
  received: {{parallel: {{branches: {{left: one, right: two}}, go: closed}}, after: {{1d: {{notify: assignee}}}}}}
  one: {{{TASK}, on: {{done: join}}}}
  two: {{notify: assignee, wait-for: {{reply: join}}}}
  closed: {{final: done}}
"""
    found = the_one(linted(states), "nobody-to-notify")
    assert "'two' has no task" in found.message


def test_a_task_that_nothing_opens_is_an_error_where_it_alone_keeps_a_promise() -> None:
    tasks = TASKS.replace("{done: {}}", "{done: {milestone: told}}")
    clock = "clocks:\n  word: {target: 1bd, stops-on: milestone told}\n"
    found = the_one(told("{check: checked}", "", clock, tasks=tasks), "unused-task")
    assert found.severity == "error" and "only it keeps the promise of word" in found.message
    assert told("{check: {open: letter, go: checked}}", "", clock, tasks=tasks) == ()
    other = clock.replace("milestone told", "[milestone told, state closed]")
    assert the_one(told("{check: checked}", "", other, tasks=tasks), "unused-task").severity == "warning"
