"""What a case is told of those that it has called: one frozen class a command. The system alone asks these.

Owns no behaviour; `engine.core.calls` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.core.actors import Actor
from engine.core.commands import Command
from engine.errors import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChild(Command):
    """The case that was called has begun."""

    link: str
    instance: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed(Command):
    """The case that was called could not be started: `why`, and what was asked for in whose name, to ask again."""

    link: str
    why: str
    caller: Actor
    values: Mapping[str, Any]
    received_at: datetime | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildEnded(Command):
    """The case that was called has ended: its outcome, or `cancelled`."""

    link: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildReopened(Command):
    """The case that was called had ended and goes on."""

    link: str
