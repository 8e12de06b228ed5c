"""Definitions from YAML text, and cases that tests drive by hand.

Owns what every test of behaviour needs: a small organisation, a head for processes, and a case with a clock
of its own. Judges nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from textwrap import dedent
from typing import Any

from engine.core import commands as c
from engine.core.actors import SYSTEM, Actor
from engine.core.draft import Draft
from engine.core.durations import parse_duration
from engine.core.events import Event
from engine.core.instance import Instance, Task, Timer
from engine.core.roster import Roster, StandIn
from engine.core.snapshot import from_data, to_data
from engine.core.step import Step, step
from engine.core.tasks import offers
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.errors import Problem
from engine.store.fields import decode, encode

ORGANISATION = """
organisation: Brightwater
languages: [en]
zone: Europe/Berlin
roles:
  customer: {title: Customer}
  agent: {title: Agent}
  expert: {title: Expert}
  lead: {title: Team lead}
  owner: {title: Process owner}
  auditor: {title: Auditor, only-reads: true}
"""
CALENDAR = """
calendar: office
title: Office hours
zone: Europe/Berlin
hours:
  mon-fri: ["09:00-17:00"]
"""
HEAD = """
process: order
title: Order
owner: owner
supervisors: [lead]
reference: ORD
calendar: office
languages: [en]
retention: {class: record, years: 6}
"""
PROCESS = "processes/order.yaml"
FIX = """
process: fix
title: Fix
owner: owner
reference: FIX
start: {form: fix-intake, by: [expert], go: doing}
states:
  doing: {task: {title: Do it, candidates: [expert]}, on: {done: good, fail: bad}}
  good: {final: effective}
  bad: {final: not-effective}
"""
"""A process that others can call: it begins with a form `fix-intake`, and ends well or not."""

ANN = Actor("ann", frozenset({"agent"}))
BEN = Actor("ben", frozenset({"agent"}))
EVA = Actor("eva", frozenset({"expert"}))
LEA = Actor("lea", frozenset({"lead"}))
OLE = Actor("ole", frozenset({"owner"}))
VERA = Actor("vera", frozenset({"auditor"}))
CUSTOMER = Actor("cleo", frozenset({"customer"}), "customer", "web")
STRANGER = Actor("stan", frozenset({"customer"}), "customer", "web")


def files(
    body: str,
    forms: Mapping[str, str] | None = None,
    messages: Mapping[str, str] | None = None,
    head: str = HEAD,
    **more: str,
) -> dict[str, str]:
    """The files of a home with the process `order`: what stands below the head, its forms by id, and the
    messages by `id` or `id.language`, each as `Subject | Body`. `more` are other files, `/` and `.` written
    as `__` and `_dot_`.
    """
    found = {
        "processes/organisation.yaml": ORGANISATION,
        "processes/calendars/office.yaml": CALENDAR,
        PROCESS: head + dedent(body),
    }
    for form, fields in (forms or {}).items():
        found[f"forms/{form}.yaml"] = f"form: {form}\ntitle: {form}\n{dedent(fields)}"
    for name, text in (messages or {}).items():
        subject, _, words = text.partition("|")
        path = name if "." in name else f"{name}.en"
        found[f"processes/messages/{path}.md"] = f'---\nsubject: "{subject.strip()}"\n---\n{words.strip()}\n'
    return {**found, **{path.replace("__", "/").replace("_dot_", "."): text for path, text in more.items()}}


def problems_of(home: Mapping[str, str]) -> tuple[Problem, ...]:
    """Everything that is wrong with the process."""
    return examine(Catalog(home), PROCESS).problems


def define(
    body: str,
    forms: Mapping[str, str] | None = None,
    messages: Mapping[str, str] | None = None,
    head: str = HEAD,
) -> Definition:
    """The process `order`, which has to be without any error."""
    loaded = examine(Catalog(files(body, forms, messages, head)), PROCESS)
    assert loaded.definition is not None, "\n".join(map(str, loaded.errors))
    return loaded.definition


def reread(instance: Instance) -> Instance:
    """The case once it has been written as the store does, and read again."""
    columns = {name: getattr(instance, name) for name in _COLUMNS}
    return from_data(columns, decode(encode(to_data(instance))))


_COLUMNS = (
    *("id", "process", "digest", "reference", "status", "revision", "seq"),
    *("ended_at", "outcome", "external_id", "subject"),
)
"""What a case's row says of it beside the snapshot."""


class Case:
    """A case and its clock; each method is one command.

    The last step's events and effects can be asked for.
    """

    def __init__(self, definition: Definition, at: str = "2026-11-23 10:00") -> None:
        self.definition = definition
        self.roll: dict[str, set[str]] = {}
        self.away: tuple[StandIn, ...] = ()
        self.left: set[str] = set()
        for actor in (ANN, BEN, EVA, LEA, OLE, VERA):
            for role in actor.roles:
                self.roll.setdefault(role, set()).add(actor.id)
        self.now = definition.calendar.localise(datetime.fromisoformat(at))
        self.instance: Instance | None = None
        self.last: Step | None = None
        self.history: list[Event] = []

    # --- commands

    def run(self, command: c.Command) -> Step:
        done = step(self.definition, self.instance, command, self.roster)
        seen = self.instance.seq if self.instance is not None else 0
        self.instance, self.last = replace(done.instance, seq=seen + len(done.events)), done
        self.history += done.events
        return done

    def start(self, who: Actor = CUSTOMER, **values: Any) -> Case:
        self.run(c.Start(at=self.now, actor=who, instance="case", reference="ORD-2026-00001", values=values))
        return self

    def decide(self, who: Actor, decision: c.Decision, comment: str = "", **more: Any) -> Case:
        """Decide in the open approval; a reason is made up where one is needed and none is given."""
        approval = next(iter(self.here.approvals.values()))
        why = comment or ("" if decision == "approve" else "because")
        asked = c.Decide(at=self.now, actor=who, task=approval.id, decision=decision, comment=why, **more)
        self.run(asked)
        return self

    def do(self, who: Actor, outcome: str, state: str = "", comment: str = "", **values: Any) -> Case:
        """Complete the open task of this state (or the only one)."""
        task = self.task(state)
        self.run(c.Complete(at=self.now, actor=who, task=task.id, outcome=outcome, values=values, comment=comment))
        return self

    def claim(self, who: Actor, state: str = "") -> Case:
        self.run(c.Claim(at=self.now, actor=who, task=self.task(state).id))
        return self

    def release(self, who: Actor, state: str = "") -> Case:
        self.run(c.Release(at=self.now, actor=who, task=self.task(state).id))
        return self

    def assign(self, who: Actor, to: Actor, state: str = "") -> Case:
        task = self.task(state)
        self.run(c.Assign(at=self.now, actor=who, task=task.id, **c.named(to)))
        return self

    def delegate(self, who: Actor, to: Actor, state: str = "", since: str = "", until: str = "") -> Case:
        """Let somebody do it on one's behalf; the times, if any, on a clock of the calendar's zone."""
        task = self.task(state)
        times = (self.definition.calendar.localise(datetime.fromisoformat(at)) if at else None for at in (since, until))
        begins, ends = times
        self.run(c.Delegate(at=self.now, actor=who, task=task.id, since=begins, until=ends, **c.named(to)))
        return self

    def trigger(self, who: Actor, name: str, comment: str = "", **values: Any) -> Case:
        self.run(c.Trigger(at=self.now, actor=who, name=name, values=values, comment=comment))
        return self

    def message(self, name: str, who: Actor = SYSTEM, **values: Any) -> Case:
        self.run(c.Correlate(at=self.now, actor=who, message=name, values=values))
        return self

    def reopen(self, who: Actor, comment: str = "", **values: Any) -> Case:
        self.run(c.Reopen(at=self.now, actor=who, values=values, comment=comment))
        return self

    def suspend(self, who: Actor, reason: str = "because") -> Case:
        self.run(c.Suspend(at=self.now, actor=who, reason=reason))
        return self

    def resume(self, who: Actor) -> Case:
        self.run(c.Resume(at=self.now, actor=who))
        return self

    def cancel(self, who: Actor, reason: str = "because") -> Case:
        self.run(c.Cancel(at=self.now, actor=who, reason=reason))
        return self

    def resolve(
        self,
        who: Actor,
        action: str,
        reason: str = "mended",
        values: Mapping[str, Any] | None = None,
        incident: str = "",
    ) -> Case:
        """The first one that is there, unless another is named."""
        found = incident or next(iter(self.here.dismissed if action == "reopen" else self.here.incidents))
        self.run(c.ResolveIncident(at=self.now, actor=who, incident=found, action=action, reason=reason, values=values))
        return self

    # --- time

    def at(self, local: str) -> Case:
        """Move the clock alone; nothing fires."""
        self.now = self.definition.calendar.localise(datetime.fromisoformat(local))
        return self

    def fire(self, timer: Timer) -> Case:
        self.run(c.FireTimer(at=self.now, actor=SYSTEM, timer=timer.id, due_at=timer.due_at))
        return self

    def wait(self, length: str) -> Case:
        """Let time pass and fire what falls due, each at its time."""
        until = self.definition.calendar.add(self.now, parse_duration(length))
        while self.here.status == "running":
            due = [timer for timer in self.timers if timer.due_at <= until]
            if not due:
                break
            self.now = max(self.now, due[0].due_at)
            self.fire(due[0])
        self.now = until
        return self

    # --- what is

    @property
    def roster(self) -> Roster:
        """The people as they are at any time."""
        return Roster(
            lambda role: frozenset(self.roll.get(role, ())),
            stand_ins=lambda at: self.away,
            works=lambda person: person not in self.left,
        )

    @property
    def here(self) -> Instance:
        assert self.instance is not None
        return self.instance

    @property
    def states(self) -> tuple[str, ...]:
        """The states of all living tokens, sorted."""
        return tuple(sorted(self.here.states))

    @property
    def timers(self) -> list[Timer]:
        """By the time at which they are due."""
        return sorted(self.here.timers.values(), key=lambda timer: timer.due_at)

    def task(self, state: str = "") -> Task:
        found = [task for task in self.here.tasks.values() if not state or task.state == state]
        assert len(found) == 1, f"{len(found)} tasks: {found}"
        return found[0]

    def due(self, state: str = "") -> str:
        """When the task is due, on a clock of the calendar's zone."""
        due_at = self.task(state).due_at
        assert due_at is not None
        return f"{self.definition.calendar.local_time(due_at):%Y-%m-%d %H:%M}"

    def values(self, token: str = "0") -> dict[str, Any]:
        return Draft(self.definition, self.here, SYSTEM, self.now).values(token)

    def value(self, path: str, token: str = "0") -> Any:
        value: Any = self.values(token)
        for part in path.split("."):
            value = value.get(part)
            value = value() if callable(value) else value
        return value

    def offered(self, who: Actor, state: str = "") -> list[str]:
        """The outcomes that this person can choose."""
        draft = Draft(self.definition, self.here, who, self.now)
        return [offer.move.name for offer in offers(draft, self.task(state).id) if not offer.why_not]

    def events(self, type: str) -> list[Mapping[str, Any]]:
        """The bodies of the last step's events of this type."""
        assert self.last is not None
        return [event.body for event in self.last.events if event.type == type]

    @property
    def sent(self) -> list[str]:
        """The messages that the last step handed over."""
        return [body["template"] for body in self.events("message-sent")]
