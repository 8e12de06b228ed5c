"""The words of an expression: text cut into tokens, each with its offset, before anything is parsed.

Owns what may be written at all: words with hyphens, numbers, dates, quoted text, operators, the limits on
length and nesting, and the advice for what comes from other languages (`&&`, `=`, `“`). Knows neither the
grammar nor any name.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from engine.definition.expressions.foreign import CAPITAL, FOREIGN, LOOKALIKE, NOTHING, SHOUTED
from engine.errors import Place, Problem

LONGEST = 1_000
DEEPEST = 50
MOST_DIGITS = 30

Kind = Literal["word", "keyword", "number", "date", "text", "operator", "end"]

KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "for"})

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![A-Za-z0-9_-])")
_POINT = re.compile(r"[0-9]+\.[0-9]+(?![A-Za-z0-9_])")
_WORD = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)*")
_DIGITS = re.compile(r"[0-9]+")
_OPERATOR = re.compile(r"==|!=|<=|>=|[<>+\-*/()\[\],.]")
_SPACE = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Token:
    """One word, number, quoted text or operator.

    `text` as meant (a quoted text without its quotes), `at` its offset, `end` the offset after it.
    """

    kind: Kind
    text: str
    at: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens (the last one is the end), and what was wrong; `usable` is False when parsing would only
    add noise.
    """

    tokens: tuple[Token, ...]
    problems: tuple[Problem, ...]
    usable: bool


def place_at(place: Place, offset: int) -> Place:
    """The place of an offset in an expression that starts at `place`."""
    return Place(place.file, place.line, place.column + offset)


def cut(text: str, place: Place) -> Words:
    """Cut `text` into tokens. Never raises: what cannot be cut is among the problems, every one of them."""
    if len(text) > LONGEST:
        message = f"This expression has {len(text):,} characters; {LONGEST:,} is the most."
        advice = "Split it: give a part of it a name, as a variable or a computed field."
        return Words((), (Problem(place, "too-long", message, advice),), False)
    bad = _bad_characters(text, place)
    if bad:
        return Words((), tuple(bad), False)
    cutter = _Cutter(text, place)
    cutter.run()
    return Words(tuple(cutter.tokens), tuple(cutter.problems), cutter.usable)


def _bad_characters(text: str, place: Place) -> list[Problem]:
    """Characters that are not seen or turn the text around, anywhere, quotes included."""
    found = []
    for at, character in enumerate(text):
        if (character < " " and character not in "\t\r\n") or unicodedata.category(character) in (
            "Cc",
            "Cf",
            "Cs",
            "Co",
            "Zl",
            "Zp",
        ):
            if character in "\t\r\n":
                continue
            message = f"There is an invisible character here: {_name(character)}."
            found.append(
                Problem(place_at(place, at), "expression-syntax", message, "Delete it and type the text again.")
            )
    return found[:20]


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'a control character').lower()}"


class _Cutter:
    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.place = place
        self.tokens: list[Token] = []
        self.problems: list[Problem] = []
        self.usable = True
        self.open: list[Token] = []

    def run(self) -> None:
        at = 0
        while at < len(self.text):
            at = self._next(at)
        for token in self.open[:1] if self.usable else ():
            closing = ")" if token.text == "(" else "]"
            self._refuse(
                token.at,
                "expression-syntax",
                f"`{token.text}` is never closed.",
                f"Add the `{closing}` that belongs to it.",
            )
        self.tokens.append(Token("end", "", len(self.text), len(self.text)))

    def _next(self, at: int) -> int:
        """Take one token from `at`; the offset after it."""
        if space := _SPACE.match(self.text, at):
            return space.end()
        if self.text[at] in "\"'":
            return self._quoted(at)
        for sign, meant, code, advice in FOREIGN:
            if (
                self.text.startswith(sign, at)
                and not self.text.startswith(("==", "!="), at)
                or sign == "==="
                and self.text.startswith(sign, at)
            ):
                return self._foreign(at, sign, meant, code, advice)
        if found := _OPERATOR.match(self.text, at):
            return self._operator(Token("operator", found.group(), at, found.end()))
        if found := _DATE.match(self.text, at) or _POINT.match(self.text, at) or _WORD.match(self.text, at):
            return self._word(found.group(), at)
        character = self.text[at]
        advice = (
            f"Write {LOOKALIKE[character]}."
            if character in LOOKALIKE
            else "Use plain letters a to z, or put the text in quotes."
        )
        self._refuse(at, "expression-syntax", f"`{character}` ({_name(character)}) cannot stand here.", advice)
        return at + 1

    def _word(self, word: str, at: int) -> int:
        after_point = bool(self.tokens) and self.tokens[-1].text == "." and self.tokens[-1].kind == "operator"
        if _DATE.fullmatch(word) and not after_point:
            return self._add("date", word, at)
        if _POINT.fullmatch(word) or _DIGITS.fullmatch(word):
            return self._number(word, at)
        if not re.search(r"[A-Za-z_]", word):  # `5-3`: digits and minus signs only
            first = _DIGITS.match(word)
            assert first
            return self._number(first.group(), at)
        if word.startswith("__"):
            message = f"`{word}` starts with two underscores, which no name here does."
            self.problems.append(
                Problem(
                    place_at(self.place, at),
                    "not-allowed",
                    message,
                    "Use the names of forms, fields and variables.",
                )
            )
            self.usable = False
        if not after_point:
            if word in NOTHING:
                self._refuse(
                    at,
                    "not-allowed",
                    f"There is no `{word}`.",
                    "Ask whether a value is there: `x is set` or `x is not set`.",
                )
            for table in (SHOUTED, CAPITAL):
                if word in table:
                    return self._shouted(word, table[word], at)
        return self._add("keyword" if word in KEYWORDS and not after_point else "word", word, at)

    def _shouted(self, word: str, meant: str, at: int) -> int:
        message = f"`{word}` is written in small letters here."
        self.problems.append(
            Problem(
                place_at(self.place, at),
                "expression-syntax",
                message,
                f"Write `{meant}`, or put it in quotes if it is a value.",
            )
        )
        self.tokens.append(Token("keyword" if meant in KEYWORDS else "word", meant, at, at + len(word)))
        return at + len(word)

    def _number(self, digits: str, at: int) -> int:
        if len(digits.replace(".", "")) > MOST_DIGITS:
            self._refuse(at, "too-long", f"This number has more than {MOST_DIGITS} digits.", "Write a shorter number.")
        elif len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
            self._refuse(
                at,
                "expression-syntax",
                f"`{digits}` starts with a zero.",
                "Write the number without it, or in quotes if it is text.",
            )
        return self._add("number", digits, at)

    def _add(self, kind: Kind, text: str, at: int) -> int:
        self.tokens.append(Token(kind, text, at, at + len(text)))
        return at + len(text)

    def _quoted(self, at: int) -> int:
        end = self.text.find(self.text[at], at + 1)
        if end < 0:
            self._refuse(
                at,
                "expression-syntax",
                "The quote that opens here is never closed.",
                f"Add the closing {self.text[at]}.",
            )
            return len(self.text)
        self.tokens.append(Token("text", self.text[at + 1 : end], at, end + 1))
        return end + 1

    def _foreign(self, at: int, sign: str, meant: str | None, code: str, advice: str) -> int:
        end = at + len(sign)
        self.problems.append(Problem(place_at(self.place, at), code, f"`{sign}` is not part of an expression.", advice))
        if meant is None:
            self.usable = False
        else:
            self.tokens.append(Token("keyword" if meant.isalpha() else "operator", meant, at, end))
        return end

    def _operator(self, token: Token) -> int:
        self.tokens.append(token)
        if token.text in ("(", "["):
            self.open.append(token)
            if len(self.open) == DEEPEST + 1:
                self._refuse(
                    token.at,
                    "too-long",
                    f"Brackets are nested more than {DEEPEST} deep.",
                    "Split the expression into named parts.",
                )
        elif token.text in (")", "]"):
            self._close(token)
        return token.end

    def _close(self, token: Token) -> None:
        if not self.usable:
            return
        if not self.open:
            self._refuse(
                token.at,
                "expression-syntax",
                f"`{token.text}` closes a bracket that was never opened.",
                "Remove it, or add the opening bracket.",
            )
            return
        opened = self.open.pop()
        if (opened.text, token.text) not in (("(", ")"), ("[", "]")):
            right = ")" if opened.text == "(" else "]"
            self._refuse(
                token.at,
                "expression-syntax",
                f"Expected `{right}`, but found `{token.text}`.",
                "Close brackets in the order they were opened.",
            )

    def _refuse(self, at: int, code: str, message: str, advice: str) -> None:
        self.usable = False
        if len(self.problems) < 20:
            self.problems.append(Problem(place_at(self.place, at), code, message, advice))
