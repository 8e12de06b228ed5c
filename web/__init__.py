"""The front door: what a browser or a monitor reaches.

Owns the application and the headers on every answer. Must not decide anything about a case: the engine does.
"""

from __future__ import annotations

from flask import Flask, Response, render_template
from werkzeug.exceptions import HTTPException

from engine import __version__

# Nothing but our own style sheet: no script, no frame, no form, no address of others.
_CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

_HEADERS = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def create_app() -> Flask:
    """The WSGI application. It needs no database yet: `/` says how to go on, `/health` answers monitors."""
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return render_template("index.html", version=__version__)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int, dict[str, str]]:
        page = render_template("refused.html", name=error.name, advice=error.description)
        kept = {name: value for name, value in error.get_headers() if name != "Content-Type"}
        return page, error.code or 500, kept

    @app.after_request
    def guard(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return app
