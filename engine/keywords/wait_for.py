"""Waits for something from outside: a customer's reply, a confirmation.

Each key is a message; its value is a move. The messages that nobody waits for are refused, and told to the sender.

```yaml
wait-for:
  customer-replied: {form: customer-reply, go: in-progress}
  customer-confirmed: closed
```

`form` says what the message brings; `by` who may bring it (when nothing is said: the customer of the case, and staff
who write down what the customer said), `exclude` who may not. With `when` nothing happens unless it holds; without `go`
the case stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.core.draft import Draft
from engine.definition.shapes import MapOf, name
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

_ALLOWED = ("title", "by", "exclude", "form", "when")
SHAPE = MapOf(
    name("a message's name"),
    move.move(*_ALLOWED),
    "a mapping of messages to where they lead, such as {customer-replied: in-progress}",
)


def _moves(source: Any) -> Iterable[SourceMove]:
    return (way.named("wait-for", said) for said, way in source)


def _bind(source: Any, binder: Binder) -> Any:
    return {bound.name: bound for bound in (move.bind_move(way, binder) for way in _moves(source))}


def _enter(draft: Draft, token: str, meaning: Any) -> None:
    draft.wait(token, meaning)


def _leave(draft: Draft, token: str, meaning: Any) -> None:
    draft.stop_waiting(token)


WORD = Keyword("wait-for", ("state",), SHAPE, __doc__, bind=_bind, moves=_moves, enter=_enter, leave=_leave)
