"""Parts of a document that are marked (`&office`) and used again (`*office`).

Owns what has been marked and how much its repetition may cost. Knows nothing of YAML's events.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.definition.nodes import Node
from engine.definition.suggest import near
from engine.errors import Place, Problem

EXPANSION = 2_000
"""Most values that all aliases of a file may repeat together."""

_GUESSES = 20


@dataclass(frozen=True, slots=True)
class Marked:
    """A marked part: how many values it holds with what it repeats itself, and how many levels lie below its
    first.
    """

    node: Node
    size: int
    height: int


class Aliases:
    """The marks of one document, in the order they come."""

    def __init__(self) -> None:
        self._marked: dict[str, Marked] = {}
        self._repeated = 0
        self._unknown = 0

    def mark(self, name: str, part: Marked) -> None:
        self._marked[name] = part

    def second(self, name: str, opened: Collection[str | None], place: Place) -> Problem | None:
        """The problem of marking two parts with one name; `opened` are those not ended yet."""
        if name not in self._marked and name not in opened:
            return None
        message = f"`&{name}` marks something above already"
        return Problem(place, "yaml-syntax", message, "Choose another name")

    def use(self, name: str, opened: Collection[str | None], place: Place, levels: int) -> Marked | Problem | None:
        """What is marked so, or the problem; None where a problem of the same kind has been told. `levels`
        may still come below.
        """
        if name in opened:
            message = f"`*{name}` stands inside of what it repeats"
            return Problem(place, "alias-limit", message, "Write out what is meant")
        part = self._marked.get(name)
        if part is None:
            self._unknown += 1
            guess = near(name, self._marked) if self._unknown <= _GUESSES else ""
            message = f"Nothing above is marked `&{name}`{guess}"
            advice = f'Write out what is meant, or put `"*{name}"` in quotes if it is a text'
            return Problem(place, "yaml-syntax", message, advice)
        before, self._repeated = self._repeated, self._repeated + part.size
        if self._repeated > EXPANSION:
            if before > EXPANSION:
                return None
            message = f"Expected aliases to repeat at most {EXPANSION:,} values in all, but `*{name}` goes beyond"
            return Problem(place, "alias-limit", message, "Write out what is meant, or repeat less")
        if part.height > levels:
            message = f"Expected at most {levels} more levels here, but `*{name}` has {part.height}"
            return Problem(place, "too-deep", message, "Write it flatter")
        return part
