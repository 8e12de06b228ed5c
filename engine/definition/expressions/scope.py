"""What an expression may speak of: names with their types, and whether they are surely there.

Owns the scope. Knows no syntax, and not where the names come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from engine.definition.types import Type


@dataclass(frozen=True, slots=True)
class Name:
    """A top-level name.

    When it is not `always` there, `why` tells which path has not set it, as a clause: `reopened comes here
    without triage`. It is made into text only where a problem is told.
    """

    type: Type
    always: bool = True
    why: object = ""


class Condition(Protocol):
    """A checked expression that is known to hold."""

    @property
    def checked(self) -> Any: ...


class Scope:
    """Names by word, and the conditions known to hold. Never changes: `with_names` and `knowing` make a new one."""

    __slots__ = ("given", "names")

    def __init__(self, names: Mapping[str, Name], given: tuple[Condition, ...] = ()) -> None:
        self.names: Mapping[str, Name] = dict(names)
        self.given = given

    def with_names(self, more: Mapping[str, Name]) -> Scope:
        """This scope and more names; a name given again replaces the old one."""
        return Scope({**self.names, **more}, self.given)

    def knowing(self, condition: Condition) -> Scope:
        """This scope behind a condition that holds: what it proves to be set may be used."""
        return Scope(self.names, (*self.given, condition))
