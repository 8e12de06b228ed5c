"""A process definition's meaning: frozen data with its expressions compiled, shared by every instance and thread.

Owns the shapes that the keywords bind to and the runtime walks. Knows neither YAML nor a running instance; nothing here
changes after loading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from engine.core.ballots import Rule
from engine.core.calendars import Calendar
from engine.core.durations import Duration
from engine.definition.decisions import Decision
from engine.definition.expressions import Expression
from engine.definition.forms import BoundForm, Form
from engine.definition.messages import Line, Template
from engine.definition.texts import Localised
from engine.errors import Place, Stuck

T = TypeVar("T")

JOIN = "join"
"""The reserved target that ends a branch."""

BEGIN = "start"
"""The reserved place where a case stands before its first move."""


@dataclass(frozen=True, slots=True)
class Pick(Generic[T]):
    """A value that is fixed, or depends on one answer: `{by: severity, S1: 2bh, else: 1bd}`."""

    fixed: T | None = None
    by: Expression | None = None
    options: Mapping[str, T] = field(default_factory=dict)
    otherwise: T | None = None

    def choose(self, values: Mapping[str, object]) -> T:
        """The value for these names. Raises Stuck when the answer is missing or has no value here."""
        if self.by is None:
            assert self.fixed is not None
            return self.fixed
        answer = self.by.evaluate(values)
        said = str(answer).lower() if isinstance(answer, bool) else str(answer)
        chosen = self.options.get(said, self.otherwise)
        if chosen is None:
            raise Stuck(f"Expected a value for {self.by.text} = {said}, but there is none", self.by.place)
        return chosen

    def all(self) -> Iterator[T]:
        """Every value it can give."""
        yield from self.options.values()
        for value in (self.fixed, self.otherwise):
            if value is not None:
                yield value


@dataclass(frozen=True, slots=True)
class FormUse:
    """A form at the place where it is used: bound to the names known there, its values kept under `alias`."""

    form: Form
    bound: BoundForm
    alias: str


@dataclass(frozen=True, slots=True)
class Due:
    """When something is promised: a duration after its beginning, or a date or instant of the case."""

    length: Pick[Duration] | None = None
    at: Expression | None = None
    before: Duration | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """`set`: a variable's new value."""

    variable: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Sending:
    """`send`: a message template in each language, to whom, and only when."""

    message: str
    templates: Mapping[str, Template]
    to: str
    when: Expression | None
    place: Place


@dataclass(frozen=True, slots=True)
class Notice:
    """`notify`: colleagues who are told, and what; None for the words that fit the occasion."""

    to: tuple[str, ...]
    say: Line | None
    urgent: bool
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Opening:
    """`open`: a task beside the case's own work, and only when."""

    task: str
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Passed:
    """A field of a called process's start form, and the value it gets. An optional one is left out when the value is
    not known.
    """

    field: str
    value: Expression
    optional: bool


@dataclass(frozen=True, slots=True)
class Calling:
    """`call`: another process is started, and only when. `name` is what expressions call the case, `link` what it is to
    this one, `prefix` that of its references, `outcomes` how it can end.

    With `go` the state waits until it has ended.
    """

    process: str
    name: str
    fields: tuple[Passed, ...]
    when: Expression | None
    received: Expression | None
    link: str
    blocks: Expression | None
    prefix: str
    outcomes: tuple[str, ...]
    place: Place
    go: Move | None = None


@dataclass(frozen=True, slots=True)
class Actions:
    """What happens along the way: on entering a state, or with a move."""

    settings: tuple[Setting, ...] = ()
    milestones: tuple[str, ...] = ()
    sendings: tuple[Sending, ...] = ()
    notices: tuple[Notice, ...] = ()
    openings: tuple[Opening, ...] = ()
    reassign: tuple[str, ...] = ()
    priority: str = ""
    callings: tuple[Calling, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a move leads when its guard holds; `when` is None for `else` and for a move without guards; `go` is empty
    when the case stays.
    """

    when: Expression | None
    go: str
    actions: Actions
    place: Place


@dataclass(frozen=True, slots=True)
class Move:
    """One way on.

    `kind` is on, after, escalate, wait-for, call, go, join, anywhere, heed, start or reopen; with `name` it makes the
    trigger. The moves of a clock (`clock`) and of a task beside the case's own work (`beside`, `rung`) say in `within`
    whose they are.
    """

    kind: str
    name: str
    place: Place
    branches: tuple[Branch, ...]
    title: Localised = ""
    help: Localised = ""
    by: tuple[str, ...] = ()
    form: FormUse | None = None
    only_when: Expression | None = None
    actions: Actions = Actions()
    repeat: Duration | None = None
    comment: bool = False
    sources: tuple[str, ...] = ()
    needs: ApprovalPlan | None = None
    within: str = ""

    @property
    def guarded(self) -> bool:
        """Whether it has a `when` of its own, without which nothing happens at all."""
        return len(self.branches) == 2 and not self.branches[1].go and self.branches[1].place == self.branches[0].place

    @property
    def trigger(self) -> str:
        return f"{self.kind}:{self.within}.{self.name}" if self.within else f"{self.kind}:{self.name}"


HARD_STOP = 0
"""The rung of a hard stop, which is no share of the target."""
BREACH = 100


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of an escalation: when so many per cent of the time are used up, and what happens then.

    `percent` HARD_STOP is the hard stop's; `move` None only marks the breach.
    """

    percent: int
    move: Move | None

    @property
    def name(self) -> str:
        """As the author writes it."""
        return "hard-stop" if self.percent == HARD_STOP else f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class Target:
    """What a clock promises: a duration by an answer.

    `unknown` counts as long as the answer is not known; None, there or among the answers' durations, is no promise.
    """

    pick: Pick[Duration]
    unpromised: frozenset[str]
    unknown: Duration | None

    def choose(self, values: Mapping[str, object]) -> Duration | None:
        """The target for these names. Raises Stuck when an answer that is there has no value."""
        by = self.pick.by
        if by is None:
            return self.pick.fixed
        try:
            answer = by.evaluate(values)
        except Stuck:
            return self.unknown
        if answer is None:
            return self.unknown
        said = str(answer).lower() if isinstance(answer, bool) else str(answer)
        return None if said in self.unpromised else self.pick.options.get(said, self.pick.otherwise)


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """`clocks`: a promised time on the case.

    `starts`, `stops` and `restarts` are facts as the author writes them (`sent complaint-decision`); `paused_in` the
    states in which it stands still; `rungs` in the order in which they are reached, the breach among them.
    """

    name: str
    title: Localised
    target: Target
    hard_stop: Duration | None
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    restarts: tuple[str, ...]
    paused_in: frozenset[str]
    restart_on_reopen: bool
    rungs: tuple[Rung, ...]
    place: Place

    def rung(self, percent: int) -> Rung:
        return next(rung for rung in self.rungs if rung.percent == percent)


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """`task`: the work that waits for somebody in a state."""

    title: Line | None
    candidates: Pick[tuple[str, ...]]
    assignee: str
    form: FormUse | None
    exclude: tuple[str, ...]
    due: Due | None
    help: Localised
    place: Place
    escalate: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleBranch:
    """A rule of an approval and its guard; None for `else` and for a rule without guards."""

    when: Expression | None
    rule: Rule
    place: Place


@dataclass(frozen=True, slots=True)
class ApprovalPlan:
    """`approval`: the decision that several people take in a state; `needs`: the yes of others to a move.

    `binds` are the short names of the forms it is about.
    """

    title: Line | None
    rules: tuple[RuleBranch, ...]
    exclude: tuple[str, ...]
    binds: tuple[str, ...]
    due: Due | None
    help: Localised
    place: Place
    escalate: tuple[Rung, ...] = ()
    comment: bool = False
    """Whether a yes needs a written reason too."""


@dataclass(frozen=True, slots=True)
class After:
    """`after`: a timer of a state. `due` None means the task's own due time."""

    due: Due | None
    move: Move


@dataclass(frozen=True, slots=True)
class Fork:
    """`parallel`: named branches that begin together; `need` of them must reach `join` (0: all)."""

    branches: tuple[tuple[str, str], ...]
    need: int
    move: Move


@dataclass(frozen=True, slots=True)
class Each:
    """`for-each`: one branch per row of a table, all beginning in `start`."""

    rows: Expression
    name: str
    start: str
    need: int
    move: Move
    tables: tuple[str, ...] = ()
    """The short names of the branches' forms: tables once the branches have joined."""


@dataclass(frozen=True, slots=True)
class Ending:
    """`final`: the case ends here, with this outcome; `reopen` is the way back, open for `within`."""

    outcome: str
    reopen: Move | None = None
    within: Duration | None = None


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
    """`variables`: its first value (None: not set yet)."""

    name: str
    first: Any


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
    facts: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """What each fact does to which clock: fact -> (clock, `start`, `stop` or `restart`)."""

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

    def place_of(self, task: str) -> State:
        """Where a task is defined: the state it stands in, or its own entry under `tasks`."""
        found = self.states.get(task)
        return found if found is not None else self.tasks[task]

    def callings(self) -> Iterator[Calling]:
        """Every call of another process."""
        for state in self.states.values():
            yield from state.calls
        for _, move in self.moves():
            for actions in (move.actions, *(branch.actions for branch in move.branches)):
                yield from actions.callings

    def anywhere_sources(self, move: Move) -> tuple[str, ...]:
        """The states a process-level move may be asked for in: its `from`, or every state of the main path that is not
        final.
        """
        if move.sources:
            return move.sources
        return tuple(s.id for s in self.states.values() if s.ending is None and not s.owner)
