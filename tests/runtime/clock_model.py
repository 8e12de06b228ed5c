"""What the clocks of a `claim` (see `tests.runtime.promising`) should be, worked out from what happened in it alone.

Small on purpose, and made apart from `engine.core.clocks`: it reads no event of a clock, knows the four facts that this
one process names, and asks `engine.core.deadlines`, which is proved by itself, for the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from engine.core.calendars import Calendar
from engine.core.deadlines import deadline, reached
from engine.core.durations import parse_duration
from engine.core.events import Event
from engine.core.instance import Instance
from engine.store.history import Line

TARGETS = {
    "answer": {"S1": "4bh", "S2": "5bd", "S3": "", "": "1bd"},
    "silence": {"S1": "1d", "S2": "3d", "S3": "3d", "": "2d"},
    "response": dict.fromkeys(("S1", "S2", "S3", ""), "6h"),
}
RUNGS = {"answer": (50, 100, 150, 200, 300), "silence": (100,), "response": (100,)}
STAFF = {"ann", "ben", "tom", "olga"}


@dataclass
class Expected:
    """One clock. `pauses` are (from, to or None); `due` is None while it stands still or promises nothing."""

    run: int
    began: datetime
    target: str
    status: str = "running"
    pauses: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    due: datetime | None = None
    missed: datetime | None = None
    ended: datetime | None = None
    fired: list[int] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return self.status in ("running", "paused")


def _named(event: Event, personal: bool) -> set[str]:
    """The clocks that know what happened by one of their facts."""
    body = event.body
    if event.type == "message-sent" and not str(body["to"]).startswith(("role:", "person:")):
        answered = {"answer"} if body["template"] == "claim-answer" else set()
        return {"silence"} | answered | ({"response"} if personal else set())
    if event.type == "milestone-reached" and body["milestone"] == "refused":
        return {"answer", "silence"}
    return {"response"} if event.type == "message-received" and body["message"] == "customer-wrote" else set()


class Model:
    """The clocks of one case, followed line by line of its history; each broken expectation is a sentence."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.clocks: dict[str, Expected] = {}
        self.state = ""
        self.over = False
        self.ended_at: datetime | None = None
        self.severity = ""
        self.seen = 0
        self.broken: list[str] = []
        self.before: dict[int, tuple[dict[str, Expected], str, str]] = {}
        self.alone: dict[str, dict[str, Expected | None]] = {}

    def follow(self, lines: Iterable[Line]) -> None:
        """The lines of history that are new, step by step: what one step wrote was recorded at one instant."""
        for _, step in groupby(lines, key=lambda line: line.recorded_at):
            self._step(list(step))

    def _step(self, lines: list[Line]) -> None:
        self.seen += len(lines)
        events = [line.event for line in lines]
        at = events[-1].at
        stood = (deepcopy(self.clocks), self.state, self.severity)
        self.before[lines[0].seq] = stood
        personal = any(event.type == "task-completed" and event.actor in STAFF for event in events)
        was_over, reopened = self.over, False
        for event in events:
            self._fired(event.type, event.body)
        for event in events:
            body = event.body
            if event.type == "case-started":
                received = datetime.fromisoformat(body["received_at"])
                self._begin("answer", received)
                self._begin("silence", received)
            elif event.type == "message-sent" and not str(body["to"]).startswith(("role:", "person:")):
                was = deepcopy(self.clocks)
                self._sent(body["template"], at, personal)
                others = {name for other in events if other is not event for name in _named(other, personal)}
                moved = {name for name in _named(event, personal) - others if was.get(name) != self.clocks.get(name)}
                self.alone[body["message"]] = {name: was.get(name) for name in moved}
            elif event.type == "message-withdrawn" and not any(one.type == "step-undone" for one in events):
                self._take_back(at, self.alone[body["message"]])
            elif event.type == "message-received" and body["message"] == "customer-wrote":
                if "response" not in self.clocks or not self.clocks["response"].live:
                    self._begin("response", at)
            elif event.type == "milestone-reached" and body["milestone"] == "refused":
                self._stop("answer", at)
                self._stop("silence", at)
            elif event.type == "moved" and body["token"] == "0":
                self.state = body["to"]
            elif event.type in ("completed", "cancelled"):
                self.over = True
            elif event.type == "reopened":
                self.over, reopened = False, was_over
            elif event.type == "step-undone":
                self._undo(at, *self.before[body["lines"][0]])
            if event.type == "form-submitted" and body["name"] == "weighing" and "severity" in body["changes"]:
                self.severity = body["changes"]["severity"][1]
        if reopened:
            self._reopen(at)
        if self.over:
            self._end(at, self.ended_at if was_over else at)
        else:
            self._retarget(at)
            self._stand_still(at)

    # --- what happens to a clock

    def _begin(self, name: str, at: datetime) -> None:
        earlier = self.clocks.get(name)
        self.clocks[name] = Expected(earlier.run + 1 if earlier else 1, at, TARGETS[name][self.severity])
        self._work_out(name, at)

    def _stop(self, name: str, at: datetime, status: str = "stopped") -> None:
        clock = self.clocks.get(name)
        if clock is not None and clock.live:
            self._late(clock, at)
            self._resume(clock, at)
            clock.status, clock.due, clock.ended = status, None, at

    def _sent(self, message: str, at: datetime, personal: bool) -> None:
        if personal:
            self._stop("response", at)
        if message == "claim-answer":
            self._stop("answer", at)
            self._stop("silence", at)
        elif self.clocks["silence"].live:
            self._stop("silence", at)
            self._begin("silence", at)

    def _end(self, at: datetime, ended_at: datetime | None) -> None:
        self.ended_at = ended_at
        for name in self.clocks:
            self._stop(name, at, "cancelled")

    def _reopen(self, at: datetime) -> None:
        for name, clock in list(self.clocks.items()):
            if clock.status == "cancelled":
                if name == "silence":
                    self._begin(name, at)
                else:
                    assert self.ended_at is not None
                    clock.pauses.append((self.ended_at, at))
                    clock.status, clock.ended = "running", None
                    self._work_out(name, at)

    def _retarget(self, at: datetime) -> None:
        for name, clock in self.clocks.items():
            target = TARGETS[name][self.severity]
            if clock.live and target != clock.target:
                self._late(clock, at)
                clock.target = target
                self._work_out(name, at)

    def _stand_still(self, at: datetime) -> None:
        clock = self.clocks["answer"]
        if clock.status == "running" and self.state == "waiting":
            self._late(clock, at)
            clock.status, clock.due = "paused", None
            clock.pauses.append((at, None))
        elif clock.status == "paused" and self.state != "waiting":
            self._resume(clock, at)
            clock.status = "running"
            self._work_out("answer", at)

    def _fired(self, type: str, body: Any) -> None:
        """A share fires once, the next one in line, at the time at which it is used up; 200% again and again."""
        if type != "timer-fired" or body.get("word") != "clock" or body["rung"] == "hard-stop":
            return
        clock, percent = self.clocks[body["state"]], int(body["rung"].removesuffix("%"))
        due = datetime.fromisoformat(body["due_at"])
        if percent in clock.fired:
            if percent not in (150, 200):  # one that failed is tried again, one repeats
                self.broken.append(f"{body} has fired before")
            return
        following = [one for one in RUNGS[body["state"]] if one not in clock.fired][0]
        if percent != following or not clock.live:
            self.broken.append(f"{body} fired, but {following} was next in {clock}")
        elif due != self._used(clock, percent, due):
            self.broken.append(
                f"{body} fired for {due}, but {percent}% are used up at {self._used(clock, percent, due)}"
            )
        clock.fired.append(percent)
        if percent == 100 and clock.missed is None:
            clock.missed = due

    def _take_back(self, at: datetime, alone: dict[str, Expected | None]) -> None:
        """What this message alone had ended goes on, what it had begun is over."""
        for name, was in alone.items():
            now = self.clocks[name]
            if was is not None and was.run > now.run:
                continue  # begun by a message that has been taken back already
            if was is None or not was.live:
                self._resume(now, at)
                now.status, now.due, now.ended = "cancelled", None, at
            else:
                self._go_on(name, was, now)

    def _go_on(self, name: str, was: Expected, now: Expected) -> None:
        if was.missed is None and was.due is not None and was.due < (now.ended or now.began):
            was.missed = was.due
        self.clocks[name] = was

    def _undo(self, at: datetime, clocks: dict[str, Expected], state: str, severity: str) -> None:
        """What had ended goes on as it was, what had begun never did; a miss in between stays."""
        self.over, self.state, self.severity = False, state, severity
        for name, now in self.clocks.items():
            was = clocks.get(name)
            if was is not None and was.live and (was.run, now.live) != (now.run, was.live):
                self._go_on(name, was, now)
            elif was is None:
                now.status, now.due, now.ended = "cancelled", None, at
                self._resume(now, at)
            elif now.run > was.run:
                self.clocks[name] = was

    # --- when

    def _late(self, clock: Expected, at: datetime) -> None:
        if clock.missed is None and clock.due is not None and clock.due < at:
            clock.missed = clock.due

    def _resume(self, clock: Expected, at: datetime) -> None:
        clock.pauses = [(begin, end or at) for begin, end in clock.pauses]

    def _work_out(self, name: str, at: datetime) -> None:
        clock = self.clocks[name]
        if clock.status != "paused":
            pauses = [(begin, end or at) for begin, end in clock.pauses]
            target = clock.target
            clock.due = deadline(self.calendar, clock.began, parse_duration(target), pauses) if target else None

    def _used(self, clock: Expected, percent: int, at: datetime) -> datetime:
        pauses = [(begin, end or max(begin, at)) for begin, end in clock.pauses]
        return reached(self.calendar, clock.began, parse_duration(clock.target), pauses, percent)

    # --- held against what is

    def differs(self, here: Instance, worked_until: datetime | None) -> list[str]:
        """What is not as expected. `worked_until`: everything due by then has been fired just now."""
        found, self.broken = self.broken, []
        if here.clocks.keys() != self.clocks.keys():
            return [*found, f"clocks: expected {list(self.clocks)}, found {list(here.clocks)}"]
        for name, clock in here.clocks.items():
            expected = self.clocks[name]
            is_so = (clock.run, clock.started_at, clock.target, clock.status, list(clock.pauses), clock.due_at)
            should = (
                expected.run, expected.began, expected.target, expected.status, expected.pauses, expected.due
            )  # fmt: skip
            if is_so != should or (clock.missed, clock.ended_at) != (expected.missed, expected.ended):
                found.append(f"{name}: expected {expected}, found {clock}")
            if worked_until is None or here.status != "running" or clock.status != "running" or not clock.target:
                continue
            if (clock.missed is None) and clock.due_at is not None and clock.due_at <= worked_until:
                found.append(f"{name} was due at {clock.due_at}, and nobody has noticed until {worked_until}")
            for percent in RUNGS[name]:
                used = self._used(expected, percent, worked_until)
                if used <= worked_until and percent not in clock.fired:
                    found.append(f"{name}: {percent}% were used up at {used}, but that has not fired")
        return found
