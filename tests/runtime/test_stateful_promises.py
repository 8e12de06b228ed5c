"""Whole cases with promised times, second persons, approvals, tasks beside, branches and called cases: anybody does
anything in any order, time passes, the worker comes late and the machine fails at any write. After each step the clocks
are what a small model of them says, and everything else what `tests.invariants` does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.core import commands as c
from engine.core.instance import Instance
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import history
from engine.store.verifying import every_case
from engine.workers.timers import sweep
from tests.databases import give_back, throwaway
from tests.invariants import assert_whole, broken, everything, sql
from tests.runtime.clock_model import Model
from tests.runtime.crashing import Crash, crashing
from tests.runtime.promising import COMER, claims_on, weighed
from tests.runtime.worlds import ANN, BEN, CARLA, NOON, OLGA, TOM, copied

PEOPLE = (ANN, BEN, TOM, OLGA, CARLA)
BY_ID = {one.id: one for one in PEOPLE}
S = ("S1", "S2", "S3")
WAYS: dict[str, tuple[str, ...]] = {
    "read": ("weigh", "ask", "ask", "ask", "ask", "split", "agree", "agree", "mend", "await", "refuse", "refuse"),
    "packed": ("done",),
    "billed": ("done",),
    "answering": ("answer", "again", "again"),
    "late": ("answer", "again"),
    "explain": ("explained", "give-up"),
    "doing": ("done", "done", "fail"),
    "write again": ("send", "send", "leave"),
}
SENDS = {"read": "ask", "answering": "answer", "late": "answer", "explain": "explained"}
WEIGHING = ("weigh", "agree", "mend", "await")
ANYTHING = (
    *("wrote", "replied", "corrected", "hurry", "reclassify", "count-none", "count-some", "withdraw", "suspend"),
    *("resume", "resume", "cancel", "reopen"),
)
KINDS = (
    *("complete",) * 6, *("time",) * 3, *("worker",) * 4, *("ask",) * 6, *("decide",) * 5, *("late",) * 3,
    *("anything", "resolve", "start", "back"), *("take-back",) * 3,
)  # fmt: skip
HOURS = st.sampled_from((0, 2, 5, 7, 16, 30, 30, 60, 100, 250, 9_000))
numbers = st.sampled_from(range(36))
crashes = st.one_of(st.just(0), st.just(0), st.just(0), st.just(0), st.integers(1, 20))


@cache
def template() -> Engine:
    return claims_on("sqlite:///:memory:", VirtualClock(NOON))


def likely(here: Instance) -> tuple[str, ...]:
    """What people mostly ask of a case as it stands."""
    if here.ended_at is not None:
        return ("reopen",)
    if here.status == "suspended":
        return ("resume",)
    common = ("wrote", "reclassify", "reclassify", "count-none", "count-some", "withdraw", "suspend")
    by_state = {"waiting": "replied", "agreed": "corrected", "repairing": "hurry"}
    return (*common, *(by_state[state] for state in here.states * 4 if state in by_state))


class WholeCases(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(NOON)
        self.url = throwaway()
        self.engine = copied(template(), self.clock, self.url)
        self.claims: list[str] = []
        self.models: dict[str, Model] = {}
        self.worked: datetime | None = None

    def teardown(self) -> None:
        assert_whole(self.engine.store, counted="recorded")
        assert [one for case in every_case(self.engine.store) for one in case.found] == []
        self.engine.store.close()
        give_back(self.url)

    # --- commands

    @initialize()
    def first(self) -> None:
        self.start(0, 0)

    @rule(
        kind=st.sampled_from(KINDS),
        number=numbers,
        way=numbers,
        severity=st.sampled_from(S),
        hours=HOURS,
        later=HOURS,
        crash=crashes,
    )
    def something_happens(
        self, kind: str, number: int, way: int, severity: str, hours: int, later: int, crash: int
    ) -> None:
        """One rule for all, so that what people mostly do is what mostly happens."""
        {
            "start": lambda: self.start((0, 0, 1, 9, 4_000)[number % 5], crash),
            "complete": lambda: self.complete(number, way, severity, crash),
            "decide": lambda: self.decide(number, way, crash),
            "ask": lambda: self.ask_of_the_case(number, way, severity, crash),
            "anything": lambda: self.request(self.case(number), ANYTHING[way % len(ANYTHING)], severity, crash),
            "resolve": lambda: self.resolve(number, "dismiss" if way % 4 == 0 else "retry", crash),
            "time": lambda: self.time_passes(hours),
            "worker": lambda: self.the_worker_comes(crash),
            "late": lambda: self.somebody_works_before_the_late_worker(hours, number, way, severity),
            "take-back": lambda: self.somebody_takes_a_message_back(number, way, hours, crash),
            "back": lambda: self.a_case_ends_and_comes_back(hours, later, number, ("withdraw", "cancel")[way == 0]),
        }[kind]()

    def start(self, days: int, crash: int) -> None:
        """Received now or a while ago."""
        if len(self.claims) == 2:
            return
        try:
            with crashing(self.engine.store, crash):
                received = self.clock.at - timedelta(days=days) if days else None
                result = self.engine.start("claim", CARLA, COMER, received_at=received)
        except Crash:
            return
        self.worked = None
        self.claims.append(result.instance)
        self.models[result.instance] = Model(self.engine.in_force("claim").calendar)

    def case(self, number: int) -> str:
        """A case, or one that it has called."""
        known = [case for (case,) in sql(self.engine.store, "SELECT id FROM instance ORDER BY reference")]
        return known[number % len(known)]

    def complete(self, number: int, way: int, severity: str, crash: int) -> None:
        here = [self.engine.instance(case) for (case,) in sql(self.engine.store, "SELECT id FROM instance ORDER BY 1")]
        open_ = [task for one in here for task in one.tasks.values() if task.id not in one.approvals]
        if not open_:
            return
        task = open_[number % len(open_)]
        outcome = WAYS[task.state][way % len(WAYS[task.state])]
        values: dict[str, Any] = weighed(severity) if task.state == "read" and outcome in WEIGHING else {}
        if outcome in ("refuse", "explained", "give-up"):
            values = {"reason": "It is so."}
        if task.state == "doing" and outcome == "done":
            values = {"note": "New."}
        if outcome == "send":
            values = {"subject": "Once more", "body": "Dear customer"}
        may = [one for one in PEOPLE if one.roles & set(task.candidates)]
        who = BY_ID.get(task.assignee) or may[way % len(may)]
        command = c.Complete(at=self.clock.at, actor=who, task=task.id, outcome=outcome, values=values, comment="So.")
        self.ask(task.id.rpartition(".")[0], command, crash)

    def decide(self, number: int, way: int, crash: int) -> None:
        opened = [one for case in self.claims for one in self.engine.instance(case).approvals.values()]
        if opened:
            one = opened[number % len(opened)]
            who, what = (ANN, BEN, TOM, OLGA)[way % 4], "reject" if way % 9 == 0 else "approve"
            content = one.content if number % 2 else ""
            command = c.Decide(at=self.clock.at, actor=who, task=one.id, decision=what, comment="So.", content=content)
            self.ask(one.id.rpartition(".")[0], command, crash)

    def ask_of_the_case(self, number: int, what: int, severity: str, crash: int) -> None:
        here = self.engine.instance(self.claims[number % len(self.claims)])
        chosen = likely(here)
        self.request(here.id, chosen[what % len(chosen)], severity, crash)

    def request(self, case: str, what: str, severity: str, crash: int) -> None:
        at = self.clock.at
        make: dict[str, Callable[[], c.Command]] = {
            "wrote": lambda: c.Correlate(at=at, actor=CARLA, message="customer-wrote", values={"text": "When?"}),
            "replied": lambda: c.Correlate(at=at, actor=CARLA, message="customer-replied", values={"text": "Here."}),
            "corrected": lambda: c.Correlate(at=at, actor=ANN, message="corrected", values=weighed(severity)),
            "hurry": lambda: c.Correlate(at=at, actor=CARLA, message="hurry"),
            "reclassify": lambda: c.Trigger(at=at, actor=ANN, name="reclassify", values=weighed(severity)),
            "count-none": lambda: c.Trigger(at=at, actor=ANN, name="count", values={"parts": 0}),
            "count-some": lambda: c.Trigger(at=at, actor=ANN, name="count", values={"parts": 2}),
            "withdraw": lambda: c.Trigger(at=at, actor=CARLA, name="withdraw", values={"reason": "Never mind."}),
            "suspend": lambda: c.Suspend(at=at, actor=OLGA, reason="A strike."),
            "resume": lambda: c.Resume(at=at, actor=OLGA),
            "cancel": lambda: c.Cancel(at=at, actor=OLGA, reason="A double."),
            "reopen": lambda: c.Reopen(at=at, actor=ANN, values={"text": "Again."}),
        }
        self.ask(case, make[what](), crash)

    def somebody_takes_a_message_back(self, number: int, way: int, hours: int, crash: int) -> None:
        """A message is sent, sometimes when time has passed; it is taken back at once, or after something else."""
        self.time_passes(hours if way % 3 == 0 else 0)
        case = self.claims[number % len(self.claims)]
        sending = [task for task in self.engine.instance(case).tasks.values() if SENDS.get(task.state)]
        if sending:
            task = sending[way % len(sending)]
            who = BY_ID.get(task.assignee, (ANN, BEN, TOM)[way % 3])
            values = {"reason": "It is so."} if task.state == "explain" else {}
            outcome = SENDS[task.state]
            self.ask(case, c.Complete(at=self.clock.at, actor=who, task=task.id, outcome=outcome, values=values), 0)
        if way % 5 < 3:
            self.request(case, ("wrote", "suspend", "cancel", "replied")[number % 4], "S1", 0)
        waiting = [sent for sent in self.engine.instance(case).sent if sent.at == self.clock.at]
        if waiting:
            sent = waiting[number % len(waiting)]
            self.ask(case, c.WithdrawMessage(at=self.clock.at, actor=BY_ID[sent.by], message=sent.id), crash)

    def resolve(self, number: int, action: str, crash: int) -> None:
        found = sql(self.engine.store, "SELECT id, instance FROM incident WHERE status = 'open' ORDER BY id")
        if found:
            incident, case = found[number % len(found)]
            command = c.ResolveIncident(
                at=self.clock.at, actor=TOM, incident=incident, action=action, reason="Seen to."
            )
            self.ask(case, command, crash)

    # --- time

    def time_passes(self, hours: int) -> None:
        self.clock.set(self.clock.at + timedelta(hours=hours))
        self.worked = None

    def somebody_works_before_the_late_worker(self, hours: int, number: int, way: int, severity: str) -> None:
        self.time_passes(hours)
        self.complete(number, way, severity, 0)

    def a_case_ends_and_comes_back(self, hours: int, later: int, number: int, how: str) -> None:
        case = self.claims[number % len(self.claims)]
        self.time_passes(hours)
        self.request(case, how, "S1", 0)
        self.time_passes(later)
        self.request(case, "reopen", "S1", 0)

    def the_worker_comes(self, crash: int) -> None:
        with crashing(self.engine.store, crash):
            sweep(self.engine, self.clock.at)
        assert not sweep(self.engine, self.clock.at).failed
        assert sweep(self.engine, self.clock.at).fired == 0
        self.worked = self.clock.at

    # --- what holds

    def ask(self, case: str, command: c.Command, crash: int) -> None:
        """Do it; what is refused or fails changes nothing but drafts."""
        before = everything(self.engine.store, but=["draft"])
        try:
            with crashing(self.engine.store, crash):
                self.engine.do(case, replace(command))
        except (Rejected, Crash):
            assert everything(self.engine.store, but=["draft"]) == before
        else:
            self.worked = None

    @invariant()
    def clocks_are_as_expected(self) -> None:
        for case, model in self.models.items():
            model.follow(history.read(self.engine.store, case, model.seen))
            found = model.differs(self.engine.instance(case), self.worked)
            assert not found, "\n".join(found)

    @invariant()
    def everything_else_holds(self) -> None:
        found = broken(self.engine.store, counted="recorded")
        assert not found, "\n".join(found)


WholeCases.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestWholeCases = WholeCases.TestCase
