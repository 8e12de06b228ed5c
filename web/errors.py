"""What a refusal looks like in a browser. The only place where a rejection's code becomes an HTTP status.

Owns the mapping and the pages. Must not hide a fault of ours: that is logged with its trace, and said to be ours.
"""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from flask import Flask, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine.errors import DefinitionError, Rejected, Stuck
from engine.logs import facts
from web.access import inner
from web.language import gettext as _
from web.refusals import worded

NOT_THERE = frozenset(
    {
        "no-such-case",
        "no-such-task",
        "no-such-process",
        "no-such-version",
        "no-such-incident",
        "no-such-absence",
        "no-such-file",
        "no-such-mail",
    }
)
RACES = frozenset(
    {
        *("conflict", "claimed-by-other", "content-changed", "already-decided", "key-reused"),
        *("ended", "suspended", "no-transition", "not-now", "no-longer-possible"),
        "mail-settled",
    }
)
FORBIDDEN = frozenset({"not-allowed", "excluded", "reauthenticate", "only-reads"})

AWAY = "database-unreachable"
AGAIN_IN = "5"
"""Seconds after which a program may ask again."""

Answer = tuple[str, int]


def status_of(rejected: Rejected) -> int:
    """404 what is not there, 403 what is not theirs, 409 what somebody else was faster in, 422 what was sent."""
    if rejected.code in NOT_THERE:
        return 404
    if rejected.code in FORBIDDEN:
        return 403
    if rejected.code in RACES:
        return 409
    if rejected.code.startswith("database-"):
        return 503
    return 422


def page(title: str, advice: str, status: int, whole: str = "errors/page.html") -> Answer:
    """A page with a sentence and a way on; a fragment asks for the sentence alone."""
    template = "errors/fragment.html" if request.headers.get("HX-Request") else whole
    # Opened anew, a page would be without what was typed; what was too large to be read stands in the browser alone.
    back = "" if status == 413 else _back()
    return render_template(template, title=title, advice=advice, back=back), status


def _back() -> str:
    """The page of this house from which something was sent; empty when there was none that can be opened again."""
    came = urlsplit(request.referrer or "")
    ours = current_app.create_url_adapter(request)
    if request.method == "GET" or came.netloc != request.host or ours is None or not ours.test(came.path, "GET"):
        return ""
    return inner(f"{came.path}?{came.query}" if came.query else came.path)


def guard(app: Flask) -> None:
    @app.errorhandler(CSRFError)
    def forged(error: CSRFError) -> Answer:
        advice = _(
            "This page was open for too long, or was not ours. Nothing was done. Go back, reload it and try again."
        )
        return page(_("Please try again"), advice, 400)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int, dict[str, str]]:
        status = error.code or 500
        title, advice = _http(status, error)
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return *page(title, advice, status), kept

    @app.errorhandler(Rejected)
    def rejected(error: Rejected) -> Answer | tuple[str, int, dict[str, str]]:
        status = status_of(error)
        if error.code == AWAY:
            advice = _(
                "Nothing is lost. Wait a moment and load this page again. If you have just sent something, go back: "
                "what you typed is still there. Send it once more."
            )
            told = page(_("Our database does not answer just now"), advice, status, "errors/away.html")
            return *told, {"Retry-After": AGAIN_IN}
        title = _("There is nothing here") if status == 404 else _("This was not done")
        return page(title, worded(error).message, status)

    @app.errorhandler(DefinitionError)
    def faulty(error: DefinitionError) -> Answer:
        return page(_("This definition has problems"), "\n".join(map(str, error.problems)), 422)

    @app.errorhandler(Stuck)
    def stuck(error: Stuck) -> Answer:
        return page(_("The process could not go on"), str(error), 422)

    @app.errorhandler(Exception)
    def ours(error: Exception) -> Answer:
        mark = uuid.uuid4().hex[:8]
        said = "Our own fault %s at %s %s"
        current_app.logger.exception(said, mark, request.method, request.path, extra=facts("fault", mark=mark))
        advice = _(
            "This is our fault, not yours. Nothing was written. If it happens again, tell us its mark: %(mark)s."
        )
        return page(_("Something failed"), advice % {"mark": mark}, 500)


def _http(status: int, error: HTTPException) -> tuple[str, str]:
    known = {
        404: (
            _("There is nothing here"),
            _("This address leads to nothing that you may see. It may be gone, or somebody else has to look."),
        ),
        405: (
            _("This cannot be done here"),
            _("This address does something else. Go back and use the page's own buttons."),
        ),
        413: (
            _("That is too large"),
            _(
                "Nothing was sent. Go back with your browser: what you typed is still there. A file may have 20 MB, "
                "all files of a page 40 MB together, and what is typed 2 MB. Leave something out, and send it "
                "afterwards."
            ),
        ),
        429: (_("Too many tries"), _("Wait a quarter of an hour and try again.")),
    }
    return known.get(status, (error.name, error.description or ""))
