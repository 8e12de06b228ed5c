"""Marks a moment of the case that people ask for later.

A milestone is reached on entering a state or along with a move; the first time counts. Reports and guards can ask for
it as `milestones.<name>`.

```yaml
milestone: acknowledged
```

`milestones.acknowledged is set` holds once it has been reached; its value is the instant.
"""

from __future__ import annotations

from engine.definition.sources import SourceActions
from engine.keywords import action_entries, doing
from engine.keywords.base import Keyword

WORD = Keyword(
    "milestone",
    ("state",),
    action_entries.MILESTONES,
    __doc__,
    bind=lambda source, binder: doing.bind_actions(SourceActions(milestones=source), binder),
    enter=doing.perform,
)
