"""Whether the rows by which a case is found are its own: what waits as its snapshot has it, what is over as its history
tells.

Owns which rows these are. Reads no row itself: `verifying` does, for many cases at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from engine.core.clock_histories import Run, runs
from engine.core.events import Event
from engine.core.instance import CANCELLED, Instance
from engine.store import case_rows, clock_rows
from engine.store.comparing import Kind, Row, names_of, otherwise, parted
from engine.store.fields import maybe_micros, to_micros
from engine.store.models import Candidate, Clock, Exclusion, Incident, Task, Timer, Wait
from engine.store.registers import Question

OPEN = ("open", "claimed")
_ENDS = ("task-completed", "task-withdrawn")

Rows = Mapping[type[Any], Sequence[Row]]
"""By their tables: every row of a case, each column as it lies there."""


_TASK = Kind("the task", names_of(Task), ("id",))
_OFFER = Kind("the offer of the task", names_of(Candidate), ("task", "role"))
_BAR = Kind("who is kept out of the task", names_of(Exclusion), ("task", "person"))
_TIMER = Kind("the timer", names_of(Timer), ("id",))
_WAIT = Kind("what is waited for", names_of(Wait), ("token", "message"))
_INCIDENT = Kind("the incident", names_of(Incident), ("id",))
_CLOCK = Kind("the promise", names_of(Clock), ("name", "run"))
_QUESTION = Kind("the question", names_of(Question), ("id",))
_TASK_OVER = Kind("the task", names_of(Task), ("id",), "history")
_INCIDENT_OVER = Kind("the incident", names_of(Incident), ("id",), "history")
_CLOCK_OVER = Kind("the promise", names_of(Clock), ("name", "run"), "history")
_ASKED = Kind("the question", names_of(Question), ("id",), "history")

TABLES: tuple[Any, ...] = (Task, Candidate, Exclusion, Timer, Wait, Incident, Clock, Question)


def rows_apart(case: Instance, events: Sequence[Event], rows: Rows) -> Iterator[str]:
    """A sentence for each row that is not the case's own."""
    tasks, promise = case.tasks.values(), case_rows.promised(case)
    free = [task for task in tasks if case_rows.offered(task)]
    waiting, over = _split(_TASK, rows[Task], OPEN)
    yield from parted(_TASK, waiting, (case_rows.task_row(task, case, promise) for task in tasks))
    yield from _tasks_over(over, events, case.tasks)
    yield from parted(
        _OFFER, rows[Candidate], (row for task in free for row in case_rows.candidate_rows(task, case, promise))
    )
    yield from parted(_BAR, rows[Exclusion], (row for task in free for row in case_rows.exclusion_rows(task)))
    yield from parted(
        _TIMER, rows[Timer], (case_rows.timer_row(one, case) for one in case_rows.may_fire(case).values())
    )
    yield from parted(_WAIT, rows[Wait], case_rows.wait_rows(case))
    waiting, over = _split(_INCIDENT, rows[Incident], ("open",))
    yield from parted(_INCIDENT, waiting, (case_rows.incident_row(one, case) for one in case.incidents.values()))
    yield from _incidents_over(over, events, case)
    yield from _clocks(case, events, rows[Clock])
    yield from _questions(case, events, rows[Question])


def _split(kind: Kind, rows: Iterable[Row], waits: Sequence[str]) -> tuple[list[Row], list[Row]]:
    """Those that wait, and those that are over."""
    at = kind.names.index("status")
    every = list(rows)
    return [row for row in every if row[at] in waits], [row for row in every if row[at] not in waits]


def _tasks_over(rows: Iterable[Row], events: Sequence[Event], waiting: Iterable[str]) -> Iterator[str]:
    opened: dict[str, Event] = {}
    ended: dict[str, Event] = {}
    for event in events:
        task = str(event.body.get("task", ""))
        if event.type == "task-opened":
            opened[task] = event
        elif event.type in _ENDS:
            ended[task] = event
    there = {row[0] for row in rows}
    for task in ended.keys() - there - set(waiting):
        yield f"the task {task} has no row"
    for row in rows:
        found = dict(zip(_TASK.names, row, strict=True))
        begin, end = opened.get(row[0]), ended.get(row[0])
        if begin is None:
            yield f"the task {row[0]} has a row, but by its history there is none"
            continue
        expected: dict[str, Any] = {"title": begin.body["title"], "state": begin.body["state"]}
        if end is not None and end.type == "task-completed":
            expected |= {"status": "completed", "closed_at": to_micros(end.at), "completed_by": end.actor}
            expected |= {"outcome": str(end.body.get("outcome", "")), "on_behalf_of": end.on_behalf_of}
        elif end is not None:
            expected |= {"status": "withdrawn", "closed_at": to_micros(end.at), "completed_by": ""}
        yield from otherwise(_TASK_OVER, (row[0],), found, expected)


def _incidents_over(rows: Iterable[Row], events: Sequence[Event], case: Instance) -> Iterator[str]:
    raised = {event.body["incident"]: event for event in events if event.type == "incident-raised"}
    resolved = {event.body["incident"]: event for event in events if event.type == "incident-resolved"}
    there = {row[0] for row in rows}
    yield from (f"the incident {id} has no row" for id in resolved.keys() - case.incidents.keys() - there)
    for row in rows:
        id, found = row[0], dict(zip(_INCIDENT.names, row, strict=True))
        if id not in raised:
            yield f"the incident {id} has a row, but by its history there is none"
            continue
        expected: dict[str, Any] = {"message": raised[id].body["message"], "at": to_micros(raised[id].at)}
        if id in resolved:
            end = resolved[id]
            expected |= {"status": case_rows.settled_as(id, case), "resolved_at": to_micros(end.at)}
            expected |= {"resolved_by": end.actor, "reason": str(end.body.get("reason", ""))}
        yield from otherwise(_INCIDENT_OVER, (id,), found, expected)


def _clocks(case: Instance, events: Sequence[Event], rows: Iterable[Row]) -> Iterator[str]:
    """The run that a clock is in by the snapshot, and those before it by the history."""
    now = {(one.name, one.run) for one in case.clocks.values()}
    name, run = _CLOCK.names.index("name"), _CLOCK.names.index("run")
    every = {(row[name], row[run]): row for row in rows}
    yield from parted(
        _CLOCK,
        (row for key, row in every.items() if key in now),
        (clock_rows.row(case, clock) for clock in case.clocks.values()),
    )
    before = {(one.clock.name, one.clock.run): one for own in runs(events).values() for one in own}
    for key in before.keys() - now - every.keys():
        yield f"the promise {key[0]} {key[1]} has no row"
    for key, row in every.items():
        if key not in now and key not in before:
            yield f"the promise {key[0]} {key[1]} has a row, but by its history there is none"
        elif key not in now:
            found = dict(zip(_CLOCK.names, row, strict=True))
            yield from otherwise(_CLOCK_OVER, key, found, _over(before[key]))


def _over(run: Run) -> dict[str, Any]:
    """How a run ended that is not the clock's last; of one that never was, only that."""
    clock = run.clock
    if run.undone:
        return {"status": CANCELLED, "due_at": None}
    ended = {"started_at": to_micros(clock.started_at), "ended_at": maybe_micros(clock.ended_at), "due_at": None}
    return {"status": clock.status, "target": clock.target, "missed_at": maybe_micros(clock.missed), **ended}


def _questions(case: Instance, events: Sequence[Event], rows: Iterable[Row]) -> Iterator[str]:
    at = _QUESTION.names.index("answered_at")
    waiting = [row for row in rows if row[at] is None]
    open_ones = ((q.id, case.id, q.by, q.to, q.text, to_micros(q.at), None) for q in case.questions.values())
    yield from parted(_QUESTION, waiting, open_ones)
    asked = {event.body["question"]: event for event in events if event.type == "question-asked"}
    over = [row for row in rows if row[at] is not None]
    yield from (f"the question {id} has no row" for id in asked.keys() - {row[0] for row in (*waiting, *over)})
    for row in over:
        found, event = dict(zip(_QUESTION.names, row, strict=True)), asked.get(row[0])
        if event is None:
            yield f"the question {row[0]} has a row, but by its history there is none"
            continue
        expected = {"asked_by": event.actor, "person": event.body["to"], "text": event.body["text"]}
        yield from otherwise(_ASKED, (row[0],), found, {**expected, "asked_at": to_micros(event.at)})
