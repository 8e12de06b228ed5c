"""The machine's transitions, put together as a picture shows them: those of one trigger in one state, and those of a
move's branches that look alike.

Owns this grouping alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.drawing.picture import Transition
from engine.core.machine import transitions_of
from engine.definition.model import BEGIN, Definition
from engine.definition.moves import Actions, Branch, Move


def grouped(definition: Definition) -> list[tuple[tuple[str, str], list[Transition]]]:
    """The transitions of each trigger in each state, states in the order of the definition: Graphviz lays out
    in the order it is told.
    """
    found: dict[tuple[str, str], list[Transition]] = {}
    for transition in transitions_of(definition):
        found.setdefault(transition[:2], []).append(transition)
    order = {state: number for number, state in enumerate((BEGIN, *definition.states))}
    return sorted(found.items(), key=lambda entry: order[entry[0][1]])


def shown(move: Move, transitions: Sequence[Transition]) -> list[tuple[Branch | None, str, tuple[Transition, ...]]]:
    """A move's branches (None: all of them together), where each leads and what it stands for.

    One in which nothing at all happens is counted with the branch before it. When all lead to one place, they are one
    arrow: what else they do differently stands in the process.
    """
    (target, *others) = dict.fromkeys(branch.go for branch in move.branches)
    if target and not others and len(move.branches) > 1:
        return [(None, target, tuple(transitions))]
    found: list[tuple[Branch | None, str, tuple[Transition, ...]]] = []
    for branch, transition in zip(move.branches, transitions, strict=True):
        if found and not branch.go and branch.actions == Actions():
            found[-1] = (*found[-1][:2], (*found[-1][2], transition))
        else:
            found.append((branch, branch.go, (transition,)))
    return found
