"""What the words of a state and of the head of a process mean: work, approvals, clocks, timers, branches, ends.

Owns these shapes; how a case moves is `engine.definition.moves`, the whole process `engine.definition.model`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.durations import Duration
from engine.definition.expressions import Expression
from engine.definition.messages import Line
from engine.definition.moves import Due, FormUse, Move, Pick, Rung
from engine.definition.texts import Localised
from engine.errors import Place, Stuck


@dataclass(frozen=True, slots=True)
class Target:
    """What a clock promises: a duration by an answer.

    `unknown` counts as long as the answer is not known; None, there or among the answers' durations, is no promise.
    """

    pick: Pick[Duration]
    unpromised: frozenset[str]
    unknown: Duration | None

    def lengths(self) -> tuple[Duration, ...]:
        """Every duration it can promise, each once; empty when it promises nothing whatever the answer."""
        promised = [length for answer, length in self.pick.options.items() if answer not in self.unpromised]
        others = (self.pick.fixed, self.pick.otherwise, self.unknown)
        return tuple(dict.fromkeys((*promised, *(length for length in others if length is not None))))

    def choose(self, values: Mapping[str, object]) -> Duration | None:
        """The target for these names."""
        if self.pick.by is None:
            return self.pick.fixed
        answer = self._answer(values)
        if answer is None:
            return self.unknown
        said = str(answer).lower() if isinstance(answer, bool) else str(answer)
        return None if said in self.unpromised else self.pick.options.get(said, self.pick.otherwise)

    def is_known(self, values: Mapping[str, object]) -> bool:
        """Whether what decides is answered, so that the promise is what it will be."""
        return self.pick.by is None or self._answer(values) is not None

    def _answer(self, values: Mapping[str, object]) -> object:
        assert self.pick.by is not None
        try:
            return self.pick.by.evaluate(values)
        except Stuck:
            return None


@dataclass(frozen=True, slots=True)
class ClockPlan:
    """`clocks`: a promised time on the case.

    `starts`, `stops` and `restarts` are facts as the author writes them (`sent complaint-decision`); `since` the date
    or instant from which it counts, None for the moment in which it begins; `paused_in` the states in which it stands
    still; `rungs` in the order in which they are reached, the breach among them. `promise` is what customers call it,
    empty for a promise that is the house's own.
    """

    name: str
    title: Localised
    target: Target
    hard_stop: Duration | None
    starts: tuple[str, ...]
    since: Expression | None
    stops: tuple[str, ...]
    restarts: tuple[str, ...]
    paused_in: frozenset[str]
    restart_on_reopen: bool
    rungs: tuple[Rung, ...]
    place: Place
    promise: Localised = ""

    def rung(self, percent: int) -> Rung:
        return next(rung for rung in self.rungs if rung.percent == percent)


@dataclass(frozen=True, slots=True)
class Stage:
    """`stages`: a station of a case. `reached` are the facts that bring a case there; `clock` names the promise whose
    deadline is its own, empty when there is none.
    """

    name: str
    title: Localised
    reached: tuple[str, ...]
    clock: str


@dataclass(frozen=True, slots=True)
class Publishing:
    """`publish`: a version is put in force: its digest, that of the version it was written from, what changes, the day
    on which it begins (None: at once), and the digest of its scenarios (None: the process does not say which).
    """

    version: Expression
    after: Expression
    note: Expression
    since: Expression | None
    scenarios: Expression | None
    place: Place

    @property
    def names(self) -> frozenset[str]:
        """What it speaks of."""
        said = (self.version, self.after, self.note, self.since, self.scenarios)
        return frozenset().union(*(one.names for one in said if one is not None))


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
class Designation:
    """A field of a form that says who the task at `place` is for. In a table it is `table.column`, and `row` is what a
    row of it is called in its branch; empty outside of tables.
    """

    field: str
    place: str
    row: str = ""


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
class PublicStart:
    """`public` of a start: the page that anybody may fill in. `preset` are the values that every such case gets,
    `hidden` the fields that are not asked of the public, the preset ones among them.
    """

    preset: Mapping[str, object]
    hidden: frozenset[str]


MAIL_PARTS = ("name", "address", "subject", "text", "language", "files")


@dataclass(frozen=True, slots=True)
class MailStart:
    """`mail` of a start: what a mail fills in. `to` are addresses in small letters, empty for any that no other process
    names; `preset` the values that every such case gets; `take` maps MAIL_PARTS to fields.
    """

    to: tuple[str, ...]
    preset: Mapping[str, object]
    take: Mapping[str, str]
