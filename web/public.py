"""Pages for everybody: which matters one can write in about, and the form of each. No account is needed.

Decides nothing: the process says which forms are public and what they do not ask; the command judges the rest.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from engine.core.actors import GUEST
from engine.definition.model import Definition
from engine.errors import Rejected
from engine.private_pages import path_of
from web import rationing
from web.access import ANYBODY, access
from web.forms import shown
from web.house import house
from web.language import gettext as _
from web.language import language
from web.reading import in_force
from web.refusals import worded
from web.times import in_zone
from web.uploads import all_wrong, carried, typed_with_files

pages = Blueprint("public", __name__)

TRAP = "website"
"""A field that no person sees: whoever fills it in is a machine."""


@pages.get("/contact")
@access(ANYBODY)
def choose() -> str:
    """What one can write in about."""
    return render_template("public/choose.html", processes=_public())


def _public() -> list[Definition]:
    the, now = house(), house().clock()
    digests = {one.process: one.digest for one in in_force().values() if one.effective_from <= now}
    known = (the.engine.definition(digest) for digest in digests.values())
    return [definition for definition in known if definition.public is not None]


@pages.route("/contact/<key>", methods=["GET", "POST"])
@access(ANYBODY)
def form(key: str) -> str | tuple[str, int] | Response:
    """The form of one process; sent, it leads to the private page of the new case."""
    the = house()
    definition = next((one for one in _public() if one.key == key), None)
    if definition is None or definition.public is None or definition.start.form is None:
        abort(404)
    in_zone(definition.calendar.zone)
    use, public = definition.start.form, definition.public
    values: dict[str, Any] = {}
    errors: Mapping[str, Sequence[str]] = {}
    refusal, status = "", 200
    if request.method == "POST":
        values, errors = typed_with_files(use.form, {})
        if request.form.get("do") != "look" and errors:
            status, asked = 422, {name: value for name, value in values.items() if name not in public.hidden}
            wrong = all_wrong(definition, use, {**asked, **public.preset}, errors)
            errors = {path: said for path, said in wrong.items() if path not in public.hidden}
        elif request.form.get("do") != "look":
            try:
                return _start(definition, values)
            except Rejected as rejected:
                status = 429 if rejected.code == "too-often" else 422
                errors = {path: said for path, said in worded(rejected).fields.items() if path not in public.hidden}
                refusal = "" if errors else worded(rejected).message
    elif language() in definition.languages and use.form.field("language") is not None:
        values = {"language": language()}
    look = use.bound.look({**values, **public.preset}, {}, the.clock(), definition.calendar.zone)
    drawn = shown(use.form, values, look, errors, without=public.hidden)
    page = render_template(
        "public/form.html",
        definition=definition,
        form=drawn,
        refusal=refusal,
        key=request.form.get("key") or secrets.token_hex(16),
        trap=TRAP,
        files=carried(values),
    )
    return Response(page, status=status, mimetype="text/html")


def _start(definition: Definition, values: Mapping[str, Any]) -> Response:
    the, now = house(), house().clock()
    if request.form.get(TRAP):
        raise Rejected("not-allowed", _("Leave the field “Website” empty; it is there for machines."))
    address = request.remote_addr or ""
    rationing.judge(the.store, rationing.PUBLIC_FORM, address, now)
    rationing.note(the.store, rationing.PUBLIC_FORM, address, now)
    asked = {name: value for name, value in values.items() if value not in ("", None, [])}
    started = the.engine.start(
        definition.key, replace(GUEST, language=language()), asked, key=request.form.get("key", ""), version=definition
    )
    case = the.engine.instance(started.instance)
    return redirect(f"{path_of(the.store, the.secret, case.id, the.clock())}?received=1", 303)
