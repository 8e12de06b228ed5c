"""A condition in the history as people read it, with what is written behind it: `“What it is about” is “Billing”`
(`triage.category == billing`).

Owns what stands beside what in a history; how an expression is said is `engine.definition.expressions.telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from engine.core.drawing.speaking import spoken_in
from engine.core.drawing.wording import Wording
from engine.definition.expressions.telling import Spoken, written_in_plain_words
from engine.definition.model import Definition
from engine.definition.texts import localised
from engine.telling.voice import Voice

ELSE = "else"
"""The condition of a branch that has none."""


def condition(voice: Voice, text: str) -> str:
    """In words, with what is written behind it in backticks; in backticks alone where there are no words, and for who
    types it again.
    """
    written = f"`{text}`"
    if not voice.tongue.language:
        return written
    if text == ELSE:
        return f"{voice.wording.say(ELSE)} ({written})"
    said = written_in_plain_words(text, voice.language, _spoken(voice.definition), condition=True)
    return f"{said} ({written})" if said != text else written


def seen(voice: Voice, values: Mapping[str, Any]) -> str:
    """The answers that a condition has looked at: `'What it is about' = Billing`."""
    return ", ".join(f"{_name(voice, path)} = {_value(voice, path, value)}" for path, value in values.items())


class Told(Wording):
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
def _spoken(definition: Definition) -> Spoken:
    return spoken_in(definition)


def _name(voice: Voice, path: str) -> str:
    title = _spoken(voice.definition).titles.get(path) if voice.tongue.language else None
    return voice.say("'{title}'", title=localised(title, voice.language)) if title else path


def _value(voice: Voice, path: str, value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_value(voice, path, one) for one in value)
    labels = _spoken(voice.definition).labels.get(path, {}) if voice.tongue.language else {}
    label = labels.get(value) if isinstance(value, str) else None
    return localised(label, voice.language) if label else voice.value(value)
