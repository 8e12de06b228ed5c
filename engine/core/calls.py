"""Cases that this one has called: they have begun or could not, they end, they go on again; and what follows here.

Owns these handlers. Starting a called case, and telling this one of it, is the runtime's: both are written in one
transaction. A case that was called lives its own life; ended or suspended, this one only writes down what it is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core import clocks
from engine.core.actors import plain_actor
from engine.core.call_commands import CallFailed, ChildEnded, ChildReopened, LinkChild
from engine.core.draft import Draft
from engine.core.instance import CANCELLED, RUNNING
from engine.core.links import ENDED, FAILED, OPEN, Link, blocking
from engine.core.machine import fire
from engine.errors import Place, Rejected
from engine.reasons import stuck_on


def linked(draft: Draft, command: LinkChild) -> None:
    link = _link(draft, command.link)
    begun = replace(link, instance=command.instance, reference=command.reference)
    draft.tie(begun, "case-linked", kind=link.kind, reference=command.reference)


def failed(draft: Draft, command: CallFailed) -> None:
    """An incident, whose retry starts the case again; what was done here stays done."""
    link = _link(draft, command.link)
    draft.links[link.id] = replace(link, status=FAILED)
    draft.changed()
    retry = {
        "do": "call",
        "actor": plain_actor(command.caller),
        "link": link.id,
        "values": command.values,
        "received_at": command.received_at.isoformat() if command.received_at is not None else "",
        "place": [command.place.file, command.place.line, command.place.column],
    }
    stuck = stuck_on("call-refused", command.place, process=link.process, error=command.why)
    draft.raise_incident(stuck, draft.root.state, retry)


def call_again(draft: Draft, kept: Mapping[str, Any]) -> None:
    """The retry of a call that failed."""
    link = draft.links[kept["link"]]
    received = datetime.fromisoformat(kept["received_at"]) if kept["received_at"] else None
    draft.call(replace(link, status=OPEN), kept["values"], received, Place(*kept["place"]))


def dropped(draft: Draft, link: str) -> None:
    """A call that failed is not to be tried again: here it counts as a case that was cancelled."""
    _note(draft, draft.links[link], CANCELLED)
    catch_up(draft)


def ended(draft: Draft, command: ChildEnded) -> None:
    note_end(draft, command)
    catch_up(draft)


def note_end(draft: Draft, command: ChildEnded) -> None:
    """Write it down, and no more."""
    _note(draft, _link(draft, command.link), command.outcome)


def _note(draft: Draft, link: Link, outcome: str) -> None:
    over = replace(link, status=ENDED, outcome=outcome)
    draft.tie(over, "child-ended", reference=link.reference, outcome=outcome)


def reopened(draft: Draft, command: ChildReopened) -> None:
    """What has followed from its end here stays as it is."""
    link = _link(draft, command.link)
    draft.tie(replace(link, status=OPEN, outcome=""), "child-reopened", reference=link.reference)


def catch_up(draft: Draft) -> None:
    """Whatever waited for a called case that has ended goes on: first who stands in a `call`, then what was held, but
    no consequence of a promise that the former has just kept.
    """
    for name in list(draft.links):
        link = draft.links[name]
        trigger = f"call:{link.name}"
        if (
            draft.status == RUNNING
            and link.status == ENDED
            and link.waits
            and trigger not in draft.held.get(link.waits, ())
        ):
            fire(draft, link.waits, trigger)
    kept = clocks.triggers_of_kept(draft) if draft.held else frozenset()
    for token, wishes in list(draft.held.items()):
        standing = [wish for wish in wishes if wish not in kept]
        free = (
            draft.status == RUNNING
            and not draft.unsent
            and not blocking(draft.links)
            and draft.held.get(token) == wishes
        )
        if free and standing:
            del draft.held[token]
            fire(draft, token, standing[-1])


def _link(draft: Draft, name: str) -> Link:
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the system to tie cases to one another, but a person asked")
    return draft.links[name]
