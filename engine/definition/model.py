"""A process definition's meaning: frozen data with its expressions compiled, shared by every instance and thread.

Owns the shapes that the keywords bind to and the runtime walks. Knows neither YAML nor a running instance; nothing here
changes after loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.core.calendars import Calendar
from engine.definition.decisions import Decision
from engine.definition.expressions import Expression
from engine.definition.messages import Line
from engine.definition.moves import Actions, ApprovalPlan, Calling, FormUse, Move
from engine.definition.plans import (
    After,
    ClockPlan,
    Designation,
    Each,
    Ending,
    Fork,
    MailStart,
    PublicStart,
    Stage,
    TaskPlan,
)
from engine.definition.texts import Localised
from engine.definition.wording import Labels
from engine.errors import Place

JOIN = "join"
"""The reserved target that ends a branch."""

BEGIN = "start"
"""The reserved place where a case stands before its first move."""


@dataclass(frozen=True, slots=True)
class State:
    """A named place. `words` holds the meaning of each word that acts on entry or exit, by the word's name."""

    id: str
    place: Place
    title: Localised
    label: Localised
    words: Mapping[str, Any]
    owner: str = ""
    """The state whose parallel or for-each this state's branch belongs to; empty on the main path."""
    beside: bool = False
    """A task beside the case's own work: nothing stands in it, and its moves are the whole process's."""

    @property
    def task(self) -> TaskPlan | None:
        return self.words.get("task")

    @property
    def approval(self) -> ApprovalPlan | None:
        return self.words.get("approval")

    @property
    def work(self) -> TaskPlan | ApprovalPlan | None:
        """What people do here: the task or the approval."""
        return self.task or self.approval

    @property
    def entered(self) -> tuple[Actions, ...]:
        """What is done on coming here."""
        return tuple(word for word in self.words.values() if isinstance(word, Actions))

    @property
    def on(self) -> Mapping[str, Move]:
        found: Mapping[str, Move] = self.words.get("on", {})
        return found

    @property
    def after(self) -> tuple[After, ...]:
        found: tuple[After, ...] = self.words.get("after", ())
        return found

    @property
    def waits(self) -> Mapping[str, Move]:
        found: Mapping[str, Move] = self.words.get("wait-for", {})
        return found

    @property
    def calls(self) -> tuple[Calling, ...]:
        found: tuple[Calling, ...] = self.words.get("call", ())
        return found

    @property
    def fork(self) -> Fork | None:
        return self.words.get("parallel")

    @property
    def each(self) -> Each | None:
        return self.words.get("for-each")

    @property
    def go(self) -> Move | None:
        return self.words.get("go")

    @property
    def ending(self) -> Ending | None:
        return self.words.get("final")

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every way on from here, in the order written, automatic and joining ones too."""
        moves = [*self.on.values(), *self.waits.values(), *(after.move for after in self.after)]
        if self.work is not None and not self.beside:
            moves += [rung.move for rung in self.work.escalate if rung.move is not None]
        moves += [calling.go for calling in self.calls if calling.go is not None]
        moves += [word.move for word in (self.fork, self.each) if word is not None]
        if self.go is not None:
            moves.append(self.go)
        if self.ending is not None and self.ending.reopen is not None:
            moves.append(self.ending.reopen)
        return tuple(moves)


@dataclass(frozen=True, slots=True)
class Variable:
    """`variables`: its first value (None: not set yet), what people call it (empty when that is not said), and what
    they call the words that it can be.
    """

    name: str
    first: Any
    title: Localised = ""
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One version of a process, whole. `digest` names the bundle it was loaded from."""

    key: str
    title: Localised
    description: Localised
    owner: str
    supervisors: tuple[str, ...]
    reference: str
    languages: tuple[str, ...]
    clauses: Mapping[str, Any]
    retention: Mapping[str, Any]
    calendar: Calendar
    subject: Line | None
    customer: Mapping[str, Expression]
    starters: tuple[str, ...]
    start: Move
    received: str
    """The field of the start form that says when a case was received; empty when none does."""
    variables: tuple[Variable, ...]
    people: Mapping[str, tuple[str, ...]]
    decisions: Mapping[str, Decision]
    states: Mapping[str, State]
    anywhere: Mapping[str, Move]
    heeded: Mapping[str, Move]
    place: Place
    digest: str = ""
    tasks: Mapping[str, State] = field(default_factory=dict)
    """The tasks beside the case's own work, each as the place where its task and outcomes are found."""
    clocks: Mapping[str, ClockPlan] = field(default_factory=dict)
    public: PublicStart | None = None
    """The page that begins a case for anybody, without an account; None when there is none."""
    mail: MailStart | None = None
    """How a mail begins a case; None when none does."""
    facts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """What each fact does to which clock: fact -> (clock, `start`, `stop` or `restart`)."""
    house: Mapping[str, State] = field(default_factory=dict)
    """The tasks beside the case's own work that every process has, whatever its author wrote."""
    groups: Mapping[str, Localised] = field(default_factory=dict)
    """What people call those under `people`, where that is said."""
    milestones: Mapping[str, Localised] = field(default_factory=dict)
    """What people call the milestones, where that is said."""
    stages: tuple[Stage, ...] = ()
    """The stations that people outside look for, in their order; none when the process names none."""

    designations: Mapping[str, tuple[Designation, ...]] = field(default_factory=dict)
    """The fields that say who a task is for, by the short names of their forms."""

    def forms(self) -> Iterator[FormUse]:
        """Every form with the name it is known by, wherever it is filled in; one that is used often comes often."""
        uses = [self.start.form]
        uses += [one.task.form for one in (*self.states.values(), *self.tasks.values()) if one.task is not None]
        uses += [move.form for _, move in self.moves()]
        return (use for use in uses if use is not None)

    def moves(self) -> Iterator[tuple[State | None, Move]]:
        """Every move with the state it starts from; None for the start and the process-level ones."""
        yield None, self.start
        for state in self.states.values():
            for move in state.moves:
                yield state, move
        for move in (*self.anywhere.values(), *self.heeded.values()):
            yield None, move
        for task in self.tasks.values():
            rungs = task.work.escalate if task.work is not None else ()
            for move in (*task.on.values(), *(rung.move for rung in rungs if rung.move is not None)):
                yield None, move
        for clock in self.clocks.values():
            for rung in clock.rungs:
                if rung.move is not None:
                    yield None, rung.move

    def doing(self) -> Iterator[Actions]:
        """Everything that is done, on coming to a place and by its moves."""
        for place in (*self.states.values(), *self.tasks.values()):
            yield from place.entered
        for _, move in self.moves():
            yield from move.doing

    def move_by(self, state: str, trigger: str) -> Move | None:
        """The move that a case in this state makes by this trigger; another state may have one of the same name."""
        standing = self.states.get(state)
        own = (move for move in standing.moves if move.trigger == trigger) if standing is not None else iter(())
        return next(own, None) or next((m for at, m in self.moves() if at is None and m.trigger == trigger), None)

    def place_of(self, task: str) -> State:
        """Where a task is defined: the state it stands in, its own entry under `tasks`, or the house's own."""
        found = self.states.get(task)
        return found if found is not None else self.beside(task)

    def beside(self, task: str) -> State:
        """Where a task beside the case's own work is defined."""
        found = self.tasks.get(task)
        return found if found is not None else self.house[task]

    def is_beside(self, task: str) -> bool:
        return task in self.tasks or task in self.house

    def callings(self) -> Iterator[Calling]:
        """Every call of another process."""
        for state in self.states.values():
            yield from state.calls
        for _, move in self.moves():
            for actions in move.doing:
                yield from actions.callings

    def anywhere_sources(self, move: Move) -> tuple[str, ...]:
        """The states a process-level move may be asked for in: its `from`, or every state of the main path that is not
        final.
        """
        if move.sources:
            return move.sources
        return tuple(s.id for s in self.states.values() if s.ending is None and not s.owner)
