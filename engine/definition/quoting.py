"""Where a text on a line begins and ends, and the line with that text in quotes.

Owns the advice `Write …` of a syntax error. Knows one line at a time.
"""

from __future__ import annotations

import re

_SHOWN = 100
_COMMENT = re.compile(r"(?<=[ \t])#.*$")
_DEPTH = {"[": 1, "{": 1, "(": 1, "]": -1, "}": -1, ")": -1}


def text_start(row: str, first: int, stop: int) -> int:
    """Where the text in which `stop` lies begins: after the last `,`, `: `, `{` or `[` outside of quotes."""
    start, quote = first, ""
    for index in range(first, stop):
        letter = row[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"" and not row[start:index].strip():
            quote = letter
        elif letter in ",{[" or (letter == ":" and row[index + 1 : index + 2] in ("", " ")):
            start = index + 1
    return start + len(row[start:stop]) - len(row[start:stop].lstrip())


def text_end(row: str, start: int, closing: str = "") -> int:
    """Where the text from `start` on ends: at the line's end or comment, or at the first of `closing` outside
    of brackets.
    """
    depth = 0
    for index in range(start, len(row) if closing else start):
        if depth == 0 and row[index] in closing:
            return index
        depth += _DEPTH.get(row[index], 0)
    return start + len(without_comment(row[start:]))


def without_comment(text: str) -> str:
    """The text up to its comment, without the spaces behind it."""
    return _COMMENT.sub("", text).rstrip()


def in_quotes(row: str, start: int, end: int) -> str:
    """The advice: the line as it should be, or only its text when the line is long."""
    text = row[start:end].rstrip()
    quoted = _quoted(text)
    line = f"{row[:start]}{quoted}{row[start + len(text) :]}".strip()
    if len(line) <= _SHOWN:
        return f"Write `{line}`"
    return f"Put it in quotes: `{quoted}`" if len(quoted) <= _SHOWN else "Put the whole text in quotes"


def short(text: str) -> str:
    """At most thirty characters of a text, for a message."""
    text = text[:200].strip()
    return text if len(text) <= 30 else text[:29] + "…"


def _quoted(text: str) -> str:
    if '"' not in text and "\\" not in text:
        # `'it's'` was meant as a quoted text: the quotes change, they are not doubled.
        inner = text[1:-1] if len(text) > 2 and text[0] == text[-1] == "'" else text
        return f'"{inner}"'
    return "'" + text.replace("'", "''") + "'"
