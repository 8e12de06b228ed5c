"""Why a clock is due when it is: since when it runs, what it promises, the open time and the days it counted, what each
pause moved, and how it stands.

Owns the explanation as data and in words. Reckons nothing itself: `engine.core.deadlines` and the calendar do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.arming import past
from engine.core.deadlines import Shift, deadline, shifts, used
from engine.core.durations import parse_duration
from engine.core.explanations import Explanation
from engine.core.instance import Clock
from engine.definition.model import Definition
from engine.definition.texts import localised

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "running": "due {due}",
        "paused": "stands still since {since}; without more pause it would be due {due}",
        "stopped": "done {ended}, in time for {due}",
        "stopped late": "done {ended}, too late for {missed}",
        "cancelled": "cancelled {ended}, when the case ended",
        "cancelled late": "cancelled {ended}, when the case ended; it had missed {missed}",
        "missed": "missed {missed}; since then it has run on",
        "none": "nothing is promised so far",
        "none ended": "nothing was promised",
        "run": "run number {run}: what was promised before has been done",
        "pause": "stood still {begin} to {end}: {lasted} that count, so the deadline moved to {to}",
        "still": "stands still since {begin}",
        "used": "{used} of it are used up",
        "hard": "hard stop {at}, whatever pauses there are",
        "open": "{hours:g} working hours",
        "all": "{hours:g} hours",
    },
    "de": {
        "running": "fällig {due}",
        "paused": "steht seit {since} still; ohne weitere Pause wäre es {due} fällig",
        "stopped": "erledigt {ended}, rechtzeitig vor {due}",
        "stopped late": "erledigt {ended}, zu spät für {missed}",
        "cancelled": "hinfällig {ended}, weil der Vorgang endete",
        "cancelled late": "hinfällig {ended}, weil der Vorgang endete; verpasst war {missed}",
        "missed": "verpasst {missed}; seitdem läuft es weiter",
        "none": "bisher ist nichts zugesagt",
        "none ended": "es war nichts zugesagt",
        "run": "Lauf Nummer {run}: Früheres ist erledigt",
        "pause": "stand {begin} bis {end} still: {lasted}, die zählen, also neue Frist {to}",
        "still": "steht seit {begin} still",
        "used": "{used} davon sind verbraucht",
        "hard": "äußerste Frist {at}, gleich welche Pausen es gibt",
        "open": "{hours:g} Arbeitsstunden",
        "all": "{hours:g} Stunden",
    },
}


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """A clock, and why it is due when it is. `steps` is the way to the deadline without pauses (None: nothing is
    promised), `shifts` what the pauses did to it, `due` the deadline (of a clock that stands still: as if the pause
    ended now), `used` the time that counts so far.
    """

    clock: Clock
    title: str
    steps: Explanation | None
    shifts: tuple[Shift, ...]
    due: datetime | None
    used: timedelta
    hard_stop: datetime | None

    def lines(self, zone: str, language: str = "en") -> list[str]:
        """In words, how it stands first; instants in `zone`."""
        known = language if language in _WORDS else "en"
        words, place, clock = _WORDS[known], ZoneInfo(zone), self.clock

        def shown(at: datetime | None) -> str:
            return f"{at.astimezone(place):%Y-%m-%d %H:%M}" if at is not None else ""

        working = self.steps is not None and self.steps.duration.working

        def lasted(length: timedelta) -> str:
            return words["open" if working else "all"].format(hours=round(length / timedelta(hours=1), 2))

        late = clock.missed is not None
        how = "missed" if late and clock.live else clock.status + (" late" if late else "")
        if self.steps is None:
            how = "none" if clock.live else "none ended"
        head = words[how].format(
            due=shown(self.due), ended=shown(clock.ended_at), missed=shown(clock.missed), since=_since(clock, shown)
        )  # fmt: skip
        lines = [f"{self.title}: {head}"]
        if clock.run > 1:
            lines.append(words["run"].format(run=clock.run))
        if self.steps is not None:
            lines += self.steps.lines(known)
        for shift in self.shifts:
            lines.append(
                words["pause"].format(
                    begin=shown(shift.begin), end=shown(shift.end), lasted=lasted(shift.lasted), to=shown(shift.to)
                )
            )
        if clock.status == "paused":
            lines.append(words["still"].format(begin=shown(clock.pauses[-1][0])))
        if self.steps is not None and clock.live:
            lines.append(words["used"].format(used=lasted(self.used)))
        if self.hard_stop is not None and clock.live:
            lines.append(words["hard"].format(at=shown(self.hard_stop)))
        return lines

    def as_json(self) -> dict[str, Any]:
        """Plain data; instants as ISO 8601 in UTC, times in minutes."""
        minute = timedelta(minutes=1)
        return {
            "clock": self.clock.name,
            "title": self.title,
            "status": self.clock.status,
            "run": self.clock.run,
            "started_at": self.clock.started_at.isoformat(),
            "target": self.clock.target,
            "due": self.due.isoformat() if self.due else None,
            "missed": self.clock.missed.isoformat() if self.clock.missed else None,
            "ended_at": self.clock.ended_at.isoformat() if self.clock.ended_at else None,
            "used_minutes": self.used / minute,
            "hard_stop": self.hard_stop.isoformat() if self.hard_stop else None,
            "without_pauses": self.steps.as_json() if self.steps is not None else None,
            "pauses": [
                {
                    "from": shift.begin.isoformat(),
                    "to": shift.end.isoformat(),
                    "counted_minutes": shift.lasted / minute,
                    "due": shift.to.isoformat(),
                }
                for shift in self.shifts
            ],
        }


def _since(clock: Clock, shown: Any) -> str:
    return str(shown(clock.pauses[-1][0])) if clock.pauses else ""


def explain(definition: Definition, clock: Clock, now: datetime, language: str = "") -> ClockExplanation:
    """The explanation of a clock of a case of this definition, as things stand at `now`."""
    plan = definition.clocks[clock.name]
    calendar = definition.calendar
    until = clock.ended_at or now
    pauses = past(clock.pauses, until)
    title = localised(plan.title, language or definition.languages[0])
    hard = calendar.add(clock.started_at, plan.hard_stop) if plan.hard_stop is not None else None
    if not clock.target:
        return ClockExplanation(clock, title, None, (), None, timedelta(0), hard)
    target = parse_duration(clock.target)
    return ClockExplanation(
        clock,
        title,
        calendar.explain(clock.started_at, target),
        shifts(calendar, clock.started_at, target, pauses),
        deadline(calendar, clock.started_at, target, pauses),
        used(calendar, clock.started_at, target, pauses, until),
        hard,
    )
