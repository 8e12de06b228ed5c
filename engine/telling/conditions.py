"""A condition in the history as people read it: `“What it is about” is “Billing”`. What is written behind it,
`triage.category == billing`, is kept for whoever opens it.

Owns what of a condition is said in a history; how an expression is said is `engine.definition.expressions.telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.core.drawing.speaking import fields_of
from engine.core.drawing.wording import Wording
from engine.definition.expressions import Expression
from engine.definition.expressions.telling import name_in_plain_words, written_in_plain_words
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.definition.types import Boolean, ListOf, Person
from engine.telling.voice import Voice

ELSE = "else"
"""The condition of a branch that has none."""


def condition(voice: Voice, text: str) -> str:
    """In words, and what is written behind them is kept aside; as it is written, in backticks, where there are no
    words, and for who types it again.
    """
    if not voice.tongue.language:
        return f"`{text}`"
    if text == ELSE:
        return voice.wording.say(ELSE)
    return _plainly(voice, text, condition=True)


def _plainly(voice: Voice, text: str, *, condition: bool) -> str:
    said = written_in_plain_words(text, voice.language, voice.spoken, condition=condition)
    if said == text:
        return f"`{text}`"
    voice.written.append(text)
    return said


def seen(voice: Voice, values: Mapping[str, Any]) -> str:
    """The answers that a condition has looked at: `'What it is about' = Billing`."""
    return ", ".join(f"{name(voice, path)} = {value_of(voice, path, value)}" for path, value in values.items())


def changed(voice: Voice, changes: Mapping[str, Any], form: str = "") -> list[str]:
    """What became of values, each in a line: before and after. `form` is the short name of the form they are of."""
    at = f"{form}." if form and voice.tongue.language else ""
    return [
        f"{name(voice, at + own)}: {value_of(voice, at + own, old)} → {value_of(voice, at + own, new)}"
        for own, (old, new) in changes.items()
    ]


def name(voice: Voice, path: str) -> str:
    """What people call a field, a decision or a variable, by its dotted path."""
    if not voice.tongue.language:
        return path
    title = voice.spoken.titles.get(path)
    if title:
        return voice.say("'{title}'", title=localised(title, voice.language))
    return name_in_plain_words(path, voice.language, voice.spoken)


def value_of(voice: Voice, path: str, value: Any) -> str:
    """The same of a value of it: a choice by its label, somebody by their name."""
    if isinstance(value, list | tuple) and not any(isinstance(one, Mapping) for one in value):
        return ", ".join(value_of(voice, path, one) for one in value)
    if isinstance(value, str) and path in _people(voice.definition):
        return voice.person(value)
    label = voice.spoken.labels.get(path, {}).get(value) if isinstance(value, str) else None
    return localised(label, voice.language) if label else voice.value(value)


@lru_cache(maxsize=256)
def _people(definition: Definition) -> frozenset[str]:
    """The fields that name somebody, by their dotted paths."""
    of = ((path, field.type) for path, field in fields_of(definition))
    return frozenset(path for path, type in of if isinstance(type.item if isinstance(type, ListOf) else type, Person))


def cell_of(voice: Voice, column: str, value: Any) -> str:
    """The same of a cell of a table's row, by its column alone: also somebody, or a role, by their names."""
    path = next((path for path in voice.spoken.labels if path.endswith(f".{column}")), column)
    said = value_of(voice, path, value)
    return voice.people([said]) if isinstance(value, str) and said == value else said


class Told(Wording):
    """The words of a picture; what is written behind each expression is kept aside."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice.wording.language, roles=voice.tongue.roles, spoken=voice.spoken)
        self._voice = voice

    def expression(self, expression: Expression) -> str:
        whether = isinstance(expression.type, Boolean)
        return self.line(_plainly(self._voice, expression.text, condition=whether))
