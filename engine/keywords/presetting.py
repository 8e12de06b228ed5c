"""Fields of the start form that have a value in any case, because nobody who begins a case in this way is asked.

Owns how they are written under `set`, and what fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from engine.definition.moves import FormUse
from engine.definition.nodes import Scalar
from engine.definition.shapes import AsIs, Entry, MapOf, Said, name
from engine.definition.suggest import near
from engine.keywords.binder import Binder

ENTRY = Entry(
    MapOf(name("a field of the form"), AsIs(), "a mapping of fields to values"), "what such a case has in any case"
)

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""When a value is judged that does not depend on the time."""


def known(named: Iterable[Said], use: FormUse, binder: Binder) -> None:
    """Each has to be a field of the form."""
    fields = [field.name for field in use.form.fields]
    for word in named:
        if word.text not in fields:
            message = f"Expected a field of '{use.form.id}', but '{word.text}' is none{near(word.text, fields)}"
            binder.report.problem(word.place, "unknown-field", message, "name a field of the start form")


def preset(given: Sequence[tuple[Said, Any]], use: FormUse, binder: Binder) -> dict[str, Any]:
    """The values, after reporting those that do not fit."""
    texts = {
        word.text: node.text
        for word, node in given
        if isinstance(node, Scalar) and use.form.field(word.text) is not None
    }
    values = use.form.parse_text(texts)
    faults = use.bound.judge(values, {}, _ANY_TIME).errors
    for word, _ in given:
        if word.text in values and word.text in faults:
            message = f"Expected a value that fits '{word.text}', but: {' '.join(faults[word.text])}"
            binder.report.problem(word.place, "preset-unfit", message, "write a value that the form accepts")
    return values
