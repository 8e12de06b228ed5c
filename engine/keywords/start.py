"""How a case begins: who may start it, with which form, and where it goes.

```yaml
start:
  form: inquiry-intake
  received: received_at
  by: [customer, intake]
  go: received
```

`by` lists roles; with `customer` among them the process can also be offered as a public page. `go` may have branches,
which see the form. `received: received_at` names the field of the form that says when it was received: a letter that
was written down two days later is promised an answer from the day it came. Without it a case is received when it is
started, unless whoever starts it says otherwise.
"""

from __future__ import annotations

from engine.definition.moves import Move
from engine.definition.shapes import Either, Entry, Got, OneOrMore, Record, Said, name
from engine.definition.sources import SourceActions, SourceMove
from engine.definition.suggest import near
from engine.definition.types import Instant
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder


def _build(got: Got) -> SourceMove:
    words = {key: value for key, value in got.values.items() if key in ("form", "by", "received")}
    way = move._from_mapping(Got(got.place, {"go": got["go"]}, {}))
    return SourceMove(got.place, way.branches, SourceActions(), words).named("start", Said("", got.place))


def _bind(source: SourceMove, binder: Binder) -> Move:
    said = source.words.get("received")
    if said is not None:
        form = binder.catalog.forms.get(source.form.text) if source.form is not None else None
        times = [field.name for field in form.fields if isinstance(field.type, Instant)] if form is not None else []
        if said.text not in times and (form is not None or source.form is None):
            binder.report.problem(
                said.place,
                "unknown-field",
                f"Expected a date and time of the start form, but '{said.text}' is none{near(said.text, times)}",
                "name a field of the format date-time",
            )
    return move.bind_move(source, binder)


WORD = Keyword(
    "start",
    ("process",),
    Record(
        {
            "form": Entry(name("a form's id"), "what is filled in to start a case"),
            "received": Entry(name("a field of the form"), "the field that says when it was received"),
            "by": Entry(OneOrMore(name("a role")), "who may start a case", required=True),
            "go": Entry(Either(scalar=move.TARGET, sequence=move.BRANCHES), "the first state", required=True),
        },
        "a mapping with `by` and `go`",
        build=_build,
    ),
    __doc__,
    required=True,
    bind=_bind,
)
