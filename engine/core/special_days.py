"""Days that do not follow the weekly hours: holidays, company holidays, short days.

Owns one such day, one that comes back every year, and which win when several fall on one date; and their
plain data.
Knows no weekly hours, no zone and no YAML.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.core.holidays import Rule, Yearly, parse_day
from engine.core.hours import Span, parse_span
from engine.definition.texts import Localised


@dataclass(frozen=True, slots=True)
class Day:
    """A date's own hours and why it has them; without hours it is closed."""

    title: Localised
    hours: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Recurring:
    """A day of every year from `since` to `until` (both included; None has no limit)."""

    rule: Rule
    day: Day
    since: int | None = None
    until: int | None = None

    @property
    def any_weekday(self) -> bool:
        """Whether the day falls on another weekday every year."""
        return isinstance(self.rule, Yearly)

    def on(self, year: int) -> date | None:
        if (self.since is not None and year < self.since) or (self.until is not None and year > self.until):
            return None
        return self.rule.on(year)


def days_of(
    year: int,
    closed: Mapping[date, Day],
    closed_every_year: Iterable[Recurring],
    special: Mapping[date, Day],
    special_every_year: Iterable[Recurring],
    open_weekdays: Collection[int],
) -> dict[date, Day]:
    """One year's special days and holidays. A special day beats a holiday, a date beats a rule, the rule
    written first beats the next.

    Hours of every 24 December are meant for the weekdays that open anyhow (`open_weekdays`, 0 is Monday):
    they open no Sunday.
    """
    found: dict[date, Day] = {}
    for dated, recurring in ((special, special_every_year), (closed, closed_every_year)):
        for at, day in dated.items():
            if at.year == year:
                found.setdefault(at, day)
        for rule in recurring:
            day_of_rule = rule.on(year)
            if day_of_rule is None or (
                rule.any_weekday and rule.day.hours and day_of_rule.weekday() not in open_weekdays
            ):
                continue
            found.setdefault(day_of_rule, rule.day)
    return dict(sorted(found.items()))


def day_data(day: Day) -> dict[str, Any]:
    """`{"title": …, "hours": […]}`."""
    title = day.title if isinstance(day.title, str) else dict(day.title)
    return {"title": title, "hours": [str(span) for span in day.hours]}


def day_from(data: Mapping[str, Any]) -> Day:
    return Day(data["title"], tuple(parse_span(text) for text in data["hours"]))


def recurring_data(recurring: Recurring) -> dict[str, Any]:
    """A day's data with `on`, the rule's text, and `since` and `until` where they are limits."""
    data = {"on": str(recurring.rule), **day_data(recurring.day)}
    if recurring.since is not None:
        data["since"] = recurring.since
    if recurring.until is not None:
        data["until"] = recurring.until
    return data


def recurring_from(data: Mapping[str, Any]) -> Recurring:
    rule = parse_day(data["on"])
    if isinstance(rule, date):
        raise ValueError(f"Expected a day of every year, but found '{data['on']}'.")
    return Recurring(rule, day_from(data), data.get("since"), data.get("until"))
