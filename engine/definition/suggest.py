"""The near miss: which known word somebody probably meant.

Owns that one guess and how it is worded; knows nothing of what the words stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from heapq import nlargest

_NUMBER = re.compile(r"-?[0-9]+")
_LONGEST = 80
_ALIKE = 0.6
_AKIN = 0.5
_SLIP = 0.85
_CAREFULLY = 24
_MOST = 500
"""Known words that are compared: a guess has to be quick, whatever somebody's file holds."""


def near(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'title'?` to hang behind a message about an unknown word; empty when nothing known
    comes close.
    """
    guess = closest(word, known)
    return f", did you mean '{guess}'?" if guess is not None else ""


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, or None. Upper and lower case, spaces, `_` and `-` count as the
    same.
    """
    if not word or len(word) > _LONGEST:
        return None
    folded: dict[str, str] = {}
    for other in known:
        if len(other) <= _LONGEST:
            folded.setdefault(_fold(other), other)
    wanted = _fold(word)
    if wanted in folded:
        return folded[wanted]
    found = get_close_matches(wanted, _likeliest(wanted, list(folded)[:_MOST]), n=1, cutoff=_ALIKE)
    return folded[found[0]] if found else None


def nearest(word: str, known: Iterable[str], most: int) -> tuple[str, ...]:
    """At most `most` of the known words to offer, by name: those that are somewhat like this one, or else the first."""
    names = sorted(set(known))[:_MOST]
    folded = [_fold(name) for name in names]
    found = get_close_matches(_fold(word[:_LONGEST]), folded, n=most, cutoff=_AKIN)
    return tuple(name for name, one in zip(names, folded, strict=True) if one in found)[:most] or tuple(names[:most])


def slip_of(word: str, known: Iterable[str]) -> str | None:
    """The known word of which this one is but a slip: a letter or two are wrong. Words that differ in a number do not
    count, since they are a series.
    """
    guess = closest(word, known)
    if guess is None or SequenceMatcher(None, _fold(word), _fold(guess)).ratio() < _SLIP:
        return None
    return guess if _NUMBER.sub("", _fold(word)) != _NUMBER.sub("", _fold(guess)) else None


def _likeliest(wanted: str, words: list[str]) -> list[str]:
    """The few words that share most pairs of letters: a careful comparison with each of hundreds would be slow."""
    if len(words) <= _CAREFULLY:
        return words
    pairs = _pairs(wanted)
    return nlargest(_CAREFULLY, words, lambda other: len(pairs & _pairs(other)) / (len(pairs) + len(other)))


@lru_cache(maxsize=4_096)
def _pairs(word: str) -> frozenset[str]:
    return frozenset(f" {word}"[at : at + 2] for at in range(len(word)))


def _fold(word: str) -> str:
    return word.casefold().replace("_", "-").replace(" ", "-")
