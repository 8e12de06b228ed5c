"""A process as written: its states and moves with every word's place, before any name has been looked up.

Owns what is needed to know the graph (which state can follow which, which forms and variables a move brings) even when
the rest has problems. Knows no expression's meaning and no file but the one it came from.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.definition.model import BEGIN, JOIN
from engine.definition.shapes import Got, Said
from engine.definition.sources import SourceActions, SourceBranch, SourceCall, SourceMove, SourceState
from engine.definition.suggest import closest


@dataclass(frozen=True, slots=True)
class Edge:
    """A possible step from state to state: by which move, with what it brings (see `engine.definition.flow`)."""

    source: str
    target: str
    move: SourceMove
    branch: SourceBranch | None
    how: str = ""


@dataclass(frozen=True)
class Outline:
    """The whole process as written."""

    head: Got
    key: str
    start: SourceMove
    start_form: Said | None
    states: Mapping[str, SourceState]
    anywhere: tuple[SourceMove, ...]
    owners: Mapping[str, str]
    """Branch state -> the parallel or for-each state that it belongs to."""
    tasks: Mapping[str, Got] = field(default_factory=dict)
    """The tasks beside the case's own work, by id."""
    guesses: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """What misspelt targets were probably meant to be, each guessed once."""
    forms_meant: Mapping[str, str] = field(default_factory=dict)
    """What misspelt forms were probably meant to be, so that what follows from the slip is not told as well."""

    def alias(self, form: str) -> str:
        """The short name of a form's values in this process: `inquiry-triage` is `triage` in `inquiry`."""
        short = self.forms_meant.get(form, form).removeprefix(f"{self.key}-")
        return short.replace("-", "_")

    @cached_property
    def moves(self) -> tuple[SourceMove, ...]:
        """Every move: the start, those from anywhere, and each state's."""
        return (self.start, *self.anywhere, *(move for state in self.states.values() for move in state.moves))

    @cached_property
    def doing(self) -> tuple[SourceActions, ...]:
        """The actions of every state, move and branch."""
        return (
            *(state.actions for state in self.states.values()),
            *(actions for move in self.moves for actions in move.doing),
        )

    @cached_property
    def calls(self) -> tuple[SourceCall, ...]:
        """Every call of another process."""
        return tuple(call for actions in self.doing for call in actions.calls)

    def stands_in(self, state: str, among: Container[str]) -> bool:
        """Whether the case stands in one of these while a token, perhaps of a branch, stands in this state."""
        while state and state not in among:
            state = self.owners.get(state, "")
        return bool(state)

    @cached_property
    def _unfinished(self) -> tuple[str, ...]:
        """The states of the main path that are not final."""
        return tuple(name for name, state in self.states.items() if name not in self.owners and state.ending is None)

    def sources_of(self, move: SourceMove) -> tuple[str, ...]:
        """The states a process-level move may be asked for in."""
        named = move.words.get("from")
        if named:
            return tuple(said.text for said in named)
        return self._unfinished

    @cached_property
    def sent(self) -> frozenset[str]:
        """The messages that the process sends."""
        return frozenset(send.message.text for one in self.doing for send in one.sendings)

    def awaited(self) -> set[str]:
        """The messages that the process waits for, in a state or anywhere."""
        return {move.name.text for move in self.moves if move.kind in ("wait-for", "heed") and move.name is not None}

    def edges(self) -> Iterator[Edge]:
        """Every possible step; targets that do not exist are left out. `join` leads to the owner's own way on."""
        yield from self._from(BEGIN, self.start)
        for state in self.states.values():
            name = state.id.text
            for move in state.moves:
                if move.kind != JOIN:
                    yield from self._from(name, move)
            if state.fork is not None:
                for start in state.fork.starts:
                    if target := self.meant(start):
                        yield Edge(name, target, state.fork.move, None, "branch")
                for branch in state.fork.move.branches:
                    if target := self.meant(branch.go):
                        yield Edge(name, target, state.fork.move, branch, "joined")
        for move in self.anywhere:
            for source in self.sources_of(move):
                if source in self.states:
                    yield from self._from(source, move)

    def _from(self, source: str, move: SourceMove) -> Iterator[Edge]:
        for branch in move.branches:
            target = self.meant(branch.go)
            if target:
                yield Edge(source, target, move, branch)

    def meant(self, said: Said | None) -> str:
        """The state that a target means. A misspelt one leads where it was probably meant to, so that it is one problem
        and not one for each state behind it; empty when nothing is known by a similar name.
        """
        if said is None or said.text == JOIN:
            return ""
        if said.text in self.states:
            return said.text
        if said.text not in self.guesses:
            self.guesses[said.text] = closest(said.text, self.states) or ""
        return self.guesses[said.text]


def _meant(name: str, states: Mapping[str, SourceState]) -> str:
    return name if name in states else closest(name, states) or ""


def owners(states: Mapping[str, SourceState]) -> dict[str, str]:
    """Which parallel or for-each state each branch state belongs to: all that can be reached from a branch's start
    without leaving by `join`.
    """
    found: dict[str, str] = {}
    for owner in states.values():
        if owner.fork is None:
            continue
        todo = [_meant(start.text, states) for start in owner.fork.starts]
        while todo:
            name = todo.pop()
            state = states.get(name)
            if state is None or name in found or name == owner.id.text:
                continue
            found[name] = owner.id.text
            for move in state.moves:
                todo += [_meant(target.text, states) for target in move.targets if target.text != JOIN]
    return found
