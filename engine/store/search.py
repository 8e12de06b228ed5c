"""Finding cases by words: in their references, subjects, customers and the numbers that other systems give them, by
what was filled in, by what is to be done, and by what those who work here call them.

Owns what a word is, and how it is asked for. A word is found by its beginning, in any case of letters, with or without
accents, and whatever stands between its parts: `inq-2026` and `inq 2026` both find INQ-2026-00042, `example.org` finds
carla@example.org, `uber` finds Über. `tag:bill` finds what is tagged with billing, `severity:s1` what its process says
is as grave as that, `category:bill` where a field of that name was filled in so.

The words of a case are worked out here and written as one text, so that both databases find the same; each has its
own index over it, FTS5 or a tsvector. Words that nobody can type tell apart what not everybody may find by: who the
customer is, and what the house knows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from re import compile as pattern
from typing import Any

from peewee import Node

from engine.core.instance import Instance
from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.models import Instance as Case
from engine.store.registers import Search

LONGEST, MOST = 64, 20
"""Letters of a word, and parts of what is written without a space, that are looked at."""
FIRST, VALUES = 8, 200
"""Words of a value, and words of all values of a case, by which it is found."""
MARKS = ("tag", "severity")
_MARK, _IS = "\ue000", "\ue002"
"""What people here call a case, and what was filled in: a customer does not find their case by it."""
_PERSONAL, _TO_DO = "\ue001", "\ue003"
"""Who the customer is; what is to be done."""
_YES_OR_NO = {"True": "true yes", "False": "false no"}
_PARTS = pattern(r"[^\W_]+")
_NAMING = ("name", "email", "phone")
_IN_SQLITE = ("id IN (SELECT rowid FROM search_index WHERE search_index MATCH ", ")")
_IN_POSTGRESQL = ("array_to_tsvector(string_to_array(words, ' ')) @@ CAST(", " AS tsquery)")

_KEEP = Statement(
    lambda: Search.insert({Search.instance: Parameter("instance"), Search.words: Parameter("words")}).on_conflict(
        conflict_target=[Search.instance], preserve=[Search.words]
    ),
    *("instance", "words"),
)


Meaning = tuple[str, str, str]
"""The name of a field, what people call one of its values, and the value: as they are asked for, see `spelt`."""


@dataclass(frozen=True, slots=True)
class Eyes:
    """By what somebody may find a case. `personal`: by who the customer is; `house`: by its tags, its severity, what is
    to be done and what was filled in; `fields` are those by whose values they may, None for all. `meanings` are further
    words for what was filled in.
    """

    personal: bool = True
    house: bool = True
    fields: frozenset[str] | None = None
    meanings: tuple[Meaning, ...] = ()


ALL = Eyes()


# --- what a case is found by


def words(*texts: str) -> str:
    """Everything by which these texts are found, a space between: each word, and what begins at each of its parts."""
    return " ".join(_beginnings(" ".join(texts)))


@lru_cache(maxsize=4_096)
def _beginnings(text: str) -> tuple[str, ...]:
    # Remembered, as is what is found by a value: a step changes little of what its case is found by.
    found: dict[str, None] = {}
    for chunk in _folded(text).split():
        parts = _PARTS.findall(chunk)[:MOST]
        for number in range(len(parts)):
            found["".join(parts[number:])[:LONGEST]] = None
    return tuple(found)


@lru_cache(maxsize=4_096)
def _parts(text: str) -> tuple[str, ...]:
    return tuple(_PARTS.findall(_folded(text)))


def _together(chunk: str) -> str:
    return "".join(_PARTS.findall(chunk)[:MOST])[:LONGEST]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def field_name(name: str) -> str:
    """The name of a field as it is asked for: in any case of letters, whatever stands between its parts."""
    return _together(_folded(name))


def spelt(text: str) -> str:
    """A word or several as they are asked for: in small letters, without accents, nothing between their parts."""
    return _together(_folded(text))


def asked_by_name(text: str) -> Iterator[str]:
    """The names before a colon, as they were typed, by which this search asks for something."""
    for chunk in text.split():
        name, _colon, value = chunk.partition(":")
        if name[:1].isalpha() and spelt(value) and not value.startswith("//"):
            yield name


def write(store: Store, old: Instance | None, new: Instance) -> None:
    """Bring the words of a case from `old` (None: there are none) to `new`."""
    if old is None or _found_by(old) != _found_by(new):
        store.change(_KEEP, new.id, words_of(*_found_by(new)))


def _found_by(case: Instance) -> tuple[Any, ...]:
    """What `words_of` takes."""
    return (
        (case.reference, case.external_id),
        case.subject,
        case.customer,
        case.data,
        case.severity,
        case.tags,
        tuple(title for task in case.tasks.values() for title in (task.title, *task.titles.values())),
    )


def words_of(
    numbers: Iterable[str],
    subject: str,
    customer: Mapping[str, str],
    data: Mapping[str, Any],
    severity: str,
    tags: Iterable[str],
    titles: Iterable[str],
) -> str:
    """The words of a case, a space between. `numbers` are its reference and what other systems call it, `titles` those
    of its open tasks, in every language. A word of the subject or of a title that is one of the customer's name or
    address is as personal as that is.
    """
    named = [customer[word] for word in _NAMING if customer.get(word)]
    secret = frozenset(_parts(" ".join(named)))
    told, to_do, personal = list(numbers), list[str](), list(named)
    for text, of in ((subject, told), (" ".join(dict.fromkeys(titles)), to_do)):
        for chunk in [text] if secret.isdisjoint(_parts(text)) else text.split():
            (of if secret.isdisjoint(_parts(chunk)) else personal).append(chunk)
    marks = [("tag", tag) for tag in tags] + [("severity", severity)]
    found = [
        *_beginnings(" ".join(told)),
        *(f"{_PERSONAL}{word}" for word in _beginnings(" ".join(personal))),
        *(f"{_TO_DO}{word}" for word in _beginnings(" ".join(to_do))),
        *(_mark(name, _together(_folded(value))) for name, value in marks if value),
        *dict.fromkeys(_filled(data, [])[:VALUES]),
    ]
    return " ".join(found)


def _mark(name: str, value: str) -> str:
    return f"{_MARK}{name}{_IS}{value}"[:LONGEST]


def _filled(values: Mapping[str, Any], found: list[str]) -> list[str]:
    """`found`, with the words of each value that was filled in, under the name of its field; those of tables and forms
    likewise. It ends when there are enough.
    """
    for name, value in values.items():
        if len(found) >= VALUES:
            break
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, Mapping):
                _filled(one, found)
            elif one is not None:
                found += _of_value(name, str(one)[: LONGEST * FIRST])
    return found


@lru_cache(maxsize=8_192)
def _of_value(name: str, text: str) -> tuple[str, ...]:
    found: list[str] = []
    for chunk in _YES_OR_NO.get(text, text).split()[:FIRST]:
        # Of a number or a date nobody looks for the second half.
        found += _beginnings(chunk) if any(map(str.isalpha, chunk)) else filter(None, (_together(chunk),))
    field = field_name(name)
    return tuple(_mark(field, word) for word in found) if field else ()


# --- how it is asked for


def question(store: Store, text: str, customer: str = "", eyes: Eyes = ALL) -> str:
    """What the database's index is asked, for cases that hold all of these words, and those of `customer` in the
    customer's name or address. One that no case answers, where nothing was asked that can be found.
    """
    every = [*_asked(text, eyes), *_asked_of_customer(customer, eyes)]
    if not every or not all(every):
        every = [[_MARK]]  # no case has a bare mark
    if store.locks_rows:
        return " & ".join(f"({' | '.join(_as_term(word) for word in words)})" for words in every)
    return " AND ".join(f"({' OR '.join(_as_phrase(word) for word in words)})" for words in every)


def _as_term(word: str) -> str:
    return f"'{word}'" if word == _MARK else f"'{word}':*"


def _as_phrase(word: str) -> str:
    return f'"{word}"' if word == _MARK else f'"{word}"*'


def _asked(text: str, eyes: Eyes) -> Iterator[list[str]]:
    """For each word that somebody looks for the beginnings of words, one of which has to be there."""
    for chunk in text.split():
        folded = _folded(chunk)
        name, _colon, value = folded.partition(":")
        field, wanted, plain = field_name(name), _together(value), _together(folded)
        if not plain:
            continue
        found = [] if field in MARKS and wanted and eyes.house else [plain]
        if field and wanted and eyes.house and (field in MARKS or eyes.fields is None or field in eyes.fields):
            found.append(_mark(field, wanted))
            found += [_mark(field, to) for of, said, to in eyes.meanings if of == field and said.startswith(wanted)]
        if found[0] == plain:
            found += [f"{_PERSONAL}{plain}"] if eyes.personal else []
            found += [f"{_TO_DO}{plain}"] if eyes.house else []
        yield found


def _asked_of_customer(text: str, eyes: Eyes) -> Iterator[list[str]]:
    for chunk in _folded(text).split():
        if word := _together(chunk):
            yield [f"{_PERSONAL}{word}"] if eyes.personal else []


class _Answers(Node):
    """That the words of a case answer a question, as the index of each kind of database is asked."""

    def __init__(self, question: Any) -> None:
        self.question = question

    def __sql__(self, ctx: Any) -> Any:
        before, after = _IN_POSTGRESQL if ctx.state.param == "%s" else _IN_SQLITE
        return ctx.literal(before).sql(self.question).literal(after)


def answering(question: Any) -> Any:
    """The ids of the cases that answer it: what `question` gives, or the parameter that stands for it."""
    return Search.select(Search.instance).where(_Answers(question))


def condition(store: Store, text: str, customer: str = "", eyes: Eyes = ALL) -> Any:
    """That a case holds all of these words; one without a letter or digit finds nothing."""
    return Case.id.in_(answering(question(store, text, customer, eyes)))
