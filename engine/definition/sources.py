"""The words of a process as written: sends, actions, moves, timers and states with their places, before any name has
been looked up.

Owns these shapes. How they hang together is `engine.definition.outline`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from engine.core.durations import Duration
from engine.definition.shapes import Got, Said
from engine.errors import Place

NO_FORM = "none"
"""What an outcome says that has nothing to fill in although its task has a form."""


@dataclass(frozen=True, slots=True)
class SourceSend:
    """`send` as written; `to` is empty for the customer."""

    message: Said
    to: Said | None = None
    when: Said | None = None
    attach: tuple[Said, ...] = ()


def sends(source: tuple[Any, ...]) -> tuple[SourceSend, ...]:
    """What `send` was given, as messages; those without an id have been reported already."""
    return tuple(
        SourceSend(item)
        if isinstance(item, Said)
        else SourceSend(item["message"], item.get("to"), item.get("when"), item.get("attach", ()))
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

    @property
    def may_block(self) -> bool:
        """Whether the end may have to wait for it."""
        return self.blocks is not None and self.blocks.text != "false"


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
    within: str = ""

    def named(self, kind: str, name: Said, within: str = "") -> SourceMove:
        return replace(self, kind=kind, name=name, within=within)

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

    @property
    def doing(self) -> tuple[SourceActions, ...]:
        """Its own actions and those of its branches."""
        return (self.actions, *(branch.actions for branch in self.branches))

    @property
    def written(self) -> tuple[SourceBranch, ...]:
        """The branches without the `else` of a single `when`, which nobody wrote: then nothing happens at all."""
        if len(self.branches) == 2 and self.branches[1].place == self.branches[0].place:
            return self.branches[:1]
        return self.branches


@dataclass(frozen=True, slots=True)
class SourcePick:
    """A value, or one by an answer: `{by: severity, S1: …, else: …}`. `unread` are the answers, and `else`, whose value
    has a problem of its own.
    """

    place: Place
    fixed: Any = None
    by: Said | None = None
    at: Said | None = None
    before: Duration | None = None
    options: tuple[tuple[Said, Any], ...] = ()
    otherwise: Any = None
    unread: frozenset[str] = frozenset()

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


@dataclass(frozen=True)
class SourceState:
    """A state as written."""

    id: Said
    words: Got
    moves: tuple[SourceMove, ...]

    @cached_property
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
