"""Anybody does anything in any order, clocks jump and the machine fails at any write: what holds, holds after
each step.

The model beside the engine is small on purpose: what was typed and not handed in. Everything else is held
against itself by `tests.invariants`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.core import commands as c
from engine.core.actors import Actor
from engine.errors import Rejected
from engine.runtime import Engine, Result, VirtualClock
from engine.store import queries
from engine.store.fields import decode
from engine.store.verifying import every_case
from engine.workers.timers import sweep
from tests.databases import give_back, throwaway
from tests.invariants import assert_whole, broken, everything, sql
from tests.runtime.crashing import Crash, crashing
from tests.runtime.effect_model import TROUBLE, OtherSide
from tests.runtime.worlds import (
    AGREEING,
    ANN,
    BEN,
    BROKEN,
    CARLA,
    DORA,
    HEAVY,
    INTAKE,
    LIGHT,
    LINES,
    NOON,
    OLGA,
    TOM,
    copied,
    engine_on,
)

PEOPLE = (ANN, BEN, TOM, OLGA, CARLA, DORA)
TYPED: tuple[Mapping[str, Any], ...] = (
    {},
    LIGHT,
    HEAVY,
    BROKEN,
    LINES,
    {"lines": [{"qty": -1}]},
    {"reason": "No more"},
    {"weight": "much", "note": "a long story"},
    {"note": "\0"},
)
MANY: Mapping[str, Any] = {"weight": 50, "pieces": 4}
OUTCOMES = ("sort", "confer", "approved", "spam", "approve", "back", "done", "again", "give-up", "sotr")

numbers = st.integers(0, 1_000)
people = st.sampled_from(PEOPLE)
crashes = st.one_of(st.just(0), st.just(0), st.just(0), st.integers(1, 12))


@cache
def template() -> Engine:
    return engine_on("sqlite:///:memory:", AGREEING, clock=VirtualClock(NOON))


class AnybodyDoesAnything(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.clock = VirtualClock(NOON)
        self.url = throwaway()
        self.engine = copied(template(), self.clock, self.url)
        self.other_side = OtherSide(self.engine)
        self.drafts: dict[tuple[str, str], tuple[Mapping[str, Any], str]] = {}
        self.cases: list[str] = []
        self.tasks: list[str] = []
        self.touched: set[str] = set()

    def teardown(self) -> None:
        self.other_side.all_goes_well()
        assert not list(self.other_side.differs())
        assert_whole(self.engine.store, counted="recorded")
        assert [one for case in every_case(self.engine.store) for one in case.found] == []
        self.engine.store.close()
        give_back(self.url)

    # --- what people ask for

    @initialize(who=st.sampled_from((CARLA, ANN)))
    def first(self, who: Actor) -> None:
        self.start(who, INTAKE, "", "", 0)

    @rule(
        who=people,
        values=st.sampled_from((INTAKE, INTAKE, INTAKE, {}, {"subject": 3})),
        key=st.sampled_from(("", "", "k1", "k2")),
        external=st.sampled_from(("", "", "T-1", "T-2")),
        crash=crashes,
    )
    def start(self, who: Actor, values: Mapping[str, Any], key: str, external: str, crash: int) -> None:
        before = everything(self.engine.store)
        try:
            with crashing(self.engine.store, crash):
                result = self.engine.start("parcel", who, values, key=key, external_id=external)
        except (Rejected, Crash):
            assert everything(self.engine.store) == before
            return
        if result.events:
            assert result.revision == 1 and result.instance not in self.cases
            self.cases.append(result.instance)
        else:
            assert key and result.instance in self.cases
            assert everything(self.engine.store) == before
        self.noticed(result.instance)

    @precondition(lambda self: self.tasks)
    @rule(
        number=numbers,
        who=people,
        outcome=st.sampled_from(OUTCOMES),
        values=st.sampled_from(TYPED),
        stale=st.booleans(),
        key=st.sampled_from(("", "", "", "k1", "c1", "c2")),
        crash=crashes,
    )
    def complete(
        self,
        number: int,
        who: Actor,
        outcome: str,
        values: Mapping[str, Any],
        stale: bool,
        key: str,
        crash: int,
    ) -> None:
        task = self.tasks[-1 - number % len(self.tasks)]
        case = task.rpartition(".")[0]
        seen = self.engine.instance(case).revision - (number % 3 == 0) if stale else None
        self.ask(
            case,
            c.Complete(at=self.clock.at, actor=who, task=task, outcome=outcome, values=values, revision=seen, key=key),
            crash,
        )

    @precondition(lambda self: self.tasks)
    @rule(number=numbers, crash=crashes)
    def complete_as_it_should_be(self, number: int, crash: int) -> None:
        """What people mostly do: the right person, a real outcome, a form that fits."""
        found = [self.engine.instance(case) for case in self.cases]
        waiting = [task for here in found for task in here.tasks.values() if task.id not in here.approvals]
        if not waiting:
            return
        task = waiting[number % len(waiting)]
        ways = {
            "received": (
                ("confer", LIGHT),
                ("confer", MANY),
                ("sort", LIGHT),
                ("sort", HEAVY),
                ("sort", BROKEN),
                ("spam", {"reason": "Spam"}),
            ),
            "heavy": (("approve", {}), ("back", {})),
            "packed": (("done", LINES),),
            "billed": (("done", {}),),
            "overdue": (("again", {}), ("give-up", {})),
        }[task.state]
        outcome, values = ways[number % len(ways)]
        may = {"agent": (ANN, BEN), "team-lead": (TOM,)}[task.candidates[number % len(task.candidates)]]
        who = next((one for one in PEOPLE if one.id == task.assignee), may[number % len(may)])
        command = c.Complete(at=self.clock.at, actor=who, task=task.id, outcome=outcome, values=values)
        self.ask(task.id.rpartition(".")[0], command, crash)

    @precondition(lambda self: self.tasks)
    @rule(
        number=numbers,
        who=people,
        kind=st.sampled_from(("claim", "claim", "release", "assign", "delegate", "save")),
        other=people,
        crash=crashes,
    )
    def handle(self, number: int, who: Actor, kind: str, other: Actor, crash: int) -> None:
        task = self.tasks[-1 - number % len(self.tasks)]
        common: dict[str, Any] = {"at": self.clock.at, "actor": who, "task": task}
        command: c.Command = {
            "claim": lambda: c.Claim(**common),
            "release": lambda: c.Release(**common),
            "assign": lambda: c.Assign(**common, to=other.id, to_roles=other.roles),
            "delegate": lambda: c.Delegate(
                **common,
                to=other.id,
                to_roles=other.roles,
                since=self.clock.at + timedelta(hours=number % 9) if number % 4 == 0 else None,
                until=self.clock.at + timedelta(hours=number % 30) if number % 3 else None,
            ),
            "save": lambda: c.SaveDraft(**common, values={"note": f"typed {number}"}),
        }[kind]()
        self.ask(task.rpartition(".")[0], command, crash)

    @precondition(lambda self: self.tasks)
    @rule(
        number=numbers,
        who=people,
        decision=st.sampled_from(("approve", "approve", "approve", "reject", "recuse", "request-changes")),
        behalf=st.sampled_from(("", "", "", "ann", "tom")),
        comment=st.sampled_from(("Because.", "Because.", "")),
        crash=crashes,
    )
    def decide(self, number: int, who: Actor, decision: Any, behalf: str, comment: str, crash: int) -> None:
        """Mostly in an approval that is open, sometimes in whatever task there ever was."""
        open_now = [task for case in self.cases for task in self.engine.instance(case).approvals]
        tasks = open_now if open_now and number % 5 else self.tasks
        task = tasks[-1 - number % len(tasks)]
        command = c.Decide(
            at=self.clock.at, actor=who, task=task, decision=decision, comment=comment, on_behalf_of=behalf
        )
        self.ask(task.rpartition(".")[0], command, crash)

    @precondition(lambda self: self.cases)
    @rule(
        number=numbers,
        who=people,
        kind=st.sampled_from(
            (
                "withdraw",
                "message",
                "correct",
                "correct",
                "comment",
                "suspend",
                "resume",
                "resume",
                "cancel",
                "reopen",
                "reopen",
            )
        ),
        crash=crashes,
    )
    def ask_of_the_case(self, number: int, who: Actor, kind: str, crash: int) -> None:
        common: dict[str, Any] = {"at": self.clock.at, "actor": who}
        command: c.Command = {
            "withdraw": lambda: c.Trigger(**common, name="withdraw", values={"reason": "No more"}),
            "message": lambda: c.Correlate(
                **common,
                message="customer-replied",
                values={"text": "Hello"},
                key="m" if number % 5 == 0 else "",
            ),
            "correct": lambda: c.Correlate(**common, message="corrected", values=(LIGHT, HEAVY, MANY)[number % 3]),
            "comment": lambda: c.Comment(**common, text="Seen."),
            "suspend": lambda: c.Suspend(**common, reason="A strike."),
            "resume": lambda: c.Resume(**common),
            "cancel": lambda: c.Cancel(**common, reason="A mistake."),
            "reopen": lambda: c.Reopen(**common, values={"text": "Again"}),
        }[kind]()
        self.ask(self.cases[number % len(self.cases)], command, crash)

    @precondition(lambda self: self.cases)
    @rule(
        number=numbers,
        who=st.sampled_from((TOM, TOM, OLGA, ANN)),
        values=st.sampled_from((None, LIGHT, HEAVY, {})),
        crash=crashes,
    )
    def resolve(self, number: int, who: Actor, values: Mapping[str, Any] | None, crash: int) -> None:
        found = [one for one in queries.incidents(self.engine.store, status=None) if one.status != "resolved"]
        if not found:
            return
        incident = found[number % len(found)]
        case = self.engine.instance(incident.instance)
        retry = {**case.incidents, **case.dismissed}[incident.id].retry
        action = "reopen" if incident.status == "dismissed" else "dismiss" if number % 4 == 0 else "retry"
        command = c.ResolveIncident(
            at=self.clock.at, actor=who, incident=incident.id, action=action, reason="Seen to.", values=values
        )
        result = self.ask(incident.instance, command, crash)
        if result is not None and action == "retry" and retry["do"] == "complete":
            self.drafts.pop((retry["task"], retry["actor"][0]), None)

    # --- time

    @rule(hours=st.sampled_from((1, 4, 4, 9, 25, 80, -3, -200)))
    def jump(self, hours: int) -> None:
        self.clock.set(max(self.clock.at, NOON - timedelta(days=30)) + timedelta(hours=hours))

    @rule(crash=crashes)
    def work(self, crash: int) -> None:
        with crashing(self.engine.store, crash) as count:
            swept = sweep(self.engine, self.clock.at)
        assert len(swept.failed) == (0 < crash <= count[0] and bool(swept.failed))
        again = sweep(self.engine, self.clock.at)
        assert not again.failed
        assert sweep(self.engine, self.clock.at).fired == 0
        for case in self.cases:
            self.noticed(case)

    @rule(
        hours=st.sampled_from((0, 0, 1, 5, 200)),
        trouble=st.sampled_from(TROUBLE),
        most=st.integers(1, 3),
        crash=crashes,
    )
    def deliver(self, hours: int, trouble: str, most: int, crash: int) -> None:
        self.other_side.time_passes(timedelta(hours=hours))
        with crashing(self.engine.store, crash), suppress(Crash):
            self.other_side.worker_comes(trouble, most)
        for case in self.cases:
            self.noticed(case)

    # --- what holds

    def ask(self, case: str, command: c.Command, crash: int) -> Result | None:
        """Do it; what is refused or fails changes nothing but drafts, what is done is one revision."""
        store = self.engine.store
        was = self.engine.instance(case)
        before = everything(store, but=["draft"])
        known = {key for (key,) in sql(store, "SELECT key FROM idempotency")}
        repeated = bool(command.key) and command.key in known
        result: Result | None = None
        try:
            with crashing(store, crash) as count:
                result = self.engine.do(case, command)
        except (Rejected, Crash) as error:
            assert everything(store, but=["draft"]) == before
            if not (
                isinstance(error, Rejected) and 0 < crash <= count[0]
            ):  # else the machine failed while it kept the draft
                self.typed(command)
        else:
            if repeated or not result.events:
                assert everything(store, but=["draft"]) == before
            else:
                assert result.revision == was.revision + 1
            self.handed_in(command, result, repeated)
        self.noticed(case)
        return result

    def typed(self, command: c.Command) -> None:
        """A completion that did not go through is a draft, unless nothing could hold it."""
        if isinstance(command, c.Complete) and command.values and command.values != {"note": "\0"}:
            self.drafts[command.task, command.actor.id] = (command.values, command.outcome)

    def handed_in(self, command: c.Command, result: Result, repeated: bool) -> None:
        if repeated:
            return
        if isinstance(command, c.SaveDraft):
            self.drafts[command.task, command.actor.id] = (command.values, "")
        if isinstance(command, c.Complete):
            if result.stuck:
                self.drafts[command.task, command.actor.id] = (command.values, command.outcome)
            else:
                self.drafts.pop((command.task, command.actor.id), None)

    def noticed(self, case: str) -> None:
        self.touched.add(case)
        for task in self.engine.instance(case).tasks:
            if task not in self.tasks:
                self.tasks.append(task)

    @invariant()
    def what_was_touched_is_whole(self) -> None:
        found = broken(self.engine.store, self.touched, counted="recorded")
        self.touched.clear()
        assert not found, "\n".join(found)

    @invariant()
    def what_is_sent_goes_out_under_one_key(self) -> None:
        assert not list(self.other_side.differs())

    @invariant()
    def nothing_typed_is_lost(self) -> None:
        rows = sql(self.engine.store, 'SELECT task, person, "values", outcome FROM draft')
        assert {(task, person): (decode(values), outcome) for task, person, values, outcome in rows} == self.drafts


AnybodyDoesAnything.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestAnybodyDoesAnything = AnybodyDoesAnything.TestCase
