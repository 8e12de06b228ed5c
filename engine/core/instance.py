"""One running of a process definition, as frozen data.

Owns the shape of an instance; decides nothing. Its text form is `engine.core.snapshot`. Task and timer ids are
`<instance id>.<n>`, counted by the instance itself, so that a step needs no source of ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from engine.core.ballots import Ballot
from engine.core.delegation import Delegation
from engine.core.effects import SendMessage
from engine.core.links import Link, Parent
from engine.core.promised import Clock

Values = Mapping[str, Any]

RUNNING, SUSPENDED, COMPLETED, CANCELLED = "running", "suspended", "completed", "cancelled"


@dataclass(frozen=True, slots=True)
class Token:
    """Where one branch stands. The root token has no parent; `row` and `forms` belong to a for-each branch alone."""

    id: str
    state: str
    entered_at: datetime
    parent: str = ""
    branch: str = ""
    row: Values | None = None
    forms: Mapping[str, Any] = field(default_factory=dict)
    done: bool = False


def whose(holder: Token | None, name: str) -> str:
    """What a form or a deed is called beside its people: the case's own, or that of a for-each branch."""
    return name if holder is None else f"{holder.id}:{name}"


@dataclass(frozen=True, slots=True)
class Task:
    """Human work that waits.

    `status` is `open` or `claimed`; a task that is done or withdrawn leaves the snapshot and lives on in the history.
    `title` is in the first language of the process, `titles` has it in the others, where it differs.
    """

    id: str
    token: str
    state: str
    title: str
    opened_at: datetime
    candidates: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    status: str = "open"
    assignee: str = ""
    on_behalf_of: str = ""
    due_at: datetime | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    delegation: Delegation | None = None

    def of(self, person: str = "", *, status: str = "open", on_behalf_of: str = "") -> Task:
        """The same in these hands; what was to come of a delegation is off."""
        return replace(self, status=status, assignee=person, on_behalf_of=on_behalf_of, delegation=None)


DELEGATION = "delegation"


@dataclass(frozen=True, slots=True)
class Timer:
    """A row that fires once at `due_at`.

    `word`, `state` and `index` find its move in the definition: the state's `after` number `index`, the rung number
    `index` of the task's `escalate`, or that of the clock called `state`; that of a delegation is found by its task. A
    clock's timers, a delegation's and those of a task beside the case's own work belong to no token.
    """

    id: str
    token: str
    state: str
    index: int
    due_at: datetime
    fired: int = 0
    word: str = "after"


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that waits for a message from outside."""

    token: str
    state: str
    message: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What has been decided so far in an approval; `id` is its task's. `rule` finds the rule in the definition,
    `content` is the hash of what is decided about.

    `deputies` maps a person to the one who may decide for them. `asked` is there when a move is to be confirmed: the
    command as plain data, as an incident keeps it, with `move` (its trigger) and `by` (who asked, and on whose behalf).
    """

    id: str
    token: str
    state: str
    rule: int
    content: str
    round: int = 1
    ballots: tuple[Ballot, ...] = ()
    deputies: Mapping[str, str] = field(default_factory=dict)
    asked: Values | None = None

    @property
    def askers(self) -> frozenset[str]:
        return frozenset(self.asked["by"]) if self.asked is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Incident:
    """Something the process could not do by its own fault, or that could not be delivered.

    `retry` is the command that failed, as plain data, to be tried again. `kind` says which of `engine.reasons` it is,
    and `parts` what is filled in there; `message` is that in English. Both are empty for one of an earlier version of
    ours.
    """

    id: str
    at: datetime
    message: str
    place: str
    state: str
    retry: Values
    kind: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether the process itself could not go on; it goes on where only something sent did not arrive."""
        return self.retry.get("do") != "deliver"


TAKE_BACK = timedelta(seconds=15)
"""So long what somebody sends to the outside waits, and can be taken back."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message to the outside that one of the staff has just caused and may still take back.

    `by` is whoever caused it, `behalf` for whom they acted; `clocks` are those that its sending alone moved, as they
    were before: name -> clock, None for one that began; `lines` are the first and the last line of history of the step
    that sent it. `was` are the parts of the snapshot that have changed with this step and since, as they were before it
    (None: not there); empty while the step can be undone, since then `undo` has them.
    """

    message: SendMessage
    by: str
    at: datetime
    behalf: str = ""
    clocks: Mapping[str, Clock | None] = field(default_factory=dict)
    lines: tuple[int, int] = (0, 0)
    was: Values = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.message.id


@dataclass(frozen=True, slots=True)
class Undo:
    """What is needed to undo the step that sent these `messages` (ids), as long as nothing else happens to the case.

    `lines` are the numbers of the first and the last line of history that it wrote, `was` the parts of the snapshot
    that it changed, as they were (None: not there), `typed` where something was filled in (a task, or a move outside
    tasks), the outcome chosen and the values, `notices` what colleagues were to be told of it, and when.
    """

    messages: tuple[str, ...]
    lines: tuple[int, int]
    was: Values
    typed: tuple[str, str, Values] | None = None
    notices: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked a colleague about the case, until it is answered."""

    id: str
    by: str
    to: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Instance:
    """The snapshot.

    `data` holds each form's values under its short name, `doers` who completed the task of which state, oldest first,
    `authors` who filled in which form (its short name; in a for-each branch `<token>:<short name>`), `recused` who said
    of which approval that they must not decide in it (its state, in a branch likewise; of a move `<state>/<trigger>`),
    `rounds` the number of the last round of each approval (named likewise),
    `links` the cases it has called. `held` are the ways into a final state that wait for them: token -> triggers, of
    which the last counts. `sent` are the messages that may still be taken back, as of the last step that sent one,
    `undo` is what undoes that step, `unsent` the messages that are to be written again, by the tasks of doing so.
    `severity` is what the process says of how grave the case is, empty when it says nothing; `tags` are in their order.
    """

    id: str
    process: str
    digest: str
    reference: str
    starter: str
    received_at: datetime
    started_at: datetime
    status: str = RUNNING
    revision: int = 0
    seq: int = 0
    counter: int = 0
    ended_at: datetime | None = None
    outcome: str = ""
    external_id: str = ""
    subject: str = ""
    label: str = ""
    customer: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    variables: Values = field(default_factory=dict)
    milestones: Mapping[str, datetime] = field(default_factory=dict)
    doers: tuple[tuple[str, str], ...] = ()
    authors: tuple[tuple[str, str], ...] = ()
    recused: tuple[tuple[str, str], ...] = ()
    rounds: Mapping[str, int] = field(default_factory=dict)
    tokens: Mapping[str, Token] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    timers: Mapping[str, Timer] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    waits: tuple[Wait, ...] = ()
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    dismissed: Mapping[str, Incident] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    priority: str = ""
    severity: str = ""
    tags: tuple[str, ...] = ()
    links: Mapping[str, Link] = field(default_factory=dict)
    held: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parent: Parent | None = None
    sent: tuple[Sent, ...] = ()
    questions: Mapping[str, Question] = field(default_factory=dict)
    undo: Undo | None = None
    unsent: Mapping[str, SendMessage] = field(default_factory=dict)

    @property
    def states(self) -> tuple[str, ...]:
        """The states in which its living tokens stand, parents before branches."""
        return tuple(token.state for token in self.tokens.values() if not token.done)
