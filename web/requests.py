"""By what each request is known, and a line in the log for it when it is answered.

Owns both. The line says which kind of page it was, whose case, and how long it took: never an address as it was typed,
since some are private, nor what was sent.
"""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from flask import Flask, Response, g
from flask import request as asked

from engine.core.actors import Actor
from engine.logs import facts, request
from engine.watching import who

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"
_QUIET = ("static", "monitoring")
"""What is asked for again and again, and is told only when it fails."""
_FITTING = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_REFERENCE = re.compile(r"[A-Z0-9-]+-[0-9]{4}-[0-9]{5,}", re.ASCII)


def guard(app: Flask) -> None:
    """Goes before all other guards: the first to see a request, and the last to let its answer go."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()
        given = asked.headers.get(HEADER, "")
        request.set(given if _FITTING.fullmatch(given) else secrets.token_hex(8))

    @app.after_request
    def answered(response: Response) -> Response:
        response.headers[HEADER] = request.get()
        quiet = (asked.blueprint or asked.endpoint) in _QUIET and response.status_code < 400
        if log.isEnabledFor(logging.INFO) and not quiet:
            _tell(response)
        return response

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        request.set("")


def _tell(response: Response) -> None:
    actor: Actor | None = g.get("actor")
    page = asked.url_rule.rule if asked.url_rule is not None else ""
    log.info(
        "%s %s: %s",
        *(asked.method, page, response.status_code),
        extra=facts(
            "request",
            method=asked.method,
            page=page,
            status=response.status_code,
            case=_case(),
            actor=who(actor) if actor is not None else "",
            duration=round(perf_counter() - g.began, 6),
        ),
    )


def _case() -> str:
    """The reference in the address; empty when what stands there is none."""
    given = str((asked.view_args or {}).get("reference", ""))
    return given if _REFERENCE.fullmatch(given) else ""
