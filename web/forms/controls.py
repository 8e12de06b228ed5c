"""Which control shows a field of a form, what stands in it, and what a browser may help to keep.

Owns this choice by the kind of the field. `web.forms.showing` puts the controls together.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.definition.forms import FormField, Shown
from engine.definition.types import Boolean, Choice, Date, File, Instant, ListOf, Number, Person, Text
from web.language import gettext as _
from web.language import number, said, typed_number
from web.times import zone

_SHORT = 5
"""So many choices still stand side by side; more go into a list to open."""
_INPUTS = {"email": "email", "uri": "url", "phone": "tel", "time": "time"}


def control_of(of: FormField) -> tuple[str, str]:
    """The control and, for an input, its type."""
    if of.compute is not None:
        return "computed", ""
    if of.is_table:
        return "table", ""
    if of.holds_files:
        return "file", ""
    if of.is_list and isinstance(of.type, ListOf):
        return ("checkboxes", "") if isinstance(of.type.item, Choice | Person) else ("lines", "")
    kind = of.type
    if isinstance(kind, Choice):
        if of.widget in ("select", "radio"):
            return of.widget, ""
        return ("radio" if len(kind.values) <= _SHORT else "select"), ""
    if isinstance(kind, Boolean):
        if of.schema.get("const") is True or of.widget == "checkbox":
            return "checkbox", ""
        return "radio", ""
    if isinstance(kind, Person):
        return "select", ""
    if isinstance(kind, Date):
        return "input", "date"
    if isinstance(kind, Instant):
        return "input", "datetime-local"
    if isinstance(kind, Number):
        # Not `number`: a browser's own takes away what it does not understand, and nothing typed may be lost.
        return "input", "integer" if kind.integer else "decimal"
    assert isinstance(kind, Text | File)
    if of.widget == "textarea" or of.schema.get("maxLength", 0) > 250:
        return "textarea", ""
    return "input", _INPUTS.get(of.format, "text")


def typed_in(of: FormField, control: str, value: Any) -> Any:
    """What stands in the control: texts, as a person would type them."""
    if value is None:
        return [] if control in ("checkboxes", "file") else ""
    if control == "computed":
        return _in_words(of, value)
    if control == "file":
        return value if isinstance(value, list) else [value]
    if control == "checkboxes":
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if control == "lines":
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(of.type, Instant) and isinstance(value, str):
        return _local(value)
    if isinstance(of.type, Number):
        return typed_number(value)
    return value if control == "table" else str(value)


def _in_words(of: FormField, value: Any) -> str:
    """What a field that is worked out says: nobody types it, so it is not in the words of a control."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(of.type, Number):
        return number(value)
    return said(of.labels[value]) if isinstance(value, str) and value in of.labels else str(value)


def _local(value: str) -> str:
    """An instant as a `datetime-local` control wants it, in the person's zone; what is none stays as it is."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return f"{at.astimezone(zone()) if at.tzinfo else at:%Y-%m-%dT%H:%M}"


def limits_of(of: FormField, look: Shown | None) -> dict[str, Any]:
    """What a browser may help to keep; the server judges it again."""
    known = {"maxLength": "maxlength", "minLength": "minlength"}
    found = {known[word]: value for word, value in of.schema.items() if word in known}
    if look is not None and isinstance(of.type, Date):
        days = {"min": of.days.earliest, "max": of.days.latest}
        found |= {word: of.days.day(count, look.at, look.zone) for word, count in days.items() if count is not None}
    return found
