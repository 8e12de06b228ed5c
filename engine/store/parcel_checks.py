"""Whether what goes out of a case is what its history says: every message and notice has its row in the outbox, and
no row is without.

Owns which parcel each event makes, and what may have become of it. Reads no row itself: `verifying` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.core.counting import undone
from engine.core.effects import is_outside
from engine.core.events import Event
from engine.store.comparing import Row, names_of, spelt, the_first
from engine.store.fields import decode, to_micros
from engine.store.models import Outbox
from engine.store.outbox import DEAD, LETTER, MESSAGE, NOTICE, WEBHOOK, WITHDRAWN

NAMES = names_of(Outbox)

_SENT = ("message-sent", "private-address-sent")
_SAID: Mapping[str, tuple[str, ...]] = {
    MESSAGE: ("template", "language", "to", "subject", "body", "on_behalf_of", "attachments"),
    NOTICE: ("to", "say", "says", "about", "urgent", "on_behalf_of"),
}
"""What an event and its parcel both say, by the parcel's kind. An earlier version of ours told less in its events."""
_MAY_LACK = frozenset({"body", "template"})
_NOTHING: Mapping[str, Any] = {"say": "", "urgent": False}


def parcels_apart(events: Sequence[Event], rows: Iterable[Row]) -> Iterator[str]:
    """A sentence for each parcel that is not as the history says."""
    yield from the_first(_all(events, [dict(zip(NAMES, row, strict=True)) for row in rows]))


def _all(events: Sequence[Event], rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    sent = {event.body["message"]: (n, event) for n, event in enumerate(events, 1) if event.type in _SENT}
    told = {
        event.body["notice"]: (n, event)
        for n, event in enumerate(events, 1)
        if event.type == "notified" and not event.body.get("withheld")
    }
    there = {kind: {row["key"]: row for row in rows if row["kind"] == kind} for kind in (MESSAGE, NOTICE)}
    for kind, told_of in ((MESSAGE, sent), (NOTICE, told)):
        yield from (
            f"the {kind} {key} was sent, but is not in the outbox" for key in told_of.keys() - there[kind].keys()
        )
    fates = _Fates(events)
    for row in rows:
        kind, key = row["kind"], row["key"]
        known = (sent if kind == MESSAGE else told).get(key if kind != LETTER else key.partition(":")[0])
        if kind == WEBHOOK:
            yield from _announced(row, events)
        elif known is None:
            yield f"the {kind} {key} is in the outbox, but its history tells of none"
        elif kind == LETTER:
            yield from _letter(row, there[NOTICE].get(key.partition(":")[0]))
        else:
            yield from _content(row, *known)
        yield from fates.of(row, known[0] if known is not None else 0)


def _content(row: Mapping[str, Any], line: int, event: Event) -> Iterator[str]:
    kind, body, said = row["kind"], _body(row), event.body
    for name in _SAID[kind]:
        if name in _MAY_LACK and name not in said:
            continue
        found, expected = body.get(name), said.get(name, _NOTHING.get(name))
        if (found or None) != (expected or None):
            yield _otherwise(row, name, found, expected)
    to = str(said["to"])
    recipient = to.lower() if is_outside(to) else to
    if row["recipient"] != recipient:
        yield _otherwise(row, "recipient", row["recipient"], recipient)
    if body.get("id") != row["key"]:
        yield _otherwise(row, "id", body.get("id"), row["key"])
    if kind == NOTICE and row["available_at"] != to_micros(datetime.fromisoformat(said["not_before"])):
        yield _otherwise(row, "available_at", row["available_at"], said["not_before"])
    if row["seq"] < line:
        yield _otherwise(row, "seq", row["seq"], line)


def _letter(row: Mapping[str, Any], notice: Mapping[str, Any] | None) -> Iterator[str]:
    """To one person, what a notice told."""
    person = row["key"].partition(":")[2]
    if row["recipient"] != f"person:{person}":
        yield _otherwise(row, "recipient", row["recipient"], f"person:{person}")
    if notice is not None and _body(row) != _body(notice):
        yield f"the letter {row['key']} does not say what its notice says"


def _announced(row: Mapping[str, Any], events: Sequence[Event]) -> Iterator[str]:
    """What another program is told of a line."""
    body, line = _body(row), row["key"].rpartition(".")[2]
    event = events[int(line) - 1] if line.isdigit() and 0 < int(line) <= len(events) else None
    if event is None or (body.get("type"), body.get("at")) != (event.type, event.at.isoformat()):
        yield f"the webhook {row['key']} tells of something that its history does not"
    elif (body.get("id"), body.get("to")) != (row["key"], row["recipient"]):
        yield f"the webhook {row['key']} is not what was to be told"


class _Fates:
    """What became of parcels, by the history."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._gone = undone(events)
        of: dict[str, set[str]] = {"message-withdrawn": set(), "delivery-failed": set(), "message-returned": set()}
        for event in events:
            if event.type in of:
                of[event.type].add(str(event.body["message"]))
        self._withdrawn, self._failed = of["message-withdrawn"], of["delivery-failed"] | of["message-returned"]

    def of(self, row: Mapping[str, Any], line: int) -> Iterator[str]:
        status, key = row["status"], row["key"]
        withdrawn = key in self._withdrawn if row["kind"] == MESSAGE else status == WITHDRAWN and line in self._gone
        if withdrawn != (status == WITHDRAWN):
            yield _otherwise(row, "status", status, WITHDRAWN if withdrawn else "another")
        if status == DEAD and key not in self._failed:
            yield _otherwise(row, "status", status, "another")


def _body(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """What lies in it; nothing where that cannot be read."""
    try:
        body = decode(row["body"])
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _otherwise(row: Mapping[str, Any], name: str, found: Any, expected: Any) -> str:
    return (
        f"the {row['kind']} {row['key']}: {name} is {spelt(name, found)}, by its history it is {spelt(name, expected)}"
    )
