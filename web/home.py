"""The front page and the monitor's question. Sends everybody to where their work is."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from engine import __version__
from web.access import ANYBODY, SIGNED_IN, access, visitor

pages = Blueprint("home", __name__)


@pages.get("/")
@access(SIGNED_IN)
def start() -> Response:
    return redirect(url_for("inbox.show" if visitor().is_staff else "mine.index"), 303)


@pages.get("/health")
@access(ANYBODY)
def health() -> dict[str, str]:
    """Whether it answers, and which version does. Opens no database."""
    return {"status": "ok", "version": __version__}
