"""A condition as people read it: `'What it is about' is 'Billing'` for `triage.category == billing`.

Owns this reading, by the titles of fields and the labels of choices. What it has no words for, such as a sum over the
rows of a table, stays as it is written; so does everything for who types it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.core.drawing.wording import Wording
from engine.definition.expressions import tree
from engine.definition.expressions.syntax import parse
from engine.definition.forms import FormField
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.errors import Place
from engine.search_words import forms_used
from engine.telling.voice import Voice

ELSE = "else"
"""The condition of a branch that has none."""


class _NoWords(Exception):
    """There is something in it that is not said in words."""


def condition(voice: Voice, text: str) -> str:
    """In words, with what is written behind it in backticks; in backticks alone where there are no words."""
    written = f"`{text}`"
    if not voice.tongue.language:
        return written
    if text == ELSE:
        return f"{voice.wording.say(ELSE)} ({written})"
    node, _problems = parse(text, Place(""))
    if node is None:
        return written
    try:
        return f"{_said(voice, node)} ({written})"
    except _NoWords:
        return written


def seen(voice: Voice, values: Mapping[str, Any]) -> str:
    """The answers that a condition has looked at: `'What it is about' = Billing`."""
    return ", ".join(f"{_name(voice, path)} = {_value(voice, path, value)}" for path, value in values.items())


class Spoken(Wording):
    """The words of a picture, but with conditions, messages and milestones as people read them."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice.wording.language, roles=voice.tongue.roles)
        self._voice = voice

    def condition(self, text: str) -> str:
        return condition(self._voice, text)

    def message(self, id: str) -> str:
        return self.say("quote", self._voice.letter(id))

    def milestone(self, id: str) -> str:
        return self.say("quote", self._voice.milestone(id))


@lru_cache(maxsize=256)
def _fields(definition: Definition) -> Mapping[str, FormField]:
    return {f"{use.alias}.{field.name}": field for use in forms_used(definition) for field in use.form.fields}


def _field(voice: Voice, path: str) -> FormField | None:
    return _fields(voice.definition).get(path) if voice.tongue.language else None


def _name(voice: Voice, path: str) -> str:
    field = _field(voice, path)
    title = localised(field.title, voice.language) if field is not None else ""
    return voice.say("'{title}'", title=title) if title else path


def _value(voice: Voice, path: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(voice, path, one) for one in value)
    field = _field(voice, path)
    label = field.labels.get(value) if field is not None and isinstance(value, str) else None
    return localised(label, voice.language) if label else voice.value(value)


def _said(voice: Voice, node: tree.Node) -> str:
    match node:
        case tree.And():
            return voice.say(" and ").join(_inside(voice, one) for one in node.items)
        case tree.Or():
            return voice.say(" or ").join(_inside(voice, one) for one in node.items)
        case tree.Path():
            return voice.say("{what} is {value}", what=_name(voice, node.dotted), value=voice.value(True))
        case tree.Not(operand=tree.Path() as path):
            return voice.say("{what} is {value}", what=_name(voice, path.dotted), value=voice.value(False))
        case tree.IsSet():
            what = _name(voice, node.path.dotted)
            return (
                voice.say("{what} is filled in", what=what)
                if node.positive
                else voice.say("{what} is not filled in", what=what)
            )
        case tree.Comparison(first=tree.Path() as path, rest=((operator, other),)):
            return _compared(voice, operator, _name(voice, path.dotted), _other(voice, path.dotted, other))
    raise _NoWords


def _compared(voice: Voice, operator: str, what: str, value: str) -> str:
    match operator:
        case "==":
            return voice.say("{what} is {value}", what=what, value=value)
        case "!=":
            return voice.say("{what} is not {value}", what=what, value=value)
        case "<":
            return voice.say("{what} is less than {value}", what=what, value=value)
        case "<=":
            return voice.say("{what} is at most {value}", what=what, value=value)
        case ">":
            return voice.say("{what} is more than {value}", what=what, value=value)
        case ">=":
            return voice.say("{what} is at least {value}", what=what, value=value)
        case "in":
            return voice.say("{what} is one of {value}", what=what, value=value)
    return voice.say("{what} is none of {value}", what=what, value=value)


def _inside(voice: Voice, node: tree.Node) -> str:
    said = _said(voice, node)
    return f"({said})" if isinstance(node, tree.And | tree.Or) else said


def _other(voice: Voice, path: str, node: tree.Node) -> str:
    """What something is compared with."""
    match node:
        case tree.Items():
            return ", ".join(_other(voice, path, one) for one in node.items)
        case tree.Quoted():
            return _value(voice, path, node.text)
        case tree.Literal():
            return voice.value(node.value) if isinstance(node.value, bool) else node.text
        case tree.Path():
            return _name(voice, node.dotted) if len(node.parts) > 1 else _value(voice, path, node.dotted)
    raise _NoWords
