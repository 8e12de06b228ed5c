"""How a case begins: who may start it, with which form, and where it goes.

```yaml
start:
  form: inquiry-intake
  received: received_at
  by: [customer, intake]
  go: received
```

`by` lists roles. `go` may have branches,
which see the form. `received: received_at` names the field of the form that says when it was received: a letter that
was written down two days later is promised an answer from the day it came. Without it a case is received when it is
started, unless whoever starts it says otherwise.

```yaml
  public:
    set: {channel: web}
    hide: [received_at, customer]
```

`public` offers the form as a page that anybody may fill in, without an account; `customer` has to be among `by`. `set`
gives fields a value that such a case has in any case, `hide` leaves fields out that only staff fill in; both are not
asked. Whatever else the form asks for is asked of the public too.
"""

from __future__ import annotations

from datetime import UTC, datetime

from engine.definition.moves import Move
from engine.definition.nodes import Scalar
from engine.definition.plans import PublicStart
from engine.definition.roles import CUSTOMER
from engine.definition.shapes import AsIs, Either, Entry, Got, MapOf, OneOrMore, Record, Said, name
from engine.definition.sources import SourceActions, SourceMove
from engine.definition.suggest import near
from engine.definition.types import Instant
from engine.keywords import move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""When a value is judged that does not depend on the time."""


def _build(got: Got) -> SourceMove:
    words = {key: value for key, value in got.values.items() if key in ("form", "by", "received", "public")}
    way = move._from_mapping(Got(got.place, {"go": got["go"]}, {}))
    return SourceMove(got.place, way.branches, SourceActions(), words).named("start", Said("", got.place))


def _bind(source: SourceMove, binder: Binder) -> Move:
    said = source.words.get("received")
    if said is not None:
        asked = source.form.text if source.form is not None else ""
        form = binder.catalog.forms.get(binder.outline.forms_meant.get(asked, asked))
        times = [field.name for field in form.fields if isinstance(field.type, Instant)] if form is not None else []
        if said.text not in times and (form is not None or source.form is None):
            binder.report.problem(
                said.place,
                "unknown-field",
                f"Expected a date and time of the start form, but '{said.text}' is none{near(said.text, times)}",
                "name a field of the format date-time",
            )
    return move.bind_move(source, binder)


def bind_public(source: SourceMove, start: Move, binder: Binder) -> PublicStart | None:
    """The page for everybody; None when there is none, and after reporting problems."""
    said, use = source.words.get("public"), start.form
    if not isinstance(said, Got):
        return None
    if CUSTOMER not in start.by:
        message = "Expected 'customer' among `by`, because the page is for customers, but it is not there"
        binder.report.problem(
            said.place, "public-not-by-customers", message, "add customer to `by`, or remove `public`"
        )
    if use is None:
        binder.report.problem(said.place, "public-without-form", "Expected a form for the page, but there is none", "")
        return None
    fields = {field.name: field for field in use.form.fields}
    given = said.get("set", ())
    named = [*(word for word, _ in given), *said.get("hide", ())]
    for word in named:
        if word.text not in fields:
            message = f"Expected a field of '{use.form.id}', but '{word.text}' is none{near(word.text, fields)}"
            binder.report.problem(word.place, "unknown-field", message, "name a field of the start form")
    texts = {word.text: node.text for word, node in given if isinstance(node, Scalar) and word.text in fields}
    preset = use.form.parse_text(texts)
    faults = use.bound.judge(preset, {}, _ANY_TIME).errors
    for word in named:
        field = fields.get(word.text)
        if word.text in preset and word.text in faults:
            message = f"Expected a value that fits '{word.text}', but: {' '.join(faults[word.text])}"
            binder.report.problem(word.place, "preset-unfit", message, "write a value that the form accepts")
        elif field is not None and word.text not in preset and field.required and field.default is None:
            message = f"Expected a value for '{word.text}', which the form requires, but the page does not ask for it"
            binder.report.problem(word.place, "hidden-but-required", message, "give it a value under `set`")
    return PublicStart(preset, frozenset(word.text for word in named if word.text in fields))


WORD = Keyword(
    "start",
    ("process",),
    Record(
        {
            "form": Entry(name("a form's id"), "what is filled in to start a case"),
            "received": Entry(name("a field of the form"), "the field that says when it was received"),
            "public": Entry(
                Record(
                    {
                        "set": Entry(
                            MapOf(name("a field of the form"), AsIs(), "a mapping of fields to values"),
                            "what such a case has in any case",
                        ),
                        "hide": Entry(OneOrMore(name("a field of the form")), "what is not asked of the public"),
                    },
                    "a mapping with `set` and `hide`",
                ),
                "a page that anybody may fill in, without an account",
            ),
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
