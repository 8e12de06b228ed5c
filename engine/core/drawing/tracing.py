"""Where a case has been: the states it stood in and the moves it took, read from its history.

Owns this reading alone; how it is shown is the picture's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.counting import counting
from engine.core.drawing.picture import Transition
from engine.core.events import Event
from engine.core.instance import Instance


@dataclass(frozen=True, slots=True)
class Trail:
    """`current` are the states it stands in now, `visited` those it ever stood in, `taken` the moves that led
    it there; what was undone is left out.
    """

    case: str = ""
    current: frozenset[str] = frozenset()
    visited: frozenset[str] = frozenset()
    taken: frozenset[Transition] = frozenset()


NOWHERE = Trail()


def trail_of(instance: Instance, events: Iterable[Event]) -> Trail:
    """The trail of a case, from its snapshot and its history."""
    moved = [event.body for event in counting(events) if event.type == "moved"]
    taken = frozenset((body["trigger"], body["from"], body["to"]) for body in moved)
    current = frozenset(instance.states)
    visited = current | {state for _, source, target in taken for state in (source, target)}
    return Trail(instance.reference, current, visited, taken)
