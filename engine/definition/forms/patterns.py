"""The part of regular expressions a form may use: what a browser and the server read alike, and what no text
can make slow.

Owns the grammar of that part, the bound on the work a match can take, and the compiled pattern. Knows no
form.

A pattern's cost is bounded before it is ever run: repeating what itself varies is refused, and where two
repeats can share the same
characters the ways to divide them are multiplied and kept under a limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from engine.definition.forms.pattern_cost import LONGEST_MATCHED, MOST_WAYS, Piece, first_of, one, ways_of

LONGEST_PATTERN = 200
_MOST_REPEATS = 1_000
_MOST_SIZE = 5_000
_ASCII = frozenset(map(chr, range(128)))
_OTHER = "\u0100"  # stands for every character outside ASCII
_ALL = _ASCII | {_OTHER}
_DIGITS = frozenset("0123456789")
_LETTERS = frozenset(c for c in _ASCII if c.isalnum()) | {"_"}
_SPACES = frozenset(" \t\n\r\f\v")
_CLASSES = {
    "d": _DIGITS,
    "D": _ALL - _DIGITS,
    "w": _LETTERS,
    "W": _ALL - _LETTERS,
    "s": _SPACES,
    "S": _ALL - _SPACES,
}
_SPECIAL = frozenset("\\^$.|?*+()[]{}/-")
_COUNT = re.compile(r"\{([0-9]{1,4})(,([0-9]{0,4}))?\}")


class PatternError(Exception):
    """A pattern outside the allowed part; the text says what is wrong and what to write instead."""


def check_pattern(pattern: str) -> None:
    """Raise `PatternError` unless the pattern is in the allowed part and its work is bounded."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"it is longer than {LONGEST_PATTERN} characters: split the rule or use a format")
    whole = _Reader(pattern).whole()
    anchored = pattern.startswith("^") and whole.anchored
    ways = whole.piece.ways * (1 if anchored else LONGEST_MATCHED)
    if ways > MOST_WAYS:
        advice = "put a fixed character between repeats that can match the same text"
        if not anchored and whole.piece.ways <= MOST_WAYS:
            advice = "begin it with ^, so that it is tried at one place only"
        raise PatternError(f"a long text could keep it busy for minutes: {advice}")
    try:
        _compiled(pattern)
    except (
        re.error,
        OverflowError,
    ) as fault:  # pragma: no cover - the grammar above is narrower than Python's
        raise PatternError(str(fault)) from None


def matches(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text. A text over 1,000 characters never matches."""
    return len(text) <= LONGEST_MATCHED and _compiled(pattern).search(text) is not None


@lru_cache(maxsize=2_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    # In Python `$` also matches before a last line break; in a browser it does not.
    return re.compile(
        re.sub(r"(\\.)|(\[(?:\\.|[^\]\\])*\])|\$", lambda m: m[0] if m[1] or m[2] else r"\Z", pattern),
        re.ASCII,
    )


@dataclass(frozen=True, slots=True)
class _Whole:
    piece: Piece
    anchored: bool


class _Reader:
    """Reads the allowed grammar by descent and works out the cost on the way."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    def whole(self) -> _Whole:
        piece, branches = self._branches()
        if self.at < len(self.pattern):
            raise PatternError("a ) has no ( before it: write \\) for the character")
        return _Whole(piece, branches == 1)

    def _branches(self) -> tuple[Piece, int]:
        found = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            found.append(self._sequence())
        if len(found) == 1:
            return found[0], 1
        chars = frozenset[str]().union(*(piece.chars for piece in found))
        first = frozenset[str]().union(*(piece.first for piece in found))
        alike = sum(len(piece.first) for piece in found) > len(first) or any(piece.least == 0 for piece in found)
        least, most = min(piece.least for piece in found), max(piece.most for piece in found)
        # Alternatives that begin differently leave no choice; the others may each be tried in turn.
        ways = sum(piece.ways for piece in found) if alike else max(piece.ways for piece in found)
        return Piece(chars, first, least, most, ways, any(piece.repeats for piece in found)), len(found)

    def _sequence(self) -> Piece:
        pieces: list[Piece] = []
        while self._peek() not in ("", "|", ")"):
            piece = self._repeated()
            if piece is not None:
                pieces.append(piece)
        chars = frozenset[str]().union(*(piece.chars for piece in pieces))
        return Piece(
            chars,
            first_of(pieces),
            sum(piece.least for piece in pieces),
            min(sum(piece.most for piece in pieces), LONGEST_MATCHED),
            ways_of(pieces),
            any(piece.repeats for piece in pieces),
        )

    def _repeated(self) -> Piece | None:
        piece = self._atom()
        least, most = 1, 1
        sign = self._peek()
        if sign in ("?", "*", "+"):
            self.at += 1
            least, most = {"?": (0, 1), "*": (0, _MOST_REPEATS), "+": (1, _MOST_REPEATS)}[sign]
        elif sign == "{":
            count = _COUNT.match(self.pattern, self.at)
            if not count:
                raise PatternError("a { has to be a count such as {3} or {1,5}: write \\{ for the character")
            self.at = count.end()
            least = int(count[1])
            most = least if not count[2] else int(count[3]) if count[3] else _MOST_REPEATS
            if most < least or most > _MOST_REPEATS:
                raise PatternError(f"a count has to go from low to high and up to {_MOST_REPEATS}, such as {{1,5}}")
        else:
            return piece
        if self._peek() in ("?", "*", "+", "{"):
            raise PatternError("one repeat follows another: write only one of ? * + {…}")
        if piece is None:
            raise PatternError("an anchor cannot be repeated")
        if most > 1 and (piece.repeats or (least != most and piece.least == 0)):
            raise PatternError(
                "a repeat stands within a repeat: write the inner one without ? * + {…} or |, or use a format"
            )
        if piece.most * most > _MOST_SIZE:
            raise PatternError("it can match more than a field holds: use smaller counts")
        ways = piece.ways
        if most > 1 and piece.ways > 1:
            raise PatternError("alternatives within a repeat begin alike: write a character class such as [ab]")
        return Piece(
            piece.chars,
            piece.first,
            piece.least * least,
            min(piece.most * most, LONGEST_MATCHED),
            ways,
            piece.repeats or least != most,
        )

    def _atom(self) -> Piece | None:
        letter = self._peek()
        self.at += 1
        if letter in ("^", "$"):
            if self.depth:
                raise PatternError("^ and $ may stand at the outside only, not within brackets")
            return None
        if letter == ".":
            return one(_ALL - {"\n"})
        if letter == "[":
            return one(self._class())
        if letter == "(":
            return self._group()
        if letter == "\\":
            return one(self._escape())
        if letter in ("?", "*", "+", "{"):
            raise PatternError(f"nothing stands before {letter} to be repeated: write \\{letter} for the character")
        if letter in ("]", "}"):
            raise PatternError(f"a {letter} stands alone: write \\{letter} for the character")
        return one(frozenset(_folded(letter)))

    def _group(self) -> Piece:
        if self._peek() == "?":
            if not self.pattern.startswith("?:", self.at):
                raise PatternError("looking ahead or behind, naming and flags are not allowed: use plain ( )")
            self.at += 2
        self.depth += 1
        if self.depth > 10:
            raise PatternError("brackets are nested more than ten deep")
        piece, _ = self._branches()
        if self._peek() != ")":
            raise PatternError("a ( has no ) after it: write \\( for the character")
        self.at += 1
        self.depth -= 1
        return piece

    def _escape(self) -> frozenset[str]:
        letter = self._peek()
        self.at += 1
        if letter in _CLASSES:
            return _CLASSES[letter]
        if letter in _SPECIAL:
            return frozenset(letter)
        if letter in ("n", "t", "r"):
            return frozenset({"n": "\n", "t": "\t", "r": "\r"}[letter])
        if letter.isdigit():
            raise PatternError(f"\\{letter} would look back at an earlier bracket: write the part again")
        raise PatternError(f"\\{letter} is not known: \\d \\w \\s \\D \\W \\S and \\ before a special character are")

    def _class(self) -> frozenset[str]:
        negated = self._peek() == "^"
        self.at += negated
        found: set[str] = set()
        begun = self.at
        while self._peek() != "]" or self.at == begun:
            letter = self._peek()
            if letter == "" or (letter == "]" and self.at == begun):
                raise PatternError("a [ has no ] after it, or nothing within: write \\[ for the character")
            if letter == "[":
                raise PatternError("a [ within [ ] has to be written \\[")
            if self.pattern[self.at : self.at + 2] in ("--", "&&", "~~", "||"):
                raise PatternError(
                    "doubled - & ~ | within [ ] mean different things to different readers: write each once"
                )
            start = self._member()
            if self._peek() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
                self.at += 1
                end = self._member()
                if isinstance(start, frozenset) or isinstance(end, frozenset) or end < start:
                    raise PatternError("a range within [ ] has to go from low to high, such as a-z")
                found |= {chr(code) for code in range(ord(start), min(ord(end), 127) + 1)}
                found |= {_OTHER} if ord(end) > 127 else set()
            else:
                found |= start if isinstance(start, frozenset) else _folded(start)
        self.at += 1
        return frozenset(_ALL - found | ({_OTHER} if negated else set())) if negated else frozenset(found)

    def _member(self) -> str | frozenset[str]:
        letter = self._peek()
        self.at += 1
        if letter != "\\":
            return letter
        found = self._escape()
        return next(iter(found)) if len(found) == 1 else found

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]


def _folded(letter: str) -> set[str]:
    return {letter if ord(letter) < 128 else _OTHER}
