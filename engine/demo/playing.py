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

from engine.absences import Absences
from engine.core import commands as c
from engine.core.actors import Actor
from engine.core.ballots import Decision
from engine.core.instance import Instance, Task
from engine.definition.roles import CUSTOMER
from engine.demo.meant import approval_meant, called_case, open_task, task_offering
from engine.demo.story import AWAY, START, Act
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine, Result, VirtualClock
from engine.store import files
from engine.store.database import Store
from engine.workers.timers import Swept, run_before, run_until

VIA = "demo"
_REFERENCE = re.compile(r"\{reference of ([a-z0-9-]+)\}")


class Play:
    """The stories on one stage.

    The history says that it was written when it happened: it is a story all through.
    """

    def __init__(self, store: Store, begin: datetime) -> None:
        self.clock = VirtualClock(begin)
        self.engine = Engine(store, self.clock, recording=self.clock)
        self.cases: dict[str, str] = {}
        """Story -> the id of its case."""
        self._people = Directory(store, self.clock)

    def run(self, acts: tuple[Act, ...], end: datetime, each: Callable[[Act], object] = lambda act: None) -> None:
        """Every act in turn, then the time up to `end`.

        Raises Rejected("story-broken") when something goes otherwise than told.
        """
        for act in acts:
            _went_well(run_before(self.engine, act.at, self.clock.set, via=VIA))
            self._perform(act)
            each(act)
        _went_well(run_until(self.engine, end, self.clock.set, via=VIA))

    def _perform(self, act: Act) -> None:
        what = f"'{act.verb} {act.what}'".replace(" '", "'") + f" by {act.who} in '{act.story}'"
        try:
            if act.verb == AWAY:
                self._leave(act)
                return
            result = self._start(act) if act.verb == START else self._do(act)
        except Rejected as refused:
            if refused.code == act.refused:
                return
            raise _broken(what, refused.reason) from refused
        if act.refused:
            raise _broken(what, f"expected to be refused as {act.refused}")
        if result.stuck:
            raise _broken(what, result.stuck)

    def _start(self, act: Act) -> Result:
        actor = self._people.actor(act.who, VIA)
        received = act.received or act.at
        form = self.engine.in_force(act.process).start.form
        asked = {field.name for field in form.form.fields} if form is not None else set()
        values: dict[str, Any] = {"received_at": received.isoformat(), **self._referred(act.values)}
        if actor.kind == CUSTOMER:
            person = self._people.person(act.who)
            known = {
                "channel": "web",
                "name": person.name,
                "contact_name": person.name,
                "requested_by": person.name,
                "contact_email": person.email,
                "language": person.language,
            }
            values = {**known, **values, "customer": person.id}
        values = {name: value for name, value in values.items() if name in asked or name in act.values}
        started = self.engine.start(act.process, actor, values, received_at=received, external_id="")
        self.cases[act.story] = started.instance
        return started

    def _leave(self, act: Act) -> None:
        assert act.begins is not None and act.ends is not None
        absences = Absences(self.engine, self._people)
        absences.add(self._people.actor(act.who, VIA), act.who, act.what, act.begins, act.ends)

    def _do(self, act: Act) -> Result:
        return self.engine.do(self._case(act), self._command(act, self._people.actor(act.who, VIA)))

    def _case(self, act: Act) -> str:
        if act.story not in self.cases and act.called_by:
            parent = self.engine.instance(self.cases[act.called_by])
            self.cases[act.story] = called_case(parent, act.process)
        return self.cases[act.story]

    def reference(self, story: str) -> str:
        """The number of the case of that story."""
        return self.engine.instance(self.cases[story]).reference

    def _command(self, act: Act, actor: Actor) -> c.Command:
        at, values = act.at, self._referred(act.values)
        match act.verb:
            case "do":
                return c.Complete(
                    at=at,
                    actor=actor,
                    task=self._task(act, actor).id,
                    outcome=act.what,
                    values=values,
                    comment=act.comment,
                )
            case "decide":
                return c.Decide(
                    at=at,
                    actor=actor,
                    task=self._approval(act, actor).id,
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
                return c.Claim(at=at, actor=actor, task=open_task(self._instance(act), actor).id)
            case "release":
                return c.Release(at=at, actor=actor, task=open_task(self._instance(act), actor).id)
            case "save":
                return c.SaveDraft(at=at, actor=actor, task=open_task(self._instance(act), actor).id, values=values)
            case "assign":
                return c.Assign(
                    at=at,
                    actor=actor,
                    task=open_task(self._instance(act), actor).id,
                    **c.named(self._people.actor(act.what)),
                )
            case "delegate":
                return c.Delegate(
                    at=at,
                    actor=actor,
                    task=open_task(self._instance(act), actor).id,
                    **c.named(self._people.actor(act.what)),
                )
            case "attach":
                return c.Attach(at=at, actor=actor, file=self._stored(act.what, act.text), note=act.comment)
            case "suspend":
                return c.Suspend(at=at, actor=actor, reason=act.what)
            case "resume":
                return c.Resume(at=at, actor=actor, reason=act.what)
            case _:
                return c.Comment(at=at, actor=actor, text=act.what)

    def _instance(self, act: Act) -> Instance:
        return self.engine.instance(self._case(act))

    def _task(self, act: Act, actor: Actor) -> Task:
        instance = self._instance(act)
        return task_offering(self.engine.definition(instance.digest), instance, act.what, actor)

    def _approval(self, act: Act, actor: Actor) -> Task:
        instance = self._instance(act)
        return approval_meant(self.engine.definition(instance.digest), instance, actor, act.move)

    def _stored(self, name: str, text: str) -> Mapping[str, Any]:
        content = text.encode()
        with self.engine.store.transaction():
            digest = files.put(self.engine.store, content, self.clock())
        return {"name": name, "type": "text/plain", "size": len(content), "sha256": digest}

    def _referred(self, value: Any) -> Any:
        """`{reference of day-list-empty}` becomes the number that the case of that story got, and `{file: a.txt, text:
        …}` a file with that content.
        """
        if isinstance(value, str):
            return _REFERENCE.sub(lambda match: self.reference(match[1]), value)
        if isinstance(value, list):
            return [self._referred(item) for item in value]
        if isinstance(value, dict):
            if set(value) == {"file", "text"}:
                return self._stored(value["file"], value["text"])
            return {name: self._referred(item) for name, item in value.items()}
        return value


def _went_well(swept: Swept) -> None:
    for failure in swept.failed.values():
        raise _broken("a timer", failure)


def _broken(what: str, why: str) -> Rejected:
    return Rejected(
        "story-broken",
        f"The sample stories fit the processes as they are shipped, but {what} did not work out: {why}",
    )
