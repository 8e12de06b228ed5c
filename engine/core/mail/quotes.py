"""What somebody has written anew in an answer, without what mail programs put below or above it.

Owns the signs of a quotation. Takes time in proportion to the text, whatever it is: each sign is looked for in one line
of limited length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_LINE = 400

_WROTE = re.compile(
    r"(wrote|writes|schrieb|schreibt|a écrit|escribió|ha scritto|schreef|escreveu|napisał|skrev)\b", re.IGNORECASE
)
_DATED = re.compile(r"\d{1,4}[./:-]\d{1,2}|\b(19|20)\d\d\b")
_BEGINS = re.compile(r"(On|Am|Le|El|Il|Op|Em|Den|Dnia|W dniu)\s", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"\W*[-_]{2,}\s*(original message|original appointment|forwarded message|ursprüngliche nachricht|originalnachricht|"
    r"weitergeleitete nachricht|message d'origine|mensaje original|messaggio originale)\s*[-_]*\W*",
    re.IGNORECASE,
)
_FROM = re.compile(r"[*\s]*(from|von|de|da|van|od)\s?\*?:\*?\s", re.IGNORECASE)
_BELOW_FROM = re.compile(
    r"[*\s]*(sent|date|gesendet|datum|envoyé|enviado|inviato|to|an|à|subject|betreff|objet|asunto|oggetto)\s?\*?:",
    re.IGNORECASE,
)
_SIGNED = ("--", "-- ")


def without_quotes(text: str) -> str:
    """The new words; the whole text where nothing would be left."""
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    lines = lines[: _end(lines)]
    kept: list[str] = []
    at = 0
    while at < len(lines):
        length = _attribution(lines, at)
        if not length:
            kept.append(lines[at])
            at += 1
            continue
        below = lines[at + length :]
        own = [line for line in below if line.strip() and not _quoted(line)]
        if not own or not any(_quoted(line) for line in below):
            break  # the rest is what it answers
        at += length
        while not any(line.strip() for line in kept) and at < len(lines) and (_quoted(lines[at]) or not lines[at]):
            at += 1  # they write below what they answer
    while kept and (not kept[-1].strip() or _quoted(kept[-1])):
        kept.pop()
    new = "\n".join(kept).strip()
    return new or text.strip()


def _quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _end(lines: Sequence[str]) -> int:
    """Where something begins below which nobody writes: the letter that is answered, or a signature."""
    for at, line in enumerate(lines):
        head = line[:LONGEST_LINE]
        if _SEPARATOR.fullmatch(head) or (line in _SIGNED and at):
            return at
        if _FROM.match(head):
            next_ones = [one[:LONGEST_LINE] for one in lines[at + 1 : at + 5]]
            if sum(_BELOW_FROM.match(one) is not None for one in next_ones) >= 2:
                ruled = at and set(lines[at - 1].strip()) <= set("_-") and lines[at - 1].strip()
                return at - 1 if ruled else at
    return len(lines)


def _attribution(lines: Sequence[str], at: int) -> int:
    """How many lines from here on say who wrote when what is quoted below; 0 when they do not."""
    first = lines[at].strip()
    if not first or _quoted(first):
        return 0
    for length in (1, 2, 3):
        said = " ".join(line.strip() for line in lines[at : at + length])
        if len(said) > LONGEST_LINE or (length > 1 and not _BEGINS.match(first)):
            return 0
        if said.endswith(":") and _WROTE.search(said) and (_DATED.search(said) or _quotes(lines[at + length :])):
            return length
    return 0


def _quotes(below: Sequence[str]) -> bool:
    """Whether the next words are a quotation."""
    return _quoted(next((line for line in below[:3] if line.strip()), ""))
