"""The inbox: the tasks that wait for whoever asks."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.store.inbox import inbox
from web.access import SIGNED_IN, access, visitor
from web.house import house

pages = Blueprint("inbox", __name__)


@pages.get("/inbox")
@access(SIGNED_IN)
def show() -> str:
    """What I may act on now, the next due first."""
    actor = visitor().actor
    found = inbox(house().store, actor.id, actor.roles, actor.stands_in)
    return render_template("inbox/show.html", rows=found.rows, now=house().clock())
