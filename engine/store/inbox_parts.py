"""Parts of an inbox: mine, nobody's, what is due by a time, of one process, about one customer, with certain words.

Owns what a part is and how it is asked for in SQL: a condition within each leg, so that a leg still stops as soon as
it has found enough. The legs are `engine.store.inbox`', the words `engine.store.search`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from engine.store.compiled import Parameter
from engine.store.database import Store
from engine.store.fields import to_micros
from engine.store.front import Glance
from engine.store.models import APPROVALS, History, Instance, Task
from engine.store.search import ALL, Eyes, answering, question

ANYBODYS, MINE_ALONE, FREE, GIVEN = "", "mine", "free", "given"
_OF_CASE = ("priority", "severity")
_WORDS = ("process", "state", "kind", "assignee", "due_after", "due_by", "delegated", "replied", *_OF_CASE)
_APPROVALS = "approvals"
"""How a shape says that only those are wanted: they have an index of their own, which no parameter could use."""
_DUE = ("due_after", "due_by")
_WITHOUT_VALUE = ("delegated", _APPROVALS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The shape of a part: what tells one statement from another. `words` are the conditions."""

    whose: str
    words: tuple[str, ...]

    def names(self) -> list[str]:
        """The parameters in the order in which `Only.values` gives them."""
        return [word for word in self.words if word not in _WITHOUT_VALUE]

    def conditions(self) -> Iterator[Any]:
        """Each on Task; those about the case together, in a question about its row."""
        about = [word for word in self.words if word in _OF_CASE]
        of_case = [getattr(Instance, word) == Parameter(word) for word in about]
        for word in self.words:
            yield from _of_task(word)
        if of_case:
            yield fn.EXISTS(Instance.select(SQL("1")).where(Instance.id == Task.instance, *of_case))


@dataclass(frozen=True, slots=True)
class Only:
    """A part of an inbox. `whose` is empty, `mine`, `free` or `given`: done by others on one's behalf, now or from
    some time on; `kind` is task or approval; `assignee` who has the task; `delegated` are tasks done on behalf of
    somebody; `replied` those whose customer has written since the person last looked. `text` are words by which the
    case is found, `customer` words of the customer's name or address, and `eyes` by what they may be found.
    """

    whose: str = ANYBODYS
    process: str = ""
    state: str = ""
    kind: str = ""
    assignee: str = ""
    due_after: datetime | None = None
    due_by: datetime | None = None
    customer: str = ""
    priority: str = ""
    severity: str = ""
    text: str = ""
    delegated: bool = False
    replied: bool = False
    eyes: Eyes = ALL

    @property
    def shape(self) -> Wanted:
        words = [word for word in _WORDS if getattr(self, word)]
        if self.kind == "approval":
            words[words.index("kind")] = _APPROVALS
        return Wanted(self.whose, (*words, "text") if self.text or self.customer else tuple(words))

    def values(self, store: Store, person: str) -> list[Any]:
        """What stands for the parameters of the shape."""
        found: list[Any] = []
        for word in self.shape.names():
            if word in _DUE:
                found.append(to_micros(getattr(self, word)))
            elif word == "replied":
                found.append(person)
            elif word == "text":
                found.append(question(store, self.text, self.customer, self.eyes))
            else:
                found.append(getattr(self, word))
        return found


EVERYTHING = Only()


def _of_task(word: str) -> Iterator[Any]:
    if word in ("process", "state", "kind", "assignee"):
        yield getattr(Task, word) == Parameter(word)
    elif word == "due_by":
        yield Task.next_at <= Parameter(word)
    elif word == "due_after":
        yield Task.next_at > Parameter(word)
    elif word == _APPROVALS:
        yield Task.id.in_(approvals())
    elif word == "delegated":
        yield Task.on_behalf_of != ""
    elif word == "replied":
        yield _replied()
    elif word == "text":
        yield Task.instance.in_(answering(Parameter(word)))


def approvals() -> Any:
    """The ids of the approvals that wait."""
    waiting = Task.alias()
    return waiting.select(waiting.id).where(APPROVALS)


def _replied() -> Any:
    """A message from the customer came in that the person has not seen."""
    seen = Glance.select(Glance.seq).where((Glance.person == Parameter("replied")) & (Glance.instance == Task.instance))
    lines = History.select(SQL("1")).where(
        (History.instance == Task.instance)
        & (History.type == "message-received")
        & (History.seq > fn.COALESCE(seen, 0))
    )
    return fn.EXISTS(lines)
