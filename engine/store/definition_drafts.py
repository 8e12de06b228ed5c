"""Definitions that their owners are writing and have not published: the changed files, for each person and process.

Beside the versions, judged by nobody. A version is only made by `engine.publishing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.store.compiled import Parameter, Statement, upsert
from engine.store.database import Store
from engine.store.fields import decode, encode, from_micros, to_micros
from engine.store.front import DefinitionDraft


@dataclass(frozen=True, slots=True)
class DraftedDefinition:
    """`files` are the changed ones, by path; all others are those of the version with the digest `base`."""

    person: str
    process: str
    base: str
    files: Mapping[str, str]
    saved_at: datetime


_KEEP = upsert(DefinitionDraft)
_DROP = Statement(
    lambda: DefinitionDraft.delete().where(
        (DefinitionDraft.person == Parameter("person")) & (DefinitionDraft.process == Parameter("process"))
    ),
    *("person", "process"),
)
_ONE = Statement(
    lambda: DefinitionDraft.select().where(
        (DefinitionDraft.person == Parameter("person")) & (DefinitionDraft.process == Parameter("process"))
    ),
    *("person", "process"),
)


def keep(store: Store, person: str, process: str, base: str, files: Mapping[str, str], at: datetime) -> None:
    """Keep these files in place of what the person had written before."""
    store.change(_KEEP, person, process, base, encode(dict(files)), to_micros(at))


def drop(store: Store, person: str, process: str) -> None:
    store.change(_DROP, person, process)


def load(store: Store, person: str, process: str) -> DraftedDefinition | None:
    row: tuple[Any, ...] | None = store.row(_ONE, person, process)
    return None if row is None else DraftedDefinition(row[0], row[1], row[2], decode(row[3]), from_micros(row[4]))
