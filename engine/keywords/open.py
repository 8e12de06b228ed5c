"""Opens a task beside the case's own work.

On entering a state, along with a move, or on a rung of an escalation. The task is one of the process's `tasks`; it
waits in the inbox like any other, and the case goes on meanwhile. One that is open already is not opened again.

```yaml
open: holding-letter
open: [personal-acknowledgement, {task: containment, when: severity in [S1, S2]}]
```
"""

from __future__ import annotations

from engine.definition.sources import SourceActions, openings
from engine.keywords import action_entries, doing
from engine.keywords.base import Keyword

WORD = Keyword(
    "open",
    ("state",),
    action_entries.OPENINGS,
    __doc__,
    bind=lambda source, binder: doing.bind_actions(SourceActions(openings=openings(source)), binder),
    enter=doing.perform,
)
