"""Playing the stories through the real engine on a virtual clock: each act at its time, each timer when it is
due.

Owns the order and the commands. A refusal that the story does not expect ends the play: the processes are
then others than the stories were written for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from engine.core import commands as c
from engine.core.ballots import Decision
from engine.core.instance import Task
from engine.demo.story import START, Act
from engine.directory import CUSTOMER, Directory
from engine.errors import Rejected
from engine.runtime import Engine, Result, VirtualClock
from engine.store import files
from engine.store.database import Store
from engine.workers.timers import run_until

PROCESS = "inquiry"
VIA = "demo"
_REFERENCE = re.compile(r"\{reference of ([a-z-]+)\}")


class Play:
    """The stories on one stage.

    The history says that it was written when it happened: it is a story all through.
    """

    def __init__(self, store: Store, begin: datetime) -> None:
        self.clock = VirtualClock(begin)
        self.engine = Engine(store, self.clock, recording=self.clock)
        self.cases: dict[str, Result] = {}
        self._people = Directory(store, self.clock)

    def run(self, acts: tuple[Act, ...], end: datetime, each: Callable[[Act], object] = lambda act: None) -> None:
        """Every act in turn, then the time up to `end`.

        Raises Rejected("story-broken") when something goes otherwise than told.
        """
        for act in acts:
            self._let_time_pass(act.at)
            self._perform(act)
            each(act)
        self._let_time_pass(end)

    def _let_time_pass(self, until: datetime) -> None:
        swept = run_until(self.engine, until, self.clock.set, via=VIA)
        for failure in swept.failed.values():
            raise _broken("a timer", failure)

    def _perform(self, act: Act) -> None:
        what = f"'{act.verb} {act.what}'".replace(" '", "'") + f" by {act.who} in '{act.story}'"
        try:
            result = self._start(act) if act.verb == START else self._do(act)
        except Rejected as refused:
            if refused.code == act.refused:
                return
            fields = "; ".join(f"{path}: {' '.join(said)}" for path, said in refused.fields.items())
            raise _broken(what, f"{refused.message}{f' ({fields})' if fields else ''}") from refused
        if act.refused:
            raise _broken(what, f"expected to be refused as {act.refused}")
        if result.stuck:
            raise _broken(what, result.stuck)

    def _start(self, act: Act) -> Result:
        actor = self._people.actor(act.who, VIA)
        received = act.received or act.at
        values: dict[str, Any] = {"received_at": received.isoformat(), **act.values}
        if actor.kind == CUSTOMER:
            person = self._people.person(act.who)
            known = {
                "channel": "web",
                "contact_name": person.name,
                "contact_email": person.email,
                "language": person.language,
            }
            values = {**known, **values, "customer": person.id}
        self.cases[act.story] = self.engine.start(PROCESS, actor, values, received_at=received, external_id="")
        return self.cases[act.story]

    def _do(self, act: Act) -> Result:
        return self.engine.do(self.cases[act.story].instance, self._command(act, self._people.actor(act.who, VIA)))

    def _command(self, act: Act, actor: c.Actor) -> c.Command:
        at, values = act.at, self._referred(act.values)
        match act.verb:
            case "do":
                return c.Complete(
                    at=at,
                    actor=actor,
                    task=self._offering(act).id,
                    outcome=act.what,
                    values=values,
                    comment=act.comment,
                )
            case "decide":
                return c.Decide(
                    at=at,
                    actor=actor,
                    task=self._approval(act).id,
                    decision=cast(Decision, act.what),
                    comment=act.comment,
                    on_behalf_of=act.behalf,
                    reauthenticated=True,
                )
            case "trigger":
                return c.Trigger(at=at, actor=actor, name=act.what, values=values, comment=act.comment)
            case "message":
                return c.Correlate(at=at, actor=actor, message=act.what, values=values)
            case "reopen":
                return c.Reopen(at=at, actor=actor, values=values, comment=act.what)
            case "claim":
                return c.Claim(at=at, actor=actor, task=self._open(act).id)
            case "release":
                return c.Release(at=at, actor=actor, task=self._open(act).id)
            case "save":
                return c.SaveDraft(at=at, actor=actor, task=self._open(act).id, values=values)
            case "assign":
                return c.Assign(
                    at=at,
                    actor=actor,
                    task=self._open(act).id,
                    to=act.what,
                    to_roles=self._people.actor(act.what).roles,
                )
            case "delegate":
                return c.Delegate(
                    at=at,
                    actor=actor,
                    task=self._open(act).id,
                    to=act.what,
                    to_roles=self._people.actor(act.what).roles,
                )
            case "attach":
                return c.Attach(at=at, actor=actor, file=self._stored(act), note=act.comment)
            case "suspend":
                return c.Suspend(at=at, actor=actor, reason=act.what)
            case "resume":
                return c.Resume(at=at, actor=actor, reason=act.what)
            case _:
                return c.Comment(at=at, actor=actor, text=act.what)

    def _offering(self, act: Act) -> Task:
        instance = self.engine.instance(self.cases[act.story].instance)
        definition = self.engine.definition(instance.digest)
        for task in instance.tasks.values():
            if act.what in definition.place_of(task.state).on and task.id not in instance.approvals:
                return task
        raise Rejected("no-such-task", f"the case is in {', '.join(instance.states)}")

    def _approval(self, act: Act) -> Task:
        instance = self.engine.instance(self.cases[act.story].instance)
        for task in instance.approvals:
            return instance.tasks[task]
        raise Rejected("no-such-task", f"the case is in {', '.join(instance.states)}")

    def _open(self, act: Act) -> Task:
        for task in self.engine.instance(self.cases[act.story].instance).tasks.values():
            return task
        raise Rejected("no-such-task", "the case has no open task")

    def _stored(self, act: Act) -> Mapping[str, Any]:
        content = act.text.encode()
        with self.engine.store.transaction():
            digest = files.put(self.engine.store, content, act.at)
        return {"name": act.what, "type": "text/plain", "size": len(content), "sha256": digest}

    def _referred(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`{reference of day-list-empty}` becomes the number that the case of that story got."""
        return {
            name: _REFERENCE.sub(lambda match: self.cases[match[1]].reference, value)
            if isinstance(value, str)
            else value
            for name, value in values.items()
        }


def _broken(what: str, why: str) -> Rejected:
    return Rejected(
        "story-broken",
        f"The sample stories fit the processes as they are shipped, but {what} did not work out: {why}",
    )
