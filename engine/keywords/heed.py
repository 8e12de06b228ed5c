"""Messages that are heeded wherever the case stands: a customer who writes again while somebody is at work.

`wait-for` at the head of the process, beside `states`. It applies in every state that is not final, or in those that
`from` names; a state that waits for the same message itself goes first.

```yaml
wait-for:
  customer-replied: {form: inquiry-reply, send: {message: customer-wrote, to: handler}}
  order-cancelled: {from: [received, triaged], go: withdrawn}
```

Without `go` the case stays where it is, and what the message brought is kept. Such a message may be heard after the end
as well, where `from` names the final states: somebody can be told with `notify`, and the case stays ended.

```yaml
wait-for:
  customer-wrote-again: {from: [closed], form: inquiry-reply, notify: dispatcher}
  customer-rated: {from: [closed], by: [customer, agent], form: satisfaction}
```

By the message without `by` the customer writes to us, on their page or by mail. One whose `by` names `customer` is
asked on their page with its own form, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.definition.shapes import MapOf, name
from engine.definition.sources import SourceMove
from engine.keywords import move
from engine.keywords.anywhere import bind_all
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

SHAPE = MapOf(
    name("a message's name"),
    move.move("title", "by", "exclude", "form", "when", "from"),
    "a mapping of messages to where they lead",
)


def _moves(source: Any) -> Iterable[SourceMove]:
    return (way.named("heed", said) for said, way in source)


def _bind(source: Any, binder: Binder) -> Any:
    return bind_all(_moves(source), binder)


WORD = Keyword("wait-for (process)", ("process",), SHAPE, __doc__, bind=_bind, moves=_moves)
