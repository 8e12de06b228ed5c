"""What is still to do after a step: written in the step's transaction, done later (messages) or beside it (drafts).

Owns the shapes alone. `SendMessage` becomes an outbox row; `KeepDraft` and `DropDrafts` change the drafts that lie beside a task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SendMessage:
    """A message exactly as it goes out: rendered in the step, so that what was sent can be shown for ever. `id` is unique in the case."""

    id: str
    template: str
    language: str
    to: str
    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class KeepDraft:
    """Keep what `person` typed for `task`."""

    task: str
    person: str
    values: Mapping[str, Any]
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class DropDrafts:
    """The task is done: nobody's draft for it is needed any more."""

    task: str


Effect = SendMessage | KeepDraft | DropDrafts
