"""Where a process's owner writes its next version: the files, what is wrong with them, how they look, what they change,
how its scenarios go, and the way into force.

Keeps and publishes through `engine.editing`; judges nothing itself. Whatever button is pressed, what was typed is kept
first.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.core.absences import moment as day_begins
from engine.definition import document
from engine.definition.catalog import FORMS, MESSAGES, SCENARIOS
from engine.definition.editor_schemas import form_schema
from engine.editing import Editing
from engine.errors import Problem, Rejected
from engine.library import read_files
from engine.manuscript import Manuscript, mark
from engine.publishing import handed_in, needs_agreement
from engine.scenarios import reading as scenarios
from web.access import STAFF, access, visitor
from web.errors import status_of
from web.findings import RESULTS, Shown, asked_for, drawn_of, in_force, problems_of, proven
from web.house import house
from web.language import gettext as _
from web.language import said
from web.previews import preview
from web.reading import names
from web.refusals import worded
from web.times import moment

pages = Blueprint("editor", __name__)


@pages.get("/processes/<key>/editor")
@access(STAFF)
def show(key: str) -> str:
    """The files of the process, one of them open, and below it what was last asked for."""
    now = _desk(key).manuscript()
    file = request.args.get("file", now.path)
    if file not in now.files:
        abort(404)
    return _page(now, file, now.files[file], asked_for(now, request.args.get("show", "")))


@pages.post("/processes/<key>/editor")
@access(STAFF)
def work(key: str) -> Answer | tuple[str, int]:
    """Keep what was typed, then do what the button says."""
    desk, form = _desk(key), request.form
    asked, _colon, path = form.get("do", "save").partition(":")
    file, text = form.get("file", ""), form.get("text", "")
    try:
        if not (asked == "take-back" and path == file):
            desk.write(file, text, base=form.get("base", ""), seen=form.get("seen", ""))
    except Rejected as rejected:
        if rejected.code in ("not-allowed", "no-such-process", "no-such-file"):
            raise
        return _page(desk.manuscript(), file, text, fault=worded(rejected).message), status_of(rejected)
    try:
        return redirect(_done(desk, file, asked, path), 303)
    except Rejected as rejected:
        now = desk.manuscript()
        shown = asked_for(now, {"has-problems": "check", "scenarios-fail": "scenarios"}.get(rejected.code, ""))
        fails = rejected.code == "scenarios-fail"
        why = _("The scenarios do not all go as they say. See above.") if fails else worded(rejected).message
        faults = {_field(asked): why, "failing": "yes" if fails else ""}
        return _page(now, file, now.files.get(file, text), shown, **faults), status_of(rejected)


def _field(asked: str) -> str:
    return {"publish": "publish_fault", "add": "add_fault"}.get(asked, "fault")


def _done(desk: Editing, file: str, asked: str, path: str) -> str:
    """Do it; the address that shows it. Raises Rejected."""
    if asked in RESULTS:
        return url_for("editor.show", key=desk.process, file=file, show=asked, _anchor="result")
    if asked == "form":
        return url_for("editor.form", key=desk.process, file=file)
    if asked == "open":
        file = path
    elif asked == "add":
        file = request.form.get("path", "").strip()
        desk.add(file)
    elif asked == "take-back":
        left = desk.take_back(path)
        file = file if file in left.files else left.path
        flash(_("%(file)s is again as it was.") % {"file": path}, "done")
    elif asked == "take-up":
        desk.take_up(path)
        flash(_("You go on from what was handed in as %(case)s.") % {"case": path}, "done")
    elif asked == "catch-up":
        now, both = desk.catch_up()
        flash(_("You go on from version %(number)s.") % {"number": now.base.version}, "done")
        if both:
            told = _("Both of you changed %(files)s. Yours is kept: look at the differences before you publish.")
            flash(told % {"files": ", ".join(both)}, "fault")
    elif asked == "publish":
        return _published(desk)
    else:
        flash(_("It is saved. Nobody else sees it before you publish."), "done")
    return url_for("editor.show", key=desk.process, file=file)


def _published(desk: Editing) -> str:
    day, begins = request.form.get("day", "").strip(), None
    if request.form.get("when") == "day":
        if not day:
            raise Rejected("past", _("Expected a day from tomorrow on, but none was chosen."))
        begins = day_begins(day, visitor().person.zone or "UTC", last=False)
    note, anyway = request.form.get("note", ""), request.form.get("anyway", "")
    if needs_agreement(house().store, house().clock()):
        begins_on = date.fromisoformat(day) if begins else None
        case = desk.hand_in(note, begins_on, request.form.get("key", ""), anyway=anyway)
        flash(
            _("Handed in as %(case)s. It takes effect once somebody else has agreed.") % {"case": case.reference},
            "done",
        )
        return url_for("cases.show", reference=case.reference)
    done = desk.publish(note, begins, anyway=anyway)
    told = _("Version %(number)s takes effect on %(when)s. Cases that have begun stay on their version.")
    if begins is None:
        told = _("Version %(number)s is in force since %(when)s. Cases that have begun stay on their version.")
    flash(told % {"number": done.version, "when": moment(done.effective_from)}, "done")
    return url_for("processes.show", key=desk.process)


@pages.post("/processes/<key>/editor/draft")
@access(STAFF)
def draft(key: str) -> tuple[Response, int]:
    """Keep what is being typed, and say what is wrong with it: for the page while somebody types."""
    desk, form = _desk(key), request.form
    file = form.get("file", "")
    try:
        now = desk.write(file, form.get("text", ""), base=form.get("base", ""), seen=form.get("seen", ""))
    except Rejected as rejected:
        return jsonify(fault=worded(rejected).message), status_of(rejected)
    problems = problems_of(now)
    return jsonify(
        seen=mark(now.files[file]),
        base=now.base.content,
        saved=_saved(now),
        problems=[problem.as_json() for problem in problems],
        result=render_template("editor/problems.html", **_around(now), problems=problems),
    ), 200


@pages.get("/processes/<key>/editor/picture")
@access(STAFF)
def drawn(key: str) -> str:
    """The picture alone."""
    return render_template("editor/picture.html", shown=drawn_of(_desk(key).manuscript()))


@pages.route("/processes/<key>/editor/form", methods=["GET", "POST"])
@access(STAFF)
def form(key: str) -> str | tuple[str, int]:
    """A form as people will see it, to try."""
    return preview(_desk(key).manuscript(), request.args.get("file", ""))


@pages.get("/processes/<key>/editor/words")
@access(STAFF)
def words(key: str) -> Response:
    """What may stand where in the files, and what it means: for completion and for help while typing."""
    catalog = _desk(key).manuscript().catalog
    names = {
        "roles": list(catalog.organisation.roles),
        "forms": list(catalog.forms),
        "messages": list(catalog.templates),
        "calendars": list(catalog.calendar_names()),
    }
    answer = jsonify(process=document.schema(), form=form_schema(), scenarios=scenarios.SHAPE.schema(), names=names)
    answer.headers["Cache-Control"] = "private, max-age=60"
    return answer


@pages.get("/processes/<key>/editor/files.zip")
@access(STAFF)
def files(key: str) -> Response:
    """All files of the process as they stand here, in the folders of a home."""
    now, packed = _desk(key).manuscript(), io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(now.files.items()):
            archive.writestr(zipfile.ZipInfo(path), text.encode("utf-8", "replace"))
    name = f"{key}-{'edited' if now.edited else f'version-{now.base.version}'}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(packed.getvalue(), mimetype="application/zip", headers=headers)


# --- the page


def _desk(key: str) -> Editing:
    return Editing(house().engine, read_files(house().home), visitor().actor, key, proven)


def _saved(now: Manuscript) -> str:
    return _("Saved %(when)s") % {"when": moment(now.saved_at)} if now.saved_at is not None else _("Nothing is changed")


def _around(now: Manuscript) -> dict[str, Any]:
    return {"now": now, "key": now.process, "line_of": lambda problem: _line(now, problem)}


def _line(now: Manuscript, problem: Problem) -> str:
    """The line that a problem is about, as far as it is one of these files."""
    lines = now.files.get(problem.place.file, "").split("\n")
    return lines[problem.place.line - 1].strip()[:200] if problem.place.line <= len(lines) else ""


def _page(now: Manuscript, file: str, text: str, shown: Shown | None = None, **faults: str) -> str:
    present, the = in_force(now), house()
    groups = {"process": _("Process and scenarios"), "form": _("Forms"), "message": _("Messages")}
    kinds = {path: _kind(path) for path in now.files}
    beside = [path for path in now.catalog.files if path.startswith((FORMS, MESSAGES)) and path not in now.files]
    return render_template(
        "editor/show.html",
        **_around(now),
        title=said(present.title),
        file=file,
        text=text,
        seen=mark(now.files[file]) if file in now.files else "",
        saved=_saved(now),
        shown=shown or Shown(),
        groups=[
            (title, [path for path in now.files if kinds[path].replace("scenarios", "process") == kind])
            for kind, title in groups.items()
        ],
        known=sorted(beside),
        kind=_kind(file),
        coming=now.newest if now.newest.effective_from > house().clock() else None,
        agreed=needs_agreement(the.store, the.clock()),
        handed=handed_in(the.store, the.engine.definition, now.process, the.clock()),
        post_key=request.form.get("key") or secrets.token_hex(16),
        typed=request.form,
        names=names(),
        **faults,
    )


def _kind(path: str) -> str:
    """Which kind of file it is."""
    if path.startswith(FORMS):
        return "form"
    if path.startswith(MESSAGES):
        return "message"
    return "scenarios" if path.endswith(SCENARIOS) else "process"
