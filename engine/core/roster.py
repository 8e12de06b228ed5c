"""What a step may ask about the people of the house: who holds a role, where somebody works, who stands in for whom.

Owns these questions and the answers of an empty house. Asks no store: whoever runs a step hands in how they are
answered, and each is asked only where it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StandIn:
    """At some moment `person` is away, and `deputy` stands in for them as somebody of these roles."""

    person: str
    deputy: str
    roles: frozenset[str]


Roll = Callable[[str], frozenset[str]]
"""Who holds a role now."""

Zones = Callable[[str], str]
"""The time zone in which a person works; empty for somebody who is not known."""

StandIns = Callable[[datetime], Sequence[StandIn]]
"""Who stands in for whom at a moment, by what is known now."""


def nobody(role: str) -> frozenset[str]:
    """The roll of an empty house."""
    return frozenset()


def nowhere(person: str) -> str:
    """The zones of an empty house."""
    return ""


def all_there(at: datetime) -> Sequence[StandIn]:
    """A house in which nobody is away."""
    return ()


@dataclass(frozen=True, slots=True)
class Roster:
    """See the module."""

    roll: Roll = nobody
    zones: Zones = nowhere
    stand_ins: StandIns = all_there


EMPTY = Roster()
