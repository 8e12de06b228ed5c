"""How much work a pattern can make: the number of ways in which its parts can divide one text.

Owns that count. Knows no syntax; the pattern's reader puts the parts together.
"""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_MATCHED = 1_000
"""A pattern is tried on texts up to this length."""

MOST_WAYS = 2_000
"""The ways, times the places to begin at, that a pattern may have."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one part of a pattern can match, as far as its cost goes. `chars`: any character in it; `first`:
    how it can begin.
    """

    chars: frozenset[str]
    first: frozenset[str]
    least: int
    most: int
    ways: int = 1
    repeats: bool = False


def one(chars: frozenset[str]) -> Piece:
    return Piece(chars, chars, 1, 1)


def first_of(pieces: list[Piece]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for piece in pieces:
        found |= piece.first
        if piece.least:
            break
    return found


def ways_of(pieces: list[Piece]) -> int:
    """In how many ways a sequence could divide one text: each varying piece counts that can go on where the
    next ones begin.
    """
    ways = 1
    for index, piece in enumerate(pieces):
        ways *= piece.ways
        if piece.least == piece.most and not piece.repeats:
            continue
        for later in pieces[index + 1 :]:
            if later.first & piece.chars:
                ways *= piece.most - piece.least + 1
                break
            if later.least:
                break
        if ways > MOST_WAYS * LONGEST_MATCHED:
            return ways
    return ways
