"""Whom a page offers in a field that says who a later task is for: those who could do it, and no others.

Decides nothing: the same is judged when the form is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.designating import depends_on, suited
from engine.core.draft import Draft
from engine.definition.moves import FormUse
from web.house import house
from web.language import gettext as _
from web.reading import names


@dataclass(frozen=True, slots=True)
class Designated:
    """`people` are the ids and names to choose from by the path of the field, `depends` the fields of the form that
    change who they are.
    """

    people: Mapping[str, list[tuple[str, str]]] = field(default_factory=dict)
    depends: frozenset[str] = frozenset()


def designated(draft: Draft, token: str, use: FormUse, values: Mapping[str, Any], doing: str = "") -> Designated:
    """With so much filled in; who is away is marked, and may be named all the same."""
    found = suited(draft, token, use, values, doing)
    if not found:
        return Designated()
    away = {one.person for one in house().engine.roster.stand_ins(draft.at)}
    called = names()

    def option(person: str) -> tuple[str, str]:
        name = called.get(person, person)
        return person, _("%(who)s (away)") % {"who": name} if person in away else name

    people = {
        path: [option(person) for person in sorted(fit.people, key=lambda one: called.get(one, one))]
        for path, fit in found.items()
    }
    return Designated(people, depends_on(draft.definition, use))
