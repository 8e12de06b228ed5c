"""Two at the same instant: one wins, the other is told, and nothing that was typed is lost.

With threads on one store and with processes on one file.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from engine.core.actors import SYSTEM, Actor
from engine.core.commands import Claim, Command, Complete, FireTimer, SaveDraft
from engine.errors import Rejected
from engine.runtime import Engine, Result
from engine.store import drafts
from engine.workers.timers import Swept, sweep
from tests.invariants import assert_whole, sql, typed_is_kept
from tests.runtime.rival import Rivals
from tests.runtime.worlds import ANN, BEN, CARLA, HEAVY, INTAKE, LIGHT, LINES, NOON, TOM, task_in

ROUNDS = 50


@dataclass
class Answer:
    result: Result | None = None
    refused: Rejected | None = None
    error: BaseException | None = None

    @property
    def code(self) -> str:
        assert self.error is None, self.error
        return self.refused.code if self.refused is not None else "done"


def at_once(engine: Engine, case: str, *commands: Command) -> list[Answer]:
    """Each in a thread of its own, let go together."""
    barrier = threading.Barrier(len(commands))
    answers = [Answer() for _ in commands]

    def run(answer: Answer, command: Command) -> None:
        barrier.wait()
        try:
            answer.result = engine.do(case, command)
        except Rejected as rejected:
            answer.refused = rejected
        except BaseException as error:  # told by the test, with the thread's own trace
            answer.error = error

    threads = [threading.Thread(target=run, args=pair) for pair in zip(answers, commands, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def started(engine: Engine, **more: Any) -> tuple[str, str]:
    case = engine.start("parcel", CARLA, INTAKE, **more).instance
    return case, task_in(engine, case, "received")


def sorting(who: Actor, task: str, values: Mapping[str, Any]) -> Complete:
    return Complete(at=NOON, actor=who, task=task, outcome="sort", values=values)


def typed(person: str, number: int) -> dict[str, Any]:
    return {"weight": 3, "pieces": 1, "note": f"{person} wrote this, round {number}"}


def test_of_two_threads_that_complete_one_task_exactly_one_wins_and_the_other_keeps_a_draft(
    on_file: Engine,
) -> None:
    for number in range(ROUNDS):
        case, task = started(on_file)
        answers = at_once(on_file, case, *(sorting(who, task, typed(who.id, number)) for who in (ANN, BEN)))
        assert sorted(answer.code for answer in answers) == ["done", "no-such-task"]
        loser = (ANN, BEN)[0 if answers[0].refused else 1]
        kept = drafts.load(on_file.store, task, loser.id)
        assert kept is not None and (kept.values, kept.outcome) == (typed(loser.id, number), "sort")
        assert all(typed_is_kept(on_file.store, task, who.id, typed(who.id, number)) for who in (ANN, BEN))
    assert_whole(on_file.store)


def test_of_two_threads_with_the_same_revision_in_hand_exactly_one_wins(on_file: Engine) -> None:
    for number in range(ROUNDS // 2):
        case, task = started(on_file)
        seen = on_file.instance(case).revision
        answers = at_once(
            on_file,
            case,
            Claim(at=NOON, actor=BEN, task=task, revision=seen),
            replace(sorting(ANN, task, typed("ann", number)), revision=seen),
        )
        assert sorted(answer.code for answer in answers) == ["conflict", "done"]
        assert typed_is_kept(on_file.store, task, "ann", typed("ann", number))
    assert_whole(on_file.store)


def test_of_many_threads_that_claim_one_task_exactly_one_has_it(on_file: Engine) -> None:
    for _ in range(ROUNDS // 2):
        case, task = started(on_file)
        answers = at_once(on_file, case, *(Claim(at=NOON, actor=who, task=task) for who in (ANN, BEN) * 2))
        owner = on_file.instance(case).tasks[task].assignee
        assert owner in ("ann", "ben")
        for who, answer in zip((ANN, BEN) * 2, answers, strict=True):
            assert answer.code == ("done" if who.id == owner else "claimed-by-other")
        told = "SELECT COUNT(*) FROM history WHERE instance = ? AND type = 'task-claimed'"
        assert sql(on_file.store, told, case) == [(1,)]
    assert_whole(on_file.store)


def test_a_timer_and_a_completion_at_the_same_instant_leave_one_way_gone(on_file: Engine) -> None:
    ways = set()
    for number in range(ROUNDS):
        case, task = started(on_file)
        on_file.do(case, sorting(ANN, task, HEAVY))
        check = task_in(on_file, case, "heavy")
        (timer,) = on_file.instance(case).timers.values()
        acts = [
            FireTimer(at=timer.due_at, actor=SYSTEM, timer=timer.id, due_at=timer.due_at),
            Complete(at=timer.due_at, actor=TOM, task=check, outcome="approve"),
        ]
        answers = at_once(on_file, case, *(acts if number % 2 else acts[::-1]))
        fired, completed = answers if number % 2 else answers[::-1]
        assert (fired.code, completed.code) in (("done", "no-such-task"), ("timer-gone", "done"))
        ways.add(fired.code)
        assert on_file.instance(case).states == (
            ("received",) if fired.code == "done" else ("packing", "packed", "billed")
        )
    assert_whole(on_file.store)


def test_two_sweeps_at_once_fire_each_timer_once(on_file: Engine) -> None:
    for _ in range(25):
        started(on_file)
    found: list[Swept] = []
    threads = [
        threading.Thread(target=lambda: found.append(sweep(on_file, NOON + timedelta(hours=4)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(swept.fired for swept in found) == 25
    assert not any(swept.failed for swept in found)
    assert sql(on_file.store, "SELECT COUNT(*) FROM outbox") == [(25,)]
    assert_whole(on_file.store)


def test_the_last_two_branches_joined_at_once_join_once(on_file: Engine) -> None:
    for _ in range(ROUNDS // 2):
        case, task = started(on_file)
        on_file.do(case, sorting(ANN, task, LIGHT))
        pack, bill = task_in(on_file, case, "packed"), task_in(on_file, case, "billed")
        answers = at_once(
            on_file,
            case,
            Complete(at=NOON, actor=ANN, task=pack, outcome="done", values=LINES),
            Complete(at=NOON, actor=TOM, task=bill, outcome="done"),
        )
        assert [answer.code for answer in answers] == ["done", "done"]
        assert on_file.instance(case).outcome == "shipped"
    assert_whole(on_file.store)


def test_a_draft_saved_while_somebody_else_completes_is_not_lost(on_file: Engine) -> None:
    for number in range(ROUNDS // 2):
        case, task = started(on_file)
        answers = at_once(
            on_file,
            case,
            SaveDraft(at=NOON, actor=BEN, task=task, values=typed("ben", number)),
            sorting(ANN, task, typed("ann", number)),
        )
        assert answers[1].code == "done"
        if answers[0].code == "done":
            assert typed_is_kept(on_file.store, task, "ben", typed("ben", number))
    assert_whole(on_file.store)


# --- real processes on one file


def test_of_two_processes_exactly_one_wins_whatever_they_race_for(on_file: Engine, url: str) -> None:
    with Rivals(url) as rivals:
        for number in range(ROUNDS):
            _completion(on_file, rivals, number)
            if number % 2:
                _claim(on_file, rivals)
                _timer(on_file, rivals)
            else:
                _start(on_file, rivals, number)
    assert_whole(on_file.store)


def test_of_four_processes_that_complete_the_same_task_exactly_one_does(on_file: Engine, url: str) -> None:
    with Rivals(url, 4) as rivals:
        for number in range(ROUNDS // 2):
            case, task = started(on_file)
            said = {"act": "complete", "instance": case, "task": task, "outcome": "sort"}
            people = ("ann", "ben") * 2
            answers = rivals.at_once(*({**said, "person": who, "values": typed(who, number)} for who in people))
            assert sorted(answer["code"] for answer in answers) == ["done", *["no-such-task"] * 3]
            done = "SELECT COUNT(*) FROM history WHERE instance = ? AND type = 'task-completed'"
            assert sql(on_file.store, done, case) == [(1,)]
    assert_whole(on_file.store)


def test_of_four_processes_that_send_the_same_request_one_starts_a_case_and_all_are_told_of_it(
    on_file: Engine, url: str
) -> None:
    with Rivals(url, 4) as rivals:
        for number in range(ROUNDS // 2):
            said = {"act": "start", "person": "carla", "values": dict(INTAKE), "external_id": f"theirs-{number}"}
            answers = rivals.at_once(*({**said, "key": f"request-{number}"} for _ in range(4)))
            assert answers == [answers[0]] * 4 and answers[0]["code"] == "done"
    assert sql(on_file.store, "SELECT COUNT(*) FROM instance") == [(ROUNDS // 2,)]
    assert_whole(on_file.store)


def _completion(engine: Engine, rivals: Rivals, number: int) -> None:
    case, task = started(engine)
    said = {"act": "complete", "instance": case, "task": task, "outcome": "sort"}
    answers = rivals.at_once(*({**said, "person": who, "values": typed(who, number)} for who in ("ann", "ben")))
    assert sorted(answer["code"] for answer in answers) == ["done", "no-such-task"]
    assert all(typed_is_kept(engine.store, task, who, typed(who, number)) for who in ("ann", "ben"))
    loser = ("ann", "ben")[0 if answers[0]["code"] != "done" else 1]
    assert drafts.load(engine.store, task, loser) is not None


def _claim(engine: Engine, rivals: Rivals) -> None:
    case, task = started(engine)
    answers = rivals.at_once(
        *({"act": "claim", "instance": case, "task": task, "person": who} for who in ("ann", "ben"))
    )
    assert sorted(answer["code"] for answer in answers) == ["claimed-by-other", "done"]


def _start(engine: Engine, rivals: Rivals, number: int) -> None:
    said = {"act": "start", "person": "carla", "values": dict(INTAKE)}
    one, other = rivals.at_once(*({**said, "key": f"request-{number}"} for _ in range(2)))
    assert one == other and one["code"] == "done"
    codes = sorted(
        answer["code"] for answer in rivals.at_once(*({**said, "external_id": f"theirs-{number}"} for _ in range(2)))
    )
    assert codes == ["done", "external-id-known"]


def _timer(engine: Engine, rivals: Rivals) -> None:
    case, task = started(engine)
    engine.do(case, sorting(ANN, task, HEAVY))
    check = task_in(engine, case, "heavy")
    (timer,) = engine.instance(case).timers.values()
    fired, completed = rivals.at_once(
        {"act": "fire", "instance": case, "timer": timer.id, "due_at": timer.due_at.isoformat()},
        {
            "act": "complete",
            "instance": case,
            "task": check,
            "outcome": "approve",
            "values": {},
            "person": "tom",
        },
    )
    assert (fired["code"], completed["code"]) in (("done", "no-such-task"), ("timer-gone", "done"))
