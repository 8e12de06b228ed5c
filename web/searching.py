"""By what whoever asks may find a case: to find one by a name would tell that name.

Owns this question for the inbox and the register alike. What a word finds, is `engine.store.search`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from engine.definition.forms import Form, FormField
from engine.definition.model import Definition
from engine.definition.types import Boolean, Choice, Date, Instant, ListOf, Number
from engine.search_words import unknown, vocabulary
from engine.store.search import Eyes, field_name
from web.access import visitor
from web.house import house
from web.language import gettext as _
from web.masking import who_fields
from web.reading import deployed, forms_by_alias, own_reach

_TELLS_NOBODY = (Choice, Number, Date, Instant, Boolean)
"""What is chosen or counted names no person; what somebody typed may be anything."""


def own_eyes(text: str) -> Eyes:
    """For a search of `text`. Customers find by what they know themselves; those from whom personal data is hidden, by
    what tells nothing of it.
    """
    if not visitor().is_staff:
        return Eyes(house=False)
    meanings = vocabulary(_definitions()).meanings if ":" in text else ()
    if not own_reach().masked:
        return Eyes(meanings=meanings)
    return Eyes(personal=False, fields=impersonal(_definitions()), meanings=meanings)


def unheard_of(text: str) -> list[str]:
    """A sentence for each field that somebody asked for by a name that nobody knows, and one for a few there are."""
    if ":" not in text or not visitor().is_staff:
        return []
    asked = unknown(text, vocabulary(_definitions()))
    told = [
        _("No process has a field “%(name)s”. Did you mean “%(instead)s”?") % {"name": one.name, "instead": one.instead}
        if one.instead
        else _("No process has a field “%(name)s”.") % {"name": one.name}
        for one in asked
    ]
    if asked:
        names = ", ".join(dict.fromkeys(name for one in asked for name in one.offered))
        told.append(_("You can ask for the fields of all forms, such as: %(names)s.") % {"names": names})
    return told


def _definitions() -> list[Definition]:
    return [house().engine.definition(digest) for digest in {one.digest for one in deployed()}]


def impersonal(definitions: Iterable[Definition]) -> frozenset[str]:
    """The fields that tell nothing personal in any form of these processes, by names as they are asked for."""
    every = [_told_apart(definition) for definition in definitions]
    return frozenset().union(*(open for open, _ in every)) - frozenset().union(*(closed for _, closed in every))


@lru_cache(maxsize=256)
def _told_apart(definition: Definition) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the fields of a process that tell nobody, and of those that may."""
    found: tuple[set[str], set[str]] = (set(), {field_name(name) for name in who_fields(definition)})
    for form in forms_by_alias(definition).values():
        for field in _every(form):
            of = field.type.item if isinstance(field.type, ListOf) else field.type
            found[not isinstance(of, _TELLS_NOBODY)].add(field_name(field.name))
    return frozenset(found[0]), frozenset(found[1])


def _every(form: Form) -> Iterator[FormField]:
    for field in form.fields:
        yield from field.columns if field.is_table else (field,)
