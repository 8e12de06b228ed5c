"""What can be wrong with what was sent, as codes with details and a path; the sentences are made of these.

Owns how a broken word of a JSON Schema becomes such a code. Knows no language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.definition.forms.days import EARLIEST
from engine.definition.forms.model import FormField
from engine.definition.forms.values import NUMBER_SENTENCES
from engine.definition.schema import Violation
from engine.definition.types import Boolean, Choice, Instant, ListOf

_LIMITS = {
    "minLength": "too-short",
    "maxLength": "too-long",
    "minItems": "too-few",
    "maxItems": "too-many",
    "uniqueItems": "twice",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: the field's path, a sentence's code and its details."""

    path: str
    code: str
    details: Mapping[str, object]


def required_fault(field: FormField, prefix: str) -> Fault:
    """What to say when the field's value is missing."""
    if isinstance(field.type, Choice):
        return Fault(prefix + field.name, "required-choice", {"allowed": _listed(field.type.values)})
    code = "required"
    if isinstance(field.type, Boolean):
        code = "required-answer"
    elif field.holds_files:
        code = "required-file"
    elif isinstance(field.type, ListOf):
        code = "required-list"
    return Fault(prefix + field.name, code, {})


def days_fault(field: FormField, prefix: str, word: str, limit: date) -> Fault:
    """What to say of a day or an instant that is too early or too late; `limit` is the last day that is not."""
    now = (field.days.earliest if word == EARLIEST else field.days.latest) == 0
    if isinstance(field.type, Instant) and now:
        return Fault(prefix + field.name, "past" if word == EARLIEST else "future", {})
    return Fault(prefix + field.name, word, {"limit": limit})


def violation_fault(violation: Violation, prefix: str, field: FormField) -> Fault:
    path = prefix + ".".join(str(step) for step in violation.path)
    word, wanted = violation.word, violation.wanted
    if word == "enum":
        return Fault(path, "choice", {"allowed": _listed(wanted)})
    if word == "const":
        if isinstance(wanted, bool):
            return Fault(path, "accepted" if wanted else "declined", {})
        return Fault(path, "constant", {"wanted": wanted})
    if word == "pattern":
        examples = field.schema.get("items", field.schema).get("examples") or field.schema.get("examples")
        if examples:
            return Fault(path, "pattern-example", {"example": examples[0]})
        return Fault(path, "pattern", {"help": field.help}) if field.help else Fault(path, "pattern-bare", {})
    if word == "format":
        return Fault(path, str(wanted), {})
    code = _LIMITS.get(word) or NUMBER_SENTENCES.get(word, "other")
    return Fault(path, code, {"limit": wanted})


def _listed(values: Any) -> str:
    shown = [str(value)[:60] for value in values[:20]]
    return ", ".join(shown) + (", …" if len(values) > 20 else "")
