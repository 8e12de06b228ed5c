"""Words people read: localised text, and the characters no text of a definition may hold.

Owns the reading of `title: Hello` and `title: {en: Hello, de: Hallo}`, the choice of a language, and the
refusal of characters that
make text look like something else. Knows no form and no process.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.definition.characters import describe, first_refused, look_alike, mixed_letters
from engine.definition.nodes import Mapping as MappingNode
from engine.definition.nodes import Node, Scalar, kind
from engine.errors import DefinitionError, Place, Problem

Localised = str | Mapping[str, str]
"""A text for every language, or one text per two-letter language code."""

LONGEST = 20_000
_LANGUAGE = re.compile(r"[a-z]{2}")


def localised(value: Localised, language: str) -> str:
    """The text in `language` (`de`, `de-AT`), else in English, else in any language there is; `""` when there
    is none.
    """
    if isinstance(value, str):
        return value
    found = value.get(language) or value.get(language[:2]) or value.get("en")
    return found if found is not None else next(iter(value.values()), "")


def read_localised(node: Node) -> str | dict[str, str]:
    """The node as one text or as language code -> text. Raises `DefinitionError` with every problem of it."""
    if isinstance(node, Scalar):
        text, problems = _text(node)
        if problems:
            raise DefinitionError(problems)
        return text
    if not isinstance(node, MappingNode) or not node.entries:
        raise DefinitionError([_shape(node)])
    found: dict[str, str] = {}
    problems = []
    for key, child in node.entries:
        if not _LANGUAGE.fullmatch(key.text):
            problems.append(
                Problem(
                    key.place,
                    "unknown-language",
                    f"Expected a language such as en or de, but '{shown(key.text)}' stands here",
                    "write the two-letter code of the language in small letters",
                )
            )
        if not isinstance(child, Scalar):
            problems.append(_shape(child))
            continue
        found[key.text], more = _text(child)
        problems += more
    if problems:
        raise DefinitionError(problems)
    return found


def text_problems(text: str, place: Place) -> list[Problem]:
    """What is wrong with the characters of a text: `bad-character` (invisible, turning, control) and
    `look-alike` (mixed alphabets).
    """
    if text.isascii() and text.isprintable():
        return []
    problems = []
    refused = first_refused(text)
    if refused is not None:
        message, advice = describe(refused)
        problems.append(Problem(place, "bad-character", message, advice))
    letter = next((letter for _, letter in mixed_letters(text)), None)
    if letter is not None:
        advice = "type the word again on one keyboard layout"
        problems.append(Problem(place, "look-alike", f"'{shown(text)}' mixes alphabets: {look_alike(letter)}", advice))
    return problems


def shown(text: str, limit: int = 60) -> str:
    """At most `limit` characters of somebody's text, on one line and harmless to the line it is shown in."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(letter if letter.isprintable() else "?" for letter in short)


def _text(node: Scalar) -> tuple[str, list[Problem]]:
    if node.value is None or isinstance(node.value, bool) or not node.text.strip():
        return "", [_shape(node)]
    if len(node.text) > LONGEST:
        return "", [
            Problem(
                node.place,
                "too-long",
                f"Expected at most {LONGEST:,} characters, but there are {len(node.text):,}",
                "write less",
            )
        ]
    return node.text, text_problems(node.text, node.place)


def _shape(node: Node) -> Problem:
    return Problem(
        node.place,
        "text-expected",
        f"Expected a text or one text per language, but {kind(node)} stands here",
        "write a text (a word such as true in quotes), or {en: Subject, de: Betreff}",
    )
