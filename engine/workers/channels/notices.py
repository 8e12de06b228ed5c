"""Notices to colleagues: to each person whom one reaches, on their page, and by mail as they like it.

Owns when it goes out: at once or with others once a day, in working hours unless it is urgent, or not at all. And the
words around it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.core.calendars import Calendar, elsewhere
from engine.definition.markdown import escape_in_row
from engine.runtime import Engine
from engine.store import instances, letters, people, personal
from engine.store.outbox import Parcel
from engine.store.people import Person
from engine.telling.noticing import behalf, in_words
from engine.workers.channels.letters import Letter, address, as_mail
from engine.workers.channels.messages import message_id
from engine.workers.channels.smtp import MailServer, in_ascii
from engine.workers.delivering import Hopeless

AT_ONCE, DAILY, NEVER = "at-once", "daily", "never"
WAYS = (AT_ONCE, DAILY, NEVER)
HOURS = tuple(f"{hour:02}:00" for hour in range(6, 21))
USUAL_HOUR = "08:00"

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"several": "{} notices: {}", "how": "How you are told"},
    "de": {"several": "{} Hinweise: {}", "how": "Wie Sie Hinweise bekommen"},
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to be told by mail: at once, once a day at this hour where they live, or never."""

    way: str = AT_ONCE
    hour: str = USUAL_HOUR


def wish_of(chosen: Mapping[str, Any]) -> Wish:
    """By the person's preferences."""
    way, hour = chosen.get("mail"), chosen.get("mail_hour")
    return Wish(way if way in WAYS else AT_ONCE, hour if hour in HOURS else USUAL_HOUR)


def goes_out(wish: Wish, urgent: bool, at: datetime, zone: str, calendar: Calendar) -> datetime | None:
    """When a notice of `at` reaches this person by mail; None: on their page alone. What is urgent comes at once, to
    whoever wants mail at all.
    """
    if wish.way == NEVER:
        return None
    if urgent:
        return at
    here = elsewhere(calendar, zone)
    if wish.way == DAILY:
        local = at.astimezone(ZoneInfo(zone))
        daily = datetime.combine(local.date(), time.fromisoformat(wish.hour), local.tzinfo)
        at = daily if daily >= at else datetime.combine(local.date() + timedelta(days=1), daily.time(), local.tzinfo)
    return here.next_opening(at)


class Notices:
    """The handler of notices: it finds whom one reaches. Without a mail server they find it on their page."""

    def __init__(self, engine: Engine, mails: bool) -> None:
        self.engine = engine
        self.mails = mails

    def __call__(self, parcel: Parcel) -> str:
        store, now = self.engine.store, self.engine.recording()
        kind, _, who = str(parcel.body["to"]).partition(":")
        found = [people.load(store, id) for id in (people.holders(store, who) if kind == "role" else [who])]
        reached = [person for person in found if person is not None and person.active]
        if not reached:
            raise Hopeless(f"nobody is '{who}' here")
        case = instances.load(store, parcel.instance)
        assert case is not None, "a notice belongs to a case"
        calendar = self.engine.definition(case.digest).calendar
        letters.write(store, parcel, {one.id: self._out(one, parcel, calendar, now) for one in reached}, now)
        return ", ".join(one.id for one in reached)

    def _out(self, person: Person, parcel: Parcel, calendar: Calendar, now: datetime) -> datetime | None:
        if not self.mails or not person.email:
            return None
        wish = wish_of(personal.preferences(self.engine.store, person.id))
        return goes_out(wish, bool(parcel.body.get("urgent")), now, person.zone or calendar.zone, calendar)


class Letters:
    """The handler of what one person is told, all of it together. `base` is the address of the pages, or empty."""

    def __init__(self, engine: Engine, server: MailServer, base: str = "") -> None:
        self.engine = engine
        self.server = server
        self.base = base.rstrip("/")

    def __call__(self, parcels: Sequence[Parcel]) -> str:
        first = parcels[0]
        person = people.load(self.engine.store, first.recipient.partition(":")[2])
        if person is None or not person.active:
            raise Hopeless("they are not here any more")
        if not person.email:
            raise Hopeless(f"{person.name} has no e-mail address here")
        to = address(person.name, person.email)
        subject, text = self._written(parcels, person)
        letter = Letter(
            sender=self.server.sender,
            to=[to],
            subject=subject,
            text=text,
            language=person.language,
            id=message_id(first, self.server.domain),
            at=self.engine.recording(),
        )
        self.server.send(as_mail(letter), [in_ascii(to.addr_spec)])
        return letter.id

    def _written(self, parcels: Sequence[Parcel], person: Person) -> tuple[str, str]:
        """Subject and text. What several notices say in the same words of one case is said once."""
        store = self.engine.store
        cases, names = letters.cases_of(store, parcels), {one.id: one.name for one in people.everybody(store)}
        words = _WORDS.get(person.language, _WORDS["en"])
        lines: dict[str, str] = {}
        for parcel in parcels:
            reference, subject, digest = cases[parcel.instance]
            told = in_words(self.engine.definition(digest), parcel.body, person.language, names)
            where = f"[{reference}]({self.base}/cases/{reference})" if self.base else reference
            line = f"{where} {escape_in_row(subject)}  \n{escape_in_row(told)}"
            if absent := behalf(parcel.body, person.language, names):
                line += f"  \n{escape_in_row(absent)}"
            lines[line] = f"{reference}: {told}"
        several = ", ".join(dict.fromkeys(line.partition(":")[0] for line in lines.values()))
        subject = next(iter(lines.values())) if len(lines) == 1 else words["several"].format(len(lines), several)
        text = "\n\n".join(lines)
        if self.base:
            text += f"\n\n---\n\n[{words['how']}]({self.base}/notices)\n"
        return _short(subject), text


def _short(subject: str) -> str:
    words = " ".join(subject.split())
    return words if len(words) <= 120 else f"{words[:119]}…"
