"""A process as a graph: what can follow what, the shortest run to a place, and which states lie in which
branch.

Owns these walks, each done once. Knows no rule and no expression: a move counts as possible whatever its
guards say.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from functools import cached_property

from engine.definition.model import BEGIN, JOIN
from engine.definition.outline import Edge, Outline
from engine.definition.sources import SourceMove, SourceState

ANYWHERE = ("anywhere", "heed")
"""The kinds of moves that stand at the head of the process."""

_SHOWN = 12


class Graph:
    """See the module. Steps are those of the outline; the places are the states and `start`."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.steps: dict[str, list[Edge]] = {}
        for edge in outline.edges():
            self.steps.setdefault(edge.source, []).append(edge)

    @cached_property
    def before(self) -> dict[str, str]:
        """Every place that some run comes to, with the place before it on the shortest one."""
        found = {BEGIN: ""}
        todo = deque([BEGIN])
        while todo:
            here = todo.popleft()
            for edge in self.steps.get(here, ()):
                if edge.target not in found:
                    found[edge.target] = here
                    todo.append(edge.target)
        return found

    def run_to(self, state: str) -> str:
        """The shortest run, as `start → received → triaged`; of a very long one its two ends."""
        if state not in self.before:
            return state
        way = [state]
        while self.before[way[-1]]:
            way.append(self.before[way[-1]])
        return in_a_row(reversed(way))

    @cached_property
    def main(self) -> frozenset[str]:
        """The states that the case itself can stand in, whatever its branches do."""
        return frozenset(self._spread([BEGIN], (edge for edges in self.steps.values() for edge in edges))) - {BEGIN}

    def _spread(self, begin: Iterable[str], edges: Iterable[Edge]) -> set[str]:
        after: dict[str, list[str]] = {}
        for edge in edges:
            if edge.how != "branch":
                after.setdefault(edge.source, []).append(edge.target)
        return spread(begin, after)

    @cached_property
    def own(self) -> dict[str, list[str]]:
        """For each state, the states that its own moves lead to; `join` is among them where a branch ends."""
        return {
            name: [
                JOIN if target.text == JOIN else self.outline.meant(target)
                for move in state.moves
                for target in move.targets
            ]
            for name, state in self.outline.states.items()
        }

    def branch(self, start: str) -> frozenset[str]:
        """The states that a branch beginning here can come to by its own moves, before it joins."""
        found = self._branches.get(start)
        if found is None:
            found = frozenset(name for name in spread([start], self.own) if name in self.outline.states)
            self._branches[start] = found
        return found

    @cached_property
    def _branches(self) -> dict[str, frozenset[str]]:
        return {}

    @cached_property
    def joining(self) -> frozenset[str]:
        """The states from which a branch can come to `join` by its own moves."""
        return frozenset(back([JOIN], self.own)) - {JOIN}

    @cached_property
    def inside(self) -> frozenset[str]:
        """The states that branches come to by their own moves, whether they should or not."""
        starts = [start for owner in self.forks() if owner.fork is not None for start in owner.fork.starts]
        return frozenset[str]().union(*(self.branch(self.outline.meant(start)) for start in starts))

    @cached_property
    def belonging(self) -> frozenset[str]:
        """The states that lie in branches. One that the main path comes to as well is the main path's when
        the way
        from it ends the case, and the branch's when it joins.
        """
        starts = {start.text for owner in self.forks() if owner.fork is not None for start in owner.fork.starts}
        return frozenset(n for n in self.inside if n not in self.main or n in self.joining or n in starts)

    def forks(self) -> Iterator[SourceState]:
        """The states that begin branches."""
        return (state for state in self.outline.states.values() if state.fork is not None)

    def moves(self) -> Iterator[tuple[SourceState | None, SourceMove]]:
        """Every move as written, with the state it starts from; None at the head of the process."""
        yield None, self.outline.start
        for state in self.outline.states.values():
            for move in state.moves:
                yield state, move
        for move in self.outline.anywhere:
            yield None, move


def spread(begin: Iterable[str], after: dict[str, list[str]]) -> set[str]:
    """Everything that can be come to, the beginning too."""
    found = set(begin)
    todo = list(found)
    while todo:
        for name in after.get(todo.pop(), ()):
            if name not in found:
                found.add(name)
                todo.append(name)
    return found


def back(ends: Iterable[str], after: dict[str, list[str]]) -> set[str]:
    """Everything from which one of the ends can be come to, the ends too."""
    before: dict[str, list[str]] = {}
    for source, targets in after.items():
        for target in targets:
            before.setdefault(target, []).append(source)
    return spread(ends, before)


def in_a_row(way: Iterable[str]) -> str:
    """`a → b → c`; of a very long run its two ends."""
    states = list(way)
    if len(states) > _SHOWN:
        states = [*states[: _SHOWN // 2], "…", *states[-_SHOWN // 2 :]]
    return " → ".join(states)


def listed(names: Iterable[str], most: int = 8) -> str:
    """`a, b and c`; of very many the first ones and how many more there are."""
    known = list(names)
    if len(known) > most:
        return f"{', '.join(known[:most])} and {len(known) - most} more"
    return " and ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
