"""The register of cases: narrowed down, also as of an earlier day, and taken along exactly as it is shown.

Reads alone. What somebody may not see is left out by the query itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from engine.core.instance import COMPLETED
from engine.definition.model import Definition
from engine.store import as_of, queries
from engine.store.queries import Case
from web.access import SIGNED_IN, access, visitor
from web.cases.noun import pages
from web.house import house
from web.language import day as said_day
from web.language import gettext as _
from web.language import said, zone
from web.masking import covered, hide_texts
from web.narrowing import NOBODY, places, state_of
from web.reading import colleagues, ended_as, own_reach
from web.searching import own_eyes, unheard_of
from web.taken import FORMS, as_csv, as_json

SIZE, MOST_TAKEN = 50, 10_000
FILTERS = ("process", "status", "state", "outcome", "customer", "assignee", "from", "to", "q", "as-of")
STATUSES = ("running", "suspended", "completed", "cancelled")


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the register shows it, as it stands, or stood on the day that was asked for."""

    case: Case
    process: str
    status: str
    states: str
    outcome: str
    ended_at: datetime | None
    ending: str
    """The outcome in words, where the state does not say it."""


@pages.get("/cases")
@access(SIGNED_IN)
def register() -> str | Response:
    """Cases, the latest received first."""
    form = request.args.get("format", "")
    if form in FORMS:
        return _taken(form)
    page = _found(_cursor(request.args.get("after", "")), SIZE)
    rows = _rows(page.rows)
    masked = own_reach().masked
    if masked:
        hide_texts(text for case in page.rows for text in (case.customer_name, case.customer_email))
    standing = _places()
    return render_template(
        "cases/register.html",
        rows=rows,
        filters={**{word: request.args.get(word, "") for word in FILTERS}, "state": state_of(request.args, standing)},
        narrow=any(request.args.get(word) for word in FILTERS),
        processes={one.process: said(one.title) for one in queries.deployments(house().store)},
        states=standing,
        statuses=STATUSES,
        people=colleagues() if visitor().is_staff else [],
        nobody=NOBODY,
        masked=masked,
        next=_address(after=f"{page.next[0]}.{page.next[1]}") if page.next else "",
        here=_address(after=None),
        csv=_address(after=None, format="csv"),
        json=_address(after=None, format="json"),
        first=not request.args.get("after"),
        as_of=_day("as-of"),
        today=_today().isoformat(),
        faults=_faults(),
        unheard_of=unheard_of(request.args.get("q", "")),
        now=house().clock(),
    )


def _address(**changed: str | None) -> str:
    query = {**request.args.to_dict(), **changed}
    return f"{url_for('cases.register')}?{urlencode({word: value for word, value in query.items() if value})}"


def _cursor(text: str) -> tuple[int, str] | None:
    at, dot, id = text.partition(".")
    return (int(at), id) if dot and at.lstrip("-").isdigit() and len(at) < 20 else None


def _day(word: str) -> date | None:
    """The day that stands in the address; None where it is none, or one that is still to come of which nobody knows how
    the cases stand.
    """
    try:
        day = date.fromisoformat(request.args.get(word, ""))
    except ValueError:
        return None
    return None if word == "as-of" and day > _today() else day


def _today() -> date:
    return house().clock().astimezone(zone()).date()


def _faults() -> list[str]:
    """What was asked for and is left out, in sentences."""
    asked = [word for word in ("from", "to", "as-of") if request.args.get(word) and _day(word) is None]
    found = []
    for word in asked:
        try:
            day = date.fromisoformat(request.args[word])
        except ValueError:
            found.append(_("Expected days such as 2026-11-23; what is none was left out."))
        else:
            today = _("Expected a day up to today, but %(day)s is still to come; here are the cases as they stand now.")
            found.append(today % {"day": said_day(day)})
    return list(dict.fromkeys(found))


def _begins(day: date | None) -> datetime | None:
    """When a day begins for whoever looks; None for one beyond the calendar."""
    try:
        return datetime.combine(day, time.min, zone()).astimezone(UTC) if day is not None else None
    except OverflowError:
        return None


def _ends(day: date | None) -> datetime | None:
    try:
        return _begins(day + timedelta(days=1)) if day is not None else None
    except OverflowError:
        return None


def _found(after: tuple[int, str] | None, limit: int) -> queries.Page[Case]:
    asked, earlier = request.args, _ends(_day("as-of"))
    until = [at for at in (_ends(_day("to")), earlier) if at is not None]
    today = earlier is None  # how a case stands now says nothing about how it stood then
    return queries.cases(
        house().store,
        process=asked.get("process") or None,
        status=(asked.get("status") or None) if today else None,
        state=(state_of(asked, _places()) or None) if today else None,
        outcome=(asked.get("outcome") or None) if today else None,
        assignee=_assignee() if today else None,
        received_from=_begins(_day("from")),
        received_before=min(until) if until else None,
        here_by=earlier,
        text=asked.get("q", "").strip(),
        customer=asked.get("customer", "").strip(),
        eyes=own_eyes(asked.get("q", "")),
        within=own_reach().within,
        limit=limit,
        after=after,
    )


def _places() -> dict[str, str]:
    """Where the cases of the process that was chosen can stand."""
    process = request.args.get("process", "")
    return places(process) if process else {}


def _assignee() -> str | None:
    """Who has a task, as the store asks for it: empty for nobody."""
    asked = request.args.get("assignee", "") if visitor().is_staff else ""
    return ("" if asked == NOBODY else asked) if asked else None


def _rows(cases: Sequence[Case]) -> list[Row]:
    """The cases with words for their states; on an earlier day as their histories tell."""
    the, at = house(), _ends(_day("as-of"))
    stood = as_of.stood(the.store, [case.id for case in cases], at) if at is not None else {}
    known: dict[str, Definition] = {}
    found = []
    for case in cases:
        definition = known.setdefault(case.digest, the.engine.definition(case.digest))
        status, states, outcome, ended = case.status, case.states, case.outcome, case.ended_at
        if at is not None:
            then = stood.get(case.id)
            if then is None:
                continue  # it was received by then, and written down later
            status, states, outcome, ended = then.status, then.states, then.outcome, then.ended_at
        titles = [said(definition.states[one].title) if one in definition.states else one for one in states.split(", ")]
        ending = ended_as(definition, outcome) if status == COMPLETED and outcome else ""
        ending = "" if ending in titles else ending
        found.append(Row(case, said(definition.title), status, ", ".join(titles), outcome, ended, ending))
    return found


# --- taken along


def _taken(form: str) -> Response:
    """Every row of what is shown, as a file: the same columns and the same order."""
    rows = _plain(_everything())
    day = _day("as-of")
    stood = f"as-of-{day:%Y-%m-%d}-" if day is not None else ""
    name = f"cases-{stood}{house().clock().astimezone(zone()):%Y-%m-%d}"
    return as_json(list(rows), name) if form == "json" else as_csv(rows, name)


def _everything() -> Iterator[Row]:
    after, taken = None, 0
    while taken < MOST_TAKEN:
        page = _found(after, 500)
        yield from _rows(page.rows)
        taken += len(page.rows)
        if page.next is None:
            return
        after = page.next


def _plain(rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    masked = own_reach().masked
    for row in rows:
        case = row.case
        yield {
            "reference": case.reference,
            "process": row.process,
            "subject": covered(case.subject, (case.customer_name, case.customer_email)) if masked else case.subject,
            "customer": _("hidden") if masked and case.customer_name else case.customer_name,
            "received": case.received_at.astimezone(zone()).isoformat(timespec="minutes"),
            "status": row.status,
            "state": row.states,
            "outcome": row.outcome,
            "ended": row.ended_at.astimezone(zone()).isoformat(timespec="minutes") if row.ended_at else "",
            "version": case.digest,
        }
