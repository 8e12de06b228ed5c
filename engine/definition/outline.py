"""A process as written: its states and moves with every word's place, before any name has been looked up.

Owns what is needed to know the graph (which state can follow which, which forms and variables a move brings) even when
the rest has problems. Knows no expression's meaning and no file but the one it came from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.core.durations import Duration
from engine.definition.model import BEGIN, JOIN
from engine.definition.shapes import Got, Said
from engine.definition.suggest import closest
from engine.errors import Place

NO_FORM = "none"
"""What an outcome says that has nothing to fill in although its task has a form."""


@dataclass(frozen=True, slots=True)
class SourceSend:
    """`send` as written; `to` is empty for the customer."""

    message: Said
    to: Said | None
    when: Said | None


def sends(source: tuple[Any, ...]) -> tuple[SourceSend, ...]:
    """What `send` was given, as messages; those without an id have been reported already."""
    return tuple(
        SourceSend(item, None, None)
        if isinstance(item, Said)
        else SourceSend(item["message"], item.get("to"), item.get("when"))
        for item in source
        if isinstance(item, Said) or "message" in item
    )


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """`notify` as written."""

    to: tuple[Said, ...]
    say: Any = None
    urgent: bool = False
    when: Said | None = None


@dataclass(frozen=True, slots=True)
class SourceOpening:
    """`open` as written."""

    task: Said
    when: Said | None


def notices(source: tuple[Any, ...]) -> tuple[SourceNotice, ...]:
    """What `notify` was given: those who stand there alone are told together."""
    alone = tuple(item for item in source if isinstance(item, Said))
    said = [SourceNotice(alone)] if alone else []
    return tuple(said) + tuple(
        SourceNotice(item["to"], item.get("say"), bool(item.get("urgent", False)), item.get("when"))
        for item in source
        if not isinstance(item, Said) and "to" in item
    )


def openings(source: tuple[Any, ...]) -> tuple[SourceOpening, ...]:
    """What `open` was given."""
    return tuple(
        SourceOpening(item, None) if isinstance(item, Said) else SourceOpening(item["task"], item.get("when"))
        for item in source
        if isinstance(item, Said) or "task" in item
    )


@dataclass(frozen=True, slots=True)
class SourceCall:
    """`call` as written. `go` is there in a state that waits for the end of the called case."""

    process: Said
    name: Said
    fields: tuple[tuple[Said, Said], ...]
    place: Place
    when: Said | None = None
    received: Said | None = None
    kind: Said | None = None
    blocks: Said | None = None
    go: SourceMove | None = None


@dataclass(frozen=True, slots=True)
class SourceActions:
    """What happens along the way, as written."""

    settings: tuple[tuple[Said, Said], ...] = ()
    milestones: tuple[Said, ...] = ()
    sendings: tuple[SourceSend, ...] = ()
    notices: tuple[SourceNotice, ...] = ()
    openings: tuple[SourceOpening, ...] = ()
    reassign: tuple[Said, ...] = ()
    priority: Said | None = None
    calls: tuple[SourceCall, ...] = ()


def actions(got: Got) -> SourceActions:
    """The actions of a record: a state's, a move's or a branch's."""
    return SourceActions(
        got.get("set", ()),
        got.get("milestone", ()),
        sends(got.get("send", ())),
        notices(got.get("notify", ())),
        openings(got.get("open", ())),
        got.get("reassign", ()),
        got.get("priority"),
        calls=got.get("call", ()),
    )


@dataclass(frozen=True, slots=True)
class SourceBranch:
    """One branch of a move; `go` None: the case stays."""

    when: Said | None
    go: Said | None
    actions: SourceActions
    place: Place


@dataclass(frozen=True, slots=True)
class SourceMove:
    """One way on, as written.

    `kind` and `name` are filled in by the word that holds it; `words` are its other words.
    """

    place: Place
    branches: tuple[SourceBranch, ...]
    actions: SourceActions = SourceActions()
    words: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    name: Said | None = None
    index: int = 0
    within: str = ""

    def named(self, kind: str, name: Said, index: int = 0, within: str = "") -> SourceMove:
        return replace(self, kind=kind, name=name, index=index, within=within)

    @property
    def trigger(self) -> str:
        name = self.name.text if self.name else ""
        return f"{self.kind}:{self.within}.{name}" if self.within else f"{self.kind}:{name}"

    @property
    def form(self) -> Said | None:
        """The move's own form; None when it names none, or says `form: none`."""
        said: Said | None = self.words.get("form")
        return None if said is not None and said.text == NO_FORM else said

    @property
    def targets(self) -> tuple[Said, ...]:
        return tuple(branch.go for branch in self.branches if branch.go is not None)


@dataclass(frozen=True, slots=True)
class SourcePick:
    """A value, or one by an answer: `{by: severity, S1: …, else: …}`."""

    place: Place
    fixed: Any = None
    by: Said | None = None
    at: Said | None = None
    before: Duration | None = None
    options: tuple[tuple[Said, Any], ...] = ()
    otherwise: Any = None

    def all(self) -> Iterator[Any]:
        for value in (self.fixed, self.otherwise, *(value for _, value in self.options)):
            if value is not None:
                yield value


@dataclass(frozen=True, slots=True)
class SourceAfter:
    """`after` as written: when, and the move."""

    time: SourcePick | None
    move: SourceMove


@dataclass(frozen=True, slots=True)
class SourceFork:
    """`parallel` (branches) or `for-each` (row, name, start) as written. `need` 0: all of them."""

    place: Place
    move: SourceMove
    need: int
    branches: tuple[tuple[Said, Said], ...] = ()
    rows: Said | None = None
    name: Said | None = None

    @property
    def starts(self) -> tuple[Said, ...]:
        return tuple(state for _, state in self.branches)


@dataclass(frozen=True, slots=True)
class SourceEnding:
    """`final` as written."""

    outcome: Said | None
    place: Place
    reopen: SourceMove | None = None
    within: Duration | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """A state as written."""

    id: Said
    words: Got
    moves: tuple[SourceMove, ...]

    @property
    def actions(self) -> SourceActions:
        return actions(self.words)

    @property
    def work(self) -> Got | None:
        """What people do here: the state's task or approval."""
        found: Got | None = self.words.get("task") or self.words.get("approval")
        return found

    @property
    def fork(self) -> SourceFork | None:
        found: SourceFork | None = self.words.get("parallel") or self.words.get("for-each")
        return found

    @property
    def ending(self) -> SourceEnding | None:
        found: SourceEnding | None = self.words.get("final")
        return found

    def form_of(self, move: SourceMove) -> Said | None:
        """The form that comes with this move: its own, else the task's for an outcome of the task."""
        task = self.words.get("task")
        if "form" in move.words or move.kind != "on" or task is None:
            return move.form
        found: Said | None = task.get("form")
        return found


@dataclass(frozen=True, slots=True)
class Edge:
    """A possible step from state to state: by which move, with what it brings (see `engine.definition.flow`)."""

    source: str
    target: str
    move: SourceMove
    branch: SourceBranch | None
    how: str = ""


@dataclass(frozen=True, slots=True)
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

    def alias(self, form: str) -> str:
        """The short name of a form's values in this process: `inquiry-triage` is `triage` in `inquiry`."""
        short = form.removeprefix(f"{self.key}-")
        return short.replace("-", "_")

    def doing(self) -> Iterator[SourceActions]:
        """The actions of every state, move and branch."""
        moves = [self.start, *self.anywhere]
        for state in self.states.values():
            yield state.actions
            moves += state.moves
        for move in moves:
            yield move.actions
            yield from (branch.actions for branch in move.branches)

    def calls(self) -> Iterator[SourceCall]:
        """Every call of another process."""
        return (call for actions in self.doing() for call in actions.calls)

    def main_states(self) -> tuple[SourceState, ...]:
        return tuple(state for name, state in self.states.items() if name not in self.owners)

    def sources_of(self, move: SourceMove) -> tuple[str, ...]:
        """The states a process-level move may be asked for in."""
        named = move.words.get("from")
        if named:
            return tuple(said.text for said in named)
        return tuple(state.id.text for state in self.main_states() if state.ending is None)

    def sent(self) -> set[str]:
        """The messages that the process sends."""
        moves = [self.start, *self.anywhere]
        doing = []
        for state in self.states.values():
            moves += state.moves
            doing.append(state.actions)
        for move in moves:
            doing.append(move.actions)
            doing += [branch.actions for branch in move.branches]
        return {send.message.text for one in doing for send in one.sendings}

    def awaited(self) -> set[str]:
        """The messages that the process waits for, in a state or anywhere."""
        moves = [*self.anywhere, *(move for state in self.states.values() for move in state.moves)]
        return {move.name.text for move in moves if move.kind in ("wait-for", "heed") and move.name is not None}

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
