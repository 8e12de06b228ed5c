"""Four eyes: who may not do this, by what they did before or what a form says of them.

A list of relations. Whoever fits one cannot claim, be assigned or complete the task, not through another role and not
on somebody's behalf either. Beside the `by` of a move it means the same: they cannot ask for the move.

```yaml
exclude: [handler, decision-draft, starter, assessment.accused]
```

A name of `people` or a state's id excludes everybody who did the tasks there, `starter` who started the case, and a
path to a person of a form whoever it names; a path into a table (`plan.actions.owner`) everybody in that column. In an
approval `authors` excludes everybody who ever filled in one of the forms that it `binds`, in a task or by a move. The
rule is judged when somebody acts, in the engine; pages only hide what cannot be done.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.core.draft import Draft
from engine.core.values import all_who_did
from engine.definition.model import Definition
from engine.definition.shapes import OneOrMore, Text
from engine.keywords.base import Keyword
from engine.reasons import stuck_on

_NOTHING: Mapping[str, Any] = {}
AUTHORS = "authors"
"""Whoever filled in what an approval binds."""
SHAPE = OneOrMore(Text("a name of `people`, a state's id, `starter` or a path to a person", r"[a-z][a-z0-9_.-]*"))


def excluded(
    draft: Draft, relations: Iterable[str], token: str, more: Mapping[str, Any] = _NOTHING, binds: Sequence[str] = ()
) -> frozenset[str]:
    """The people whom these relations exclude as things stand now. A path that holds nobody excludes nobody.

    `more` are forms that have come in but are not the case's yet, by their short names; `binds` the short names of
    those that are decided about.
    """
    people: set[str] = set()
    for relation in relations:
        if relation == AUTHORS:
            people.update(who for form in binds for who in draft.authors_of(token, form))
            continue
        people |= set(_who(draft, draft.definition, relation, token, more))
    return frozenset(people)


def hitting(
    draft: Draft,
    relations: Iterable[str],
    token: str,
    person: str,
    more: Mapping[str, Any] = _NOTHING,
    binds: Sequence[str] = (),
) -> tuple[str, ...]:
    """Those of the relations that exclude this person; the rest as for `excluded`."""
    return tuple(one for one in relations if person in excluded(draft, (one,), token, more, binds))


def _who(draft: Draft, definition: Definition, relation: str, token: str, more: Mapping[str, Any]) -> Iterable[str]:
    if relation == "starter":
        return {draft.before.starter}
    if relation in definition.people:
        return all_who_did(draft, definition.people[relation])
    if relation in definition.states or relation in definition.tasks:
        return all_who_did(draft, (relation,))
    values = draft.values(token)
    return _along({**values, **more} if more else values, relation.split("."), relation)


def _along(value: object, path: Sequence[str], relation: str) -> set[str]:
    """Whoever the path names: one person, the people of a list, or everybody in the column of a table."""
    if value is None:
        return set()
    if isinstance(value, (list, tuple)):
        return set[str]().union(*(_along(item, path, relation) for item in value))
    if path and isinstance(value, Mapping):
        return _along(value.get(path[0]), path[1:], relation)
    if not path and isinstance(value, str):
        return {value}
    raise stuck_on("no-people", name=relation, value=repr(value))


WORD = Keyword("exclude", ("task",), SHAPE, __doc__, bind=lambda source, binder: binder.relations(source))
