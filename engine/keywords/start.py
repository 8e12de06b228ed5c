"""How a case begins: who may start it, with which form, and where it goes.

```yaml
start:
  form: inquiry-intake
  by: [customer, intake]
  go: received
```

`by` lists roles; with `customer` among them the process can also be offered as a public page. `go` may have branches,
which see the form.
"""

from __future__ import annotations

from engine.definition.outline import SourceActions, SourceMove
from engine.definition.shapes import Either, Entry, Got, OneOrMore, Record, Said, name
from engine.keywords import move
from engine.keywords.base import Keyword


def _build(got: Got) -> SourceMove:
    words = {key: value for key, value in got.values.items() if key in ("form", "by")}
    way = move._from_mapping(Got(got.place, {"go": got["go"]}, {}))
    return SourceMove(got.place, way.branches, SourceActions(), words).named("start", Said("", got.place))


WORD = Keyword(
    "start",
    ("process",),
    Record(
        {
            "form": Entry(name("a form's id"), "what is filled in to start a case"),
            "by": Entry(OneOrMore(name("a role")), "who may start a case", required=True),
            "go": Entry(Either(scalar=move.TARGET, sequence=move.BRANCHES), "the first state", required=True),
        },
        "a mapping with `by` and `go`",
        build=_build,
    ),
    __doc__,
    required=True,
    bind=move.bind_move,
)
