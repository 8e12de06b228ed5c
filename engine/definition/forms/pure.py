"""A form as pure JSON Schema 2020-12: our own words stripped, ready to be written as JSON.

Owns the export. Knows neither nodes nor judging.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.definition.forms.model import FormField


def pure_record(fields: tuple[FormField, ...]) -> dict[str, Any]:
    """The schema of an object with these fields. Computed fields are left out: they are never sent.

    A field that is shown only sometimes is not `required` here, since JSON Schema cannot say when it is.
    """
    sent = [field for field in fields if field.compute is None]
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {field.name: dict(field.schema) for field in sent},
        "additionalProperties": False,
    }
    required = [field.name for field in sent if field.required and field.show_when is None and field.default is None]
    if required:
        schema["required"] = required
    return schema


def json_ready(value: Any) -> Any:
    """The value with every Decimal as a JSON number."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: json_ready(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [json_ready(child) for child in value]
    return value
