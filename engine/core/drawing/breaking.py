"""How the words in a picture are broken into lines.

Owns where a line may end. Counts characters and knows no font.
"""

from __future__ import annotations

import re
import textwrap

_PARTS = re.compile(r"[^._(]*[._(]+|[^._(]+")
"""Of a word that is too long for a line."""


def broken(text: str, width: int) -> list[str]:
    """The text, in lines of so many characters."""
    return _wrapped(text, width, width)


def even(text: str, width: int) -> list[str]:
    """The same in lines about as long as each other, for the few words of a title."""
    lines = _wrapped(text, width, width)
    for narrower in range(width - 1, 0, -1):
        closer = _wrapped(text, narrower, width)
        if len(closer) > len(lines):
            break
        lines = closer
    return lines


def _wrapped(text: str, width: int, longest: int) -> list[str]:
    """In lines of so many characters. A word of more than `longest` is parted where its parts meet, such as behind the
    dot of `decision.remedy_due`; one that has no parts stands out, though not by much.
    """
    lines = [""]
    for word in text.split():
        for number, part in enumerate([word] if len(word) <= longest else _PARTS.findall(word)):
            gap = " " if lines[-1] and not number else ""
            if lines[-1] and len(lines[-1]) + len(gap) + len(part) > width:
                lines.append(part)
            else:
                lines[-1] += gap + part
    return [piece for line in lines for piece in textwrap.wrap(line, 2 * longest)]
