"""The front page: sends everybody to where their work is."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from web.access import SIGNED_IN, access, visitor

pages = Blueprint("home", __name__)


@pages.get("/")
@access(SIGNED_IN)
def start() -> Response:
    return redirect(url_for("inbox.show" if visitor().is_staff else "mine.index"), 303)
