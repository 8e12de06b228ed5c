"""What became of a case's clocks from their beginning: earlier runs, and what each had promised before it was changed.

Owns the reading of it from the history; the snapshot knows only how the last run stands. Reckons no deadline:
`engine.core.clock_explanations` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.core.events import Event
from engine.core.promised import Clock


@dataclass(frozen=True, slots=True)
class Replaced:
    """What a clock promised until somebody's answer changed it.

    `clock` is the clock as it stood then, `to` what was promised from then on (empty: nothing); `by` whose answer it
    was, `behalf` for whom they gave it, `values` the answers that decide what is promised.
    """

    clock: Clock
    at: datetime
    to: str
    by: str
    behalf: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock: how it stands (without its timers and its due time), and what it had promised before, oldest
    first. `before_end` is the clock that was stopped, for a message that is taken back; `undone` tells that the run
    began with such a message and does not count.
    """

    clock: Clock
    replaced: tuple[Replaced, ...] = ()
    before_end: Clock | None = None
    undone: bool = False


Runs = dict[int, Run]


def runs(events: Iterable[Event]) -> dict[str, tuple[Run, ...]]:
    """Every run of every clock, oldest first, by the clock's name."""
    found: dict[str, Runs] = {}
    for event in events:
        change = _CHANGES.get(event.type)
        if change is None:
            continue
        # Somebody may have been at a line; what is left still tells most of it, and `--verify` tells the rest.
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            change(found.setdefault(event.body["clock"], {}), event.body.get("run", 1), event)
    return {name: tuple(own[run] for run in sorted(own)) for name, own in found.items()}


def _started(own: Runs, run: int, event: Event) -> None:
    since = datetime.fromisoformat(event.body["since"])
    own[run] = Run(Clock(event.body["clock"], run, since, _target(event)))


def _paused(own: Runs, run: int, event: Event) -> None:
    clock = own[run].clock
    _now(own, run, replace(clock, status="paused", pauses=(*clock.pauses, (event.at, None))))


def _resumed(own: Runs, run: int, event: Event) -> None:
    """After a pause, or with the case that was reopened: the time between is a pause too."""
    clock = _closed(own[run].clock, event.at)
    if clock.ended_at is not None:
        clock = replace(clock, pauses=(*clock.pauses, (clock.ended_at, event.at)), ended_at=None)
    _now(own, run, replace(clock, status="running"))


def _retargeted(own: Runs, run: int, event: Event) -> None:
    (_, to), body, one = event.body["changes"]["target"], event.body, own[run]
    was = Replaced(one.clock, event.at, to, event.actor, event.on_behalf_of, body.get("values", {}))
    own[run] = replace(one, clock=replace(one.clock, target=to), replaced=(*one.replaced, was))


def _breached(own: Runs, run: int, event: Event) -> None:
    _now(own, run, replace(own[run].clock, missed=datetime.fromisoformat(event.body["due_at"])))


def _stopped(own: Runs, run: int, event: Event) -> None:
    _end(own, run, event, "stopped")


def _cancelled(own: Runs, run: int, event: Event) -> None:
    _end(own, run, event, "cancelled")


def _end(own: Runs, run: int, event: Event, status: str) -> None:
    was = own[run].clock
    over = replace(_closed(was, event.at), status=status, ended_at=event.at)
    own[run] = replace(own[run], clock=over, before_end=was)


def _restored(own: Runs, run: int, event: Event) -> None:
    """The message that had stopped or begun it was taken back: so did not begin what followed, and this goes on."""
    for later in [number for number in own if number > run]:
        _end(own, later, event, "cancelled")
        own[later] = replace(own[later], undone=True)
    one = own[run]
    if event.body.get("undone") or (event.body["target"] == "none" and (one.before_end is None or one.clock.live)):
        _end(own, run, event, "cancelled")
        own[run] = replace(own[run], undone=True)
    elif one.before_end is not None:
        _now(own, run, replace(one.before_end, missed=one.clock.missed))


def _now(own: Runs, run: int, clock: Clock) -> None:
    own[run] = replace(own[run], clock=clock)


def _closed(clock: Clock, at: datetime) -> Clock:
    return replace(clock, pauses=tuple((begin, end or at) for begin, end in clock.pauses))


def _target(event: Event) -> str:
    said = event.body["target"]
    return "" if said == "none" else str(said)


_CHANGES: Mapping[str, Callable[[Runs, int, Event], None]] = {
    "clock-started": _started,
    "clock-paused": _paused,
    "clock-resumed": _resumed,
    "clock-retargeted": _retargeted,
    "clock-breached": _breached,
    "clock-stopped": _stopped,
    "clock-restored": _restored,
    "clock-cancelled": _cancelled,
}
