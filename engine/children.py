"""What one case means to another: the cases it calls begin, and each is told how the other goes on.

Owns what follows a step in the same transaction, so that both cases know of each other or neither does. Decides
nothing: every part of it is a step of one case through the one way in. Nothing follows for ever: there is a limit to
how deep cases call one another in one transaction, and to how many begin.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from engine.core import commands as c
from engine.core.actors import CALL, IMPORT, SYSTEM
from engine.core.call_commands import CallFailed, ChildEnded, ChildReopened, LinkChild
from engine.core.effects import StartCase
from engine.core.events import Event
from engine.core.instance import CANCELLED, COMPLETED, Instance
from engine.core.links import Parent
from engine.core.step import Step
from engine.definition.model import Definition
from engine.definition.roles import CUSTOMER
from engine.errors import DefinitionError, Rejected
from engine.starting import starting
from engine.store import instances
from engine.store.database import Store

MOST_DEEP = 10
"""Cases that call one another, each at its beginning, in one transaction."""
MOST = 100
"""Cases that begin in one transaction."""
_OVER = (COMPLETED, CANCELLED)


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken and saved: the case before (None: it began) and after."""

    old: Instance | None
    new: Instance
    done: Step

    @property
    def sets(self) -> datetime | None:
        """When the first of the timers is due that this step has set; None when it has set none."""
        was = self.old.timers if self.old is not None else {}
        if was is self.new.timers:
            return None
        return min((timer.due_at for id, timer in self.new.timers.items() if was.get(id) != timer), default=None)


@dataclass(frozen=True, slots=True)
class Desk:
    """What is needed of the runtime. `take` does a step and saves it."""

    store: Store
    definition: Callable[[str], Definition]
    in_force: Callable[[str], Definition]
    take: Callable[[Definition, Instance | None, c.Command], Taken]


@dataclass(frozen=True, slots=True)
class _Begin:
    """A case is to begin, called by this one."""

    caller: str
    effect: StartCase
    depth: int


@dataclass(frozen=True, slots=True)
class _Tell:
    """A case is to be told of one that it has called."""

    caller: str
    command: c.Command
    depth: int


_Job = _Begin | _Tell


def concerns_others(taken: Taken) -> bool:
    """Whether anything follows at all. Nearly no step does, so this is quick."""
    return taken.new.parent is not None or any(isinstance(effect, StartCase) for effect in taken.done.effects)


def follow(desk: Desk, first: Taken, command: c.Command) -> tuple[Taken, ...]:
    """Do everything that this step means to other cases, and what that means again; the steps taken, in order."""
    return _Following(desk, command).all(first)


class _Following:
    """See `follow`. What is told is told by the system; what an import brings about stays an import's."""

    def __init__(self, desk: Desk, command: c.Command) -> None:
        self.desk = desk
        self.at: datetime = command.at
        self.via = IMPORT if command.actor.via == IMPORT else CALL
        self.system = replace(SYSTEM, via=self.via)
        self.begun = 0
        self.todo: deque[_Job] = deque()
        self.taken: list[Taken] = []

    def all(self, first: Taken) -> tuple[Taken, ...]:
        self.todo.extend(self._what_follows(first, 0))
        while self.todo:
            job = self.todo.popleft()
            caller = instances.load(self.desk.store, job.caller)
            if isinstance(job, _Begin):
                assert caller is not None, "a case that calls is there"
                self._begin(caller, job)
            elif caller is not None:  # else nobody is left to be told
                self._do(caller, job.command, job.depth)
        return tuple(self.taken)

    def _what_follows(self, taken: Taken, depth: int) -> Iterator[_Job]:
        for effect in taken.done.effects:
            if isinstance(effect, StartCase):
                yield _Begin(taken.new.id, effect, depth)
        parent = taken.new.parent
        if parent is None:
            return
        was_over = taken.old is not None and taken.old.status in _OVER
        is_over = taken.new.status in _OVER
        if is_over and not was_over:
            ended = ChildEnded(at=self.at, actor=self.system, link=parent.link, outcome=taken.new.outcome)
            yield _Tell(parent.instance, ended, depth)
        elif was_over and not is_over:
            again = ChildReopened(at=self.at, actor=self.system, link=parent.link)
            yield _Tell(parent.instance, again, depth)

    def _do(self, case: Instance, command: c.Command, depth: int) -> None:
        """A step of a case that is there."""
        self._keep(self.desk.take(self.desk.definition(case.digest), case, command), depth)

    def _keep(self, taken: Taken, depth: int) -> None:
        self.taken.append(taken)
        self.todo.extend(self._what_follows(taken, depth))

    def _begin(self, caller: Instance, job: _Begin) -> None:
        """The called case, and its link; or the incident that says why there is none."""
        self.begun += 1
        effect = job.effect
        try:
            if job.depth >= MOST_DEEP or self.begun > MOST:
                raise Rejected(
                    "calls-without-end",
                    f"at most {MOST_DEEP} cases may call one another in a row and {MOST} begin at once, but here more "
                    "would; does a process call itself?",
                )
            with self.desk.store.transaction():  # a refusal takes back its reference, and nothing else
                child = self._started(caller, job)
        except (Rejected, DefinitionError) as refusal:
            failed = CallFailed(
                at=self.at,
                actor=self.system,
                link=effect.link,
                why=_why(refusal),
                caller=effect.actor,
                values=effect.values,
                received_at=effect.received_at,
                place=effect.place,
            )
            self._do(caller, failed, job.depth)
            return
        self.taken.append(child)
        new = child.new
        linked = LinkChild(at=self.at, actor=self.system, link=effect.link, instance=new.id, reference=new.reference)
        self._do(caller, linked, job.depth)
        self.todo.extend(self._what_follows(child, job.depth + 1))

    def _started(self, caller: Instance, job: _Begin) -> Taken:
        effect = job.effect
        definition = self.desk.in_force(effect.process)
        link = caller.links[effect.link]
        actor = replace(effect.actor, via=self.via)
        theirs = CUSTOMER in definition.starters  # a customer becomes party to the cases alone that customers may start
        if actor.kind == CUSTOMER and not theirs:
            actor = self.system
        customer = effect.customer if theirs else ""
        command = starting(
            self.desk.store,
            definition,
            self.at,
            effect.received_at,
            actor=actor,
            values=effect.values,
            parent=Parent(caller.id, caller.reference, caller.process, link.id, link.name, link.kind, customer),
        )
        return self.desk.take(definition, None, command)


def _why(refusal: Rejected | DefinitionError) -> str:
    if isinstance(refusal, DefinitionError):
        return f"its version in force cannot be read: {refusal.problems[0].message}"
    return refusal.reason


def raised_here(taken: tuple[Taken, ...], case: str) -> str:
    """What an incident says that came about in this case because of another; empty when there is none."""
    found: list[Event] = [event for one in taken if one.new.id == case for event in one.done.events]
    return next((str(event.body["message"]) for event in found if event.type == "incident-raised"), "")
