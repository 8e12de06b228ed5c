"""A case from receipt to closure on one page: promises, history, forms, messages, its way through the process.

Reads alone, but for the note of what the person has seen.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine.core.authority import oversees
from engine.core.drawing import picture_of, trail_of
from engine.core.drawing.speaking import spoken_in
from engine.core.events import Event
from engine.core.instance import Instance
from engine.core.standstill import waits_for_nothing
from engine.definition.forms import Form
from engine.definition.markdown import to_html
from engine.definition.model import Definition
from engine.diagrams import svg_of
from engine.errors import Rejected
from engine.store import deployments, history, outbox, personal, status_links
from engine.store.history import Line
from engine.telling import noticing
from engine.telling.arrivals import clocks_in_vain
from engine.telling.customers import customers_tongue
from engine.telling.repeats import Step, distinct, repeats, steps
from engine.telling.sentences import Sentence, Teller
from engine.telling.voice import Tongue
from engine.workers.channels import mails_pages
from web import deadlines
from web.access import SIGNED_IN, access, visitor
from web.cases.decided import approvals_of
from web.cases.moves import asked, reopening
from web.cases.noun import pages
from web.house import house
from web.language import gettext as _
from web.language import language, ngettext, said, tongue_name
from web.masking import was_shown
from web.messages import recallable
from web.processes import Titles, titles_of, without_style
from web.proposals import proposal_of
from web.reading import (
    case_called,
    child_ended_as,
    ended_as,
    filled,
    forms_by_alias,
    in_words,
    names,
    outcome_of,
    own_reach,
    process_names,
    promises,
    strip,
)
from web.refusals import worded
from web.times import zone

KINDS: Mapping[str, frozenset[str]] = {
    "people": frozenset(
        {
            *("case-started", "task-claimed", "task-completed", "task-released", "task-assigned", "task-delegated"),
            *("decision-given", "approval-closed", "approval-voided", "confirmation-asked", "commented"),
            *("file-attached", "suspended", "resumed", "cancelled", "reopened", "form-submitted"),
            *("task-escalated", "assignee-passed-over", "question-asked", "question-answered", "tagged"),
            *("step-undone", "task-reopened", "delegation-began", "delegation-ended", "delegation-dropped"),
        }
    ),
    "messages": frozenset(
        {
            *("message-sent", "message-received", "message-unaddressed", "message-withheld", "message-withdrawn"),
            *("notified", "commented", "delivery-failed", "step-undone", "message-returned"),
            *("private-address-sent", "private-address-withheld", "private-address-ended"),
        }
    ),
    "promises": frozenset(
        {
            *("clock-started", "clock-paused", "clock-resumed", "clock-stopped", "clock-retargeted"),
            *("clock-breached", "clock-restored", "move-dropped"),
            *("clock-cancelled", "timer-fired", "priority-raised", "task-reassigned", "milestone-reached"),
        }
    ),
}
"""What the timeline can be narrowed to."""


Told = tuple[int, str, tuple[Sentence, ...]]
"""A line of the history: its number, its type, and what it says."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What happened in one step: by whom, through which door, on whose behalf, and what, line by line."""

    at: datetime
    recorded_at: datetime
    who: str
    behalf: str
    via: str
    roles: tuple[str, ...]
    lines: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """What happened again and again: every time, the latest first, and of each kind how often and what it was."""

    moments: tuple[Moment, ...]
    kinds: tuple[tuple[int, tuple[Told, ...]], ...]

    @property
    def lines(self) -> tuple[Told, ...]:
        return self.moments[0].lines


@pages.get("/cases/<reference>")
@access(SIGNED_IN)
def show(reference: str) -> str | Response:
    """All that is known of a case, for the house; its customer is led to the page that is theirs."""
    if not visitor().is_staff:
        case, _definition = case_called(reference)
        return redirect(url_for("mine.show", reference=case.reference), 303)
    return whole(reference)


def whole(reference: str, **typed: str) -> str:
    """The same, with what was typed and could not be done."""
    case, definition = case_called(reference)
    the, now = house(), house().clock()
    lines = history.read(the.store, case.id)
    seen = personal.seen(the.store, visitor().person.id, case.id)
    narrowed = request.args.get("only", "")
    clocks = promises(definition, case, now, _tongue(definition), [line.event for line in lines])
    answer = render_template(
        "cases/show.html",
        case=case,
        definition=definition,
        version=deployments.by_digest(the.store, case.digest),
        deadlines=deadlines,
        now=now,
        names=names(),
        customer=_customer(case),
        reads_in=tongue_name(customers_tongue(definition, case)),
        states=[said(definition.states[state].title) for state in case.states if state in definition.states],
        timeline=chapters(definition, lines, KINDS.get(narrowed)),
        only=narrowed,
        new_from=seen,
        filled=filled(definition, case),
        clocks=clocks,
        spoken=spoken_in(definition),
        in_vain=clocks_in_vain(definition, [line.event for line in lines]),
        strip=strip(definition, case, [line.event for line in lines], clocks, _tongue(definition)),
        messages=[parcel for parcel in outbox.of_case(the.store, case.id) if parcel.kind == outbox.MESSAGE],
        notices=[parcel for parcel in outbox.of_case(the.store, case.id) if parcel.kind == outbox.NOTICE],
        mails=[line.event for line in lines if line.event.body.get("mail")],
        attachments=[line for line in lines if line.event.type == "file-attached"],
        told_of=lambda body: noticing.in_words(definition, body, language(), names()),
        outcome=ended_as(definition, case.outcome),
        child_ended_as=child_ended_as,
        asked=asked(case, definition),
        recalled=recallable(case),
        stands_still=waits_for_nothing(case),
        approvals=approvals_of(definition, case, lines),
        proposal=proposal_of(definition, case),
        oversees=oversees(definition, visitor().actor),
        answers=definition.owner in visitor().actor.roles,
        reopen=reopening(case, definition),
        watches=personal.watches(the.store, visitor().person.id, case.id),
        picture=Markup(_picture(case, definition, lines)),
        verified=history.verify(the.store, case.id) if request.args.get("verify") else None,
        bound_since=lines[0].recorded_at,
        hidden=own_reach().masked and not was_shown(case),
        link=next(reversed(status_links.of_case(the.store, case.id)), None),
        mails_pages=bool(case.customer.get("email")) and mails_pages(os.environ),
        key=secrets.token_hex(16),
        to_html=lambda text: Markup(to_html(text)),
        zone_of=zone().key,
        typed=typed,
    )
    personal.look(the.store, visitor().person.id, case.id, case.seq, now)
    return answer


def _tongue(definition: Definition) -> str:
    return language() if language() in definition.languages else definition.languages[0]


def _customer(case: Instance) -> dict[str, str]:
    return {word: case.customer[word] for word in ("name", "email", "phone") if case.customer.get(word)}


def timeline(definition: Definition, lines: Sequence[Line], only: frozenset[str] | None) -> list[Moment]:
    """The history in sentences, a step at a time, the latest first."""
    told = _sentences(definition, lines)
    return [_moment(step, told) for step in steps(_kept(lines, only))][::-1]


def chapters(definition: Definition, lines: Sequence[Line], only: frozenset[str] | None) -> list[Moment | Again]:
    """The same, with what happened again and again told once."""
    told = _sentences(definition, lines)
    found: list[Moment | Again] = []
    for together in repeats(_kept(lines, only)):
        moments = [_moment(step, told) for step in together]
        kinds = tuple((count, _moment(step, told).lines) for count, step in distinct(together))
        found.append(moments[0] if len(moments) == 1 else Again(tuple(moments[::-1]), kinds))
    return found[::-1]


def _kept(lines: Sequence[Line], only: frozenset[str] | None) -> list[Line]:
    return [line for line in lines if only is None or line.event.type in only]


def _sentences(definition: Definition, lines: Sequence[Line]) -> dict[int, tuple[Sentence, ...]]:
    """Every line in its order: some speak of what came before."""
    roles = {role: said(title) for role, title in house().directory.roles().items()}
    ended = [line.event.body for line in lines if line.event.type == "child-ended"]
    endings = {(one["process"], one["outcome"]): outcome_of(one["process"], one["outcome"]) for one in ended}
    teller = Teller(definition, zone().key, Tongue(language(), names(), roles, process_names(), endings))
    forms = forms_by_alias(definition)
    return {line.seq: tuple(_told(line.event, teller, forms)) for line in lines}


def _moment(step: Step, told: Mapping[int, tuple[Sentence, ...]]) -> Moment:
    first, event = step[0], step[0].event
    lines = tuple((line.seq, line.event.type, told[line.seq]) for line in step)
    return Moment(event.at, first.recorded_at, event.actor, event.on_behalf_of, event.via, tuple(event.roles), lines)


def _told(event: Event, teller: Teller, forms: Mapping[str, Form]) -> Iterable[Sentence]:
    """An event in sentences; what was filled in by the labels of its form."""
    form = forms.get(str(event.body.get("name", ""))) if event.type == "form-submitted" else None
    changes = event.body.get("changes")
    if form is None or not isinstance(changes, Mapping):
        return teller.sentences(event)
    changed = (_changed(form, name, *change) for name, change in changes.items() if isinstance(change, list))
    return map(Sentence, (_("the form “%(form)s”") % {"form": said(form.title)}, *changed))


def _changed(form: Form, name: str, old: Any, new: Any) -> str:
    field = form.field(name)
    if field is None or field.is_table or field.holds_files:
        count = len(new or ())
        rows = ngettext("%(old)s → %(new)s entry", "%(old)s → %(new)s entries", count)
        rows %= {"old": len(old or ()), "new": count}
        return f"{said(field.title) if field is not None else name}: {rows if isinstance(new, list) else new}"
    before, after = in_words(field, old), in_words(field, new)
    return f"{said(field.title)}: {f'{before} → {after or chr(8212)}' if before else after}"


def _picture(case: Instance, definition: Definition, lines: Sequence[Line]) -> str:
    trail = trail_of(case, [line.event for line in lines])
    tongue = _tongue(definition)
    return _drawn(definition, tongue, trail, titles_of(house().directory.roles(), tongue))


@lru_cache(maxsize=128)
def _drawn(definition: Definition, tongue: str, trail: Any, roles: Titles) -> str:
    try:
        return without_style(svg_of(picture_of(definition, tongue, trail, dict(roles))))
    except Rejected as rejected:
        return str(Markup("<p>{}</p>").format(worded(rejected).message))
