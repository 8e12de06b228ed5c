"""What a customer said in a case, and asked for: which events of its history are theirs, and of what kind.

Owns this choice. What the case began with stands by itself and is not among it; how each is worded on a page is the
page's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from engine.core.events import Event
from engine.definition.model import Definition
from engine.definition.moves import Move
from engine.definition.roles import CUSTOMER

Kind = Literal["filled-in", "attached", "wrote", "decided", "asked"]
_WAYS = {"approve": "approved", "reject": "rejected"}


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that they said. `body` is the event's.

    `filled-in`: a form; `brought` by a message, whose subject it then has, and not by a task. `attached`: a file alone.
    `wrote`: a comment. `decided`: in an approval; `way` is how it goes on, as an approval names it. `asked`: for a
    move. `move` is that move, or the one that their decision leads to, where the process has it.
    """

    at: datetime
    kind: Kind
    body: Mapping[str, Any]
    move: Move | None = None
    way: str = ""
    brought: bool = False


def said_by_customer(definition: Definition, events: Iterable[Event]) -> Iterator[Word]:
    """All of it, in its order."""
    theirs = {
        move.name
        for _state, move in definition.moves()
        if move.kind in ("wait-for", "heed") and (not move.by or CUSTOMER in move.by)
    }
    begun = definition.start.form.alias if definition.start.form is not None else None
    brought = False  # whether the next form is what a message brought: it is theirs, whoever wrote it down
    last: datetime | None = None
    for event in events:
        body, own = event.body, event.roles == (CUSTOMER,)
        word = None
        if event.type == "message-received":
            brought = body["message"] in theirs
            continue
        if event.type == "form-submitted" and body.get("name") != begun and (_says(body) if brought else own):
            word = Word(event.at, "filled-in", body, brought=brought)
        elif event.type == "file-attached" and own:
            word = Word(event.at, "attached", body)
        elif event.type == "commented" and own:
            word = Word(event.at, "wrote", body)
        elif event.type == "decision-given" and own:
            way = _WAYS.get(body["decision"], "changes-requested")
            state = definition.states.get(str(body.get("state")))
            word = Word(event.at, "decided", body, state.on.get(way) if state is not None else None, way)
        elif event.type in ("moved", "stayed") and own and event.at != last:
            asked = definition.move_by(str(body.get("from", body.get("state"))), body["trigger"])
            if asked is not None and CUSTOMER in asked.by and asked.kind != "start":
                word = Word(event.at, "asked", body, asked)
        if word is not None:
            last = event.at
            yield word
        brought = False


def _says(filled: Mapping[str, Any]) -> bool:
    """Whether a message brought anything at all."""
    return any(new is not None for _old, new in filled["changes"].values())
