"""From a step of a scenario to the command that it means.

Owns the choice of the task: the open one that offers the outcome and that the actor may do. Refuses nothing
that the core would refuse: it asks, and the core answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from engine.core import authority, commands
from engine.core.absences import moment
from engine.core.actors import Actor
from engine.core.ballots import Decision
from engine.core.commands import Command, named
from engine.core.draft import Draft
from engine.core.instance import RUNNING, Instance
from engine.definition.model import Definition
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.keywords.needs import is_about
from engine.scenarios.acts import Act
from engine.scenarios.cast import NOBODY, Cast
from engine.scenarios.coverage import Key


class Halt(Exception):
    """The scenario cannot go on: the message, and what to do."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


def ask(definition: Definition, instance: Instance, cast: Cast, act: Act, now: datetime) -> tuple[Command, Key | None]:
    """The command, and for a move outside a task the key of that move.

    Raises Rejected when there is no such task, Halt when several are meant.
    """
    return _Asking(definition, instance, cast, now).command(act)


@dataclass(frozen=True, slots=True)
class _Asking:
    definition: Definition
    instance: Instance
    cast: Cast
    now: datetime

    def command(self, act: Act) -> tuple[Command, Key | None]:
        actor = self._actor(act)
        at, text = self.now, act.what.text if act.what is not None else ""
        values = act.values or {}
        match act.verb:
            case "do":
                return self._done(act, actor, text)
            case "trigger":
                return self._asked(act, actor, text)
            case "message":
                return commands.Correlate(at=at, actor=actor, message=text, values=values), None
            case "decide":
                return self._decided(act, actor, text), None
            case "claim":
                return commands.Claim(at=at, actor=actor, task=self._task(act)), None
            case "release":
                return commands.Release(at=at, actor=actor, task=self._task(act)), None
            case "assign":
                return commands.Assign(at=at, actor=actor, task=self._task(act), **self._to(act)), None
            case "delegate":
                zone = self.definition.calendar.zone
                since = moment(act.since.text, zone, last=False) if act.since is not None else None
                until = moment(act.until.text, zone, last=True) if act.until is not None else None
                given = {"task": self._task(act), "since": since, "until": until, **self._to(act)}
                return commands.Delegate(at=at, actor=actor, **given), None
            case "suspend":
                return commands.Suspend(at=at, actor=actor, reason=text), None
            case "resume":
                return commands.Resume(at=at, actor=actor, reason=text), None
            case "cancel":
                return commands.Cancel(at=at, actor=actor, reason=text), None
            case "reopen":
                return commands.Reopen(at=at, actor=actor, values=values, comment=text), None
        return commands.Comment(at=at, actor=actor, text=text), None

    def _to(self, act: Act) -> dict[str, Any]:
        """Who gets the task, as the commands name them."""
        assert act.to is not None
        return named(self.cast.actor(act.to.text, self.now))

    def _actor(self, act: Act) -> Actor:
        """Who acts; a message that nobody is named for comes from the customer who started the case, else
        from outside.
        """
        if act.actor is not None:
            return self.cast.actor(act.actor.text, self.now)
        starter = self.cast.actor(self.instance.starter, self.now)
        return starter if starter.kind == CUSTOMER else NOBODY

    def _done(self, act: Act, actor: Actor, outcome: str) -> tuple[Command, Key | None]:
        """The task with this outcome that the actor may complete; without one, the move of this name."""
        place_of = self.definition.place_of
        offering = [
            task
            for task in self.instance.tasks.values()
            if outcome in place_of(task.state).on
            and task.id not in self.instance.approvals
            and (act.state is None or task.state == act.state.text)
        ]
        if not offering:
            return self._asked(act, actor, outcome)
        draft = Draft(self.definition, self.instance, actor, self.now)
        theirs = []
        for task in offering:
            try:
                authority.may_work_on(draft, task)
            except Rejected:
                continue
            theirs.append(task)
        if len(theirs) > 1:
            where = sorted({task.state for task in theirs})
            raise Halt(
                f"Expected one open task with the outcome '{outcome}' for {actor.id}, "
                f"but there are {len(theirs)}, in {', '.join(where)}",
                "say which with `state:`, or let somebody claim theirs first",
            )
        task = (theirs or offering)[0]
        values = act.values or {}
        return commands.Complete(
            at=self.now, actor=actor, task=task.id, outcome=outcome, values=values, comment=act.comment
        ), None

    def _decided(self, act: Act, actor: Actor, decision: str) -> Command:
        """In the open approval; of several, the one that is named, else the one that asks the actor.

        Whoever decides in a scenario has proved who they are where the process asks for it.
        """
        found = [
            self.instance.tasks[approval.id]
            for approval in self.instance.approvals.values()
            if (act.state is None or approval.state == act.state.text)
            and (act.move is None or is_about(self.definition, approval, act.move.text))
        ]
        if not found:
            raise Rejected("no-such-task", "Expected an open approval, but there is none here")
        theirs = [task for task in found if actor.roles & set(task.candidates)] or found
        theirs = [task for task in theirs if actor.id not in task.excluded] or theirs
        if len(theirs) > 1:
            where = ", ".join(sorted({task.state for task in theirs}))
            raise Halt(
                f"Expected one open approval for {actor.id}, but there are {len(theirs)}, in {where}",
                "say which with `state:`, or with `move:` for what somebody asked to confirm",
            )
        return commands.Decide(
            at=self.now,
            actor=actor,
            task=theirs[0].id,
            decision=cast(Decision, decision),
            comment=act.comment,
            on_behalf_of=act.behalf.text if act.behalf is not None else "",
            reauthenticated=True,
        )

    def _asked(self, act: Act, actor: Actor, name: str) -> tuple[Command, Key | None]:
        """A process-level move, or one of a state without a task.

        An outcome whose task is not open is said to be that.
        """
        states = self.definition.states
        command = commands.Trigger(at=self.now, actor=actor, name=name, values=act.values or {}, comment=act.comment)
        if name in self.definition.anywhere:
            return command, ("", f"anywhere:{name}")
        for state in self.instance.states:
            if name in states[state].on and states[state].work is None:
                return command, (state, f"on:{name}")
        if act.verb == "do" and self.instance.status == RUNNING:
            open_ = ", ".join(
                f"{task.state} ({', '.join(self.definition.place_of(task.state).on)})"
                for task in self.instance.tasks.values()
            )
            raise Rejected(
                "no-such-task",
                f"Expected an open task with the outcome '{name}', but open is {open_ or 'none'}",
            )
        return command, None

    def _task(self, act: Act) -> str:
        """The open task that is meant: of the state that is named, the only one, the actor's own."""
        found = [
            task
            for task in self.instance.tasks.values()
            if (act.state is None or task.state == act.state.text)
            and (act.verb == "delegate" or task.id not in self.instance.approvals)
        ]
        if len(found) > 1 and act.actor is not None:
            own = [task for task in found if task.assignee == act.actor.text]
            free = [task for task in found if not task.assignee]
            found = (free if act.verb == "claim" else own)[:1] or found
        if not found:
            raise Rejected("no-such-task", "Expected an open task, but there is none here")
        if len(found) > 1:
            raise Halt(f"Expected one open task, but there are {len(found)}", "name its state")
        return found[0].id
