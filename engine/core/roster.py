"""What a step may ask the house: who holds a role, where somebody works, who stands in for whom, which files are kept,
who works here, what people and roles are called.

Owns these questions and the answers of an empty house, to which every file is good. Asks no store: whoever runs a step
hands in how they are answered, and each is asked only where it matters.
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

Keeps = Callable[[str], bool]
"""Whether the content with this SHA-256 is kept."""

Works = Callable[[str], bool]
"""Whether a person can be given work: they are still here, and do more than read."""

Called = Callable[[str, str], str]
"""What `person:x` or `role:x` is called in a language; x when the house does not know it."""


def nobody(role: str) -> frozenset[str]:
    """The roll of an empty house."""
    return frozenset()


def nowhere(person: str) -> str:
    """The zones of an empty house."""
    return ""


def all_there(at: datetime) -> Sequence[StandIn]:
    """A house in which nobody is away."""
    return ()


def anything(digest: str) -> bool:
    """The files of a house that keeps none, and does not ask for any."""
    return True


def anybody(person: str) -> bool:
    """A house that knows nobody, and takes everybody's word."""
    return True


def plainly(address: str, language: str) -> str:
    """What everybody is called in a house that knows no names."""
    return address.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Roster:
    """See the module."""

    roll: Roll = nobody
    zones: Zones = nowhere
    stand_ins: StandIns = all_there
    keeps: Keeps = anything
    called: Called = plainly
    works: Works = anybody


EMPTY = Roster()
