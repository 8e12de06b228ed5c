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

```yaml
  mail:
    to: [service@example.org]
    set: {channel: email, category: other}
    take: {name: contact_name, address: contact_email, subject: subject, text: description, files: attachments}
```

`mail` lets a mail begin a case that belongs to none yet, as if its sender had filled in the form. `take` says which
part of the mail is which field: `name` and `address` of the sender, `subject`, `text`, `language` (which of the
process's languages it seems to be written in) and `files`. `to` names the addresses; without it, the process takes what
comes to an address that no other process names. The field of `received` gets the moment in which it came. Without
`mail`, such a mail is parked until somebody says what it is.
"""

from __future__ import annotations

from engine.definition.moves import Move
from engine.definition.plans import PublicStart
from engine.definition.roles import CUSTOMER
from engine.definition.shapes import Either, Entry, Got, OneOrMore, Record, Said, name
from engine.definition.sources import SourceActions, SourceMove
from engine.definition.suggest import near
from engine.definition.types import Instant
from engine.keywords import by_mail, move
from engine.keywords.base import Keyword
from engine.keywords.binder import Binder
from engine.keywords.presetting import ENTRY, known, preset


def _build(got: Got) -> SourceMove:
    words = {key: value for key, value in got.values.items() if key in ("form", "by", "received", "public", "mail")}
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
        if source.form is None:  # one that cannot be read is told itself
            message = "Expected a form for the page that is for everybody, but there is none"
            binder.report.problem(said.place, "public-without-form", message, "name a form under `form`")
        return None
    given = said.get("set", ())
    named = [*(word for word, _ in given), *said.get("hide", ())]
    known(named, use, binder)
    values = preset(given, use, binder)
    for word in named:
        field = use.form.field(word.text)
        if field is not None and word.text not in values and field.required and field.default is None:
            message = f"Expected a value for '{word.text}', which the form requires, but the page does not ask for it"
            binder.report.problem(word.place, "hidden-but-required", message, "give it a value under `set`")
    return PublicStart(values, frozenset(word.text for word in named if use.form.field(word.text) is not None))


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
                        "set": ENTRY,
                        "hide": Entry(OneOrMore(name("a field of the form")), "what is not asked of the public"),
                    },
                    "a mapping with `set` and `hide`",
                ),
                "a page that anybody may fill in, without an account",
            ),
            "mail": Entry(by_mail.SHAPE, "how a mail begins a case"),
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
