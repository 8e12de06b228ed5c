"""What a search can ask for by name: the fields of the deployed processes, and what people call their choices.

Owns how `category:Rechnung` comes to mean what is kept as `billing`, in every language of a process, and which names
nobody knows. What is found by a word is `engine.store.search`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.definition.forms import FormField
from engine.definition.model import Definition
from engine.definition.suggest import closest, nearest
from engine.definition.types import Boolean, Choice, ListOf
from engine.store.search import MARKS, Meaning, asked_by_name, field_name, spelt, words

OFFERED = 8
"""Fields that are named to whoever asked for one that nobody knows; all of them would be a hundred."""

_YES_AND_NO = (("yes", "true"), ("no", "false"), ("ja", "true"), ("nein", "false"))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`names` are the fields as they are written, `chosen` those of them that have a choice, and `meanings` what the
    labels of choices stand for.
    """

    names: frozenset[str] = frozenset()
    chosen: frozenset[str] = frozenset()
    meanings: tuple[Meaning, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that somebody asked for and nobody knows; `instead` is the one that they may have meant, or empty, and
    `offered` a few that they can ask for.
    """

    name: str
    instead: str
    offered: tuple[str, ...]


def vocabulary(definitions: Iterable[Definition]) -> Vocabulary:
    """That of all these processes together."""
    every = [_of(definition) for definition in definitions]
    return Vocabulary(
        frozenset().union(*(one.names for one in every)),
        frozenset().union(*(one.chosen for one in every)),
        tuple(dict.fromkeys(meaning for one in every for meaning in one.meanings)),
    )


@lru_cache(maxsize=256)
def _of(definition: Definition) -> Vocabulary:
    names, chosen, meanings = set[str](), set[str](), dict[Meaning, None]()
    for use in definition.forms():
        for field in _every(use.form.fields):
            names.add(field.name)
            of = field.type.item if isinstance(field.type, ListOf) else field.type
            if isinstance(of, Choice | Boolean):
                chosen.add(field.name)
                labels = _labels(field) if isinstance(of, Choice) else _YES_AND_NO
                meanings |= {
                    (field_name(field.name), said, spelt(value)): None
                    for label, value in labels
                    for said in (spelt(label), *words(label).split())
                }
    return Vocabulary(frozenset(names), frozenset(chosen), tuple(meanings))


def _every(fields: Iterable[FormField]) -> Iterator[FormField]:
    for field in fields:
        yield from field.columns if field.is_table else (field,)


def _labels(field: FormField) -> Iterator[tuple[str, str]]:
    for value, label in field.labels.items():
        for text in (label,) if isinstance(label, str) else label.values():
            yield text, value


def unknown(text: str, words: Vocabulary) -> tuple[Unknown, ...]:
    """The names in `text` that are no field and no mark; times and addresses of the web ask for nothing."""
    known = {field_name(name): name for name in words.names}
    return tuple(
        Unknown(name, closest(name, (*known.values(), *MARKS)) or "", nearest(name, (*words.chosen, *MARKS), OFFERED))
        for name in dict.fromkeys(asked_by_name(text))
        if field_name(name) not in known and field_name(name) not in MARKS
    )
