"""What a monitor asks: is it alive, may requests be sent here, how is the work going.

Owns these answers, for programs. They know no session: a monitor has none, and nobody's cookie may make them fail.
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request

from engine import __version__
from engine.errors import Rejected
from engine.logs import facts
from engine.metrics import CONTENT_TYPE, written
from web.access import ANYBODY, access
from web.house import house

log = logging.getLogger(__name__)
pages = Blueprint("monitoring", __name__)
HEALTH, READY = WITHOUT_DATABASE = ("/health", "/ready")
"""They answer whatever has become of the database."""
TOKEN = "HEARD_METRICS_TOKEN"


SILENT = "heard-silent"
"""The extension that says for how many seconds the work of this program has stood still, where it has any."""


@pages.get(HEALTH)
@access(ANYBODY)
def health() -> tuple[dict[str, object], int]:
    """Whether it answers, and which version does; and whether its work goes on. Opens no database."""
    silent: Callable[[], float] | None = current_app.extensions.get(SILENT)
    seconds = silent() if silent is not None else 0.0
    if seconds:
        log.warning("No round was finished for %.0f seconds", seconds, extra=facts("not-healthy", seconds=seconds))
        return {"status": "not-healthy", "reason": "no-round", "seconds": round(seconds)}, 503
    return {"status": "ok", "version": __version__}, 200


@pages.get(READY)
@access(ANYBODY)
def ready() -> tuple[dict[str, object], int]:
    """Whether requests may be sent here: the database answers, with the tables of this version.

    Tells anybody the code of what is wrong, and the log its words, which may name servers and users.
    """
    try:
        missing = house().store.missing()
    except Exception as error:  # whatever it is, a monitor gets an answer that it understands
        code = error.code if isinstance(error, Rejected) else "unknown"
        log.warning("Not ready: %s", error, extra=facts("not-ready", code=code, error=type(error).__name__))
        return {"status": "not-ready", "reason": code}, 503
    if missing:
        log.warning("Not ready: the tables lack %s", ", ".join(missing), extra=facts("not-ready", missing=missing))
        return {"status": "not-ready", "reason": "database-old", "missing": missing}, 503
    return {"status": "ready", "version": __version__}, 200


@pages.get("/metrics")
@access(ANYBODY)
def metrics() -> Response:
    """Numbers for Prometheus, for whoever brings the token. Without one there is no such page."""
    if not _may_measure():
        abort(404)
    return Response(written(house().engine), content_type=CONTENT_TYPE)


def _may_measure() -> bool:
    expected = os.fsencode(os.environ.get(TOKEN, "").strip())
    scheme, _, word = request.headers.get("Authorization", "").partition(" ")
    given = word.strip().encode("latin-1", "replace")  # as it came: headers are read so
    return bool(expected) and scheme.lower() == "bearer" and hmac.compare_digest(given, expected)
