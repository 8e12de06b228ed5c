"""The values an author writes into a form: defaults and examples.

Owns the check that they fit their field, by the very judging that people's answers get.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from engine.definition.forms.conditions import Rules
from engine.definition.forms.days import DayLimits
from engine.definition.forms.faults import Fault
from engine.definition.forms.model import FormField
from engine.definition.forms.notes import Notes
from engine.definition.forms.records import Moment, RecordPlan
from engine.definition.forms.sentences import sentence
from engine.definition.nodes import Mapping, Node, Scalar, Sequence, plain
from engine.definition.types import Date, Instant

_ANY_TIME = Moment(datetime(2000, 1, 1, tzinfo=UTC), "UTC", {})
_NONE = object()


def with_literals(node: Mapping, field: FormField, notes: Notes) -> FormField:
    """The field with its default and its examples, each of which has to be a value the field could hold."""
    default = node.get("default")
    if default is not None:
        if isinstance(default, Scalar) and default.value is None:
            notes.expected(
                default,
                "default-unfit",
                f"a default for '{field.name}'",
                "write the value, or delete the line",
            )
        elif isinstance(default, Scalar) and default.value == {Instant: "now", Date: "today"}.get(
            type(field.type), _NONE
        ):
            field = replace(field, default=default.value)
        else:
            field = replace(field, default=_fitting(field, default, "The default", notes))
            field = (
                replace(field, schema={**field.schema, "default": field.default})
                if field.default is not None
                else field
            )
    examples = node.get("examples")
    if examples is not None:
        if not isinstance(examples, Sequence):
            notes.expected(examples, "list-expected", "a list under `examples`", "write examples: [one, two]")
        else:
            fitting = [_fitting(field, item, "The example", notes) for item in examples]
            field = replace(field, schema={**field.schema, "examples": [item for item in fitting if item is not None]})
    return field


def _fitting(field: FormField, node: Node, what: str, notes: Notes) -> Any:
    """The canonical value of a literal, or None with a problem when it does not fit the field."""
    bare = replace(
        field, required=False, default=None, compute=None, show_when=None, required_when=None, days=DayLimits()
    )
    faults: list[Fault] = []
    literal = plain(node)
    values = RecordPlan((bare,), Rules(), {}).settle({field.name: literal}, "", _ANY_TIME, faults)
    if not faults:
        return literal if field.name not in values and literal == [] else values.get(field.name)
    said = " ".join(dict.fromkeys(sentence(fault.code, fault.details, "en") for fault in faults))
    advice = "write a value a person could give here"
    if isinstance(node, Scalar) and not isinstance(node.value, str) and any(fault.code == "text" for fault in faults):
        advice = f'write it in quotes: "{node.text}"'
    notes.add(node.place, "default-unfit", f"{what} does not fit the field '{field.name}': {said}", advice)
    return None
