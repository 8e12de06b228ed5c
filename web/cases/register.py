"""The register of cases: narrowed down, also as of an earlier day, and taken along exactly as it is shown.

Reads alone. What somebody may not see is left out by the query itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request, url_for

from engine.core.instance import COMPLETED
from engine.errors import Rejected
from engine.store import as_of, queries
from engine.store.queries import Case
from web.access import SIGNED_IN, access, visitor
from web.cases.asking import assignee, begin_of, cursor, day_of, end_of, faults, order, orders, standing_places, today
from web.cases.noun import pages
from web.house import house
from web.language import gettext as _
from web.language import number, said
from web.masking import covered, hide_texts
from web.narrowing import NOBODY, severities_told, state_of
from web.reading import colleagues, ended_as, own_reach, process_names
from web.searching import own_eyes, unheard_of
from web.taken import FORMS, as_csv, as_json
from web.times import zone

SIZE, AT_ONCE, MOST_TAKEN = 50, 500, 100_000
FILTERS = ("process", "status", "state", "outcome", "severity", "customer", "assignee", "from", "to", "q", "as-of")
STATUSES = ("running", "suspended", "completed", "cancelled")
NOT_THEN = ("severity", "assignee")
"""What is known of today alone: no history is asked how these were on an earlier day."""


@dataclass(frozen=True, slots=True)
class Row:
    """A case as the register shows it, as it stands, or stood on the day that was asked for."""

    case: Case
    process: str
    status: str
    states: tuple[str, ...]
    outcome: str
    ended_at: datetime | None
    severity: str
    """Empty on an earlier day, and for who asks from outside, as is when it is `due` next."""
    due: datetime | None
    titles: str
    """The states in words."""
    ended: str
    """The outcome in words."""

    @property
    def ending(self) -> str:
        """The outcome in words, where the states do not say it."""
        return "" if self.ended in self.titles.split(", ") else self.ended


@pages.get("/cases")
@access(SIGNED_IN)
def register() -> str | Response:
    """Cases, the latest received first unless they are asked for in another order."""
    form = request.args.get("format", "")
    if form in FORMS:
        return _taken(form)
    found = list(islice(_rows(cursor(request.args.get("after", ""))), SIZE + 1))
    rows, last = found[:SIZE], found[SIZE - 1].case if len(found) > SIZE else None
    masked = own_reach().masked
    if masked:
        hide_texts(text for row in rows for text in (row.case.customer_name, row.case.customer_email))
    standing = standing_places()
    return render_template(
        "cases/register.html",
        rows=rows,
        filters={**{word: request.args.get(word, "") for word in FILTERS}, "state": state_of(request.args, standing)},
        narrow=any(request.args.get(word) for word in FILTERS),
        processes=process_names(),
        states=standing,
        statuses=status_words(),
        severities=severities_told() if visitor().is_staff else (),
        people=colleagues() if visitor().is_staff else [],
        nobody=NOBODY,
        masked=masked,
        next=_address(after="{}.{}".format(*queries.behind(last, order()))) if last is not None else "",
        order=order(),
        orders=orders(),
        here=_address(after=None),
        csv=_address(after=None, format="csv"),
        json=_address(after=None, format="json"),
        first=not request.args.get("after"),
        as_of=day_of("as-of"),
        not_then=any(request.args.get(word) for word in NOT_THEN),
        today=today().isoformat(),
        faults=faults(),
        unheard_of=unheard_of(request.args.get("q", "")),
        now=house().clock(),
    )


def status_words() -> dict[str, str]:
    """What a case is called that goes on, or does not."""
    return dict(zip(STATUSES, (_("goes on"), _("suspended"), _("ended"), _("cancelled")), strict=True))


def _address(**changed: str | None) -> str:
    query = {**request.args.to_dict(), **changed}
    return f"{url_for('cases.register')}?{urlencode({word: value for word, value in query.items() if value})}"


def _found(after: tuple[int, str] | None) -> queries.Page[Case]:
    asked, earlier = request.args, end_of(day_of("as-of"))
    until = [at for at in (end_of(day_of("to")), earlier) if at is not None]
    today = earlier is None  # how a case stands now says nothing about how it stood then
    return queries.cases(
        house().store,
        process=asked.get("process") or None,
        status=(asked.get("status") or None) if today else None,
        state=(state_of(asked, standing_places()) or None) if today else None,
        outcome=(asked.get("outcome") or None) if today else None,
        assignee=assignee() if today else None,
        severity=(asked.get("severity") or None) if today and visitor().is_staff else None,
        received_from=begin_of(day_of("from")),
        received_before=min(until) if until else None,
        here_by=earlier,
        text=asked.get("q", "").strip(),
        customer=asked.get("customer", "").strip(),
        eyes=own_eyes(asked.get("q", "")),
        within=own_reach().within,
        order=order(),
        limit=SIZE + 1 if today and not asked.get("format") else AT_ONCE,
        after=after,
    )


def _rows(after: tuple[int, str] | None) -> Iterator[Row]:
    """Every case that was asked for, as many of them as are wanted: as they stand, or stood on an earlier day."""
    at, wanted = end_of(day_of("as-of")), _wanted()
    while True:
        page = _found(after)
        for row in _standing(page.rows) if at is None else _stood(page.rows, at):
            if wanted(row):
                yield row
        if page.next is None:
            return
        after = page.next


def _wanted() -> Callable[[Row], bool]:
    """Whether a case stood on the earlier day as was asked for; of today, the store has answered that."""
    asked = request.args if day_of("as-of") is not None else {}
    status, outcome = asked.get("status"), asked.get("outcome")
    state = state_of(asked, standing_places())
    return lambda row: (
        status in (None, "", row.status) and outcome in (None, "", row.outcome) and (not state or state in row.states)
    )


def _standing(cases: Sequence[Case]) -> Iterator[Row]:
    staff = visitor().is_staff
    for case in cases:
        states = tuple(case.states.split(", ")) if case.states else ()
        grave, due = (case.severity, case.next_due_at) if staff else ("", None)
        yield _row(case, case.status, states, case.outcome, case.ended_at, grave, due)


def _stood(cases: Sequence[Case], at: datetime) -> Iterator[Row]:
    """As their histories tell; what had not begun by then is left out."""
    known = as_of.stood(house().store, [case.id for case in cases], at)
    for case in cases:
        then = known.get(case.id)
        if then is not None:
            yield _row(case, then.status, then.states, then.outcome, then.ended_at)


def _row(
    case: Case,
    status: str,
    states: tuple[str, ...],
    outcome: str,
    ended: datetime | None,
    severity: str = "",
    due: datetime | None = None,
) -> Row:
    definition = house().engine.definition(case.digest)
    titles = ", ".join(said(definition.states[one].title) if one in definition.states else one for one in states)
    words = ended_as(definition, outcome) if status == COMPLETED and outcome else ""
    return Row(case, said(definition.title), status, states, outcome, ended, severity, due, titles, words)


# --- taken along


def _taken(form: str) -> Response:
    """Every row of what is shown, as a file: in the same words and the same order."""
    rows = list(islice(_rows(None), MOST_TAKEN + 1))
    if len(rows) > MOST_TAKEN:
        most = number(f"{MOST_TAKEN}")
        told = _("Expected at most %(most)s cases to take along at once, but there are more. Narrow them down.")
        raise Rejected("too-many", told % {"most": most})
    plain = [*_plain(rows)]
    day = day_of("as-of")
    stood = f"as-of-{day:%Y-%m-%d}-" if day is not None else ""
    name = f"cases-{stood}{house().clock().astimezone(zone()):%Y-%m-%d}"
    return as_json(plain, name) if form == "json" else as_csv(plain, name)


def _at(at: datetime | None) -> str:
    return at.astimezone(zone()).isoformat(timespec="minutes") if at is not None else ""


def _plain(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    masked, words = own_reach().masked, status_words()
    for row in rows:
        case = row.case
        yield {
            "reference": case.reference,
            "process": row.process,
            "subject": covered(case.subject, (case.customer_name, case.customer_email)) if masked else case.subject,
            "customer": _("hidden") if masked and case.customer_name else case.customer_name,
            "received": _at(case.received_at),
            "severity": row.severity,
            "status": words[row.status],
            "state": row.titles,
            "due": _at(row.due),
            "outcome": row.ended,
            "ended": _at(row.ended_at),
            "version": case.digest,
        }
