"""Why a clock is due when it is: since when it runs, what it promises, the open time and the days it counted, what each
pause moved, what it had promised before and who changed that, and how it stands; the same of its earlier runs.

Owns the explanation as data and in words. Reckons nothing itself: `engine.core.deadlines` and the calendar do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.arming import past
from engine.core.clock_histories import Replaced, Run, runs
from engine.core.clock_words import WORDS
from engine.core.deadlines import Shift, deadline, shifts, used
from engine.core.durations import in_dative, parse_duration
from engine.core.events import Event
from engine.core.explanations import Explanation
from engine.core.promised import Clock
from engine.core.written_times import moment, number
from engine.definition.expressions.telling import Spoken
from engine.definition.model import Definition
from engine.definition.texts import localised

AS_WRITTEN = Spoken()
Names = Mapping[str, str]
"""What people are called, by their ids."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """How a target became a deadline: `steps` is the way to it without pauses (None: nothing is promised), `shifts`
    what the pauses did to it, `due` the deadline (of a clock that stands still: as if the pause ended then).
    """

    steps: Explanation | None = None
    shifts: tuple[Shift, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """A clock, and why it is due when it is. `steps`, `shifts` and `due` as in `Reckoned`, `used` the time that counts
    so far. `replaced` is what it had promised before, each with how that was reckoned, `earlier` its earlier runs;
    `undone` tells that it began with a message that was taken back.
    """

    clock: Clock
    title: str
    steps: Explanation | None
    shifts: tuple[Shift, ...]
    due: datetime | None
    used: timedelta
    hard_stop: datetime | None
    replaced: tuple[tuple[Replaced, Reckoned], ...] = ()
    earlier: tuple[ClockExplanation, ...] = ()
    undone: bool = False

    @property
    def promised(self) -> bool:
        """Whether anything is, or ever was, promised in this run."""
        return self.steps is not None or any(was.steps is not None for _, was in self.replaced)

    @property
    def promised_late(self) -> datetime | None:
        """When somebody's answer promised what was missed, where its deadline had passed already: then nobody missed
        what they knew of. None otherwise.
        """
        missed = self.clock.missed
        if missed is None:
            return None
        changed = [was.at for was, _ in self.replaced if was.clock.missed is None and missed < was.at]
        return changed[-1] if changed else None

    def lines(
        self, zone: str, language: str = "en", names: Names | None = None, spoken: Spoken = AS_WRITTEN
    ) -> list[str]:
        """In words, how it stands first; instants in `zone`, people as `names` call them, answers as `spoken` does."""
        return _Words(zone, language, names or {}, spoken).of(self)

    def as_json(self) -> dict[str, Any]:
        """Plain data; instants as ISO 8601 in UTC, times in minutes."""
        clock = self.clock
        return {
            "clock": clock.name,
            "title": self.title,
            "status": clock.status,
            "run": clock.run,
            "started_at": clock.started_at.isoformat(),
            "target": clock.target,
            "due": _iso(self.due),
            "missed": _iso(clock.missed),
            "ended_at": _iso(clock.ended_at),
            "used_minutes": self.used / timedelta(minutes=1),
            "hard_stop": _iso(self.hard_stop),
            **_reckoned_json(self.steps, self.shifts),
            "earlier_targets": [
                {
                    "target": one.clock.target,
                    "until": one.at.isoformat(),
                    "changed_by": one.by,
                    "on_behalf_of": one.behalf,
                    "to": one.to,
                    "because": dict(one.values),
                    "due": _iso(was.due),
                    **_reckoned_json(was.steps, was.shifts),
                }
                for one, was in self.replaced
            ],
            "earlier_runs": [one.as_json() for one in self.earlier],
            **({"undone": True} if self.undone else {}),
        }


def _reckoned_json(steps: Explanation | None, moved: Iterable[Shift]) -> dict[str, Any]:
    return {
        "without_pauses": steps.as_json() if steps is not None else None,
        "pauses": [
            {
                "from": shift.begin.isoformat(),
                "to": shift.end.isoformat(),
                "counted_minutes": shift.lasted / timedelta(minutes=1),
                "due": shift.to.isoformat(),
            }
            for shift in moved
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


class _Words:
    """Says explanations in one language, with instants in one zone."""

    def __init__(self, zone: str, language: str, names: Names, spoken: Spoken) -> None:
        self._spoken = spoken
        self.language = language if language in WORDS else "en"
        self._words, self._zone, self._names = WORDS[self.language], ZoneInfo(zone), names

    def of(self, one: ClockExplanation) -> list[str]:
        clock = one.clock
        head = self._head(one)
        missed = [run.clock.missed for run in one.earlier if run.clock.missed is not None]
        if missed:
            head = self._words["missed before"].format(head=head, times=", ".join(map(self._at, missed)))
        lines = [f"{one.title}: {head}"]
        if clock.run > 1:
            lines.append(self._words["run"].format(run=clock.run))
        lines += self._way(one)
        if clock.status == "paused":
            lines.append(self._words["still"].format(begin=self._at(clock.pauses[-1][0])))
        if one.steps is not None and clock.live:
            lines.append(self._words["used"].format(used=self._lasted(one.used, one.steps)))
        if one.hard_stop is not None and clock.live:
            lines.append(self._words["hard"].format(at=self._at(one.hard_stop)))
        for run in reversed(one.earlier):
            lines.append(self._words["earlier"].format(run=run.clock.run, head=self._head(run)))
            lines += self._way(run)
        return lines

    def _head(self, one: ClockExplanation) -> str:
        clock = one.clock
        late = " late" if clock.missed is not None else ""
        how = "missed" if late and clock.live else clock.status + late
        if how == "missed" and clock.status == "running" and one.due is not None and one.due != clock.missed:
            how = "missed and due"
        if one.steps is None:
            how = ("none" if clock.live else "none ended") + late
            how = "none any more" if how == "none" and one.promised else how
        elif one.promised_late is not None:
            how = f"{how} promised late"
        return self._words["undone" if one.undone else how].format(
            due=self._at(one.due),
            ended=self._at(clock.ended_at),
            missed=self._at(clock.missed),
            promised=self._at(one.promised_late),
            since=self._at(clock.pauses[-1][0] if clock.pauses else None),
        )

    def _way(self, one: ClockExplanation) -> Iterator[str]:
        """From the first promise to the last, each reckoned from the beginning of the run."""
        for replaced, was in one.replaced:
            if was.steps is None:
                yield self._words["at first"].format(start=self._at(replaced.clock.started_at))
            yield from self._reckoned(was.steps, was.shifts)
            yield self._changed(replaced)
        yield from self._reckoned(one.steps, one.shifts)

    def _reckoned(self, steps: Explanation | None, moved: Iterable[Shift]) -> Iterator[str]:
        if steps is None:
            return
        yield from steps.lines(self.language)
        for shift in moved:
            yield self._words["pause"].format(
                begin=self._at(shift.begin),
                end=self._at(shift.end),
                lasted=self._lasted(shift.lasted, steps),
                to=self._at(shift.to),
            )

    def _changed(self, one: Replaced) -> str:
        who = self._names.get(one.by, one.by)
        if one.behalf:
            who = self._words["behalf"].format(who=who, behalf=self._names.get(one.behalf, one.behalf))
        said = self._words["replaced"].format(
            at=self._at(one.at), who=who, old=self._from(one.clock.target), new=self._length(one.to)
        )
        why = ", ".join(
            f"{self._spoken.name(name, self.language)} = {self._spoken.label(name, value, self.language)}"
            for name, value in one.values.items()
        )
        return self._words["because"].format(changed=said, why=why) if why else said

    def _length(self, target: str) -> str:
        return parse_duration(target).words(self.language) if target else self._words["nothing"]

    def _from(self, target: str) -> str:
        """As it stands behind `from`."""
        return in_dative(self._length(target)) if self.language == "de" else self._length(target)

    def _lasted(self, length: timedelta, steps: Explanation) -> str:
        key = "open" if steps.duration.working else "all"
        return self._words[key].format(hours=number(round(length / timedelta(hours=1), 2), self.language))

    def _at(self, at: datetime | None) -> str:
        return moment(at.astimezone(self._zone), self.language) if at is not None else ""


def explain(
    definition: Definition, clock: Clock, now: datetime, language: str = "", history: Iterable[Run] = ()
) -> ClockExplanation:
    """The explanation of a clock of a case of this definition, as things stand at `now`. `history` are its runs, as
    `engine.core.clock_histories` reads them; without them only what is promised now is told.
    """
    plan = definition.clocks[clock.name]
    until = clock.ended_at or now
    title = localised(plan.title, language or definition.languages[0])
    hard = definition.calendar.add(clock.started_at, plan.hard_stop) if plan.hard_stop is not None else None
    known = {run.clock.run: run for run in history}
    this = known.get(clock.run)
    reckoned, spent = _reckon(definition, clock, until), timedelta(0)
    if clock.target:
        pauses = past(clock.pauses, until)
        spent = used(definition.calendar, clock.started_at, parse_duration(clock.target), pauses, until)
    return ClockExplanation(
        clock,
        title,
        reckoned.steps,
        reckoned.shifts,
        reckoned.due,
        spent,
        hard,
        tuple((one, _reckon(definition, one.clock, one.at)) for one in (this.replaced if this is not None else ())),
        tuple(
            explain(definition, run.clock, now, language, [run]) for run in known.values() if run.clock.run < clock.run
        ),
        this is not None and this.undone,
    )


def explain_all(
    definition: Definition, clocks: Mapping[str, Clock], events: Iterable[Event], now: datetime, language: str = ""
) -> list[ClockExplanation]:
    """All clocks of a case, with what its history tells of them; those still to be kept first, the next due at the
    top.
    """
    told = runs(events)
    found = [explain(definition, clock, now, language, told.get(clock.name, ())) for clock in clocks.values()]
    return sorted(found, key=lambda one: (not one.clock.live, one.clock.due_at is None, one.clock.due_at or now))


def _reckon(definition: Definition, clock: Clock, until: datetime) -> Reckoned:
    """Its target as it was reckoned at this moment."""
    if not clock.target:
        return Reckoned()
    target, start, calendar = parse_duration(clock.target), clock.started_at, definition.calendar
    pauses = past(clock.pauses, until)
    return Reckoned(
        calendar.explain(start, target),
        shifts(calendar, start, target, pauses),
        deadline(calendar, start, target, pauses),
    )
