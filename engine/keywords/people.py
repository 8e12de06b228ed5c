"""Names for who did what in a case: the handler, the investigator.

```yaml
people:
  handler: [triaged, in-progress]
  investigator: investigation
```

Each name stands for the person who holds the task of one of these states now, or else completed one last. As an
`assignee` it gives the work back to the same person; under `exclude` it stands for everybody who ever did one of these
tasks; in messages and expressions it is a person.
"""

from __future__ import annotations

from engine.definition.shapes import MapOf, OneOrMore, name
from engine.keywords.base import Keyword

WORD = Keyword(
    "people",
    ("process",),
    MapOf(name("a name for somebody in the case"), OneOrMore(name("a state's id")), "a mapping of names to states"),
    __doc__,
)
