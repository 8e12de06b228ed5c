"""The holidays and special days of a calendar file, read with all their problems.

Owns what may stand under `holidays` and `special-days`. Knows no weekly hours; does not look up public
holidays, only that they exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.core.holidays import Yearly
from engine.core.special_days import Day, Recurring
from engine.definition import public_holidays
from engine.definition.calendar_pieces import Pieces, shown_message
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, kind
from engine.definition.texts import Localised
from engine.errors import Place

LONGEST_RANGE = 366
MOST_DAYS = 2_000
MOST_COUNTRIES = 20
_LEAP_YEAR = 2024

_HOLIDAY_WORDS = ("date", "from", "to", "country", "subdivision", "title", "since", "until")
_SPECIAL_WORDS = ("hours", "title", "since", "until")


@dataclass(frozen=True, slots=True)
class CountryHolidays:
    """The public holidays of a country and perhaps a subdivision (`""` for none), of the years from `since`
    to `until`.
    """

    country: str
    subdivision: str
    place: Place
    title: Localised = ""
    since: int | None = None
    until: int | None = None

    def years(self, among: range) -> list[int]:
        return [
            year
            for year in among
            if (self.since is None or year >= self.since) and (self.until is None or year <= self.until)
        ]


@dataclass(slots=True)
class DaysRead:
    """What has been read so far."""

    pieces: Pieces = field(default_factory=Pieces)
    countries: list[CountryHolidays] = field(default_factory=list)
    closed: dict[date, Day] = field(default_factory=dict)
    closed_every_year: list[Recurring] = field(default_factory=list)
    special: dict[date, Day] = field(default_factory=dict)
    special_every_year: list[Recurring] = field(default_factory=list)
    in_ranges: int = 0
    """Days of ranges, each as often as it is written: overlapping ranges cost time too."""

    def count(self) -> int:
        return (
            len(self.closed)
            + len(self.closed_every_year)
            + len(self.special)
            + len(self.special_every_year)
            + len(self.countries)
        )

    # --- holidays

    def holidays(self, node: Node) -> None:
        """`holidays:` as a list of days, ranges and countries."""
        if not isinstance(node, Sequence):
            self.pieces.problem(
                node.place,
                "wrong-shape",
                f"Expected a list of holidays, but found {kind(node)}",
                "write each on its own line after '- '",
            )
            return
        for item in node:
            if isinstance(item, Scalar):
                self._holiday(item, Day(""), None, None)
            elif isinstance(item, Mapping):
                self._holiday_mapping(item)
            else:
                self.pieces.problem(
                    item.place,
                    "wrong-shape",
                    f"Expected a day, but found {kind(item)}",
                    "write each day as an entry of its own",
                )
            if self.count() > MOST_DAYS or self.in_ranges > 10 * MOST_DAYS:
                self.pieces.problem(
                    item.place,
                    "calendar-too-many",
                    f"Expected at most {MOST_DAYS:,} days in a calendar",
                    _SHORTER,
                )
                return

    def _holiday_mapping(self, node: Mapping) -> None:
        self.pieces.unknown(node, _HOLIDAY_WORDS)
        title = self.pieces.title(node)
        since, until = self.pieces.years(node)
        chosen = [word for word in ("date", "from", "country") if node.get(word) is not None]
        if chosen != chosen[:1] or not chosen:
            self.pieces.problem(
                node.place,
                "missing-word",
                "Expected one of 'date', 'from' with 'to', or 'country'",
                "write, for example, {date: 12-24, title: …}",
            )
            return
        if chosen != ["from"] and (ending := node.key("to")) is not None:
            self.pieces.problem(
                ending.place, "unknown-word", "Expected 'to' only together with 'from'", "write from: and to:"
            )
        if chosen != ["country"] and (part := node.key("subdivision")) is not None:
            self.pieces.problem(
                part.place,
                "unknown-word",
                "Expected 'subdivision' only together with 'country'",
                "add country:",
            )
        if chosen == ["date"]:
            self._holiday(node.get("date"), Day(title), since, until)
        elif chosen == ["from"]:
            self._range(node, Day(title), since, until)
        else:
            self._country(node, title, since, until)

    def _holiday(self, node: Node | None, day: Day, since: int | None, until: int | None) -> None:
        at = self.pieces.day(node)
        if at is None or node is None:
            return
        if isinstance(at, date):
            self._no_years(node, since, until)
            self.closed.setdefault(at, day)
        else:
            self.closed_every_year.append(Recurring(at, day, since, until))

    def _no_years(self, node: Node, since: int | None, until: int | None) -> None:
        if since is not None or until is not None:
            self.pieces.problem(
                node.place,
                "calendar-holiday",
                "Expected 'since' and 'until' only for a day of every year",
                "remove them, or leave the year out of the date",
            )

    def _range(self, node: Mapping, day: Day, since: int | None, until: int | None) -> None:
        ending = node.get("to")
        if ending is None:
            self.pieces.problem(
                node.place,
                "missing-word",
                "Expected 'to' beside 'from', but it is not there",
                "add the last day as to:",
            )
            return
        first, last = self.pieces.day(node.get("from")), self.pieces.day(ending)
        if first is None or last is None:
            return
        if isinstance(first, date) and isinstance(last, date):
            self._no_years(node, since, until)
            length = (last - first).days + 1
            if length < 1:
                self.pieces.problem(
                    ending.place,
                    "calendar-range",
                    f"The range ends on {last}, before it begins on {first}",
                    "swap from and to",
                )
            elif length > LONGEST_RANGE:
                self.pieces.problem(
                    ending.place,
                    "calendar-range",
                    f"Expected at most {LONGEST_RANGE} days in a range, but there are {length:,}",
                    _SHORTER,
                )
            else:
                self.in_ranges += length
                for number in range(length):
                    self.closed.setdefault(first + timedelta(days=number), day)
        elif isinstance(first, Yearly) and isinstance(last, Yearly):
            self.closed_every_year.extend(Recurring(rule, day, since, until) for rule in _yearly_between(first, last))
        else:
            self.pieces.problem(
                ending.place,
                "calendar-range",
                "Expected two dates, both with a year or both without",
                "write from: 12-27 and to: 12-31, for example",
            )

    def _country(self, node: Mapping, title: Localised, since: int | None, until: int | None) -> None:
        country, subdivision = node.get("country"), node.get("subdivision")
        codes = []
        for code, what in (
            (country, "a country's code such as DE"),
            (subdivision, "a subdivision's code such as BE"),
        ):
            if code is None:
                codes.append("")
            elif isinstance(code, Scalar) and code.value is not None and not isinstance(code.value, bool):
                codes.append(code.text)
            else:
                self.pieces.problem(
                    code.place,
                    "calendar-country",
                    f"Expected {what}, but found {kind(code)}",
                    "write the code of ISO 3166",
                )
                return
        wrong = public_holidays.problem_with(codes[0], codes[1])
        if wrong is not None:
            place = subdivision.place if subdivision is not None and "subdivision" in wrong[0] else node.place
            self.pieces.problem(place, "calendar-country", shown_message(wrong[0]), wrong[1])
            return
        if len(self.countries) == MOST_COUNTRIES:
            message = f"Expected at most {MOST_COUNTRIES} entries with a country"
            self.pieces.problem(node.place, "calendar-too-many", message, "write a calendar for each office")
            return
        self.countries.append(CountryHolidays(codes[0], codes[1], node.place, title, since, until))

    # --- special days

    def special_days(self, node: Node) -> None:
        """`special-days:` as a mapping from a day to its hours, or to {hours, title, since, until}."""
        if not isinstance(node, Mapping):
            self.pieces.problem(
                node.place,
                "wrong-shape",
                f"Expected days with their hours, but found {kind(node)}",
                'write, for example, {2026-12-24: ["09:00-12:00"]}',
            )
            return
        for key, value in node.entries:
            at = self.pieces.day(key)
            title: Localised = ""
            since: int | None = None
            until: int | None = None
            hours: Node | None = value
            if isinstance(value, Mapping):
                self.pieces.unknown(value, _SPECIAL_WORDS)
                title = self.pieces.title(value)
                since, until = self.pieces.years(value)
                hours = value.get("hours")
                if hours is None:
                    self.pieces.problem(
                        value.place,
                        "missing-word",
                        "Expected 'hours' of the special day, but they are not there",
                        "add hours: […], or hours: [] for a closed day",
                    )
                    continue
            day = Day(title, self.pieces.hours(hours))
            if isinstance(at, date):
                self._no_years(key, since, until)
                self.special[at] = day
            elif at is not None:
                self.special_every_year.append(Recurring(at, day, since, until))
            if self.count() > MOST_DAYS:
                self.pieces.problem(
                    key.place,
                    "calendar-too-many",
                    f"Expected at most {MOST_DAYS:,} days in a calendar",
                    _SHORTER,
                )
                return


_SHORTER = "write rules such as 12-25 instead of dates, or two calendars"


def _yearly_between(first: Yearly, last: Yearly) -> Iterator[Yearly]:
    """Every day from one to the other, over New Year where the second comes first."""
    at = date(_LEAP_YEAR, first.month, first.day)
    until = date(_LEAP_YEAR, last.month, last.day)
    if until < at:
        until = until.replace(year=_LEAP_YEAR + 1, day=min(until.day, 28) if until.month == 2 else until.day)
    while at <= until:
        yield Yearly(at.month, at.day)
        at += timedelta(days=1)
