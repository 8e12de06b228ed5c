"""What of a process the scenarios have reached, and what they have not.

Owns the list of what there is to reach, each thing with its place and with the step that would reach it. Runs
nothing: it is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.errors import Place, Problem

STATES, TRANSITIONS, GUARDS, TIMERS, RUNGS, RULES, CONFIRMATIONS, ROWS, ENDS = (
    "states",
    "transitions",
    "guards",
    "timers",
    "escalations",
    "approval rules",
    "confirmations",
    "decision rows",
    "outcomes",
)
KINDS = (STATES, TRANSITIONS, GUARDS, TIMERS, RUNGS, RULES, CONFIRMATIONS, ROWS, ENDS)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Element:
    """One thing to reach: `what` names it, `step` says what would reach it."""

    kind: str
    place: Place
    what: str
    step: str


@dataclass(slots=True)
class Coverage:
    """The elements of one process by their keys, and the keys that were reached."""

    elements: dict[Key, Element] = field(default_factory=dict)
    reached: set[Key] = field(default_factory=set)

    def add(self, key: Key, element: Element) -> None:
        self.elements[key] = element

    def reach(self, keys: Iterable[Key]) -> None:
        self.reached.update(key for key in keys if key in self.elements)

    def count(self, kind: str) -> tuple[int, int]:
        """How many of a kind were reached, of how many."""
        of = [key for key, element in self.elements.items() if element.kind == kind]
        return sum(1 for key in of if key in self.reached), len(of)

    @property
    def missing(self) -> tuple[Element, ...]:
        """What was not reached, in the order of the file."""
        left = [element for key, element in self.elements.items() if key not in self.reached]
        return tuple(sorted(left, key=lambda element: (element.place, KINDS.index(element.kind))))

    @property
    def percent(self) -> int:
        """0 to 100, rounded down, so that 100 means everything."""
        return 100 * len(self.reached) // len(self.elements) if self.elements else 100

    def problems(self) -> tuple[Problem, ...]:
        """One problem for each thing that was not reached."""
        return tuple(
            Problem(
                element.place,
                "not-covered",
                f"Expected a scenario that reaches {element.what}, but there is none",
                element.step,
            )
            for element in self.missing
        )
