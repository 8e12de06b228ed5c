"""`heard calendar`: reckon with a calendar from the command line, and see why a deadline is what it is.

Owns the words and the output of these commands. Reckons nothing itself and knows no case.
"""

from __future__ import annotations

import calendar as months
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from engine.core.calendars import Calendar
from engine.core.durations import Duration, parse_duration
from engine.definition.calendars import CalendarSource, freeze, read_calendar, years_around
from engine.definition.reader import read
from engine.definition.texts import localised
from engine.errors import DefinitionError, Stuck

_WHEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?")
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LARGEST = 512 * 1024

as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON for another program.")


class When(click.ParamType):
    """A time of the command line.

    Aware when it has an offset, otherwise naive and meant in the calendar's zone.
    """

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            if _WHEN.fullmatch(value) and value >= "1000":
                return datetime.fromisoformat(value)
        except ValueError:
            pass
        self.fail(f"Expected a time such as '2026-11-20 16:30', but found '{value[:40]}'.", param, ctx)


class Length(click.ParamType):
    """A duration of the command line."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Duration:
        if isinstance(value, Duration):
            return value
        try:
            return parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class PauseSpan(click.ParamType):
    """`A..B`, or `A..` for a pause that still goes on."""

    name = "from..to"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[datetime, datetime | None]:
        if isinstance(value, tuple):
            return value
        begin, dots, end = value.partition("..")
        if not dots:
            self.fail(
                f"Expected a pause such as '2026-11-23 12:00..2026-11-24 12:00', but found '{value[:60]}'.",
                param,
                ctx,
            )
        when = When()
        return when.convert(begin.strip(), param, ctx), when.convert(end.strip(), param, ctx) if end.strip() else None


class Month(click.ParamType):
    """`2026-12`, as the first day of the month."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        if re.fullmatch(r"[1-9][0-9]{3}-(0[1-9]|1[0-2])", value) and value < "9900":
            return date(int(value[:4]), int(value[5:]), 1)
        self.fail(f"Expected a month such as 2026-12, but found '{value[:40]}'.", param, ctx)


@click.group()
def calendar() -> None:
    """Reckon with working time.

    CALENDAR is the name of a calendar of this home, or the path of a YAML file. A time without an offset is
    meant in the calendar's zone.
    """


@calendar.command()
@click.argument("name", metavar="CALENDAR")
@click.argument("start", type=When())
@click.argument("duration", type=Length())
@click.option("--explain", is_flag=True, help="Show the open time that was used up and the holidays passed over.")
@click.option("--language", default="en", help="The language of the explanation: en or de.")
@as_json
@click.pass_context
def add(
    ctx: click.Context,
    name: str,
    start: datetime,
    duration: Duration,
    explain: bool,
    language: str,
    as_json: bool,
) -> None:
    """When is DURATION over that begins at START?"""
    try:
        reckoner = _calendar(ctx, name, [start.year])
        explanation = reckoner.explain(_aware(reckoner, start), duration)
    except (Stuck, OverflowError) as error:
        raise click.ClickException(_why(error)) from error
    if as_json:
        _print(explanation.as_json())
    elif explain:
        click.echo("\n".join(explanation.lines(language)))
    else:
        click.echo(_local(reckoner, explanation.due))


@calendar.command()
@click.argument("name", metavar="CALENDAR")
@click.argument("begin", type=When())
@click.argument("end", type=When())
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    type=PauseSpan(),
    help="A..B, time that does not count; may be given again.",
)
@as_json
@click.pass_context
def between(
    ctx: click.Context,
    name: str,
    begin: datetime,
    end: datetime,
    pauses: Sequence[tuple[datetime, datetime | None]],
    as_json: bool,
) -> None:
    """How much open time lies between BEGIN and END?"""
    try:
        reckoner = _calendar(ctx, name, [begin.year, end.year])
        first, last = _aware(reckoner, begin), _aware(reckoner, end)
        if last < first:
            raise click.ClickException(f"Expected the second time to be the later one, but {end} is before {begin}.")
        aware = [(_aware(reckoner, a), None if b is None else _aware(reckoner, b)) for a, b in pauses]
        for paused, resumed in aware:
            if resumed is not None and resumed < paused:
                raise click.ClickException("Expected a pause to end after it began.")
        minutes = reckoner.elapsed(first, last, aware) / timedelta(minutes=1)
    except (Stuck, OverflowError) as error:
        raise click.ClickException(_why(error)) from error
    if as_json:
        ends = [[_iso(reckoner, a), None if b is None else _iso(reckoner, b)] for a, b in aware]
        _print(
            {
                "calendar": reckoner.id,
                "zone": reckoner.zone,
                "from": _iso(reckoner, first),
                "to": _iso(reckoner, last),
                "pauses": ends,
                "open_minutes": minutes,
            }
        )
    else:
        click.echo(f"{int(minutes // 60)} h {minutes % 60:g} min open")


@calendar.command()
@click.argument("name", metavar="CALENDAR")
@click.option("--month", type=Month(), help="The month to show, such as 2026-12; this month when left out.")
@click.option("--language", default="en", help="The language of titles: en or de.")
@as_json
@click.pass_context
def show(ctx: click.Context, name: str, month: date | None, language: str, as_json: bool) -> None:
    """Show a month: when it is open, and why not."""
    first = month or datetime.now(UTC).date().replace(day=1)
    reckoner = _calendar(ctx, name, [first.year])
    days = []
    for number in range(months.monthrange(first.year, first.month)[1]):
        day = first + timedelta(days=number)
        special = reckoner.days(day.year).get(day)
        hours = [str(span) for span in reckoner.hours_on(day)]
        days.append((day, hours, localised(special.title, language) if special else "", special is not None))
    if as_json:
        _print(
            {
                "calendar": reckoner.id,
                "title": localised(reckoner.title, language),
                "zone": reckoner.zone,
                "days": [
                    {"date": day.isoformat(), "hours": hours, "special": is_special, "title": title}
                    for day, hours, title, is_special in days
                ],
            }
        )
        return
    click.echo(f"{localised(reckoner.title, language)} ({reckoner.zone}), {first:%Y-%m}")
    for day, hours, title, is_special in days:
        shown = ", ".join(hours) or ("closed" if is_special else "—")
        click.echo(f"{months.day_abbr[day.weekday()]} {day}  {shown}{'  ' + title if title else ''}")


def _calendar(ctx: click.Context, name: str, years: Sequence[int]) -> Calendar:
    """The calendar with the public holidays of the years asked about and of those a deadline may lead to."""
    try:
        return freeze(_source(ctx, name), years_around(*years))
    except DefinitionError as error:
        raise click.ClickException(f"The calendar cannot be used.\n{error}") from error


def _source(ctx: click.Context, name: str) -> CalendarSource:
    if name.endswith((".yaml", ".yml")) or "/" in name or "\\" in name:
        path, file = Path(name), name
    elif _NAME.fullmatch(name):
        home = getattr(ctx.obj, "home", None) or Path.cwd()
        path, file = (
            Path(home) / "processes" / "calendars" / f"{name}.yaml",
            f"processes/calendars/{name}.yaml",
        )
    else:
        raise click.UsageError(f"Expected a calendar's name or a path to a YAML file, but found '{name[:60]}'.")
    try:
        if not path.is_file():
            known = (
                ", ".join(sorted(other.stem for other in path.parent.glob("*.yaml"))[:20])
                if path.parent.is_dir()
                else ""
            )
            raise click.ClickException(f"There is no calendar {file}." + (f" There are: {known}." if known else ""))
        with path.open("rb") as opened:
            text = opened.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"The calendar {file} cannot be read: {getattr(error, 'strerror', None) or error}."
        ) from error
    return read_calendar(read(text, file), file)


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, Stuck) else "The times lie outside the years 1 to 9999."


def _aware(reckoner: Calendar, at: datetime) -> datetime:
    return reckoner.localise(at) if at.tzinfo is None else at


def _local(reckoner: Calendar, at: datetime) -> str:
    local = reckoner.local_time(at)
    clock = local.strftime("%H:%M:%S" if local.second else "%H:%M")
    return f"{months.day_abbr[local.weekday()]} {local:%Y-%m-%d} {clock} {local:%Z}"


def _iso(reckoner: Calendar, at: datetime) -> str:
    return reckoner.local_time(at).isoformat()


def _print(data: dict[str, Any]) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
