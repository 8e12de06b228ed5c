"""Promised times, second persons and called cases when two things happen at the same instant: one after the other, and
status, breach and history agree on which was first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.core.actors import SYSTEM, Actor
from engine.core.commands import Cancel, Command, Complete, Correlate, FireTimer, Suspend, Trigger
from engine.core.instance import Timer
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import drafts, history
from engine.workers.timers import sweep
from tests.invariants import assert_whole, typed_is_kept
from tests.runtime.promising import asking, called, claimed, claims_on, completing, deciding, do, weighed
from tests.runtime.worlds import ANN, BEN, CARLA, NOON, OLGA, TOM

ROUNDS = 20
BOTH = Actor("tom", frozenset({"agent", "team-lead", "process-owner"}))


@pytest.fixture
def engine(url: str, clock: VirtualClock) -> Iterator[Engine]:
    made = claims_on(url, clock)
    with made.store:
        yield made


def at_once(engine: Engine, *work: tuple[str, Command]) -> list[str]:
    """Each command on its case in a thread of its own, let go together; `done`, `stuck` or the code of the refusal."""
    barrier, failed = threading.Barrier(len(work)), list[BaseException]()
    answers = [""] * len(work)

    def run(number: int, case: str, command: Command) -> None:
        barrier.wait()
        try:
            answers[number] = "stuck" if engine.do(case, command).stuck else "done"
        except Rejected as rejected:
            answers[number] = rejected.code
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(number, *one)) for number, one in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed
    return answers


def either_way(engine: Engine, number: int, *work: tuple[str, Command]) -> list[str]:
    """First one after the other, in both orders; then at once, begun in turn from either side."""
    order = work if number % 2 else work[::-1]
    found = [at_once(engine, one)[0] for one in order] if number < 2 else at_once(engine, *order)
    return found if number % 2 else found[::-1]


def types(engine: Engine, case: str) -> list[str]:
    return [line.event.type for line in history.read(engine.store, case)]


def timer(engine: Engine, case: str, state: str, word: str) -> Timer:
    found = [one for one in engine.instance(case).timers.values() if (one.state, one.word) == (state, word)]
    return min(found, key=lambda one: one.due_at)


def firing(timer: Timer, late: timedelta = timedelta(0)) -> FireTimer:
    return FireTimer(at=timer.due_at + late, actor=SYSTEM, timer=timer.id, due_at=timer.due_at)


def at_the_deadline(engine: Engine) -> tuple[str, Timer]:
    """A case that is being answered, when nothing but the deadline's own rung is left to fire."""
    case = claimed(engine)
    do(engine, case, "read", "split")
    for state in ("packed", "billed"):
        do(engine, case, state, "done")
    half = timer(engine, case, "answer", "clock")
    engine.do(case, firing(half))
    return case, timer(engine, case, "answer", "clock")


# --- a timer and whoever does the work


@pytest.mark.parametrize("late", [timedelta(0), timedelta(milliseconds=1)])
def test_an_answer_and_the_deadline_in_the_same_instant_agree_on_who_was_first(engine: Engine, late: timedelta) -> None:
    for number in range(ROUNDS):
        case, rung = at_the_deadline(engine)
        answer = replace(completing(engine, case, "answering", "answer"), at=rung.due_at + late)
        answered, fired = either_way(engine, number, (case, answer), (case, firing(rung, late)))
        assert answered == "done" and fired in ("done", "timer-gone", "ended")
        here = engine.instance(case)
        told = types(engine, case)
        assert here.clocks["answer"].status == "stopped" and here.status == "completed" and here.timers == {}
        # On the stroke it is in time, unless the worker was there before; a moment later it is late, whoever tells.
        missed = here.clocks["answer"].missed
        assert missed == (rung.due_at if late or fired == "done" else None)
        assert told.count("clock-breached") == (missed is not None)
        assert (here.priority == "high") == (fired == "done")
    assert_whole(engine.store)


def test_the_rung_of_a_task_and_its_completion_in_the_same_instant_never_both_change_the_task(engine: Engine) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        rung = timer(engine, case, "read", "escalate")
        work = replace(completing(engine, case, "read", "split"), at=rung.due_at)
        done, fired = either_way(engine, number, (case, work), (case, firing(rung)))
        assert done == "done" and fired in ("done", "timer-gone")
        assert (engine.instance(case).priority == "high") == (fired == "done")
        assert not [one for one in engine.instance(case).timers.values() if one.state == "read"]
    assert_whole(engine.store)


def test_a_timer_of_a_state_and_the_message_it_waits_for_in_the_same_instant_move_the_case_once(engine: Engine) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        do(engine, case, "read", "ask")
        after = timer(engine, case, "waiting", "after")
        reply = Correlate(at=after.due_at, actor=CARLA, message="customer-replied", values={"text": "Here."})
        heard, fired = either_way(engine, number, (case, reply), (case, firing(after)))
        assert sorted((heard, fired)) in (["done", "timer-gone"], ["done", "not-waiting"])
        here = engine.instance(case)
        assert here.states == ("read",) and len(here.tasks) == 1
        ((begin, end),) = here.clocks["answer"].pauses
        assert begin == NOON and end == after.due_at and here.clocks["answer"].status == "running"
    assert_whole(engine.store)


def test_two_workers_fire_every_rung_once_and_in_order(engine: Engine, clock: VirtualClock) -> None:
    cases = [claimed(engine) for _ in range(8)]
    late = NOON + timedelta(days=9)
    clock.set(late)
    threads = [threading.Thread(target=sweep, args=(engine, late)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sweep(engine, late).fired == 0
    for case in cases:
        fired = [line.event.body for line in history.read(engine.store, case) if line.event.type == "timer-fired"]
        assert [body["rung"] for body in fired if body["state"] == "answer"] == ["50%", "100%", "150%", "200%", "300%"]
    assert_whole(engine.store)


def test_after_an_outage_a_clock_and_other_timers_fire_in_the_order_in_which_they_were_due(engine: Engine) -> None:
    for _ in range(3):
        claimed(engine)
    order: list[datetime] = []
    sweep(engine, NOON + timedelta(days=9), each=lambda one: order.append(one.due_at))
    assert len(order) > 20 and order == sorted(order)
    assert_whole(engine.store)


def test_a_side_task_completed_at_the_moment_the_case_ends_is_done_or_its_text_is_a_draft(
    engine: Engine, clock: VirtualClock
) -> None:
    for number in range(ROUNDS):
        case, rung = at_the_deadline(engine)
        engine.do(case, firing(rung))
        work = completing(engine, case, "explain", "explained", who=ANN, reason="An illness.")
        answer = completing(engine, case, "answering", "answer", who=TOM)
        explained, answered = either_way(engine, number, (case, work), (case, answer))
        assert answered == "done" and explained in ("done", "ended", "no-such-task")
        assert typed_is_kept(engine.store, work.task, "ann", work.values)
        here = engine.instance(case)
        assert here.status == "completed" and here.tasks == {} and here.timers == {}
    assert_whole(engine.store)


# --- second persons


def test_two_who_ask_for_the_same_move_at_once_are_one_question_and_the_other_s_text_is_a_draft(engine: Engine) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        asked = [
            completing(engine, case, "read", "refuse", who=who, reason=f"{who.id}, {number}") for who in (ANN, BEN)
        ]
        assert sorted(at_once(engine, *((case, one) for one in asked))) == ["already-asked", "done"]
        here = engine.instance(case)
        (question,) = here.approvals.values()
        (loser,) = {"ann", "ben"} - question.askers
        kept = drafts.load(engine.store, asked[0].task, loser)
        assert kept is not None and kept.values == {"reason": f"{loser}, {number}"}
        assert here.states == ("read",)
    assert_whole(engine.store)


def test_whoever_asked_does_not_confirm_it_by_a_second_role_they_hold(engine: Engine) -> None:
    case = claimed(engine)
    engine.do(case, asking(engine, "reclassify", who=BOTH, **weighed("S1")))
    for who in (BOTH, TOM):
        with pytest.raises(Rejected) as caught:
            engine.do(case, deciding(engine, case, who))
        assert caught.value.code == "excluded"
    assert engine.instance(case).clocks["answer"].target == "1bd"
    engine.do(case, deciding(engine, case, OLGA))
    assert engine.instance(case).clocks["answer"].target == "4bh"
    assert_whole(engine.store)


def test_whoever_decides_twice_at_once_counts_once(engine: Engine) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        do(engine, case, "read", "agree", **weighed("S2"))
        one = deciding(engine, case, TOM)
        assert sorted(either_way(engine, number, (case, one), (case, one))) == ["already-decided", "done"]
    assert_whole(engine.store)


@pytest.mark.parametrize("end", ["withdraw", "cancel"])
def test_a_yes_and_the_end_of_the_case_in_the_same_instant_leave_one_end(engine: Engine, end: str) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        engine.do(case, completing(engine, case, "read", "refuse", reason="Not ours."))
        ending: Command = Trigger(at=NOON, actor=CARLA, name="withdraw", values={"reason": "Never mind."})
        if end == "cancel":
            ending = Cancel(at=NOON, actor=OLGA, reason="A double.")
        task = next(
            one.id for one in engine.instance(case).tasks.values() if one.id not in engine.instance(case).approvals
        )
        answers = either_way(engine, number, (case, deciding(engine, case, TOM)), (case, ending))
        assert answers[0] in ("done", "ended", "no-such-task") and answers[1] in ("done", "ended", "not-now")
        assert answers.count("done") == 1
        here = engine.instance(case)
        assert here.ended_at is not None and here.approvals == {} and here.tasks == {}
        refused = answers[0] == "done"
        assert ("refused" in here.milestones) == refused
        assert here.clocks["answer"].status == ("stopped" if refused else "cancelled")
        kept = drafts.load(engine.store, task, "ann")
        assert (kept is not None and kept.values == {"reason": "Not ours."}) == (not refused)
    assert_whole(engine.store)


def test_a_yes_to_a_change_and_the_deadline_it_would_have_moved_agree(engine: Engine) -> None:
    for number in range(ROUNDS):
        case, rung = at_the_deadline(engine)
        engine.do(case, asking(engine, "reclassify", **weighed("S2")))
        yes = replace(deciding(engine, case, TOM), at=rung.due_at)
        said, fired = either_way(engine, number, (case, yes), (case, firing(rung)))
        assert said == "done" and fired in ("done", "timer-gone")
        clock = engine.instance(case).clocks["answer"]
        assert clock.target == "5bd" and clock.due_at is not None and clock.due_at > rung.due_at
        assert (clock.missed is not None) == (fired == "done") and (100 in clock.fired) == (fired == "done")
    assert_whole(engine.store)


# --- what is decided about changes


def ballots(engine: Engine, case: str) -> tuple[int, int]:
    (approval,) = engine.instance(case).approvals.values()
    return approval.round, len(approval.ballots)


def two_of_three(engine: Engine) -> str:
    case = claimed(engine)
    do(engine, case, "read", "agree", **weighed("S2"))
    for who in (BEN, TOM):
        engine.do(case, deciding(engine, case, who))
    return case


def test_what_is_edited_after_two_of_three_have_said_yes_asks_all_three_again(engine: Engine) -> None:
    case = two_of_three(engine)
    engine.do(case, Correlate(at=NOON, actor=ANN, message="corrected", values=weighed("S1")))
    assert ballots(engine, case) == (2, 0) and engine.instance(case).clocks["answer"].target == "4bh"
    for who in (OLGA, BEN):
        engine.do(case, deciding(engine, case, who))
    assert engine.instance(case).states == ("agreed",)
    engine.do(case, deciding(engine, case, TOM))
    assert engine.instance(case).states == ("answering",)
    assert_whole(engine.store)


@pytest.mark.parametrize("seen", [True, False])
def test_an_edit_that_races_the_third_yes_never_lets_two_old_ones_stand_for_the_new(engine: Engine, seen: bool) -> None:
    for number in range(ROUNDS):
        case = two_of_three(engine)
        (approval,) = engine.instance(case).approvals.values()
        third = deciding(engine, case, OLGA, content=approval.content if seen else "")
        edit = Correlate(at=NOON, actor=ANN, message="corrected", values=weighed("S1"))
        said, edited = either_way(engine, number, (case, third), (case, edit))
        here = engine.instance(case)
        if edited == "done":
            assert said == ("content-changed" if seen else "done")
            assert here.states == ("agreed",) and ballots(engine, case) == (2, 0 if seen else 1)
        else:
            assert (said, edited) == ("done", "not-waiting")
            assert here.states == ("answering",) and here.data["weighing"] == weighed("S2")
    assert_whole(engine.store)


# --- called cases


def test_a_called_case_that_is_cancelled_while_the_other_waits_lets_it_go_on(engine: Engine) -> None:
    case = claimed(engine)
    do(engine, case, "read", "await", **weighed("S2"))
    engine.do(called(engine, case).id, Cancel(at=NOON, actor=OLGA, reason="A double."))
    here = engine.instance(case)
    assert here.states == ("read",) and [link.outcome for link in here.links.values()] == ["cancelled"]
    assert_whole(engine.store)


@pytest.mark.parametrize("what", ["cancel", "suspend", "withdraw", "hurry"])
@pytest.mark.parametrize("how", ["done", "cancel"])
def test_a_called_case_that_ends_while_something_happens_to_the_other_is_known_there(
    engine: Engine, what: str, how: str
) -> None:
    meant: dict[str, Command] = {
        "cancel": Cancel(at=NOON, actor=OLGA, reason="A double."),
        "suspend": Suspend(at=NOON, actor=OLGA, reason="A strike."),
        "withdraw": Trigger(at=NOON, actor=CARLA, name="withdraw", values={"reason": "Never mind."}),
        "hurry": Correlate(at=NOON, actor=CARLA, message="hurry"),
    }
    for number in range(ROUNDS // 2):
        case = claimed(engine)
        do(engine, case, "read", "await", **weighed("S2"))
        child = called(engine, case).id
        ending: Command = completing(engine, child, "doing", "done", who=TOM, note="New tiles.")
        if how == "cancel":
            ending = Cancel(at=NOON, actor=OLGA, reason="A double.")
        ended, happened = either_way(engine, number, (child, ending), (case, meant[what]))
        assert ended == "done" and happened in ("done", "not-waiting")
        here = engine.instance(case)
        outcome = "mended" if how == "done" else "cancelled"
        assert [(link.status, link.outcome) for link in here.links.values()] == [("ended", outcome)]
        went = ("answering",) if how == "done" else ("read",)
        if what == "suspend":
            assert here.status == "suspended" and here.states in (went, ("repairing",))
        elif what == "hurry":
            assert here.states == (("answering",) if happened == "done" else went)
        else:
            assert here.ended_at is not None and here.tasks == {} and here.timers == {}
    assert_whole(engine.store)


def test_an_answer_and_the_end_of_the_case_that_holds_it_back_in_the_same_instant_end_the_case(engine: Engine) -> None:
    for number in range(ROUNDS):
        case = claimed(engine)
        do(engine, case, "read", "mend", **weighed("S2"))
        child = called(engine, case).id
        ending: Complete = completing(engine, child, "doing", "done", who=TOM, note="New tap.")
        answer = completing(engine, case, "answering", "answer")
        assert either_way(engine, number, (child, ending), (case, answer)) == ["done", "done"]
        here = engine.instance(case)
        assert here.status == "completed" and here.held == {} and here.clocks["answer"].status == "stopped"
    assert_whole(engine.store)
