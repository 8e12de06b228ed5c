"""What is said of a letter that did not arrive, in the reader's language: the reason of the commonest incident.

Owns its words. What an author has to mend is said as the language of processes is: in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.core.messages import CAME_BACK, NOT_DELIVERED, SAID, SERVER_SAYS

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": SAID,
    "de": {
        NOT_DELIVERED: "„{about}“ konnte {to} nicht zugestellt werden: {error}",
        CAME_BACK: "„{about}“ hat {to} nicht erreicht und kam zurück: {error}",
    },
}
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
    words = _WORDS.get(language, SAID).get(kind)
    return words.format(**{**parts, "error": reason(parts["error"], language)}) if words is not None else message


def reason(error: str, language: str) -> str:
    """Why a letter did not arrive: what the other side has said stays as it is, and that it did is ours."""
    if not error.startswith(SERVER_SAYS):
        return error
    return _SERVER_SAYS.get(language, SERVER_SAYS) + error.removeprefix(SERVER_SAYS)
