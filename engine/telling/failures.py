"""What a process got stuck on, and what is said of a letter that did not arrive, in the reader's language.

Owns what is quoted of others in them; the words are those of `engine.reasons`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.core.messages import SERVER_SAYS
from engine.reasons import SAID

_SERVER_SAYS = {"de": "der Mailserver sagt: "}


class Told(Protocol):
    """An incident of a case, or the row of one."""

    @property
    def message(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def parts(self) -> Mapping[str, str]: ...


def failure(incident: Told, language: str) -> str:
    """What an incident says."""
    return in_words(incident.message, incident.kind, incident.parts, language)


def in_words(message: str, kind: str, parts: Mapping[str, str], language: str) -> str:
    """The same of one that an event tells of; `message` as it is, where nothing is told apart."""
    words = SAID.get(language, SAID["en"]).get(kind)
    if words is None:
        return message
    return words.format(**{name: reason(part, language) for name, part in parts.items()})


def reason(error: str, language: str) -> str:
    """Why a letter did not arrive: what the other side has said stays as it is, and that it did is ours."""
    if not error.startswith(SERVER_SAYS):
        return error
    return _SERVER_SAYS.get(language, SERVER_SAYS) + error.removeprefix(SERVER_SAYS)
