"""Running an import: each case starts and is carried on, wholly or not at all, at the times the source gives.

Owns the order (timers that fall due between the steps fire in between, at their time), the report, and that
nothing is done twice: a case whose external id is known is passed over, so an import that was killed is
simply started again. What the process would have sent is recorded as withheld: nobody is written to about the
past.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.core.actors import IMPORT, SYSTEM, Actor
from engine.core.commands import FireTimer
from engine.core.instance import Instance, Timer
from engine.core.timers import next_before, next_by
from engine.definition.model import Definition
from engine.directory import Directory
from engine.errors import DefinitionError, Rejected
from engine.importing.cases import Source
from engine.importing.cells import BadCell, Row
from engine.importing.checking import problems_of
from engine.importing.commands import Actors, Impossible, command_for, values_of
from engine.importing.comparing import Comparison
from engine.importing.mapping import IGNORE, Map, Then
from engine.runtime import Engine, Result, VirtualClock, wall_clock
from engine.store import instances
from engine.store.database import Store

TOGETHER = 0.1  # seconds of work that are written at once; others who want to write wait that long


@dataclass(frozen=True, slots=True)
class Refused:
    """A case that could not be imported: its line in the file, its external id if it has one, and why."""

    line: int
    external_id: str
    reason: str


@dataclass
class Report:
    """What an import came to.

    `ignored`: how often each activity, or step that was not possible, was passed over. `compared`: what the source says
    of promises beside what the clocks say, of the cases that were added and of those known already.
    """

    added: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    compared: dict[str, Comparison] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        return self.added + self.known + len(self.refused)


class _TakenBack(Exception):
    """Ends a case's transaction without keeping it."""


class Importer:
    """Imports cases by one map into one store. The definition is the version in force when the import begins.

    Raises DefinitionError when the map names what the process or the organisation does not have.
    """

    def __init__(self, store: Store, mapping: Map, now: datetime | None = None) -> None:
        self.mapping = mapping
        self.now = now or wall_clock()
        self.clock = VirtualClock(self.now)
        self._acting = ""
        self.engine = Engine(store, self.clock, roll=self._holders)
        self.definition: Definition = self.engine.in_force(mapping.process)
        directory = Directory(store)
        self._actors = Actors(directory)
        problems = problems_of(mapping, self.definition, directory)
        if problems:
            raise DefinitionError(problems)

    def _holders(self, role: str) -> frozenset[str]:
        return self._actors.holders(role, self._acting)

    def bring_in(self, sources: Iterable[Source], report: Report) -> Iterator[Source]:
        """The cases in turn, each wholly or not at all; gives each back when it is done.

        What is done within a moment is written together: waiting for the disk after each would take longer
        than all the rest. Killed in between, the import has to be started again, and does what is missing.
        """
        coming = iter(sources)
        more = True
        while more:
            more = False
            with self.engine.store.transaction():
                until = time.monotonic() + TOGETHER
                for source in coming:
                    self._judged(source, report, self.engine.store.transaction)
                    yield source
                    if time.monotonic() > until:
                        more = True
                        break

    def try_out(self, sources: Iterable[Source], report: Report) -> Iterator[Source]:
        """The same, and each is taken back: no case stays, no reference is used."""
        for source in sources:
            self._judged(source, report, lambda: _TakingBack(self.engine.store))
            yield source

    def _judged(self, source: Source, report: Report, unit: Callable[[], AbstractContextManager[Any]]) -> None:
        ignored: Counter[str] = Counter()
        try:
            if source.fault:
                raise BadCell(source.fault)
            known = self._known(source)
            if known is not None:
                report.known += 1
                self._compare(known, source, report)
                return
            with unit():
                self._compare(self._case(source, ignored), source, report)
        except BadCell as bad:
            report.refused.append(Refused(source.line, source.external_id, str(bad)))
        except Rejected as rejected:
            if rejected.code.startswith("database-"):
                raise
            if rejected.code == "external-id-known":  # another import of the same file was faster
                report.known += 1
                return
            report.refused.append(Refused(source.line, source.external_id, rejected.reason))
        else:
            report.added += 1
            report.ignored.update(ignored)

    def _known(self, source: Source) -> str | None:
        return instances.by_external_id(self.engine.store, self.mapping.process, source.external_id)

    def _compare(self, case: str, source: Source, report: Report) -> None:
        """What the source says of the promises of this case, in its last row."""
        row = source.events[-1].row if source.events else source.row
        if row is None or not self.mapping.compares:
            return
        brought = self.engine.instance(case)
        for compare in self.mapping.compares:
            found = report.compared.setdefault(f"{compare.clock} {compare.column}", Comparison(compare))
            found.add(source.line, row, brought)

    def _case(self, source: Source, ignored: Counter[str]) -> str:
        assert source.row is not None
        self._acting = ""  # who acted in the row before has nothing to do with this one
        mapping, row = self.mapping, source.row
        received = mapping.received.moment(row, "received") if mapping.received is not None else source.events[0].at
        if received > self.now:
            raise BadCell(f"Expected a case received before now, but {received.isoformat()} lies in the future")
        self.clock.set(received)
        use = self.definition.start.form
        values = values_of(mapping.values, row, use.form if use is not None else None)
        done = self.engine.start(
            mapping.process,
            self._actors.of(mapping.by, row),
            values,
            external_id=source.external_id,
            version=self.definition,
        )
        _worked(done, "the start")
        for then in mapping.then:
            self._carry_on(done.instance, then, row, received, ignored)
        for event in source.events:
            row = event.row
            for then in self._steps(event.activity, event.line, ignored):
                self._carry_on(done.instance, then, row, event.at, ignored)
        end = max(self._end(row), self.clock())
        self._let_fire(done.instance, lambda case: next_by(case, end))
        return done.instance

    def _end(self, row: Row) -> datetime:
        """How far time goes on after the last step; where nothing is said, no further than that."""
        if self.mapping.until_now:
            return self.now
        return min(self.mapping.until.moment(row, "until"), self.now) if self.mapping.until else self.clock()

    def _steps(self, activity: str, line: int, ignored: Counter[str]) -> tuple[Then, ...]:
        events = self.mapping.events
        assert events is not None
        steps = events.on.get(activity)
        if steps is None and events.otherwise != IGNORE:
            raise BadCell(f"Expected an activity that the map names under `on`, but line {line} has '{activity[:60]}'")
        if not steps:
            ignored[activity] += 1
        return steps or ()

    def _carry_on(self, case: str, then: Then, row: Row, usual: datetime, ignored: Counter[str]) -> None:
        if not all(condition.holds(row) for condition in then.conditions):
            return
        at = then.at.moment(row, then.name) if then.at is not None else usual
        if at < self.clock():
            raise BadCell(f"Expected '{then.name}' after what came before it, but {at.isoformat()} is earlier")
        if at > self.now:
            raise BadCell(f"Expected '{then.name}' before now, but {at.isoformat()} lies in the future")
        instance = self._let_fire(case, lambda case: next_before(case, at))
        self.clock.set(at)
        try:
            actor = self._actors.of(then.by, row)
            command = command_for(self.definition, instance, then, actor, at, row)
        except Impossible as impossible:
            if not then.ignore_impossible:
                raise BadCell(str(impossible)) from None
            ignored[f"{then.kind} {then.name}"] += 1
            return
        if command is not None:
            self._acting = actor.id
            try:
                _worked(self.engine.do(case, command), f"'{then.name}'")
            finally:
                self._acting = ""

    def _let_fire(self, case: str, next_one: Callable[[Instance], Timer | None]) -> Instance:
        """Fire one timer of this case after the other, each at its own time; the case after that."""
        system = Actor(SYSTEM.id, SYSTEM.roles, SYSTEM.kind, IMPORT)
        while True:
            instance = self.engine.instance(case)
            timer = next_one(instance)
            if timer is None:
                return instance
            when = max(timer.due_at, self.clock())
            self.clock.set(when)
            self.engine.do(case, FireTimer(at=when, actor=system, timer=timer.id, due_at=timer.due_at))


class _TakingBack:
    """A transaction that is never kept, whatever happens in it."""

    def __init__(self, store: Store) -> None:
        self._unit = store.transaction()

    def __enter__(self) -> None:
        self._unit.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: Any) -> None:
        taken_back = error or _TakenBack()
        self._unit.__exit__(type(taken_back), taken_back, trace)


def _worked(done: Result, what: str) -> None:
    if done.stuck:
        raise BadCell(f"Expected {what} to work, but the process cannot go on: {done.stuck}")
