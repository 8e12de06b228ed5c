"""What is said of a letter that did not arrive, in the reader's language: the reason of the commonest incident.

Owns its German. What an author has to mend is said as the language of processes is: in English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.core.messages import CAME_BACK, NOT_DELIVERED

_GERMAN: Mapping[str, str] = {
    NOT_DELIVERED: "„{about}“ konnte {to} nicht zugestellt werden: {error}",
    CAME_BACK: "„{about}“ hat {to} nicht erreicht und kam zurück: {error}",
}
_SERVER = "the mail server says: ", "der Mailserver sagt: "


def failure(message: str, language: str) -> str:
    """The message of an incident; as it is, where it tells of something else or the reader's language is another."""
    if language == "de":
        for words, german in _GERMAN.items():
            found = re.fullmatch(_pattern(words), message, re.DOTALL)
            if found is not None:
                return reason(german.format(**found.groupdict()), language)
    return message


def reason(error: str, language: str) -> str:
    """Why a letter did not arrive: what the other side has said stays as it is, and that it did is ours."""
    return error.replace(*_SERVER) if language == "de" else error


def _pattern(words: str) -> str:
    return re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.*?)", re.escape(words))
