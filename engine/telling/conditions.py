"""A condition in the history as people read it, with what is written behind it: `“What it is about” is “Billing”`
(`triage.category == billing`).

Owns what stands beside what in a history; how an expression is said is `engine.definition.expressions.telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.drawing.wording import Wording
from engine.definition.expressions import Expression
from engine.definition.expressions.telling import written_in_plain_words
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
    said = written_in_plain_words(text, voice.language, voice.spoken, condition=True)
    return f"{said} ({written})" if said != text else written


def seen(voice: Voice, values: Mapping[str, Any]) -> str:
    """The answers that a condition has looked at: `'What it is about' = Billing`."""
    return ", ".join(f"{_name(voice, path)} = {voice.answer(path, value)}" for path, value in values.items())


class Told(Wording):
    """The words of a picture, but with what is written behind each condition."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(voice.wording.language, roles=voice.tongue.roles, spoken=voice.spoken)
        self._voice = voice

    def expression(self, expression: Expression) -> str:
        return self.line(condition(self._voice, expression.text))


def _name(voice: Voice, path: str) -> str:
    title = voice.spoken.titles.get(path)
    return voice.say("'{title}'", title=localised(title, voice.language)) if title else path
