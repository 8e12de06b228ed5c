"""A process that writes to its customer at every move, and handlers that note what they were asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from engine.core.commands import Complete
from engine.runtime import Engine, VirtualClock
from engine.store import outbox
from engine.store.outbox import Parcel
from engine.workers.delivering import Handlers
from tests.runtime.worlds import ANN, NOON, engine_on, single, task_in

HELD = timedelta(seconds=15)
LETTERS = single(
    """customer: {email: "'Lena@example.org'", name: "'Lena Fischer'"}
start: {by: agent, go: open}
states:
  open: {task: {title: Write, candidates: [agent]}, on: {write: {send: hello, go: open}, leave: {send: hello, go: end}}}
  end: {final: done}
""",
    "letters",
    {"processes/messages/hello.en.md": "---\nsubject: Hello {reference}\n---\nDear customer,\n\n**thank you**.\n"},
)


def office(url: str, files: Mapping[str, str] = LETTERS) -> tuple[Engine, VirtualClock]:
    """An engine on a clock that stands, with the process deployed."""
    clock = VirtualClock(NOON)
    return engine_on(url, files, clock=clock, process="letters"), clock


def write(engine: Engine, clock: VirtualClock, letters: int = 1, last: str = "write") -> str:
    """A case with so many letters, which may go out now; the case's id."""
    case = engine.start("letters", ANN, {}).instance
    for number in range(letters):
        outcome = last if number == letters - 1 else "write"
        engine.do(case, Complete(at=clock(), actor=ANN, task=task_in(engine, case, "open"), outcome=outcome))
    pass_time(clock, HELD)
    return case


def pass_time(clock: VirtualClock, by: timedelta) -> datetime:
    clock.set(clock.at + by)
    return clock.at


def noting(keys: list[str], error: Exception | None = None) -> Handlers:
    """A handler of messages that notes the keys it was asked for, and fails when told so."""

    def handle(parcel: Parcel) -> str:
        keys.append(parcel.key)
        if error is not None:
            raise error
        return f"<{parcel.name}@here>"

    return {outbox.MESSAGE: handle}
