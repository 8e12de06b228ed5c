"""A task done by somebody else for a time: it goes when that begins, and comes back when it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.core.actors import Actor
from engine.errors import Rejected
from tests.builders import ANN, BEN, EVA, LEA, Case, define, reread

BODY = """
start: {by: customer, go: first}
people: {handler: first}
states:
  first: {task: {candidates: [agent]}, on: {done: second}}
  second:
    task: {candidates: [agent, expert], exclude: [handler]}
    on: {done: end}
    after: {20bd: {go: end}}
  end: {final: true}
"""
BESIDE = """
start: {by: customer, go: split}
people: {handler: first}
states:
  split: {parallel: {branches: {one: first, two: second}, go: end}}
  first: {task: {candidates: [agent]}, on: {done: join}}
  second: {task: {candidates: [agent, expert], exclude: [handler]}, on: {done: join}}
  end: {final: true}
"""


def waiting() -> Case:
    return Case(define(BODY)).start().claim(ANN)


def hands(case: Case) -> tuple[str, str, str]:
    """The last task's status, who has it, and for whom."""
    assert reread(case.here) == case.here
    task = list(case.here.tasks.values())[-1]
    return task.status, task.assignee, task.on_behalf_of


def refused(case: Case, since: str = "", until: str = "", to: Actor = BEN) -> str:
    with pytest.raises(Rejected) as caught:
        case.delegate(ANN, to, since=since, until=until)
    return caught.value.code


def test_a_task_delegated_until_some_time_comes_back_then() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59")
    assert hands(case) == ("claimed", "ben", "ann")
    assert case.events("task-delegated")[0]["until"] == case.timers[-1].due_at.isoformat()
    case.wait("3d")
    assert hands(case) == ("claimed", "ann", "") and not case.here.timers
    assert case.events("delegation-ended") == [
        {"task": case.task().id, "state": "first", "deputy": "ben", "person": "ann"}
    ]


def test_it_goes_only_when_the_day_has_come_from_which_it_was_delegated() -> None:
    case = waiting().delegate(ANN, BEN, since="2026-11-24 00:00", until="2026-11-25 23:59")
    assert hands(case) == ("claimed", "ann", "")
    case.wait("1d")
    assert hands(case) == ("claimed", "ben", "ann")
    assert case.history[-2].type == "delegation-began" and case.history[-2].body["until"]
    assert hands(case.wait("2d")) == ("claimed", "ann", "")


def test_from_a_day_on_and_until_no_other_it_stays_with_the_deputy() -> None:
    case = waiting().delegate(ANN, BEN, since="2026-11-24 00:00").wait("9d")
    assert hands(case) == ("claimed", "ben", "ann") and not case.here.timers


def test_a_beginning_that_is_past_is_now() -> None:
    assert hands(waiting().delegate(ANN, BEN, since="2026-11-23 00:00")) == ("claimed", "ben", "ann")


def test_times_that_cannot_be_are_refused() -> None:
    assert refused(waiting(), until="2026-11-23 09:59") == "invalid-delegation"
    assert refused(waiting(), since="2026-11-26 00:00", until="2026-11-25 23:59") == "invalid-delegation"


def test_what_is_done_in_time_does_not_come_back() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59").do(BEN, "done")
    assert set(case.here.doers) == {("first", "ben"), ("first", "ann")}
    assert [timer.word for timer in case.timers] == ["after"]


@pytest.mark.parametrize("since", ["", "2026-11-24 00:00"])
def test_whoever_delegated_a_task_takes_it_back_by_claiming_it(since: str) -> None:
    case = waiting().delegate(ANN, BEN, since=since, until="2026-11-25 23:59").claim(ANN)
    assert hands(case) == ("claimed", "ann", "") and not case.here.timers
    assert case.history[-2].type == ("delegation-dropped" if since else "delegation-ended")


def test_without_any_date_it_can_be_taken_back_too() -> None:
    assert hands(waiting().delegate(ANN, BEN).claim(ANN)) == ("claimed", "ann", "")


def test_whatever_gives_the_task_into_other_hands_calls_the_delegation_off() -> None:
    begun = waiting().delegate(ANN, BEN, until="2026-11-25 23:59")
    assert hands(begun.assign(LEA, ANN)) == ("claimed", "ann", "") and not begun.here.timers
    planned = waiting().delegate(ANN, BEN, since="2026-11-24 00:00").assign(LEA, BEN)
    assert hands(planned) == ("claimed", "ben", "") and not planned.here.timers
    other = waiting().delegate(ANN, BEN, since="2026-11-24 00:00").delegate(ANN, EVA, since="2026-11-25 00:00")
    assert len(other.here.timers) == 1 and hands(other.wait("3d")) == ("claimed", "eva", "ann")


def test_a_deputy_gives_it_back_to_whoever_delegated_it_and_who_oversees_the_process_frees_it_for_all() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59").release(BEN)
    assert hands(case) == ("claimed", "ann", "") and not case.here.timers
    assert (case.history[-2].type, case.history[-2].actor) == ("delegation-ended", "ben")
    assert hands(waiting().delegate(ANN, BEN).release(LEA)) == ("open", "", "")
    gone = waiting().delegate(ANN, BEN)
    gone.roll["agent"].discard("ann")
    assert hands(gone.release(BEN)) == ("open", "", "")


def test_it_comes_back_to_all_when_it_cannot_be_theirs_any_more() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59")
    case.roll["agent"].discard("ann")
    assert hands(case.wait("3d")) == ("open", "", "")
    assert case.events("delegation-ended")[0]["roles"] == ["agent"]


def test_it_comes_back_to_who_is_away_by_then_and_their_deputy_does_it() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59").wait("3d")
    case.do(replace(EVA, stands_in={"ann": ANN.roles}), "done")
    assert set(case.here.doers) == {("first", "eva"), ("first", "ann")}


def test_four_eyes_hold_when_it_comes_back() -> None:
    case = Case(define(BESIDE)).start().claim(ANN, "second").delegate(ANN, EVA, "second", until="2026-11-25 23:59")
    case.do(ANN, "done", "first").wait("3d")
    assert hands(case) == ("open", "", "")
    told = case.events("delegation-ended")[0]
    assert (told["person"], told["barred"], told["excluded"]) == ("ann", "ann", ["handler"])


def test_four_eyes_hold_when_it_begins() -> None:
    case = Case(define(BESIDE)).start().claim(ANN, "second").delegate(ANN, BEN, "second", since="2026-11-24 00:00")
    case.do(BEN, "done", "first").wait("1d")
    assert hands(case) == ("claimed", "ann", "")
    assert case.events("delegation-dropped")[0]["excluded"] == ["handler"]


def test_a_deputy_who_has_left_meanwhile_does_not_get_it() -> None:
    case = waiting().delegate(ANN, BEN, since="2026-11-24 00:00")
    case.left.add("ben")
    assert hands(case.wait("1d")) == ("claimed", "ann", "")
    assert case.events("delegation-dropped")[0]["left"]


def test_who_holds_the_role_no_more_hands_nothing_on() -> None:
    case, without = waiting(), Actor("ann", frozenset({"expert"}))
    with pytest.raises(Rejected) as caught:
        case.delegate(without, BEN)
    assert caught.value.code == "not-allowed"


def test_a_halted_case_keeps_what_is_to_come_until_it_goes_on() -> None:
    case = waiting().delegate(ANN, BEN, until="2026-11-25 23:59").suspend(LEA).wait("9d").resume(LEA)
    assert hands(case) == ("claimed", "ben", "ann")
    assert hands(case.wait("0m")) == ("claimed", "ann", "")
