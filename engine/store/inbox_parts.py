"""Parts of an inbox: mine, nobody's, what is due by a time, of one process, about one customer, with certain words.

Owns what a part is and how it is asked for in SQL: a condition within each leg, so that a leg still stops as soon as
it has found enough. The legs are `engine.store.inbox`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize

from peewee import SQL, NodeList, fn

from engine.store.compiled import Parameter
from engine.store.fields import to_micros
from engine.store.front import Glance
from engine.store.models import History, Instance, Task

ANYBODYS, MINE_ALONE, FREE = "", "mine", "free"
_WORDS = ("process", "state", "kind", "due_by", "customer", "priority", "severity", "text", "delegated", "replied")
_MOST = 5
"""Pairs of a field and its value, and tags, that are looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shape of a part: what tells one statement from another. `words` are the conditions, `fields` how many pairs
    of a field and its value, `tags` how many tags.
    """

    whose: str
    words: tuple[str, ...]
    fields: int = 0
    tags: int = 0

    def names(self) -> list[str]:
        """The parameters in the order in which `Only.values` gives them."""
        return [name for word in self.words for name in self._parameters(word)]

    def conditions(self) -> Iterator[Any]:
        """Each on Task; those about the case together, in a question about its row."""
        of_case = [part for word in self.words for part in _of_case(word, self._parameters(word))]
        for word in self.words:
            yield from _of_task(word)
        if of_case:
            yield fn.EXISTS(Instance.select(SQL("1")).where(Instance.id == Task.instance, *of_case))

    def _parameters(self, word: str) -> list[str]:
        if word in ("field", "tag"):
            return [f"{word}{number}" for number in range(self.fields if word == "field" else self.tags)]
        return [] if word == "delegated" else [word]


@dataclass(frozen=True, slots=True)
class Only:
    """A part of an inbox. `whose` is empty, `mine` or `free`; `kind` is task or approval; `delegated` are tasks done on
    behalf of somebody; `replied` those whose customer has written since the person last looked; `fields` are pairs of
    the name of a field and its value, as they were filled in; `tags` the beginnings of tags.
    """

    whose: str = ANYBODYS
    process: str = ""
    state: str = ""
    kind: str = ""
    due_by: datetime | None = None
    customer: str = ""
    priority: str = ""
    severity: str = ""
    text: str = ""
    delegated: bool = False
    replied: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def shape(self) -> Wanted:
        words = [word for word in _WORDS if getattr(self, word)]
        fields, tags = min(len(self.fields), _MOST), min(len(self.tags), _MOST)
        more = (*(("field",) if fields else ()), *(("tag",) if tags else ()))
        return Wanted(self.whose, (*words, *more), fields, tags)

    def values(self, person: str) -> list[Any]:
        """What stands for the parameters of the shape."""
        found: list[Any] = []
        for word in self.shape.words:
            if word == "due_by":
                assert self.due_by is not None
                found.append(to_micros(self.due_by))
            elif word in ("customer", "text"):
                found.append(_containing(getattr(self, word)))
            elif word == "replied":
                found.append(person)
            elif word == "field":
                found += [_containing(f'"{name}":"{value}"') for name, value in self.fields[:_MOST]]
            elif word == "tag":
                found += [_containing(normalize("NFC", f" {tag}")) for tag in self.tags[:_MOST]]
            elif word != "delegated":
                found.append(getattr(self, word))
        return found


EVERYTHING = Only()


def _of_task(word: str) -> Iterator[Any]:
    if word in ("process", "state", "kind"):
        yield getattr(Task, word) == Parameter(word)
    elif word == "due_by":
        yield Task.next_at <= Parameter(word)
    elif word == "delegated":
        yield Task.on_behalf_of != ""
    elif word == "replied":
        yield _replied()


def _of_case(word: str, parameters: Sequence[str]) -> Iterator[Any]:
    if word == "customer":
        yield _any_like((Instance.customer_name, Instance.customer_email), word)
    elif word in ("priority", "severity"):
        yield getattr(Instance, word) == Parameter(word)
    elif word == "text":
        yield _any_like(
            (
                *(Task.title, Task.titles, Instance.reference, Instance.subject),
                *(Instance.customer_name, Instance.customer_email),
            ),
            word,
        )
    elif word == "field":
        for parameter in parameters:
            yield _any_like((Instance.snapshot,), parameter)
    elif word == "tag":
        for parameter in parameters:
            yield _like(SQL("' '").concat(Instance.tags), parameter)


def _any_like(columns: Sequence[Any], parameter: str) -> Any:
    """Whether one of the columns holds the words, however they are written; the words are given once."""
    together = columns[0]
    for column in columns[1:]:
        together = together.concat(" ").concat(column)
    return _like(together, parameter)


def _like(text: Any, parameter: str) -> Any:
    return NodeList((fn.LOWER(text), SQL("LIKE"), Parameter(parameter), SQL("ESCAPE '!'")), parens=True)


def _replied() -> Any:
    """A message from the customer came in that the person has not seen."""
    seen = Glance.select(Glance.seq).where((Glance.person == Parameter("replied")) & (Glance.instance == Task.instance))
    lines = History.select(SQL("1")).where(
        (History.instance == Task.instance)
        & (History.type == "message-received")
        & (History.seq > fn.COALESCE(seen, 0))
    )
    return fn.EXISTS(lines)


def _containing(words: str) -> str:
    """The LIKE pattern of texts that hold these words."""
    for special in "!%_":
        words = words.replace(special, f"!{special}")
    return f"%{words.lower()}%"
