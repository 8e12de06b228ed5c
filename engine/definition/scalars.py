"""What a plain word in a file means: YAML 1.2 core, strict.

Owns the reading of one unquoted value as text, number, boolean or nothing. Knows neither files nor places.

    true True TRUE, false False FALSE      boolean
    null Null NULL ~ and nothing at all    nothing
    5  -3  +5                              whole number (`05` is text, so is `1_000`, `0x1F`, `0o17`)
    1.10  .5  5.  1e5                      exact decimal; the text keeps its noughts
    everything else                        text: on, yes, 17:00, 2026-12-25, 1.2.3, .inf, .nan
"""

from __future__ import annotations

import re
from decimal import Decimal

from engine.definition.nodes import Value

DIGITS = 30
"""Most digits, and the largest exponent, that a number may have."""

_WORDS: dict[str, Value] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_MAYBE_NUMBER = frozenset("0123456789+-.")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?(?P<power>[0-9]+))?")


def plain_value(text: str) -> Value:
    """The value of an unquoted text. Raises ValueError, worded for the author, when a number is too long to
    reckon with.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAYBE_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        _check_digits(text)
        return int(text)
    number = _DECIMAL.fullmatch(text)
    if number is None:
        return text
    _check_digits(text)
    power = number["power"] or "0"
    if len(power.lstrip("0")) > 2 or int(power) > DIGITS:
        raise ValueError(f"Expected an exponent up to {DIGITS}, but got {power[:12]}")
    return Decimal(text)


def _check_digits(text: str) -> None:
    if len(text) > DIGITS + 10 or sum(character.isdigit() for character in text) > DIGITS:
        raise ValueError(f"Expected a number of at most {DIGITS} digits, but got {len(text)} characters of it")
