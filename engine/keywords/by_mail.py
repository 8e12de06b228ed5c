"""A case that begins with a mail: which addresses it comes to, and what of a mail is which field of the form.

Owns the part of `start` that stands under `mail`.
"""

from __future__ import annotations

from engine.definition.forms import FormField
from engine.definition.moves import Move
from engine.definition.plans import MAIL_PARTS, MailStart
from engine.definition.roles import CUSTOMER
from engine.definition.shapes import Entry, Got, MapOf, OneOrMore, Record, Text, name
from engine.definition.sources import SourceMove
from engine.keywords.binder import Binder
from engine.keywords.presetting import ENTRY, known, preset

FILES = "files"

SHAPE = Record(
    {
        "to": Entry(
            OneOrMore(Text("an e-mail address", r"[^@\s<>]+@[^@\s<>]+", "such as service@example.org")),
            "the addresses at which such mail comes in; any, when nothing is said",
        ),
        "set": ENTRY,
        "take": Entry(
            MapOf(
                Text("a part of a mail", "|".join(MAIL_PARTS), f"one of {', '.join(MAIL_PARTS)}"),
                name("a field of the form"),
                "a mapping of parts of a mail to fields",
            ),
            "which part of the mail is which field",
            required=True,
        ),
    },
    "a mapping with `take`",
)


def bind_mail(source: SourceMove, start: Move, binder: Binder) -> MailStart | None:
    """How mail begins a case; None when it does not, and after reporting problems."""
    said, use = source.words.get("mail"), start.form
    if not isinstance(said, Got):
        return None
    if CUSTOMER not in start.by:
        message = "Expected 'customer' among `by`, because a customer writes the mail, but it is not there"
        binder.report.problem(said.place, "mail-not-by-customers", message, "add customer to `by`, or remove `mail`")
    if use is None:
        binder.report.problem(said.place, "mail-without-form", "Expected a form for the mail, but there is none", "")
        return None
    given, taken = said.get("set", ()), said.get("take", ())
    known([*(word for word, _ in given), *(field for _, field in taken)], use, binder)
    for part, word in taken:
        field = use.form.field(word.text)
        if field is not None and not _fits(field, part.text):
            wanted = "a field for several files" if part.text == FILES else "a field for one text or choice"
            message = f"Expected {wanted} for the mail's {part.text}, but '{word.text}' is another"
            binder.report.problem(word.place, "mail-unfit", message, "name a field of the start form that fits")
    values = preset(given, use, binder)
    filled = {*values, *(field.text for _, field in taken), _received(source)}
    for field in use.form.fields:
        if field.required and field.default is None and field.compute is None and field.name not in filled:
            message = f"Expected a value for '{field.name}', which the form requires, but no mail brings one"
            binder.report.problem(said.place, "mail-leaves-out", message, "give it a value under `set` or `take`")
    addresses = tuple(one.text.lower() for one in said.get("to", ()))
    return MailStart(addresses, values, {part.text: field.text for part, field in taken})


def _received(source: SourceMove) -> str:
    """The field that gets the moment in which the mail came in."""
    said = source.words.get("received")
    return said.text if said is not None else ""


def _fits(field: FormField, part: str) -> bool:
    if part == FILES:
        return field.holds_files and field.is_list
    return not field.holds_files and not field.is_list and not field.is_table
