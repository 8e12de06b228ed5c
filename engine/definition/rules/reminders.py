"""A reminder comes no later than the time of which it reminds.

Owns `reminder-too-late`. A reminder tells nobody but who has the work, or is for work that nobody has taken; what tells
others when the time is over is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from engine.core.calendars import Calendar
from engine.core.durations import Duration
from engine.definition.model import State
from engine.definition.moves import Due, Move
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.keywords.doing import ASSIGNEE

_MOMENTS = tuple(datetime(2026, 6, 8, tzinfo=UTC) + timedelta(hours=hours) for hours in range(0, 14 * 24, 5))
"""Two weeks at every hour of the day: what holds at all of these holds."""


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for name, state in sight.bound.states.items():
        for index, said in _too_late(state, sight.bound.calendar):
            written = sight.outline.states[name].words["after"][index]
            report.warning(
                written.time.place,
                "reminder-too-late",
                f"Expected this reminder no later than the work in '{name}' is due, but that is {said}",
                "let it come earlier, or tell those who supervise when the time is over",
            )


def _too_late(state: State, calendar: Calendar) -> Iterator[tuple[int, str]]:
    """Which timers of a state remind of its work when it is over already, and when that is."""
    work = state.task or state.approval
    if work is None or work.due is None:
        return
    for index, after in enumerate(state.words.get("after", ())):
        if after.due is not None and _reminds(after.move) and (said := _never_before(after.due, work.due, calendar)):
            yield index, said


def _reminds(move: Move) -> bool:
    if any(branch.go for branch in move.branches):
        return False
    told = {who for actions in move.doing for notice in actions.notices for who in notice.to}
    waiting = any(branch.when is not None and "claimed" in branch.when.names for branch in move.branches)
    return bool(told) and (waiting or told == {ASSIGNEE})


def _never_before(reminder: Due, due: Due, calendar: Calendar) -> str:
    """When the work is due, if the reminder is later whatever the answers; else nothing."""
    if reminder.length is not None and due.length is not None:
        times = tuple(dict.fromkeys(due.length.all()))
        late = all(_longer(one, time, calendar) for one in reminder.length.all() for time in times)
        return f"after {' or '.join(map(str, times))}" if late else ""
    if reminder.at is None or due.at is None or reminder.at.text != due.at.text or due.before is None:
        return ""
    late = reminder.before is None or _longer(due.before, reminder.before, calendar)
    return f"{due.before} before the same date" if late else ""


def _longer(one: Duration, other: Duration, calendar: Calendar) -> bool:
    """Whether the one never ends before the other, and sometimes after it."""
    ends = [(calendar.add(at, one), calendar.add(at, other)) for at in _MOMENTS]
    return all(end >= than for end, than in ends) and any(end > than for end, than in ends)


RULE = Rule({"reminder-too-late": "A reminder comes later than what it reminds of is due."}, _check)
