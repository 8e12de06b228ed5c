"""Gives variables new values.

`set` names variables of the process and the expression each gets, on entering a state or along with a move. All
expressions see the values from before; the change is written into the history, before → after.

```yaml
set: {reopened: reopened + 1, urgent: severity in [S1, S2]}
```

A variable has to be declared under `variables`; the expression must have its type. The branches of a move are chosen
before its `set` is done: they see the values from before, messages sent with the move the new ones.
"""

from __future__ import annotations

from engine.definition.sources import SourceActions
from engine.keywords import action_entries, doing
from engine.keywords.base import Keyword

WORD = Keyword(
    "set",
    ("state",),
    action_entries.SET,
    __doc__,
    bind=lambda source, binder: doing.bind_actions(SourceActions(settings=source), binder),
    enter=doing.perform,
)
