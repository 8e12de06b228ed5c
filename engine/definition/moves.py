"""How a case moves on, and what happens along the way: frozen data with its expressions compiled.

Owns the shapes of moves, their branches, their actions and who has to agree to them, of the rungs of an escalation, and
of values that depend on an answer. Knows no state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from engine.core.ballots import Rule
from engine.core.durations import Duration
from engine.definition.expressions import Expression
from engine.definition.forms import BoundForm, Form
from engine.definition.messages import Line, Template
from engine.definition.texts import Localised
from engine.errors import Place
from engine.reasons import stuck_on

T = TypeVar("T")


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
            raise stuck_on("no-length", self.by.place, name=self.by.text, value=said)
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
    """`send`: a message template in each language, to whom, and only when. `tells` are the clocks of which it tells the
    customer another date, and that date; `attach` the fields whose files go along; `promises` the clocks of which it
    tells the date that they promise.
    """

    message: str
    templates: Mapping[str, Template]
    to: str
    when: Expression | None
    place: Place
    tells: Mapping[str, Expression] = field(default_factory=dict)
    attach: tuple[Expression, ...] = ()
    promises: tuple[str, ...] = ()


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
    this one, `prefix` that of its references, `outcomes` how it can end, `title` what people call that process.

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
    title: Localised = ""


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
    exclude: tuple[str, ...] = ()
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
    def written(self) -> tuple[Branch, ...]:
        """The branches without the `else` that nobody wrote."""
        return self.branches[:1] if self.guarded else self.branches

    @property
    def doing(self) -> tuple[Actions, ...]:
        """Its own actions and those of its branches."""
        return (self.actions, *(branch.actions for branch in self.branches))

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
