"""What an expression may speak of: names with their types, and whether they are surely there.

Owns the scope. Knows no syntax, and not where the names come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.definition.types import Type


@dataclass(frozen=True, slots=True)
class Name:
    """A top-level name.

    When it is not `always` there, `why` tells which path has not set it, as a clause: `reopened comes here
    without triage`.
    """

    type: Type
    always: bool = True
    why: str = ""


class Scope:
    """Names by word. Never changes: `with_names` makes a new one."""

    __slots__ = ("names",)

    def __init__(self, names: Mapping[str, Name]) -> None:
        self.names: Mapping[str, Name] = dict(names)

    def with_names(self, more: Mapping[str, Name]) -> Scope:
        """This scope and more names; a name given again replaces the old one."""
        return Scope({**self.names, **more})
