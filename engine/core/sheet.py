"""What one step works on: a copy of the instance, the events and effects so far, and the names that expressions know.

Owns how the case's values and its tokens change, each with the event that says so. What becomes of tasks, timers and
messages is `engine.core.draft`, which is built on it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

from engine.core.actors import Actor
from engine.core.durations import Duration
from engine.core.effects import Effect
from engine.core.events import Event
from engine.core.instance import Approval, Instance, Token, whose
from engine.core.reckoning_back import back
from engine.core.roster import EMPTY, Roll, Roster, StandIn, nobody
from engine.core.values import environment, steady
from engine.definition.expressions import Expression
from engine.definition.model import Definition
from engine.definition.moves import Due
from engine.errors import Stuck
from engine.reasons import stuck_on


class Sheet:
    """See the module. `todo` holds the moves that follow by themselves: (token id, trigger).

    `confirmed` is the confirmation that this step carries out.
    `occasion` is what colleagues are told about, `personal` whether one of the staff acts here rather than the clock,
    the customer or the beginning of the case.
    """

    def __init__(
        self,
        definition: Definition,
        instance: Instance,
        actor: Actor,
        at: datetime,
        roster: Roster = EMPTY,
    ) -> None:
        self.definition = definition
        self.roster = roster
        # Who holds a role is asked once in a step, however many words want to know; of an empty house nothing is.
        self.roll: Roll = cache(roster.roll) if roster.roll is not nobody else nobody
        self.before = instance
        self.actor = actor
        self.at = at
        self.on_behalf_of = ""
        self.confirmed: Approval | None = None
        self.status, self.outcome, self.ended_at = instance.status, instance.outcome, instance.ended_at
        self.subject, self.label, self.customer = instance.subject, instance.label, instance.customer
        self.counter = instance.counter
        self.data = dict(instance.data)
        self.variables = dict(instance.variables)
        self.milestones = dict(instance.milestones)
        self.doers = list(instance.doers)
        self.authors = list(instance.authors)
        self.recused, self.rounds = list(instance.recused), dict(instance.rounds)
        self.tokens = dict(instance.tokens)
        self.tasks, self.timers = dict(instance.tasks), dict(instance.timers)
        self.approvals = dict(instance.approvals)
        self.waits = list(instance.waits)
        self.incidents, self.dismissed = dict(instance.incidents), dict(instance.dismissed)
        self.clocks = instance.clocks
        self.priority, self.severity = instance.priority, instance.severity
        self.occasion: dict[str, Any] = {}
        self.personal = False
        self.links, self.held = dict(instance.links), dict(instance.held)
        self.sent, self.undo, self.unsent = instance.sent, instance.undo, dict(instance.unsent)
        self.questions, self.tags = instance.questions, instance.tags
        self.events: list[Event] = []
        self.effects: list[Effect] = []
        self.decided: list[dict[str, Any]] = []
        self.todo: deque[tuple[str, str]] = deque()
        self._steady = steady(definition, instance, at)
        self._known: dict[str, dict[str, Any]] = {}
        self._stand_ins: dict[datetime, Sequence[StandIn]] = {}
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
            authors=tuple(self.authors),
            recused=tuple(self.recused),
            rounds=self.rounds,
            tokens=self.tokens,
            tasks=self.tasks,
            timers=self.timers,
            approvals=self.approvals,
            waits=tuple(self.waits),
            incidents=self.incidents,
            dismissed=self.dismissed,
            clocks=self.clocks,
            priority=self.priority,
            severity=self.severity,
            links=self.links,
            held=self.held,
            sent=self.sent,
            undo=self.undo,
            unsent=self.unsent,
            questions=self.questions,
            tags=self.tags,
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

    def stand_ins(self, at: datetime) -> Sequence[StandIn]:
        """Who stands in for whom at a moment; asked once in a step, however many are told then."""
        if at not in self._stand_ins:
            self._stand_ins[at] = self.roster.stand_ins(at)
        return self._stand_ins[at]

    # --- names and values

    def values(self, token: str) -> dict[str, Any]:
        """The names an expression knows at this token, with their plain values; decisions are worked out when first
        read.
        """
        known = self._known.get(token)
        if known is None:
            known = self._known[token] = environment(self.definition, self._steady, self, token)
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
        self._wrote(whose(holder, alias), self.actor.id, self.on_behalf_of)
        self.record("form-submitted", form=form, name=alias, changes=changes, **({"row": holder.id} if holder else {}))
        self.changed()

    def _wrote(self, form: str, *people: str) -> None:
        pairs = ((form, who) for who in people if who)
        self.authors += [pair for pair in dict.fromkeys(pairs) if pair not in self.authors]

    def authors_of(self, token: str, alias: str) -> set[str]:
        """Everybody who ever filled in the form that this short name stands for at this token."""
        holder = self.row_holder(token)
        while holder is not None and alias not in holder.forms:
            holder = self.row_holder(holder.parent)
        form = whose(holder, alias)
        return {who for written, who in self.authors if written == form}

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
        """When something that began at `start` is due."""
        if due.length is not None:
            return self.add(start, due.length.choose(self.values(token) if due.length.by is not None else {}))
        assert due.at is not None
        return self.moment(due.at, token, due.before)

    def moment(self, at: Expression, token: str, before: Duration | None = None) -> datetime:
        """A date or instant of the case, or so long before it. A date means the end of that day."""
        value = at.evaluate(self.values(token))
        calendar = self.definition.calendar
        try:
            found = value if isinstance(value, datetime) else calendar.end_of_day(value)  # type: ignore[arg-type]
            return found if before is None else back(calendar, found, before)
        except OverflowError:
            raise stuck_on("far-date", at.place, value=value) from None
        except Stuck as stuck:
            raise stuck.at(at.place) from None

    def add(self, start: datetime, length: Duration) -> datetime:
        try:
            return self.definition.calendar.add(start, length)
        except Stuck as stuck:
            raise stuck.at(self.definition.place) from None

    # --- tokens

    def stay(self, token: str, trigger: str, **body: Any) -> None:
        """A move that leaves the case where it is: what has been done, or with `nothing` prevented, without moving."""
        self.record("stayed", token=token, state=self.tokens[token].state, trigger=trigger, **body)

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
                wrote = (who for form, who in list(self.authors) if form == whose(done, alias))
                self._wrote(whose(holder, alias), *wrote)
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
