"""Tags of a case: put on and taken off."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from engine.core.commands import Tag
from engine.errors import Rejected
from web.access import STAFF, access, visitor
from web.cases.noun import pages
from web.cases.page import whole
from web.house import house
from web.reading import case_called
from web.refusals import worded


@pages.post("/cases/<reference>/tags")
@access(STAFF)
def tag(reference: str) -> Response | tuple[str, int]:
    """Put the words that were typed on the case, or take one off."""
    case, _definition = case_called(reference)
    words, remove = request.form.get("tags", ""), request.form.getlist("remove")
    the, actor, key = house(), visitor().actor, request.form.get("key", "")
    add = () if remove else tuple(words.replace(",", " ").split())
    try:
        the.engine.do(case.id, Tag(at=the.clock(), actor=actor, key=key, add=add, remove=tuple(remove)))
    except Rejected as rejected:
        if not worded(rejected).fields:
            raise
        return whole(reference, tags=words, fault=worded(rejected).sentence), 422
    return redirect(url_for("cases.show", reference=case.reference, _anchor="tags"), 303)
