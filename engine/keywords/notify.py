"""Tells colleagues that something needs them.

On entering a state, along with a move, or on a rung of an escalation. A notice is short and stays in the house; what
the customer is told is a message of its own (`send`).

```yaml
notify: team-lead
notify: [assignee, team-lead]
notify: {to: [quality-manager, management], urgent: true, say: "{reference} needs a decision today"}
```

Those who are told are roles, `starter`, names of `people`, or `assignee`: whoever has the case's open work, else
those who may take it. It is delivered in the working hours of the process's calendar, to a person on the clock of the
zone they live in; with `urgent: true` at once, at night too. With `when` nobody is told unless it holds. Without
`say` they are told what has happened: which clock has come how far, or where the case stands.

Somebody who is away when it reaches them finds it on their return, and whoever stands in for them is told as well, on
their behalf. The deputy of one who holds a role is told what that role is told.
"""

from __future__ import annotations

from engine.definition.sources import SourceActions, notices
from engine.keywords import action_entries, doing
from engine.keywords.base import Keyword

WORD = Keyword(
    "notify",
    ("state",),
    action_entries.NOTICES,
    __doc__,
    bind=lambda source, binder: doing.bind_actions(SourceActions(notices=notices(source)), binder),
    enter=doing.perform,
)
