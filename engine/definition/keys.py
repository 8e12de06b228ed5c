"""What a key of a mapping has to look like.

Owns the refusal of keys that are no words: missing, merged in, of several lines, or in letters from
elsewhere. Knows neither YAML's events nor which keys the language has.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.definition import characters
from engine.definition.nodes import Mapping, Node, Scalar
from engine.definition.nodes import Sequence as List
from engine.errors import Place, Problem

_SHOWN = 60


def key_problem(key: Scalar) -> Problem | None:
    """What is wrong with one key; nothing with nearly all of them."""
    expected = "Expected a word before the colon, but"
    if key.value is None or not key.text.strip():
        return Problem(key.place, "key-not-text", f"{expected} there is nothing", "Write the key")
    if key.text == "<<" and not key.quoted:
        message = "`<<` would copy keys in from elsewhere"
        return Problem(key.place, "merge-refused", message, "Write the keys out")
    if "\n" in key.text:
        return Problem(key.place, "key-not-text", f"{expected} got several lines", "Write the key on one line")
    return None if key.text.isascii() else _letter_problem(key)


def not_a_word(key: Node) -> Problem:
    """The problem of a list or mapping that stands where a key belongs."""
    kind = "a list" if isinstance(key, List) else "a mapping" if isinstance(key, Mapping) else "a text"
    message = f"Expected a word before the colon, but got {kind}"
    advice = "Write a word as the key; put the text in quotes if `{` or `[` belongs to it"
    return Problem(key.place, "key-not-text", message, advice)


def bare_problems(begin: Place, keys: Sequence[Scalar], count: int) -> Iterator[Problem]:
    """Keys in { } that have no colon, of `count` keys in all: YAML takes them, a person never means them."""
    for key in keys:
        left, colon, right = key.text.partition(":")
        shown = key.text[:_SHOWN]
        if colon and not key.quoted:
            message = f"`{shown}` has no space after its colon"
            yield Problem(key.place, "yaml-syntax", message, f"Write `{left[:30]}: {right[:30]}`")
        elif count == 1:
            message = f"`{{{shown}}}` without quotes is not text but a mapping without values"
            yield Problem(begin, "yaml-syntax", message, f'Put the text in quotes: `"{{{shown}}}"`')
        else:
            advice = f"Write `{shown}: …`; put a text with a comma in quotes; a list stands in [ ]"
            yield Problem(key.place, "yaml-syntax", f"`{shown}` has no value in {{ }}", advice)


def _letter_problem(key: Scalar) -> Problem | None:
    """The problem of a key with letters from elsewhere. Mixed plain words are reported as texts already."""
    mixed = dict(characters.mixed_letters(key.text))
    foreign = mixed if key.quoted else {} if mixed else dict(characters.foreign_letters(key.text))
    if not foreign:
        return None
    index, letter = next(iter(foreign.items()))
    place = Place(key.place.file, key.place.line, key.place.column + index)
    message = f"In a key: {characters.look_alike(letter)}"
    if letter.isspace():
        return Problem(place, "bad-character", message, "Write an ordinary space")
    advice = "Write the key with plain letters a to z, or in quotes if it is spelt so"
    return Problem(place, "look-alike", message, advice)
