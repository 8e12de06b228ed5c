"""The headers on every answer: what a browser may load and do, and that nobody else may keep a person's page.

Owns the content policy. A page's own scripts come from `/static` alone; nothing inline runs.
"""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A page's own address may name a customer's link: it stays in the house.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_YEAR = 31_536_000


def nonce() -> str:
    """What this answer's own inline styles and scripts are known by."""
    found: str | None = g.get("nonce")
    if found is None:
        found = g.nonce = secrets.token_urlsafe(16)
    return found


def guard(app: Flask) -> None:
    """Put the headers on every answer of the application."""

    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", _POLICY.format(nonce=nonce()))
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
            response.vary.add("HX-Request")
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
        return response
