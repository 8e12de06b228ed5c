"""A working copy of an instance during one step, and the only thing that words and handlers change.

Owns how a change is written down: each method changes the copy and records the event that says so. Decides nothing
about what may be done. Lives for one step and is thrown away when the step fails, so a half-done change never exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core.delegation import Delegation
from engine.core.effects import DropDraft, KeepDraft, StartCase
from engine.core.instance import COMPLETED, Approval, Incident, Task, Timer, Wait
from engine.core.links import Link, blocking
from engine.core.outgoing import Outgoing
from engine.core.promised import Clock
from engine.definition.moves import Rung
from engine.definition.roles import CUSTOMER
from engine.errors import Place, Stuck

PRIORITIES = ("", "high", "urgent")


class Draft(Outgoing):
    """See the module, `Sheet` for the case's values and tokens, and `Outgoing` for what it sends."""

    # --- tasks

    def open_task(self, task: Task) -> Task:
        self.tasks[task.id] = task
        body: dict[str, Any] = {
            "task": task.id,
            "state": task.state,
            "title": task.title,
            "candidates": list(task.candidates),
        }
        if task.titles:
            body["titles"] = dict(task.titles)
        if task.assignee:
            body["assignee"] = task.assignee
        if task.excluded:
            body["excluded"] = list(task.excluded)
        if task.due_at:
            body["due_at"] = task.due_at.isoformat()
        self.record("task-opened", **body)
        self.changed()
        return task

    def change_task(self, task: Task, type: str, **body: Any) -> None:
        was, self.tasks[task.id] = self.tasks[task.id], task
        self.record(type, task=task.id, state=task.state, **body)
        if was.delegation is not None and task.delegation is None:
            self._call_off(was.delegation)
        self.changed()

    def _call_off(self, delegation: Delegation) -> None:
        """Neither does it begin, nor does it end by itself."""
        if delegation.timer in self.timers:
            self.drop([self.timers[delegation.timer]])

    def reassign(self, token: str, candidates: tuple[str, ...]) -> None:
        """Give the case's own open tasks to other roles, in a branch those of this branch; approvals stay with those
        who were asked.
        """
        for task in list(self.tasks.values()):
            if task.id in self.approvals or self.definition.is_beside(task.state):
                continue
            if token not in (self.root.id, task.token) or (task.candidates == candidates and not task.assignee):
                continue
            given = replace(task, candidates=candidates).of()
            was = {"was": list(task.candidates), **({"assignee": task.assignee} if task.assignee else {})}
            self.change_task(given, "task-reassigned", candidates=list(candidates), **was)

    def close_task(self, task: Task, outcome: str, comment: str) -> None:
        del self.tasks[task.id]
        self._drop_timers_of(task)
        self.doers.append((task.state, self.actor.id))
        if task.on_behalf_of:
            self.doers.append((task.state, task.on_behalf_of))
        body = {"task": task.id, "state": task.state, "outcome": outcome}
        self.record("task-completed", **body, **({"comment": comment} if comment else {}))
        self.effects.append(DropDraft(task.id, self.actor.id))
        self._is_over(task.id)
        self.changed()

    def open_approval(self, task: Task, approval: Approval, rule: str, about: Mapping[str, Any]) -> None:
        """An approval is a task that nobody claims: everybody asked finds it until they have decided. What it is about
        is kept as it is now; what is to be confirmed has been told already.
        """
        self.approvals[task.id] = approval
        self.open_task(task)
        body: dict[str, Any] = {"round": approval.round, "content": approval.content}
        if approval.asked is None:
            row = self.row_holder(approval.token)
            body |= {"about": dict(about)} | ({"row": row.id} if row is not None else {})
        self.record("approval-opened", task=task.id, state=task.state, rule=rule, **body)

    def close_approval(self, task: Task, outcome: str) -> None:
        del self.tasks[task.id]
        closed = self.approvals.pop(task.id)
        if closed.asked is None:
            self._drop_timers_of(task)
        ballots = [[ballot.person, ballot.decision, *([ballot.by] if ballot.by else [])] for ballot in closed.ballots]
        self.record("task-completed", task=task.id, state=task.state, outcome=outcome)
        self.record(
            "approval-closed",
            task=task.id,
            state=task.state,
            outcome=outcome,
            round=closed.round,
            content=closed.content,
            decided=ballots,
        )
        self._is_over(task.id)
        self.changed()

    def withdraw_tasks(self, token: str) -> None:
        """Those of a state that is left; tasks beside the case's own work stay until it ends, and what is to be
        confirmed goes with the task it was asked for.
        """
        beside = self.definition.is_beside
        self.withdraw(
            task
            for task in list(self.tasks.values())
            if task.token == token and not beside(task.state) and not self._confirms(task)
        )

    def withdraw_confirmations(self, token: str) -> None:
        """Take back what was asked for outside a task at this token, and waits for a second person."""
        if self.approvals:
            self.withdraw(
                task
                for task in list(self.tasks.values())
                if task.token == token and self._confirms(task) and "task" not in (self.approvals[task.id].asked or {})
            )

    def _confirms(self, task: Task) -> bool:
        opened = self.approvals.get(task.id)
        return opened is not None and opened.asked is not None

    def withdraw(self, tasks: Iterable[Task]) -> None:
        """Nobody has to do these any more."""
        for task in tasks:
            if task.id not in self.tasks:
                continue  # gone with the task whose outcome it was to confirm
            del self.tasks[task.id]
            opened = self.approvals.pop(task.id, None)
            self.record("task-withdrawn", task=task.id, state=task.state)
            if opened is None or opened.asked is None:
                self._drop_timers_of(task)
            self._is_over(task.id)
            if opened is not None and self.actor.id not in opened.askers:
                self.give_back(opened)

    def withdraw_all(self) -> None:
        """The case has ended, and nothing is left to do."""
        if self.tasks:
            self.withdraw(list(self.tasks.values()))

    def give_back(self, confirmation: Approval) -> None:
        """What was typed for a task and not confirmed is the asker's draft again."""
        asked = confirmation.asked
        if asked is not None and "task" in asked and asked["values"]:
            self.effects.append(KeepDraft(asked["task"], asked["actor"][0], asked["values"], asked["outcome"]))

    def _is_over(self, task: str) -> None:
        """Nobody has to confirm an outcome of this task any more, and that too few could do or decide it is of no
        importance.
        """
        self.unsent.pop(task, None)
        asked = ((question, opened.asked or {}) for question, opened in self.approvals.items())
        self.withdraw([self.tasks[question] for question, command in asked if command.get("task") == task])
        for incident in [
            incident
            for incident in self.incidents.values()
            if incident.retry.get("do") in ("ask", "reach") and incident.retry["task"] == task
        ]:
            del self.incidents[incident.id]
            self.record("incident-resolved", incident=incident.id, action="dismiss", reason="It is over.")

    # --- timers and waits

    def set_timer(self, timer: Timer) -> None:
        self.timers[timer.id] = timer
        word = {} if timer.word == "after" else {"word": timer.word}
        due_at = timer.due_at.isoformat()
        self.record("timer-set", timer=timer.id, state=timer.state, index=timer.index, due_at=due_at, **word)

    def drop_timers(self, token: str) -> None:
        self.drop([timer for timer in self.timers.values() if timer.token == token])

    def _drop_timers_of(self, task: Task) -> None:
        """The escalation of a task that nobody has to do any more, and what was to come of its delegation."""
        if task.delegation is not None:
            self._call_off(task.delegation)
        beside = self.definition.is_beside(task.state)
        if self.held:
            work = self.definition.place_of(task.state).work
            self.let_go(self.root.id if beside else task.token, work.escalate if work else (), task=task.state)
        if self.timers:
            token = "" if beside else task.token
            self.drop(
                timer
                for timer in list(self.timers.values())
                if timer.word == "escalate" and timer.state == task.state and timer.token == token
            )

    def drop(self, timers: Iterable[Timer]) -> None:
        for timer in timers:
            del self.timers[timer.id]
            self.record("timer-cancelled", timer=timer.id, state=timer.state)

    def change_clock(self, clock: Clock, type: str, **body: Any) -> Clock:
        """A clock as it is now, and the event that says so."""
        self.clocks = {**self.clocks, clock.name: clock}
        run = {"run": clock.run} if clock.run > 1 else {}
        self.record(type, clock=clock.name, **run, **body)
        return clock

    def wait(self, token: str, messages: Iterable[str]) -> None:
        state = self.tokens[token].state
        self.waits += [Wait(token, state, message) for message in messages]

    def stop_waiting(self, token: str) -> None:
        self.waits = [wait for wait in self.waits if wait.token != token]

    # --- cases that are called

    def tie(self, link: Link, type: str, **body: Any) -> None:
        """A called case, as it is known by now."""
        self.links[link.id] = link
        self.record(type, link=link.id, name=link.name, process=link.process, **body)
        self.changed()

    def call(self, link: Link, values: Mapping[str, Any], received_at: datetime | None, place: Place) -> None:
        """Another case is to begin, in the name of whoever acts now."""
        self.tie(link, "case-called", kind=link.kind, **({"blocks": True} if link.blocks else {}))
        starter = self.before.starter if self.before.starter in self.roll(CUSTOMER) else ""
        customer = self.customer.get("person") or starter
        self.effects.append(StartCase(link.id, link.process, values, received_at, self.actor, place, customer))

    def hold(self, token: str, trigger: str) -> None:
        """A way into a final state that has to wait for called cases, or for a message that is to be written again. The
        last wish counts, unless it is let go.
        """
        self.held[token] = (*(wish for wish in self.held.get(token, ()) if wish != trigger), trigger)
        waiting = [*(link.called for link in blocking(self.links)), *(self.tasks[task].title for task in self.unsent)]
        self.record("move-held", token=token, state=self.tokens[token].state, trigger=trigger, children=waiting)

    def let_go(self, token: str, rungs: Iterable[Rung], **whose: str) -> None:
        """What these rungs wish and could not do yet: their promise is over, and with it its consequence."""
        names = {rung.move.trigger: rung.name for rung in rungs if rung.move is not None}
        wishes = self.held.pop(token, ())
        if left := tuple(wish for wish in wishes if wish not in names):
            self.held[token] = left
        for wish in (wish for wish in wishes if wish in names):
            self.record("move-dropped", token=token, trigger=wish, rung=names[wish], **whose)

    # --- incidents, the end

    def raise_priority(self, to: str) -> None:
        """Never lowers it."""
        if PRIORITIES.index(to) > PRIORITIES.index(self.priority):
            self.record("priority-raised", was=self.priority or "normal", now=to)
            self.priority = to

    def raise_incident(self, stuck: Stuck, state: str, retry: Mapping[str, Any]) -> Incident:
        place = str(stuck.place) if stuck.place else ""
        kind, parts = stuck.kind, dict(stuck.parts)
        incident = Incident(self.next_id(), self.at, stuck.message, place, state, retry, kind, parts)
        self.incidents[incident.id] = incident
        self.record(
            "incident-raised",
            incident=incident.id,
            message=stuck.message,
            place=place,
            state=state,
            values=dict(stuck.values),
            **({"kind": kind, "parts": parts} if kind else {}),
        )
        return incident

    def complete(self, outcome: str) -> None:
        self.withdraw_all()
        self.status, self.outcome, self.ended_at = COMPLETED, outcome, self.at
        self.record("completed", outcome=outcome)
