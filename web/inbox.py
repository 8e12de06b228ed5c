"""The inbox: the tasks that whoever asks may act on now, in views, and what can be done to several at once.

Decides nothing: each claim is a command of its own, and each has its own answer.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import Assign, Claim, Tag, named
from engine.core.tags import read
from engine.errors import Rejected
from engine.store import inbox as tasks
from engine.store import instances, own_cases, personal, queries, questions
from engine.store.inbox import InboxRow, Page
from engine.store.inbox_parts import FREE, GIVEN, MINE_ALONE, Only
from engine.visibility import may_see
from web import notices
from web.access import SIGNED_IN, STAFF, access, visitor
from web.house import house
from web.inbox_rows import Shown, listed_cases, shown, together
from web.language import gettext as _
from web.language import ngettext, titled
from web.masking import hide_texts
from web.messages import recallable_after
from web.narrowing import FILTERS, NOBODY, desks, narrowed, severities_told, state_of
from web.reading import colleagues, names, own_reach, process_names
from web.refusals import worded
from web.searching import own_eyes, unheard_of
from web.times import zone

pages = Blueprint("inbox", __name__)

SIZE, MOST_COUNTED, MOST_AT_ONCE = 50, 100, 100
PAGE, DONE = "inbox", "done"
"""Whose views these are; and in the address, the approval that whoever asks has just decided in."""


@dataclass(frozen=True, slots=True)
class View:
    """A view that everybody has. `only` is None for those that list cases."""

    key: str
    title: str
    only: Only | None


_CASES = {"waiting": own_cases.waiting_for_customer, "watching": own_cases.watched}


def views(now: datetime) -> list[View]:
    """The views that Heard brings along, in their order."""
    evening = datetime.combine(now.astimezone(zone()).date(), time.max, zone())
    return [
        View("", _("All I may act on"), Only()),
        View("mine", _("My tasks"), Only(whose=MINE_ALONE, kind="task")),
        View("approvals", _("My approvals"), Only(kind="approval")),
        View("unassigned", _("Nobody's yet"), Only(whose=FREE, kind="task")),
        View("today", _("Due today"), Only(due_after=now, due_by=evening)),
        View("breached", _("Overdue"), Only(due_by=now)),
        View("replied", _("New from the customer"), Only(replied=True)),
        View("delegated", _("Delegated to me"), Only(whose=MINE_ALONE, delegated=True)),
        View("handed", _("Delegated by me"), Only(whose=GIVEN)),
        View("waiting", _("Waiting for the customer"), None),
        View("watching", _("Watching"), None),
    ]


@pages.get("/inbox")
@access(SIGNED_IN)
def show() -> str | Response:
    """A view of the inbox, narrowed down by what stands in the address."""
    the, now, who = house(), house().clock(), visitor()
    every = views(now)
    view = next((one for one in every if one.key == request.args.get("view", "")), every[0])
    after = _cursor(request.args.get("after", ""))
    standing = desks(request.args["process"]) if request.args.get("process") else {}
    state = state_of(request.args, standing)
    if view.only is None:
        cases: Page[queries.Case] = own_cases.page(the.store, _CASES[view.key](who.person.id), limit=SIZE, after=after)
        page: Page[InboxRow] = Page(())
    else:
        cases = Page(())
        only = narrowed(view.only, request.args, state, who.person.id, own_eyes(request.args.get("q", "")))
        actor = who.actor
        page = tasks.inbox(the.store, actor.id, actor.roles, actor.stands_in, only=only, limit=SIZE, after=after)
    if own_reach().masked:
        hide_texts(text for case in cases.rows for text in (case.customer_name, case.customer_email))
    rows = shown(page.rows, view.key, now)
    following = page.next or cases.next
    here, saved = _address(after=None, known=None), personal.views(the.store, who.person.id, PAGE)
    fingerprint = _fingerprint(rows, cases.rows)
    if request.headers.get("HX-Request") and request.args.get("known") == fingerprint:
        return Response(status=204)  # nothing has changed: the page stays as it is, with what is chosen on it
    body = render_template(
        "inbox/rows.html" if request.headers.get("HX-Request") else "inbox/show.html",
        views=every,
        view=view,
        counts=_counts(every) if not request.headers.get("HX-Request") else {},
        rows=rows,
        together=together(rows),
        cases=listed_cases(cases.rows),
        next=_address(after=f"{following[0]}.{following[1]}") if following else "",
        here=here,
        place=_address(known=None),
        kept=next((one for one in saved if one.query == here.partition("?")[2]), None),
        first=not after,
        fingerprint=fingerprint,
        asked=len(questions.of_person(the.store, who.person.id)),
        told=notices.unseen() if who.is_staff else 0,
        filters={**{word: request.args.get(word, "") for word in FILTERS}, "state": state},
        narrow=any(request.args.get(word) for word in FILTERS),
        processes=process_names(),
        states=standing,
        severities=severities_told(),
        typed=request.args.get("typed", ""),
        saved=saved,
        names=names(),
        people=colleagues() if who.is_staff else [],
        nobody=NOBODY,
        masked=own_reach().masked,
        recalled=recallable_after(request.args.get(DONE, "")),
        unheard_of=unheard_of(request.args.get("q", "")),
        now=now,
        key=secrets.token_hex(16),
    )
    answer = make_response(body)
    return answer


def _cursor(text: str) -> tuple[int, str] | None:
    due, dot, task = text.partition(".")
    return (int(due), task) if dot and due.lstrip("-").isdigit() and len(due) < 20 else None


def _address(**changed: str | None) -> str:
    """This page with some words of its address changed."""
    query = {**request.args.to_dict(), "typed": None, DONE: None, **changed}
    return f"{url_for('inbox.show')}?{urlencode({word: value for word, value in query.items() if value})}"


def _counts(every: Sequence[View]) -> dict[str, str]:
    """How many each view holds, as a badge says it."""
    store, actor = house().store, visitor().actor
    found = {}
    for view in every:
        if view.only is not None:
            count = tasks.waiting(store, actor.id, actor.roles, actor.stands_in, only=view.only, most=MOST_COUNTED)
        else:
            count = own_cases.count(store, _CASES[view.key](actor.id), most=MOST_COUNTED)
        found[view.key] = f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)
    return found


def _fingerprint(rows: Sequence[Shown], cases: Sequence[queries.Case]) -> str:
    """What tells whether the page would look different; the time that passes alone does not."""
    looks = [(one.row, one.new) for one in rows], [(one.id, one.updated_at) for one in cases]
    return hashlib.sha256(repr(looks).encode()).hexdigest()[:16]


# --- several at once


@pages.post("/inbox/tasks")
@access(STAFF)
def several() -> Response:
    """Claim, assign or tag the chosen tasks; each on its own, and each with its own answer."""
    chosen = list(dict.fromkeys(request.form.getlist("task")))[:MOST_AT_ONCE]
    to, words = request.form.get("to", ""), request.form.get("tags", "").replace(",", " ").split()
    do = request.form.get("do") or ("tag" if words else "claim")
    if not chosen:
        flash(_("Choose one or more tasks first."), "fault")
        return redirect(_back(), 303)
    if do == "assign" and not to:
        flash(_("Choose to whom the tasks are given."), "fault")
        return redirect(_back(), 303)
    if do == "tag":
        why = _refused(words)
        if why:
            flash(why, "fault")
            return redirect(_back(typed=request.form.get("tags", "")), 303)
    done, refused = 0, []
    for task in chosen:
        try:
            _one(task, do, to, words)
            done += 1
        except Rejected as rejected:
            row = queries.task(house().store, task)
            refused.append((titled(row) if row is not None else task, worded(rejected).message))
    if done and do == "tag":
        said_so = ngettext("The case of %(num)s task is tagged.", "The cases of %(num)s tasks are tagged.", done)
        flash(said_so % {"num": done}, "done")
    elif done and do == "assign":
        said_so = ngettext("%(num)s task is given to %(who)s.", "%(num)s tasks are given to %(who)s.", done)
        flash(said_so % {"num": done, "who": names().get(to, to)}, "done")
    elif done:
        flash(
            ngettext("%(num)s task is reserved for you.", "%(num)s tasks are reserved for you.", done) % {"num": done},
            "done",
        )
    for title, why in refused:
        flash(f"{title}: {why}", "fault")
    return redirect(_back(), 303)


def _refused(words: Sequence[str]) -> str:
    """Why these words cannot be tags, whatever the case; empty when they can."""
    try:
        return "" if read(words) else _("Write the words to tag them with first.")
    except Rejected as rejected:
        return worded(rejected).sentence


def _one(task: str, do: str, to: str, words: Sequence[str]) -> None:
    the, key = house(), f"{request.form.get('key', '')}-{task}"
    common: dict[str, Any] = {"at": the.clock(), "actor": visitor().actor, "key": key}
    case = task.rpartition(".")[0]
    if do == "assign":
        the.engine.do(case, Assign(task=task, **named(the.directory.actor(to, "web")), **common))
    elif do == "tag":
        found = instances.load(the.store, case)
        if found is None or not may_see(the.store, own_reach(), found):
            raise Rejected("no-such-case", _("Expected a case, but there is none that you may see"))
        the.engine.do(case, Tag(add=tuple(words), **common))
    else:
        mine = queries.task(the.store, task)
        if mine is None or mine.assignee != visitor().person.id:  # what is mine stays as it was arranged
            the.engine.do(case, Claim(task=task, **common))


def _back(typed: str = "") -> str:
    """The view from which it was asked; `typed` are words that could not be used."""
    query = request.form.get("here", "")
    back = query if query.startswith(url_for("inbox.show")) else url_for("inbox.show")
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'typed': typed})}" if typed else back


# --- views of one's own


@pages.post("/inbox/views")
@access(SIGNED_IN)
def keep_view() -> Response:
    """Keep the view that is shown under a name, call one otherwise, or forget it."""
    store, person = house().store, visitor().person.id
    forget = request.form.get("forget", "")
    if forget.isdigit():
        personal.drop_view(store, person, int(forget))
        return redirect(url_for("inbox.show"), 303)
    name, query = request.form.get("name", "").strip()[:60], request.form.get("query", "")[:2_000]
    if not name:
        flash(_("Give the view a name."), "fault")
        return redirect(_back(), 303)
    rename = request.form.get("rename", "")
    if rename.isdigit():
        personal.rename_view(store, person, int(rename), name)
    else:
        personal.keep_view(store, person, PAGE, name, query)
    return redirect(f"{url_for('inbox.show')}?{query}", 303)
