"""A calendar's file: its nodes become a calendar, and a country's public holidays become dates.

Owns the words of a calendar file. Knows no YAML and reads no file; public holidays are looked up in
`engine.definition.public_holidays`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from engine.core.calendars import Calendar
from engine.core.hours import DAY, WEEKDAY_NAMES, WEEKDAYS, Span, overlap, parse_weekday
from engine.core.special_days import Day
from engine.definition import public_holidays
from engine.definition.calendar_days import CountryHolidays, DaysRead
from engine.definition.calendar_pieces import Pieces, shown_message
from engine.definition.nodes import Mapping, Node, Scalar, kind
from engine.definition.suggest import closest
from engine.definition.texts import Localised, read_localised, shown
from engine.definition.zones import zone_meant, zones
from engine.errors import DefinitionError, Problem

# For how long public holidays are frozen when a calendar is deployed: cases that began some time ago,
# promises that lie ahead.
YEARS_BEFORE, YEARS_AFTER = 2, 10

_WORDS = ("calendar", "title", "zone", "hours", "holidays", "special-days")
_LONGEST_WEEKDAYS = 80
_ID = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_GERMAN = {
    **dict(zip(("mo", "di", "mi", "do", "fr", "sa", "so"), WEEKDAYS, strict=True)),
    **dict(
        zip(
            ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
            WEEKDAYS,
            strict=True,
        )
    ),
}


@dataclass(frozen=True, slots=True)
class CalendarSource:
    """A calendar as written.

    All but the public holidays of `countries`, which `freeze` adds. `warnings` are no errors, but worth a
    look.
    """

    calendar: Calendar
    countries: tuple[CountryHolidays, ...] = ()
    warnings: tuple[Problem, ...] = ()


def years_around(*years: int) -> range:
    """The years whose public holidays matter to what is reckoned in these."""
    return range(min(years) - YEARS_BEFORE, max(years) + YEARS_AFTER + 1)


def freeze(source: CalendarSource, years: range) -> Calendar:
    """The calendar with the public holidays of `years` as dates. Raises DefinitionError when they cannot be
    looked up.

    Outside these years a country has no holidays for the calendar; days written in the file count always.
    """
    if not source.countries or not years:
        return source.calendar
    closed: dict[date, Day] = dict(source.calendar.closed)
    problems = []
    for country in source.countries:
        wrong = public_holidays.problem_with(country.country, country.subdivision)
        if wrong is not None:
            problems.append(Problem(country.place, "calendar-country", *wrong))
            continue
        for at, name in public_holidays.dates(country.country, country.subdivision, country.years(years)).items():
            closed.setdefault(at, Day(country.title or name))
    if problems:
        raise DefinitionError(problems)
    frozen = (years[0], years[-1])
    return replace(source.calendar, closed=closed, frozen_years=frozen, provider=public_holidays.provider())


def read_calendar(node: Node, file: str) -> CalendarSource:
    """The calendar that a file's nodes write. Raises DefinitionError with every problem found."""
    if not isinstance(node, Mapping):
        advice = "write calendar:, zone: and hours:"
        raise DefinitionError(
            [Problem(node.place, "wrong-shape", f"Expected a calendar, but found {kind(node)}", advice)]
        )
    read = DaysRead()
    pieces = read.pieces
    pieces.unknown(node, _WORDS)
    name = _name(node, file, pieces)
    title = _title(node, name, pieces)
    zone = _zone(node, pieces)
    hours = _weekly(node, pieces)
    if (holidays := node.get("holidays")) is not None and not _nothing(holidays):
        read.holidays(holidays)
    if (special := node.get("special-days")) is not None and not _nothing(special):
        read.special_days(special)
    errors = [problem for problem in pieces.problems if problem.severity == "error"]
    opens = (
        any(hours)
        or any(day.hours for day in read.special.values())
        or any(each.day.hours and not each.any_weekday for each in read.special_every_year)
    )
    if not opens and not errors:
        place = (node.key("hours") or node).place
        message = "The calendar never opens, so nothing would ever be due"
        pieces.problem(place, "calendar-never-opens", message, 'add opening hours, such as mon-fri: ["09:00-17:00"]')
    if any(problem.severity == "error" for problem in pieces.problems):
        raise DefinitionError(pieces.problems)
    calendar = Calendar(
        name,
        title,
        zone,
        hours,
        read.closed,
        tuple(read.closed_every_year),
        read.special,
        tuple(read.special_every_year),
    )
    return CalendarSource(calendar, tuple(read.countries), tuple(pieces.problems))


def _nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _name(node: Mapping, file: str, pieces: Pieces) -> str:
    said = node.get("calendar")
    if said is None:
        pieces.problem(
            node.place,
            "missing-word",
            "Expected 'calendar' with the calendar's name, but it is not there",
            "add calendar: and the file's name",
        )
        return ""
    if not isinstance(said, Scalar) or not _ID.fullmatch(said.text):
        found = f"'{shown(said.text)}'" if isinstance(said, Scalar) else kind(said)
        pieces.problem(
            said.place,
            "wrong-shape",
            f"Expected a calendar's name, but found {found}",
            "names are lower-case words joined by hyphens",
        )
        return ""
    stem = re.sub(r"\.ya?ml$", "", re.split(r"[/\\]", file)[-1])
    if stem + ".yaml" == re.split(r"[/\\]", file)[-1] and stem != said.text:
        message = f"The calendar is called '{said.text}', but its file '{shown(stem)}.yaml'"
        pieces.problem(
            said.place,
            "calendar-name",
            message,
            f"call the file {said.text}.yaml, or the calendar {shown(stem)}",
        )
    return said.text


def _title(node: Mapping, name: str, pieces: Pieces) -> Localised:
    title = node.get("title")
    if title is None:
        return name.replace("-", " ").replace("_", " ").capitalize()
    try:
        return read_localised(title)
    except DefinitionError as error:
        pieces.problems.extend(error.problems)
        return ""


def _zone(node: Mapping, pieces: Pieces) -> str:
    said = node.get("zone")
    if said is None:
        pieces.problem(
            node.place,
            "missing-word",
            "Expected 'zone' with the calendar's time zone, but it is not there",
            "add zone: Europe/Berlin, for example",
        )
        return "UTC"
    if not isinstance(said, Scalar) or not isinstance(said.value, str):
        pieces.problem(
            said.place,
            "calendar-zone",
            f"Expected a time zone, but found {kind(said)}",
            "write Europe/Berlin, for example",
        )
        return "UTC"
    if said.value in zones():
        return said.value
    guess = zone_meant(said.value)
    message = shown_message(f"Expected a time zone such as Europe/Berlin, but found '{shown(said.value)}'")
    pieces.problem(
        said.place,
        "calendar-zone",
        message,
        f"did you mean {guess}?" if guess else "use a name of the IANA database, area and city",
    )
    return "UTC"


# --- weekly hours


def _weekly(node: Mapping, pieces: Pieces) -> tuple[tuple[Span, ...], ...]:
    said = node.get("hours")
    week: dict[int, tuple[Span, ...]] = {}
    if said is None:
        if node.get("special-days") is None:
            pieces.problem(
                node.place,
                "missing-word",
                "Expected 'hours' with the weekly opening hours, but they are not there",
                'add hours: {mon-fri: ["09:00-17:00"]}',
            )
        return ((),) * 7
    if not isinstance(said, Mapping):
        if not _nothing(said):
            pieces.problem(
                said.place,
                "wrong-shape",
                f"Expected weekdays with their hours, but found {kind(said)}",
                'write {mon-fri: ["09:00-17:00"]}',
            )
        return ((),) * 7
    for key, value in said.entries:
        hours = pieces.hours(value)
        for day in _weekdays(key, pieces):
            if day in week:
                pieces.problem(
                    key.place,
                    "calendar-twice",
                    f"{WEEKDAYS[day]} has hours already",
                    f"write {WEEKDAYS[day]} once only",
                )
            week.setdefault(day, hours)
    hours_of_week = tuple(week.get(day, ()) for day in range(7))
    for day in range(7):
        night = [Span(0, span.end - DAY) for span in hours_of_week[day] if span.end > DAY]
        both = overlap([*night, *hours_of_week[(day + 1) % 7]])
        if both is not None and night:
            after = WEEKDAYS[(day + 1) % 7]
            message = f"The hours of {WEEKDAYS[day]} run over midnight into {after} {both[1]}"
            pieces.problem(said.place, "calendar-overlap", message, "let one begin when the other ends")
    return hours_of_week


def _weekdays(key: Scalar, pieces: Pieces) -> list[int]:
    """`mon`, `mon-fri`, `mon, wed`, `sat-mon` over the weekend."""
    days: list[int] = []
    if len(key.text) > _LONGEST_WEEKDAYS:
        message = f"Expected weekdays such as mon or mon-fri, but found '{shown(key.text)}'"
        pieces.problem(key.place, "calendar-weekday", message, "use ranges such as mon-fri")
        return days
    for part in key.text.split(","):
        ends = [parse_weekday(end) for end in part.split("-")]
        if len(ends) > 2 or None in ends:
            meant = "-".join(_weekday_meant(end) for end in part.split("-"))
            advice = (
                f"did you mean {meant}?"
                if "?" not in meant
                else "use mon, tue, wed, thu, fri, sat, sun, or a range such as mon-fri"
            )
            pieces.problem(
                key.place,
                "calendar-weekday",
                f"Expected weekdays such as mon or mon-fri, but found '{shown(part.strip())}'",
                advice,
            )
            continue
        first, last = ends[0] or 0, ends[-1] or 0
        days.extend((first + number) % 7 for number in range((last - first) % 7 + 1))
    return days


def _weekday_meant(text: str) -> str:
    plain = text.strip().casefold().rstrip(".")
    if (day := parse_weekday(plain)) is not None:
        return WEEKDAYS[day]
    if plain in _GERMAN:
        return _GERMAN[plain]
    guess = closest(plain, WEEKDAY_NAMES) or closest(plain, WEEKDAYS)
    return guess[:3] if guess else "?"
