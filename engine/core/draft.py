"""A working copy of an instance during one step, and the only thing that words and handlers change.

Owns how a change is written down: each method changes the copy and records the event that says so. Decides nothing
about what may be done. Lives for one step and is thrown away when the step fails, so a half-done change never exists.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core.commands import IMPORT, Actor
from engine.core.durations import Duration
from engine.core.effects import DropDraft, Effect, KeepDraft, Notify, SendMessage, StartCase
from engine.core.events import Event
from engine.core.instance import COMPLETED, Approval, Clock, Incident, Instance, Task, Timer, Token, Wait
from engine.core.links import Link, blocking
from engine.core.values import environment
from engine.definition.model import Definition, Due
from engine.errors import Place, Stuck

PRIORITIES = ("", "high", "urgent")

Roll = Callable[[str], frozenset[str]]
"""Who holds a role now."""


def nobody(role: str) -> frozenset[str]:
    """The roll of an empty house."""
    return frozenset()


class Draft:
    """See the module. `todo` holds the moves that follow by themselves: (token id, trigger).

    `confirmed` is the confirmation that this step carries out.
    `occasion` is what colleagues are told about, `personal` whether one of the staff acts here rather than the clock,
    the customer or the beginning of the case.
    """

    def __init__(
        self, definition: Definition, instance: Instance, actor: Actor, at: datetime, roll: Roll = nobody
    ) -> None:
        self.definition = definition
        self.roll = roll
        self.before = instance
        self.actor = actor
        self.at = at
        self.on_behalf_of = ""
        self.confirmed: Approval | None = None
        self.status = instance.status
        self.outcome = instance.outcome
        self.ended_at = instance.ended_at
        self.subject = instance.subject
        self.label = instance.label
        self.customer = instance.customer
        self.counter = instance.counter
        self.data = dict(instance.data)
        self.variables = dict(instance.variables)
        self.milestones = dict(instance.milestones)
        self.doers = list(instance.doers)
        self.tokens = dict(instance.tokens)
        self.tasks = dict(instance.tasks)
        self.timers = dict(instance.timers)
        self.approvals = dict(instance.approvals)
        self.waits = list(instance.waits)
        self.incidents = dict(instance.incidents)
        self.clocks = instance.clocks
        self.priority = instance.priority
        self.occasion: dict[str, Any] = {}
        self.personal = False
        self.links = dict(instance.links)
        self.held = dict(instance.held)
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.decided: list[dict[str, Any]] = []
        self.todo: deque[tuple[str, str]] = deque()
        self._known: dict[str, dict[str, Any]] = {}
        self._roles = tuple(sorted(actor.roles))

    def freeze(self) -> Instance:
        """The instance as it is now; the revision and the history's length are the store's to advance."""
        return replace(
            self.before,
            status=self.status,
            outcome=self.outcome,
            ended_at=self.ended_at,
            subject=self.subject,
            label=self.label,
            customer=self.customer,
            counter=self.counter,
            data=self.data,
            variables=self.variables,
            milestones=self.milestones,
            doers=tuple(self.doers),
            tokens=self.tokens,
            tasks=self.tasks,
            timers=self.timers,
            approvals=self.approvals,
            waits=tuple(self.waits),
            incidents=self.incidents,
            clocks=self.clocks,
            priority=self.priority,
            links=self.links,
            held=self.held,
        )

    def record(self, type: str, **body: Any) -> None:
        """Write an event, in the actor's name."""
        actor = self.actor
        self.events.append(Event(type, self.at, actor.id, actor.via, body, self.on_behalf_of, self._roles))

    def act_as(self, actor: Actor) -> None:
        """What follows is done in this person's name, with their roles."""
        self.actor = actor
        self.act_for("")

    def act_for(self, person: str) -> None:
        """What follows is done on behalf of this person (empty: in one's own name), by the roles that allow it."""
        self.on_behalf_of = person
        self._roles = tuple(sorted(self.actor.stands_in.get(person) or self.actor.roles))

    def next_id(self) -> str:
        self.counter += 1
        return f"{self.before.id}.{self.counter}"

    # --- names and values

    def values(self, token: str) -> dict[str, Any]:
        """The names an expression knows at this token, with their plain values; decisions are worked out when first
        read.
        """
        known = self._known.get(token)
        if known is None:
            known = self._known[token] = environment(self.definition, self.before, self, token, self.at)
        return known

    def changed(self) -> None:
        """Forget worked-out names: something they may depend on has changed."""
        self._known.clear()

    def keep_form(self, token: str, alias: str, form: str, values: Mapping[str, Any]) -> None:
        """Keep a form's values: in the case, or in the for-each branch that the token belongs to."""
        holder = self.row_holder(token)
        old = (self.data if holder is None else holder.forms).get(alias)
        before = old if isinstance(old, Mapping) else {}
        changes = {
            name: [before.get(name), values.get(name)]
            for name in [*before, *(name for name in values if name not in before)]
            if before.get(name) != values.get(name)
        }
        if holder is None:
            self.data[alias] = dict(values)
        else:
            self.tokens[holder.id] = replace(holder, forms={**holder.forms, alias: dict(values)})
        self.record("form-submitted", form=form, name=alias, changes=changes)
        self.changed()

    def row_holder(self, token: str) -> Token | None:
        """The token of the for-each branch that this token stands in, itself or an ancestor."""
        standing = self.tokens.get(token)
        while standing is not None and standing.row is None:
            standing = self.tokens.get(standing.parent)
        return standing

    def set_variables(self, values: Mapping[str, Any]) -> None:
        changes = {
            name: [self.variables.get(name), value]
            for name, value in values.items()
            if self.variables.get(name) != value
        }
        self.variables.update(values)
        if changes:
            self.record("values-set", changes=changes)
        self.changed()

    def reach_milestone(self, name: str) -> None:
        """The first time counts; a milestone is reached once."""
        if name not in self.milestones:
            self.milestones[name] = self.at
            self.record("milestone-reached", milestone=name)
            self.changed()

    def due_time(self, due: Due, token: str, start: datetime) -> datetime:
        """When something that began at `start` is due. A date means the end of that day in the calendar's zone."""
        if due.length is not None:
            return self.add(start, due.length.choose(self.values(token) if due.length.by is not None else {}))
        assert due.at is not None
        value = due.at.evaluate(self.values(token))
        calendar = self.definition.calendar
        try:
            at = value if isinstance(value, datetime) else calendar.end_of_day(value)  # type: ignore[arg-type]
            return at if due.before is None else calendar.back(at, due.before)
        except OverflowError:
            raise Stuck(
                f"Expected a date within the calendar, but {value} is too far away", self.definition.place
            ) from None

    def add(self, start: datetime, length: Duration) -> datetime:
        try:
            return self.definition.calendar.add(start, length)
        except OverflowError:
            raise Stuck(
                f"Expected a time within the calendar, but {length} after {start.isoformat()} is too far away",
                self.definition.place,
            ) from None

    # --- tokens

    def arrive(self, token: str, state: str) -> None:
        self.tokens[token] = replace(self.tokens[token], state=state, entered_at=self.at)
        self.changed()

    def start_branch(self, parent: str, branch: str, row: Mapping[str, Any] | None) -> str:
        """A new token under `parent`; it stands nowhere until it is moved."""
        token = Token(self.next_id(), self.tokens[parent].state, self.at, parent, branch, row)
        self.tokens[token.id] = token
        return token.id

    @property
    def root(self) -> Token:
        """The token of the case itself."""
        return next(token for token in self.tokens.values() if not token.parent)

    def children(self, token: str) -> list[Token]:
        return [child for child in self.tokens.values() if child.parent == token]

    def end_branch(self, token: str) -> None:
        """The branch reached its join; what its forms say is kept with the case, one row a branch."""
        done = self.tokens[token] = replace(self.tokens[token], done=True)
        if done.row is not None:
            row = next(iter(done.row.values()))
            holder = self.row_holder(done.parent)
            tables = dict(self.data if holder is None else holder.forms)
            for alias, values in done.forms.items():
                rows = tables.get(alias)
                more = values if isinstance(values, list) else [{**row, **values}]
                tables[alias] = [*(rows if isinstance(rows, list) else ()), *more]
            self._keep_tables(holder, tables)
        self.record("branch-ended", branch=done.branch, how="joined")
        self.changed()

    def begin_tables(self, token: str, names: Iterable[str]) -> None:
        """The forms of a for-each's branches, as tables without rows yet; those of an earlier time are gone."""
        holder = self.row_holder(token)
        tables = self.data if holder is None else holder.forms
        self._keep_tables(holder, {**tables, **{name: [] for name in names}})
        self.changed()

    def _keep_tables(self, holder: Token | None, tables: dict[str, Any]) -> None:
        """In the case, or in the for-each branch that lies around."""
        if holder is None:
            self.data = tables
        else:
            self.tokens[holder.id] = replace(holder, forms=tables)

    # --- tasks

    def open_task(self, task: Task) -> Task:
        self.tasks[task.id] = task
        body: dict[str, Any] = {
            "task": task.id,
            "state": task.state,
            "title": task.title,
            "candidates": list(task.candidates),
        }
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
        self.tasks[task.id] = task
        self.record(type, task=task.id, state=task.state, **body)
        self.changed()

    def reassign(self, token: str, candidates: tuple[str, ...]) -> None:
        """Give the case's own open tasks to other roles, in a branch those of this branch; approvals stay with those
        who were asked.
        """
        for task in list(self.tasks.values()):
            if task.id in self.approvals or task.state in self.definition.tasks:
                continue
            if token not in (self.root.id, task.token) or (task.candidates == candidates and not task.assignee):
                continue
            given = replace(task, candidates=candidates, status="open", assignee="", on_behalf_of="")
            was = {"was": list(task.candidates), **({"assignee": task.assignee} if task.assignee else {})}
            self.change_task(given, "task-reassigned", candidates=list(candidates), **was)

    def close_task(self, task: Task, outcome: str, comment: str) -> None:
        del self.tasks[task.id]
        self.drop_rungs(task)
        self.doers.append((task.state, self.actor.id))
        if task.on_behalf_of:
            self.doers.append((task.state, task.on_behalf_of))
        body = {"task": task.id, "state": task.state, "outcome": outcome}
        self.record("task-completed", **body, **({"comment": comment} if comment else {}))
        self.effects.append(DropDraft(task.id, self.actor.id))
        self._is_over(task.id)
        self.changed()

    def open_approval(self, task: Task, approval: Approval, rule: str) -> None:
        """An approval is a task that nobody claims: everybody asked finds it until they have decided."""
        self.approvals[task.id] = approval
        self.open_task(task)
        self.record("approval-opened", task=task.id, state=task.state, rule=rule, content=approval.content)

    def close_approval(self, task: Task, outcome: str) -> None:
        del self.tasks[task.id]
        closed = self.approvals.pop(task.id)
        if closed.asked is None:
            self.drop_rungs(task)
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
        beside = self.definition.tasks
        self._withdraw(
            task
            for task in list(self.tasks.values())
            if task.token == token and task.state not in beside and not self._confirms(task)
        )

    def withdraw_confirmations(self, token: str) -> None:
        """Take back what was asked for outside a task at this token, and waits for a second person."""
        if self.approvals:
            self._withdraw(
                task
                for task in list(self.tasks.values())
                if task.token == token and self._confirms(task) and "task" not in (self.approvals[task.id].asked or {})
            )

    def _confirms(self, task: Task) -> bool:
        opened = self.approvals.get(task.id)
        return opened is not None and opened.asked is not None

    def _withdraw(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            if task.id not in self.tasks:
                continue  # gone with the task whose outcome it was to confirm
            del self.tasks[task.id]
            opened = self.approvals.pop(task.id, None)
            self.record("task-withdrawn", task=task.id, state=task.state)
            if opened is None or opened.asked is None:
                self.drop_rungs(task)
            self._is_over(task.id)
            if opened is not None and self.actor.id not in opened.askers:
                self.give_back(opened)

    def withdraw_all(self) -> None:
        """The case has ended, and nothing is left to do."""
        if self.tasks:
            self._withdraw(list(self.tasks.values()))

    def give_back(self, confirmation: Approval) -> None:
        """What was typed for a task and not confirmed is the asker's draft again."""
        asked = confirmation.asked
        if asked is not None and "task" in asked and asked["values"]:
            self.effects.append(KeepDraft(asked["task"], asked["actor"][0], asked["values"], asked["outcome"]))

    def _is_over(self, task: str) -> None:
        """Nobody has to confirm an outcome of this task any more, and that too few could do or decide it is of no
        importance.
        """
        asked = ((question, opened.asked or {}) for question, opened in self.approvals.items())
        self._withdraw([self.tasks[question] for question, command in asked if command.get("task") == task])
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
        self._drop([timer for timer in self.timers.values() if timer.token == token])

    def drop_rungs(self, task: Task) -> None:
        """The escalation of a task that nobody has to do any more."""
        if self.timers:
            token = "" if task.state in self.definition.tasks else task.token
            self._drop(
                timer
                for timer in list(self.timers.values())
                if timer.word == "escalate" and timer.state == task.state and timer.token == token
            )

    def _drop(self, timers: Iterable[Timer]) -> None:
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
        starter = self.before.starter if self.before.starter in self.roll("customer") else ""
        customer = self.customer.get("person") or starter
        self.effects.append(StartCase(link.id, link.process, values, received_at, self.actor, place, customer))

    def hold(self, token: str, trigger: str) -> None:
        """A way into a final state that has to wait for the cases that were called."""
        self.held[token] = trigger
        waiting = [link.called for link in blocking(self.links)]
        self.record("move-held", token=token, state=self.tokens[token].state, trigger=trigger, children=waiting)

    # --- messages, incidents, the end

    def send(self, template: str, language: str, to: str, name: str, subject: str, body: str) -> None:
        """Into the outbox, and into the history as it goes out.

        What an imported case would have sent in its past is withheld.
        """
        message = SendMessage(self.next_id(), template, language, to, name, subject, body)
        said = {
            "message": message.id,
            "template": template,
            "language": language,
            "to": to,
            "subject": subject,
            "body": body,
        }
        if self.actor.via == IMPORT:
            self.record("message-withheld", **said)
        elif not to:
            self.record("message-unaddressed", **said)
        else:
            self.effects.append(message)
            self.record("message-sent", **said)

    def notify(self, notice: Notify) -> None:
        """Tell colleagues. What an imported case would have told in its past is withheld."""
        said: dict[str, Any] = {"notice": notice.id, "to": notice.to, "about": dict(notice.about)}
        said |= {"say": notice.say} if notice.say else {}
        said |= {"urgent": True} if notice.urgent else {}
        if self.actor.via == IMPORT:
            self.record("notified", **said, withheld=True)
            return
        self.effects.append(notice)
        self.record("notified", **said, not_before=notice.at.isoformat())

    def raise_priority(self, to: str) -> None:
        """Never lowers it."""
        if PRIORITIES.index(to) > PRIORITIES.index(self.priority):
            self.record("priority-raised", was=self.priority or "normal", now=to)
            self.priority = to

    def raise_incident(self, stuck: Stuck, state: str, retry: Mapping[str, Any]) -> Incident:
        place = str(stuck.place) if stuck.place else ""
        incident = Incident(self.next_id(), self.at, stuck.message, place, state, retry)
        self.incidents[incident.id] = incident
        self.record(
            "incident-raised",
            incident=incident.id,
            message=stuck.message,
            place=place,
            state=state,
            values=dict(stuck.values),
        )
        return incident

    def complete(self, outcome: str) -> None:
        self.withdraw_all()
        self.status, self.outcome, self.ended_at = COMPLETED, outcome, self.at
        self.record("completed", outcome=outcome)
