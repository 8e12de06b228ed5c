"""Days and times as the pages tell them: in the zone and the words of whoever reads them.

Owns the zone of a page and every format of a day, a time and a span.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, g
from markupsafe import Markup

from web.access import guest
from web.language import asked_anew, gettext, language, ngettext

_MONTHS = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "de": ("Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sep.", "Okt.", "Nov.", "Dez."),
}
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
}


def zone() -> ZoneInfo:
    """The time zone of the person who is signed in."""
    found: ZoneInfo | None = g.get("zone")
    if found is None:
        who = guest()
        found = g.zone = ZoneInfo(who.person.zone if who is not None else "UTC")
    return found


def in_zone(name: str) -> None:
    """Let this page speak in another zone than the person's: a customer's page in that of the organisation."""
    g.zone = ZoneInfo(name)


def zone_name() -> str:
    """What the zone of this page is called, such as Europe/Berlin."""
    return zone().key


def times_in() -> str:
    """The zone of the times on this page, as far as it is made; empty when it has none."""
    return zone_name() if g.get("tells_time") else ""


def day(at: date | datetime | str | None) -> str:
    """A day: Mon 23 Nov 2026, or Mo 23. Nov. 2026."""
    if at is None or at == "":
        return ""
    if isinstance(at, str):
        at = datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
    if isinstance(at, datetime):
        at = at.astimezone(zone()).date()
    tongue = language()
    month, weekday = _MONTHS[tongue][at.month - 1], _DAYS[tongue][at.weekday()]
    return f"{weekday} {at.day}. {month} {at.year}" if tongue == "de" else f"{weekday} {at.day} {month} {at.year}"


def clock(at: datetime) -> str:
    g.tells_time = True
    return f"{at.astimezone(zone()):%H:%M}"


def moment(at: datetime | str | None) -> str:
    """A day and time, in the person's zone."""
    if at is None or at == "":
        return ""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return f"{day(at)}, {clock(at)}"


def bound(at: datetime | None, theirs: str = "") -> str:
    """When something begins or ends for which whole days may have been named, in the zone of the reader or of whoever
    named them (`theirs`): the day when it is its first or its last moment, else the day and time.
    """
    if at is None:
        return ""
    for local in (at.astimezone(ZoneInfo(theirs)) if theirs else None, at.astimezone(zone())):
        if local is not None and (local.time() == time.min or local.time() >= time(23, 59, 59)):
            return day(local.date())
    return moment(at)


def time_tag(at: datetime | None, words: str = "") -> Markup:
    """A `<time>` with the instant in it; `words` or else the moment as its text."""
    if at is None:
        return Markup("")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"),
        f"{moment(at)} {at.astimezone(zone()):%Z}",
        words or moment(at),
    )


def ago(at: datetime, now: datetime) -> str:
    """How long it is from then to now, in the largest unit that says something: 5 min ago, in 3 h, 2 days ago."""
    gap = now - at
    later = gap < timedelta(0)
    minutes = int(abs(gap).total_seconds() // 60)
    if minutes < 1:
        return gettext("now")
    if minutes < 60:
        span = gettext("%(count)s min") % {"count": minutes}
    elif minutes < 48 * 60:
        span = gettext("%(count)s h") % {"count": minutes // 60}
    else:
        span = ngettext("%(count)s day", "%(count)s days", minutes // 1440) % {"count": minutes // 1440}
    return (gettext("in %(span)s") if later else gettext("%(span)s ago")) % {"span": span}


def setup(app: Flask) -> None:
    """Give the templates these formats."""
    app.jinja_env.filters.update({one.__name__: asked_anew(one) for one in (day, moment, bound, clock, ago, time_tag)})
    app.jinja_env.globals.update(times_in=times_in, zone_name=zone_name)
