"""Finding cases by words: in their references, subjects, customers and the numbers that other systems give them, and by
what those who work here call them.

Owns what a word is, and how it is asked for. A word is found by its beginning, in any case of letters, with or without
accents, and whatever stands between its parts: `inq-2026` and `inq 2026` both find INQ-2026-00042, `example.org` finds
carla@example.org, `uber` finds Über. `tag:bill` finds what is tagged with billing, `severity:s1` what its process says
is as grave as that.

The words of a case are worked out here and written as one text, so that both databases find the same; each has its own
index over it, FTS5 or a tsvector.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from peewee import SQL

from engine.core.instance import Instance
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.models import Instance as Case
from engine.store.registers import Search

LONGEST, MOST = 64, 20
"""Letters of a word, and parts of what is written without a space, that are looked at."""
MARKS = ("tag", "severity")
_MARK = "\ue000"
"""Stands before what people here call a case, and nobody can type it: a customer does not find their case by it."""
_PARTS = re.compile(r"[^\W_]+")
_SQLITE = "SELECT rowid FROM search_index WHERE search_index MATCH ?"
_POSTGRESQL = "array_to_tsvector(string_to_array(words, ' ')) @@ CAST(%s AS tsquery)"

_KEEP = Statement(
    lambda: Search.insert({Search.instance: Parameter("instance"), Search.words: Parameter("words")}).on_conflict(
        conflict_target=[Search.instance], preserve=[Search.words]
    ),
    *("instance", "words"),
)


def words(*texts: str) -> str:
    """Everything by which these texts are found, a space between: each word, and what begins at each of its parts."""
    found: dict[str, None] = {}
    for chunk in _folded(" ".join(texts)).split():
        parts = _PARTS.findall(chunk)[:MOST]
        for number in range(len(parts)):
            found["".join(parts[number:])[:LONGEST]] = None
    return " ".join(found)


def _asked(text: str, marks: bool) -> list[str]:
    """The beginnings of words that somebody looks for."""
    found = []
    for chunk in _folded(text).split():
        name, _colon, value = chunk.partition(":")
        if marks and name in MARKS and (word := _together(value)):
            found.append(f"{_MARK}{name}{word}")
        elif word := _together(chunk):
            found.append(word)
    return found


def _together(chunk: str) -> str:
    return "".join(_PARTS.findall(chunk)[:MOST])[:LONGEST]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def write(store: Store, old: Instance | None, new: Instance) -> None:
    """Bring the words of a case from `old` (None: there are none) to `new`."""
    texts, marks = _texts(new), _marks(new)
    if old is None or _texts(old) != texts or _marks(old) != marks:
        marked = (f"{_MARK}{name}{_together(_folded(value))}" for name, value in marks)
        store.change(_KEEP, new.id, " ".join((words(*texts), *marked)))


def _texts(case: Instance) -> tuple[str, ...]:
    customer = case.customer
    return (
        case.reference,
        case.external_id,
        case.subject,
        str(customer.get("name") or ""),
        str(customer.get("email") or ""),
    )


def _marks(case: Instance) -> list[tuple[str, str]]:
    return [*(("tag", tag) for tag in case.tags), *([("severity", case.severity)] if case.severity else [])]


def condition(store: Store, text: str, marks: bool = True) -> Any:
    """That a case holds all of these words; one without a letter or digit finds nothing. Without `marks`, tags and
    severity are not looked at.
    """
    asked = _asked(text, marks)
    if not asked:
        return SQL("1 = 0")
    found: Any
    if store.locks_rows:
        found = SQL(_POSTGRESQL, (" & ".join(f"'{word}':*" for word in asked),))
    else:
        found = Search.id.in_(SQL(f"({_SQLITE})", (" ".join(f'"{word}"*' for word in asked),)))
    return Case.id.in_(Search.select(Search.instance).where(found))
