"""Which names every path to a place has surely set: definite assignment, a forward must-analysis over the outline's
graph.

Owns what each move brings and what is known where, and the shortest run that comes to a place without a name. Knows no
types and no expressions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from engine.definition.model import BEGIN, JOIN
from engine.definition.outline import Edge, Outline
from engine.definition.sources import SourceActions, SourceMove, SourceState

MILESTONE = "milestones."

Known = frozenset[str]


class Way:
    """The clause that tells which run comes to a place without a name; worked out when somebody reads it, which is only
    when there is a problem.
    """

    __slots__ = ("assigned", "name", "place", "before")

    def __init__(self, assigned: Assignment, name: str, place: str, before: str = "") -> None:
        self.assigned, self.name, self.place, self.before = assigned, name, place, before

    def __str__(self) -> str:
        way = self.assigned.way_without(self.name, self.place) if self.place else ()
        shown = way if len(way) <= LONGEST_WAY else (*way[: LONGEST_WAY // 2], "…", *way[-LONGEST_WAY // 2 :])
        told = f"the way {' → '.join(shown)} comes here without it" if way else "nothing has set it before this place"
        return f"{self.before}{told}"


LONGEST_WAY = 12
"""States that are told of a run; of a longer one, its two ends."""


class Assignment:
    """See the module.

    `first` are the names that are there from the beginning, `people` maps a name to the states it stands for,
    `everything` is every name there is: what an unreachable state is taken to know.
    """

    def __init__(
        self, outline: Outline, first: Iterable[str], people: Mapping[str, tuple[str, ...]], everything: Known
    ) -> None:
        self.outline = outline
        self.first = frozenset(first)
        self.people = people
        self._everything = everything
        self._after: dict[str, list[Edge]] = {}
        for edge in outline.edges():
            self._after.setdefault(edge.source, []).append(edge)
        self._within = {name: self._done(state.actions) for name, state in outline.states.items()}
        self._arriving: dict[str, Known] = {}
        self._befores: dict[str, dict[str, str]] = {}
        self._settle()

    # --- which names a move brings

    def gains(self, state: SourceState | None, move: SourceMove) -> Known:
        """The names that are set once the move's form is filled in and the task is done, before its own `set`."""
        found = set()
        form = state.form_of(move) if state is not None else move.form
        if form is not None:
            found.add(self.outline.alias(form.text))
        if state is not None and move.kind == "on" and state.work is not None:
            found.update(name for name, states in self.people.items() if state.id.text in states)
        return frozenset(found)

    @staticmethod
    def _done(*doing: SourceActions) -> Known:
        names = {variable.text for actions in doing for variable, _ in actions.settings}
        names.update(MILESTONE + said.text for actions in doing for said in actions.milestones)
        return frozenset(names)

    def _brought(self, edge: Edge) -> Known | None:
        """What a step sets; None for a join that not enough branches have come to yet."""
        if edge.how == "branch":
            return frozenset()
        state = self.outline.states.get(edge.source)
        brought = self.gains(state, edge.move) | self._done(edge.move.actions)
        if edge.branch is not None:
            brought |= self._done(edge.branch.actions)
        if edge.how != "joined":
            return brought
        joined = self.from_join(edge.source)
        return None if joined is None else brought | joined

    def from_join(self, owner: str) -> Known | None:
        """What the branches have surely set when enough of them have joined, None as long as they cannot. A for-each
        keeps its branches' forms as tables, which are always there.
        """
        state = self.outline.states[owner]
        fork = state.fork
        assert fork is not None
        if fork.rows is not None:
            return frozenset()
        ends = [end for start in fork.starts if (end := self._at_join(start.text)) is not None]
        need = fork.need or len(fork.branches)
        if not ends or len(ends) < need:
            return None
        if need == len(fork.branches):
            return frozenset[str]().union(*ends)
        return frozenset.intersection(*ends)

    def _at_join(self, start: str) -> Known | None:
        found: Known | None = None
        for name in self._reach(start):
            state = self.outline.states[name]
            for move in state.moves:
                for branch in move.branches:
                    if branch.go is not None and branch.go.text == JOIN and name in self._arriving:
                        known = self.inside(name) | self.gains(state, move) | self._done(move.actions, branch.actions)
                        found = known if found is None else found & known
        return found

    def _reach(self, start: str) -> set[str]:
        seen: set[str] = set()
        todo = [start]
        while todo:
            name = todo.pop()
            if name in seen or name not in self.outline.states:
                continue
            seen.add(name)
            for move in self.outline.states[name].moves:
                todo += [target.text for target in move.targets]
        return seen

    # --- the analysis

    def _settle(self) -> None:
        self._arriving = {BEGIN: frozenset(self.first)}
        self._spread(deque([BEGIN]))
        # Where a join starves (a problem of its own), what follows it is judged as if it came about, with nothing from
        # the branches.
        for owner, state in self.outline.states.items():
            if state.fork is not None and owner in self._arriving and self.from_join(owner) is None:
                self._spread(deque([owner]), frozenset())

    def _spread(self, todo: deque[str], starved: Known | None = None) -> None:
        while todo:
            source = todo.popleft()
            inside = self.inside(source)
            for edge in self._after.get(source, ()):
                brought = self._brought(edge)
                if brought is None:
                    brought = starved
                if brought is None:
                    continue
                known = inside | brought
                old = self._arriving.get(edge.target)
                new = known if old is None else old & known
                if new != old:
                    self._arriving[edge.target] = new
                    todo.append(edge.target)
                    owner = self.outline.owners.get(edge.target)
                    if owner is not None and owner in self._arriving:
                        todo.append(owner)

    def arriving(self, state: str) -> Known:
        """What every path to the state has set when a token arrives.

        A state that no path reaches lacks nothing: not being reached is its one problem.
        """
        if state in self._arriving or state not in self.outline.states:
            return self._arriving.get(state, frozenset(self.first))
        return self._everything

    def inside(self, state: str) -> Known:
        """The same, once the state's own `set` and `milestone` are done."""
        return self.arriving(state) | self._within.get(state, frozenset())

    @property
    def reached(self) -> frozenset[str]:
        """The states that some path reaches."""
        return frozenset(self._arriving) - {BEGIN}

    def way_without(self, name: str, place: str) -> tuple[str, ...]:
        """The shortest run to `place` on which nothing sets `name`: the states it goes through."""
        before = self._without(name)
        if place not in before or place == BEGIN:
            return ()
        way = [place]
        while before[way[-1]]:
            way.append(before[way[-1]])
        return tuple(reversed(way))

    def _without(self, name: str) -> dict[str, str]:
        """Every state that a run can come to without `name`, with the state before it on the shortest one."""
        if name in self._befores:
            return self._befores[name]
        before: dict[str, str] = {BEGIN: ""}
        todo = deque([BEGIN])
        while todo:
            here = todo.popleft()
            if name in self._within.get(here, ()):
                continue
            for edge in self._after.get(here, ()):
                if edge.target not in before and name not in (self._brought(edge) or ()):
                    before[edge.target] = here
                    todo.append(edge.target)
        self._befores[name] = before
        return before
