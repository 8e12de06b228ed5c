"""A case as a page needs it, once it is sure that whoever asks may see it.

Owns finding it, and the shapes of what stands on several pages: what was filled in, the strip of stages. Decides
nothing: `engine.visibility` says who may see what.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, g

from engine.core.actors import GUEST, SYSTEM
from engine.core.clock_explanations import ClockExplanation, explain_all
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.links import Link
from engine.definition.forms import Form, FormField
from engine.definition.model import Definition
from engine.definition.texts import Localised
from engine.definition.types import Boolean, Choice, Date, Instant, ListOf, Number, Person
from engine.runtime import Result
from engine.store import deployments, instances
from engine.store.deployments import Deployment
from engine.store.outbox import LEFT
from engine.telling import failures
from engine.telling.failures import reason
from engine.telling.stages import Station, stations
from engine.visibility import Reach, may_see, reach
from web import masking
from web.access import visitor
from web.house import house
from web.language import gettext as _
from web.language import language, money, number, said
from web.times import day, moment


def own_reach() -> Reach:
    """How far whoever asks can see."""
    found: Reach | None = g.get("reach")
    if found is None:
        the = house()
        found = g.reach = reach(the.store, the.engine.definition, the.directory.organisation(), visitor().actor)
    return found


def sees(person: str, case: Instance) -> bool:
    """Whether somebody else may see the case."""
    the = house()
    theirs = reach(the.store, the.engine.definition, the.directory.organisation(), the.directory.actor(person))
    return may_see(the.store, theirs, case)


def case_called(reference: str) -> tuple[Instance, Definition]:
    """The case of this reference with its definition; 404 when there is none, or none that they may see."""
    found = instances.by_reference(house().store, reference.strip().upper())
    return case_of(found) if found is not None else abort(404)


def case_of(id: str) -> tuple[Instance, Definition]:
    """The same by its id."""
    found = instances.load(house().store, id)
    if found is None or not may_see(house().store, own_reach(), found):
        abort(404)
    definition = house().engine.definition(found.digest)
    if own_reach().masked:
        masking.hide(found, definition)
    return found, definition


# --- what was filled in


@dataclass(frozen=True, slots=True)
class Answer:
    """A field with what was answered, in words; of a table, the rows. `aside`: a program filled it in, and no person
    reads it for its own sake.
    """

    label: str
    words: str
    files: tuple[Mapping[str, Any], ...] = ()
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was filled in; of a for-each, one for each row."""

    alias: str
    title: str
    answers: tuple[Answer, ...]


def filled(definition: Definition, case: Instance) -> list[Filled]:
    """Every form of the case, the latest last, with the fields that were answered."""
    return list(readable(forms_by_alias(definition), case.data))


def readable(forms: Mapping[str, Form], filled_in: Mapping[str, Any]) -> Iterator[Filled]:
    """Values by the short names of their forms, as people read them; with those of a for-each, what its row says."""
    columns = {column.name: column for form in forms.values() for field in form.fields for column in field.columns}
    for alias, values in filled_in.items():
        form = forms.get(alias)
        title = said(form.title) if form is not None else alias
        for one in values if isinstance(values, list) else [values]:
            if isinstance(one, Mapping):
                yield Filled(alias, title, tuple(answers(form, one, columns)))


def forms_by_alias(definition: Definition) -> dict[str, Form]:
    """Each form of the process under the short name by which its values are kept."""
    return {use.alias: use.form for use in definition.forms()}


def answers(
    form: Form | None, values: Mapping[str, Any], columns: Mapping[str, FormField] | None = None
) -> Iterable[Answer]:
    """What was answered, in the order of the form; names that the form does not know come last, as the `columns` of the
    process's tables call them.
    """
    known = form.fields if form is not None else ()
    for field in known:
        value = values.get(field.name)
        if value in (None, "", []):
            continue
        if field.is_table and isinstance(value, list):
            headings = tuple(said(column.title) for column in field.columns)
            rows = tuple(tuple(in_words(column, row.get(column.name)) for column in field.columns) for row in value)
            yield Answer(said(field.title), "", headings=headings, rows=rows)
        elif field.holds_files:
            files = value if isinstance(value, list) else [value]
            yield Answer(said(field.title), "", tuple(one for one in files if isinstance(one, Mapping)))
        else:
            yield Answer(said(field.title), in_words(field, value), aside=field.widget == "fixed")
    own = {field.name for field in known}
    for name in (name for name in values if name not in own):
        column = (columns or {}).get(name)
        if column is not None:
            yield Answer(said(column.title), in_words(column, values[name]))
        else:
            yield Answer(name, str(values[name]))


def in_words(field: FormField, value: Any) -> str:
    """A value as people read it, by the kind of its field."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(in_words(field, one) for one in value)
    of = field.type.item if isinstance(field.type, ListOf) else field.type
    if isinstance(of, Choice):
        return said(field.labels[value]) if value in field.labels else str(value)
    if isinstance(of, Boolean):
        return _("Yes") if value is True else _("No")
    if isinstance(of, Date):
        return day(str(value))
    if isinstance(of, Instant):
        return moment(str(value))
    if isinstance(of, Number):
        return money(value, of.currency) if of.currency else number(value)
    if isinstance(of, Person):
        return names().get(str(value), str(value))
    return str(value)


def names() -> dict[str, str]:
    """What the people of the house are called, by their ids; a customer without an account, and the house itself, by
    their role."""
    found: dict[str, str] | None = g.get("names")
    if found is None:
        found = g.names = {nobody.id: role_name(nobody.kind) for nobody in (GUEST, SYSTEM)}
        people = house().directory.people()
        found |= {person.id: person.name for person in people}
        g.zones = {person.id: person.zone for person in people}
    return found


def zone_of(person: str) -> str:
    """Where a person of the house lives and works; empty for somebody who is none."""
    names()
    zones: Mapping[str, str] = g.zones
    return zones.get(person, "")


def role_name(role: str) -> str:
    """What the organisation calls a role."""
    found: Mapping[str, Localised] | None = g.get("roles")
    if found is None:
        found = g.roles = house().directory.roles()
    return said(found.get(role, role.replace("-", " ")))


def deployed() -> Sequence[Deployment]:
    """Every version of every process, by process and version; asked for once for a page."""
    found: list[Deployment] | None = g.get("deployed")
    if found is None:
        found = g.deployed = deployments.all_of(house().store)
    return found


def in_force() -> dict[str, Deployment]:
    """The version of each process that is in force; before its first day, the latest."""
    now, found = house().clock(), dict[str, Deployment]()
    for one in deployed():
        if one.effective_from <= now or one.process not in found or found[one.process].effective_from > now:
            found[one.process] = one
    return found


def process_names() -> dict[str, str]:
    """What the processes that are in force are called, by their keys."""
    found: dict[str, str] | None = g.get("processes")
    if found is None:
        found = g.processes = {process: said(one.title) for process, one in in_force().items()}
    return found


def process_name(key: str) -> str:
    return process_names().get(key, key)


def addressee(to: str) -> str:
    """Who is told, by `role:x` or `person:x`; an address outside stays as it is."""
    kind, _colon, id = to.partition(":")
    return role_name(id) if kind == "role" else names().get(id, id) if kind == "person" else to


def why_stuck(result: Result) -> str:
    """What the process could not do, without a stop at its end; in English when it was told before."""
    raised = next((one.body for one in reversed(result.events) if one.type == "incident-raised"), None)
    if raised is None:
        return result.stuck.rstrip(".")
    return failures.in_words(raised["message"], raised.get("kind", ""), raised.get("parts", {}), language()).rstrip(".")


def delivery_error(said: str) -> str:
    """Why something did not go out: what the other side says is quoted as it is, what Heard says is told in words."""
    left = _("Whoever had it in hand did not come to the end of it: it may have gone out twice")
    return reason(said, language()).replace(LEFT, left)


def ended_as(definition: Definition, outcome: str) -> str:
    """An outcome by the state in which a case ends so."""
    states = (state for state in definition.states.values() if state.ending is not None)
    found = next((state for state in states if state.ending is not None and state.ending.outcome == outcome), None)
    return said(found.title) if found is not None else outcome.replace("-", " ").replace("_", " ")


def child_ended_as(link: Link) -> str:
    """The same of a case that was called."""
    return outcome_of(link.process, link.outcome)


def outcome_of(process: str, outcome: str) -> str:
    """The same by its process as it is in force."""
    return ended_as(house().engine.in_force(process), outcome)


def colleagues() -> list[tuple[str, str]]:
    """Id and name of everybody who can be given work, by name."""
    return sorted(((one.id, one.name) for one in house().directory.workers()), key=lambda one: one[1])


# --- what is promised


def promises(
    definition: Definition, case: Instance, now: datetime, language: str, events: Iterable[Event] = ()
) -> list[ClockExplanation]:
    """Each clock explained, those still to be kept first, the next due at the top; with its past, where the history's
    events are given.
    """
    return explain_all(definition, case.clocks, events, now, language)


def strip(
    definition: Definition, case: Instance, events: Sequence[Event], clocks: Iterable[ClockExplanation], language: str
) -> tuple[Station, ...]:
    """From receipt to what follows the end: the stages of the process, or what it promises between the two."""
    found = stations(definition, case, events, clocks, language)
    if definition.stages:
        return found
    begun = Station(_("Received"), None, case.received_at, "done")
    return (begun, *found, Station(_("Closed"), None, case.ended_at, "done" if case.ended_at else "open"))
