"""Running an import: each row is one transaction in which its case starts and is carried on, at the times the source gives.

Owns the order (timers that fall due between the steps fire in between, at their time), the report, and that nothing is done twice: a row whose external id is known is passed over,
so an import that was killed is simply started again. What the process would have sent is recorded as withheld: nobody is written to about the past.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.core.commands import IMPORT, SYSTEM, Actor, Command, Complete, Correlate, FireTimer, Trigger
from engine.core.instance import RUNNING, Instance
from engine.definition.forms import Form
from engine.definition.model import Definition, FormUse
from engine.directory import Directory
from engine.errors import DefinitionError, Problem, Rejected
from engine.importing.mapping import BadCell, Map, Then, Value, unknown_columns
from engine.runtime import Engine, VirtualClock
from engine.store import instances
from engine.store.database import Store

csv.field_size_limit(1_048_576)


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be imported: its line in the file, its external id if it has one, and why."""

    line: int
    external_id: str
    reason: str


@dataclass
class Report:
    """What an import came to."""

    added: int = 0
    known: int = 0
    refused: list[Refused] = field(default_factory=list)


class _DryRun(Exception):
    """Ends a row's transaction without keeping it."""


def rows_of(path: Path, mapping: Map) -> tuple[list[str], Iterator[tuple[int, dict[str, str] | str]]]:
    """The headings, and for each row its line number with the cells by heading, or why it cannot be read. Raises Rejected for a file that is no CSV."""
    try:
        text = path.read_bytes().decode("utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding)
    except OSError as error:
        raise Rejected("unreadable", f"Expected to read {path}, but {error.strerror}") from error
    except LookupError:
        raise Rejected("encoding", f"Expected an encoding such as utf-8 or cp1252 in the map, but there is no '{mapping.encoding}'") from None
    except UnicodeDecodeError as error:
        raise Rejected("encoding", f"Expected {path} to be {mapping.encoding}, but byte {error.start} is not; say the right `encoding` in the map") from None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mapping.delimiter, strict=True)
    try:
        headings = [heading.strip() for heading in next(reader)]
    except (StopIteration, csv.Error):
        raise Rejected("no-headings", f"Expected headings in the first line of {path}, but there are none") from None
    return headings, _rows(reader, headings)


def _rows(reader: Any, headings: list[str]) -> Iterator[tuple[int, dict[str, str] | str]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"Expected a row of a CSV file, but {error}"
            return
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(headings):
            yield reader.line_num, f"Expected {len(headings)} cells, but the row has {len(cells)}"
            continue
        yield reader.line_num, dict(zip(headings, cells, strict=True))


class Importer:
    """Imports rows by one map into one store. The definition is the version in force when the import begins."""

    def __init__(self, store: Store, mapping: Map, headings: list[str]) -> None:
        missing = unknown_columns(mapping, headings)
        if missing:
            advice = f"name one of the file's columns: {', '.join(headings)}"
            raise DefinitionError(
                Problem(place, "unknown-column", f"Expected a column of the file, but there is no '{column}'{close}", advice) for column, place, close in missing
            )
        self.mapping = mapping
        self.clock = VirtualClock(datetime.now(UTC))
        self.now = self.clock()
        self.engine = Engine(store, self.clock)
        self.definition: Definition = self.engine.in_force(mapping.process)
        self._actors: dict[str, Actor] = {}
        self._roles = Directory(store)

    def run(self, line: int, row: dict[str, str] | str, report: Report, *, keep: bool) -> None:
        """One row, wholly or not at all. `keep` False tries it and takes it back."""
        if isinstance(row, str):
            report.refused.append(Refused(line, "", row))
            return
        external = ""
        try:
            external = str(self.mapping.external_id.of(row) or "").strip()
            if not external:
                raise BadCell("Expected an external id, but the cell is empty")
            if instances.by_external_id(self.engine.store, self.mapping.process, external) is not None:
                report.known += 1
                return
            with self.engine.store.transaction():
                self._case(row, external)
                if not keep:
                    raise _DryRun
            report.added += 1
        except _DryRun:
            report.added += 1
        except BadCell as bad:
            report.refused.append(Refused(line, external, str(bad)))
        except Rejected as rejected:
            fields = "; ".join(f"{path}: {' '.join(said)}" for path, said in rejected.fields.items())
            report.refused.append(Refused(line, external, f"{rejected.message}{f' ({fields})' if fields else ''}"))

    def _case(self, row: Mapping[str, str], external: str) -> None:
        mapping = self.mapping
        received = moment(mapping.received, row, "received")
        if received > self.now:
            raise BadCell(f"Expected a case received before now, but {received.isoformat()} lies in the future")
        self.clock.set(received)
        use = self.definition.start.form
        values = _values(mapping.values, row, use.form if use is not None else None)
        done = self.engine.start(mapping.process, self._actor(mapping.by), values, external_id=external, version=self.definition)
        if done.stuck:
            raise BadCell(f"Expected the process to start, but {done.stuck}")
        for then in mapping.then:
            if all(condition.holds(row) for condition in then.conditions):
                self._carry_on(done.instance, then, row)
        if mapping.until_now:
            self._fire_until(done.instance, self.now)
        elif mapping.until is not None:
            self._fire_until(done.instance, moment(mapping.until, row, "until"))

    def _carry_on(self, case: str, then: Then, row: Mapping[str, str]) -> None:
        at = moment(then.at, row, then.name)
        if at < self.clock():
            raise BadCell(f"Expected '{then.name}' after what came before it, but {at.isoformat()} is earlier")
        self._fire_until(case, at)
        instance = self.engine.instance(case)
        actor = self._actor(then.by)
        command = self._command(instance, then, actor, at, row)
        done = self.engine.do(case, command)
        if done.stuck:
            raise BadCell(f"Expected '{then.name}' to work, but {done.stuck}")

    def _command(self, instance: Instance, then: Then, actor: Actor, at: datetime, row: Mapping[str, str]) -> Command:
        states = self.definition.states
        if then.kind == "do":
            task = next((task for task in instance.tasks.values() if then.name in states[task.state].on), None)
            if task is None:
                raise BadCell(f"Expected an open task with the outcome '{then.name}', but the case is in {', '.join(instance.states)}")
            move, plan = states[task.state].on[then.name], states[task.state].task
            use = move.form if move.form is not None or plan is None else plan.form
            return Complete(at=at, actor=actor, task=task.id, outcome=then.name, values=_of(then, use, row), comment=then.comment)
        if then.kind == "message":
            wait = next((wait for wait in instance.waits if wait.message == then.name), None)
            if wait is None:
                raise BadCell(f"Expected a case that waits for '{then.name}', but it is in {', '.join(instance.states)}")
            return Correlate(at=at, actor=actor, message=then.name, values=_of(then, states[wait.state].waits[then.name].form, row))
        way = self.definition.anywhere.get(then.name)
        return Trigger(at=at, actor=actor, name=then.name, values=_of(then, way.form if way is not None else None, row), comment=then.comment)

    def _fire_until(self, case: str, at: datetime) -> None:
        """Fire this case's timers that fall due by then, each at its own time."""
        system = Actor(SYSTEM.id, SYSTEM.roles, SYSTEM.kind, IMPORT)
        while True:
            instance = self.engine.instance(case)
            due = min(instance.timers.values(), key=lambda timer: (timer.due_at, timer.id), default=None) if instance.status == RUNNING else None
            if due is None or due.due_at > at:
                break
            when = max(due.due_at, self.clock())
            self.clock.set(when)
            self.engine.do(case, FireTimer(at=when, actor=system, timer=due.id, due_at=due.due_at))
        self.clock.set(max(at, self.clock()))

    def _actor(self, name: str) -> Actor:
        """A person of the organisation, else somebody unnamed who holds that role: the source does not say who it was."""
        if name not in self._actors:
            people = {person.id for person in self._roles.people()}
            if name in people:
                self._actors[name] = self._roles.actor(name, IMPORT)
            else:
                kind = "customer" if name == "customer" else "staff"
                self._actors[name] = Actor(name, frozenset({name}), kind, IMPORT)
        return self._actors[name]


def _of(then: Then, use: FormUse | None, row: Mapping[str, str]) -> dict[str, Any]:
    return _values(then.values, row, use.form if use is not None else None)


def _values(values: Mapping[str, Value], row: Mapping[str, str], form: Form | None) -> dict[str, Any]:
    """The fields of a form: texts become what the form asks for, an empty cell leaves its field out."""
    found = {name: value.of(row) for name, value in values.items()}
    found = {name: value for name, value in found.items() if value is not None}
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    return {**found, **form.parse_text(texts)} if form is not None else found


def moment(value: Value, row: Mapping[str, str], what: str) -> datetime:
    """The value as an instant in UTC. A day without a time begins at midnight of its zone. Raises BadCell."""
    found = value.of(row)
    if found is None:
        raise BadCell(f"Expected a time for '{what}', but the cell is empty")
    try:
        at = datetime.fromisoformat(str(found))
    except ValueError:
        raise BadCell(f"Expected a time for '{what}', but found '{str(found)[:60]}'; say its `format` in the map") from None
    if at.tzinfo is None:
        at = value.placed(at)
    return at.astimezone(UTC)

