"""How a deadline came about: the open time it used up, the days it counted, the holidays it passed over.

Owns the explanation as data and in words. Reckons nothing itself; `Calendar.explain` fills it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from engine.core.durations import Duration, Part
from engine.core.special_days import Day
from engine.core.written_times import day, number, to_the_second
from engine.definition.texts import localised

_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{start} plus {duration} is {due} ({zone}).",
        "open": "{begin} to {end}: {minutes} open minutes",
        "day": "{number}. working day: {begin}, closes at {end}",
        "moved": "{begin} to {end}: {part}",
        "closed": "not counted: {day}, closed{why}",
        "special": "special hours on {day}: {hours}{why}",
        "unknown": "Public holidays are known from {first} to {last} only; in other years there are none.",
    },
    "de": {
        "head": "{start} plus {duration} ist {due} ({zone}).",
        "open": "{begin} bis {end}: {minutes} offene Minuten",
        "day": "{number}. Arbeitstag: {begin}, endet {end}",
        "moved": "{begin} bis {end}: {part}",
        "closed": "nicht gezählt: {day}, geschlossen{why}",
        "special": "besondere Zeiten am {day}: {hours}{why}",
        "unknown": "Feiertage sind nur von {first} bis {last} bekannt; in anderen Jahren gibt es keine.",
    },
}


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of the way from start to due.

    `open`: open time used up, from `begin` to `end`. `day`: a business day counted, from its first opening to
    its last closing.
    `moved`: time that passes whether open or not. `part` is the part of the duration it belongs to.
    """

    kind: Literal["open", "day", "moved"]
    part: Part
    begin: datetime
    end: datetime

    @property
    def lasted(self) -> timedelta:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Explanation:
    """A start, a duration, when it is due, and why. Instants are UTC; `lines` shows them in the calendar's
    zone.

    `special` are the days on the way that did not follow the weekly hours; `unknown_years` is (first, last)
    year with known public holidays
    when the way leads out of them.
    """

    calendar: str
    zone: str
    start: datetime
    duration: Duration
    due: datetime
    steps: tuple[Step, ...]
    special: tuple[tuple[date, Day], ...] = ()
    unknown_years: tuple[int, int] | None = None

    @property
    def skipped(self) -> tuple[tuple[date, Day], ...]:
        """The holidays on the way on which it would have been open."""
        return tuple((at, day) for at, day in self.special if not day.hours)

    def lines(self, language: str = "en") -> list[str]:
        """The explanation in words, the result first; English for a language not known here."""
        known = language.split("-")[0] if language.split("-")[0] in _WORDS else "en"
        words, zone = _WORDS[known], ZoneInfo(self.zone)

        def shown(at: datetime) -> str:
            local = at.astimezone(zone)
            return f"{_DAYS[known][local.weekday()]} {to_the_second(local, known)}"

        text = words["head"].format(
            start=shown(self.start), duration=self.duration.words(known), due=shown(self.due), zone=self.zone
        )
        lines, nth = [text], 0
        for step in self.steps:
            nth = nth + 1 if step.kind == "day" else 0
            begin = day(step.begin.astimezone(zone), known) if step.kind == "day" else shown(step.begin)
            part = Duration((step.part,)).words(known)
            minutes = number(step.lasted / timedelta(minutes=1), known)
            lines.append(
                words[step.kind].format(begin=begin, end=shown(step.end), minutes=minutes, part=part, number=nth)
            )
        for at, special in self.special:
            title = localised(special.title, known)
            lines.append(
                words["special" if special.hours else "closed"].format(
                    day=f"{_DAYS[known][at.weekday()]} {day(at, known)}",
                    why=f" ({title})" if title else "",
                    hours=", ".join(map(str, special.hours)),
                )
            )
        if self.unknown_years is not None:
            lines.append(words["unknown"].format(first=self.unknown_years[0], last=self.unknown_years[1]))
        return lines

    def as_json(self) -> dict[str, Any]:
        """Plain data; instants as ISO 8601 in the calendar's zone, open time in minutes."""
        zone = ZoneInfo(self.zone)
        return {
            "calendar": self.calendar,
            "zone": self.zone,
            "start": self.start.astimezone(zone).isoformat(),
            "duration": str(self.duration),
            "due": self.due.astimezone(zone).isoformat(),
            "steps": [
                {
                    "kind": step.kind,
                    "part": f"{step.part.amount}{step.part.unit}",
                    "from": step.begin.astimezone(zone).isoformat(),
                    "to": step.end.astimezone(zone).isoformat(),
                    "minutes": step.lasted / timedelta(minutes=1),
                }
                for step in self.steps
            ],
            "special": [
                {
                    "date": at.isoformat(),
                    "title": day.title if isinstance(day.title, str) else dict(day.title),
                    "hours": [str(span) for span in day.hours],
                }
                for at, day in self.special
            ],
        }
