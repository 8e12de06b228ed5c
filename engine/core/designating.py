"""Whom a form may name for the work that comes after it.

Owns who could do a task that a field names somebody for, as things stand when the form comes in: by their roles, and
not kept out by four eyes. The same is asked again when the task is opened (`engine.keywords.opening`): whoever has lost
the role by then is passed over, and the history says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core.actors import CALL, IMPORT
from engine.core.draft import Draft
from engine.definition.forms.sentences import sentence
from engine.definition.model import Definition
from engine.definition.moves import FormUse
from engine.definition.plans import Designation, TaskPlan
from engine.definition.roles import CUSTOMER, STAFF
from engine.definition.texts import localised
from engine.errors import Stuck
from engine.keywords.exclude import excluded

Values = Mapping[str, Any]
_MOST = 6
"""So many are named in a sentence; of more, the first."""


@dataclass(frozen=True, slots=True)
class Suited:
    """Those who could do a task that a field names somebody for: `people`; `place` is the first such task, `roles` whom
    it is for.
    """

    people: frozenset[str]
    place: str
    roles: tuple[str, ...]
    part: frozenset[str]
    """Who holds a role, but is kept out by four eyes."""


def suited(draft: Draft, token: str, use: FormUse, values: Values, doing: str = "") -> dict[str, Suited]:
    """Who may be named in each field that says who a task is for, by its path: `investigator`, `actions.0.owner`, and
    `actions.owner` for a row that is still to be filled in.

    `values` is what is filled in so far, `doing` the state whose task is done with it. A field that is for several
    tasks may name whoever could do one of them. Where nobody at all could, nobody is better than another: the field is
    not there, and the process's owner is told once the task is opened.
    """
    designations = draft.definition.designations.get(use.alias, ())
    if not designations:
        return {}
    ahead = _as_if(draft, token, use, values, doing)
    found: dict[str, Suited] = {}
    for one in designations:
        plan = draft.definition.place_of(one.place).task
        assert plan is not None
        for path, row in _rows(one, values):
            roles, out = _candidates(ahead, token, plan, row), _out(ahead, token, plan, row)
            holding = frozenset[str]().union(*(draft.roll(role) for role in roles))
            here = Suited(holding - out, one.place, roles, holding & out)
            known = found.get(path)
            found[path] = here if known is None else _either(known, here)
    return {path: fit for path, fit in found.items() if fit.people}


def unsuited(draft: Draft, token: str, use: FormUse, values: Values, doing: str = "") -> dict[str, tuple[str, ...]]:
    """What to say at the fields that name somebody who could not do what they are named for.

    Said to people who fill in a form. What another system or another case hands in, and what was asked for before and
    is confirmed now, nobody can fill in anew: there, whoever cannot do the task is passed over when it is opened.
    """
    if draft.actor.kind not in (STAFF, CUSTOMER) or draft.actor.via in (CALL, IMPORT) or draft.confirmed is not None:
        return {}
    told: dict[str, tuple[str, ...]] = {}
    for path, fit in suited(draft, token, use, values, doing).items():
        person = _named(values, path)
        if person and person not in fit.people:
            told[path] = (_sentence(draft, fit, person),)
    return told


def depends_on(definition: Definition, use: FormUse) -> frozenset[str]:
    """The fields of the form, and the columns of its tables, on which it depends who may be named in it."""
    read: set[str] = set()
    for one in definition.designations.get(use.alias, ()):
        plan = definition.place_of(one.place).task
        assert plan is not None
        by = plan.candidates.by
        todo = [*plan.exclude, *(by.paths if by is not None else ())]
        while todo:
            path = todo.pop()
            if path in definition.decisions:
                todo += [inner for expression in definition.decisions[path].expressions for inner in expression.paths]
            first, _, rest = path.partition(".")
            if first in (use.alias, one.row):
                read.update(rest.split("."))
    return frozenset(read)


def _as_if(draft: Draft, token: str, use: FormUse, values: Values, doing: str) -> Draft:
    """The case as it will be once the form is in and the task is done."""
    ahead = Draft(draft.definition, draft.freeze(), draft.actor, draft.at, draft.roster)
    ahead.doers += [(doing, who) for who in (draft.actor.id, draft.on_behalf_of) if doing and who]
    ahead.keep_form(token, use.alias, use.form.id, values)
    return ahead


def _rows(one: Designation, values: Values) -> Iterator[tuple[str, Values]]:
    """The paths that it stands for, each with the row it stands in as its branch will know it."""
    table, _, column = one.field.rpartition(".")
    if not table:
        yield one.field, {}
        return
    rows = values.get(table)
    for number, row in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(row, Mapping):
            yield f"{table}.{number}.{column}", {one.row: row}
    yield one.field, {one.row: {}}


def _candidates(ahead: Draft, token: str, plan: TaskPlan, row: Values) -> tuple[str, ...]:
    """Whom the task will be for; everybody whom it may be for while that is not known."""
    try:
        return plan.candidates.choose({**ahead.values(token), **row})
    except Stuck:
        return tuple(dict.fromkeys(role for roles in plan.candidates.all() for role in roles))


def _out(ahead: Draft, token: str, plan: TaskPlan, row: Values) -> frozenset[str]:
    """Who will be kept out of it, by what is known now."""
    try:
        return excluded(ahead, plan.exclude, token, row)
    except Stuck:
        return frozenset()


def _either(one: Suited, other: Suited) -> Suited:
    people = one.people | other.people
    roles = tuple(dict.fromkeys((*one.roles, *other.roles)))
    return Suited(people, one.place, roles, (one.part | other.part) - people)


def _named(values: Values, path: str) -> str:
    value: Any = values
    for part in path.split("."):
        if isinstance(value, list) and part.isdecimal():
            value = value[int(part)]
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _sentence(draft: Draft, fit: Suited, person: str) -> str:
    language = draft.actor.language or draft.definition.languages[0]
    called = draft.roster.called
    named = {one: called(f"person:{one}", language) for one in sorted(fit.people)[:_MOST]}
    more = ", …" if len(fit.people) > _MOST else ""
    people = ", ".join(one if name == one else f"{name} ({one})" for one, name in named.items()) + more
    details = {
        "who": called(f"person:{person}", language),
        "task": localised(draft.definition.place_of(fit.place).title, language),
        "roles": ", ".join(called(f"role:{role}", language) for role in fit.roles),
        "allowed": people,
    }
    return sentence("has-a-part" if person in fit.part else "cannot-do-it", details, language)
