"""What the parts of a definition mean, as plain values that are equal when nothing but their places differs.

Owns what counts as the same. Says nothing in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.definition.expressions import Expression
from engine.definition.forms import BoundForm, Form
from engine.definition.messages import Template
from engine.definition.model import Definition
from engine.errors import Place


def texts_of(definition: Definition) -> dict[str, dict[str, Any]]:
    """Message -> language -> its text, to compare."""
    found: dict[str, dict[str, Any]] = {}
    for actions in definition.doing():
        for sending in actions.sendings:
            found[sending.message] = {
                language: meaning((template.subject, template.body)) for language, template in sending.templates.items()
            }
    return found


def meaning(value: object) -> Any:
    """What a part of a definition means, without where it stands in its file, and without the forms and messages it
    names: they are compared by themselves.
    """
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, Template | BoundForm | Place):
        return None
    if isinstance(value, Form):
        return value.id
    if isinstance(value, Mapping):
        return {key: meaning(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [meaning(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {part.name: meaning(getattr(value, part.name)) for part in fields(value)}
    return value


def form_meaning(form: Form) -> Any:
    """The same for a form as a whole."""
    return [meaning(getattr(form, part.name)) for part in fields(form)]
