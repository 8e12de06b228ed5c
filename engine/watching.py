"""What each step came to, and how long it took: counted for monitors, told to the log.

Owns the count of this program and the line of a step. Says which case, who and how long; never what was written.
"""

from __future__ import annotations

import logging
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from types import TracebackType
from typing import Protocol, TypeVar

from engine.core.actors import Actor
from engine.definition.roles import CUSTOMER
from engine.errors import Rejected
from engine.logs import facts

log = logging.getLogger(__name__)
log.addHandler(logging.NullHandler())  # else Python prints what nobody has asked for

OUTCOMES = DONE, REFUSED, STUCK, FAILED = "done", "refused", "stuck", "failed"
"""What a step comes to: written; refused to whoever asked; an incident, by the process's fault; undone, by ours."""

_LEVELS = {DONE: logging.INFO, REFUSED: logging.INFO, STUCK: logging.WARNING, FAILED: logging.ERROR}

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds by which steps are sorted."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often steps of a process came to what; how many took at most each of BOUNDS (longer ones: the last), and all
    their seconds together.
    """

    steps: dict[tuple[str, str], int]
    took: tuple[int, ...]
    seconds: float


class Tally:
    """The count of one program, from its beginning. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._steps: Counter[tuple[str, str]] = Counter()
        self._took = [0] * (len(BOUNDS) + 1)
        self._seconds = 0.0

    def add(self, process: str, outcome: str, seconds: float) -> None:
        place = bisect_left(BOUNDS, seconds)
        with self._lock:
            self._steps[process, outcome] += 1
            self._took[place] += 1
            self._seconds += seconds

    def read(self) -> Counts:
        with self._lock:
            return Counts(dict(self._steps), tuple(self._took), self._seconds)


TALLY = Tally()
"""That of this program, whatever engines it has: `heard serve` has one for its pages and one for its worker."""


class Outcome(Protocol):
    """What a step has to tell when it was done."""

    @property
    def reference(self) -> str: ...

    @property
    def stuck(self) -> str: ...


Came = TypeVar("Came", bound=Outcome)


class Watched:
    """One step, while it is done: `with Watched("Claim", actor) as seen`.

    `process` and `case` (its reference) are told as soon as they are known; empty, they never were.
    """

    __slots__ = ("actor", "began", "case", "command", "outcome", "process", "tally")

    def __init__(self, command: str, actor: Actor, tally: Tally = TALLY) -> None:
        self.command = command
        self.actor = actor
        self.tally = tally
        self.process = self.case = ""
        self.outcome = DONE

    def came_to(self, result: Came) -> Came:
        """The same result, noted."""
        self.case = result.reference
        self.outcome = STUCK if result.stuck else DONE
        return result

    def __enter__(self) -> Watched:
        self.began = perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        took = perf_counter() - self.began
        if error is not None:
            self.outcome = REFUSED if isinstance(error, Rejected) else FAILED
        self.tally.add(self.process, self.outcome, took)
        level = _LEVELS[self.outcome]
        if log.isEnabledFor(level):
            log.log(level, "%s of case %s: %s", self.command, self.case, self.outcome, extra=self._facts(error, took))

    def _facts(self, error: BaseException | None, took: float) -> dict[str, object]:
        return facts(
            "step",
            command=self.command,
            outcome=self.outcome,
            case=self.case,
            process=self.process,
            actor=who(self.actor),
            via=self.actor.via,
            code=error.code if isinstance(error, Rejected) else "",
            error="" if error is None or isinstance(error, Rejected) else type(error).__name__,
            duration=round(took, 6),
        )


def who(actor: Actor) -> str:
    """A colleague's id; of customers only that it was one, whoever they are."""
    return CUSTOMER if actor.kind == CUSTOMER else actor.id
