"""Text with `{expression}` in it, taken apart.

Owns the braces: which stand for themselves and which hold an expression, and where each one is. Knows no
expression's meaning and no language.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import DefinitionError, Place, Problem


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands between two braces, with the place of its first character. `optional`: a `?` stands behind it, and
    its line is left out when there is no value.
    """

    text: str
    place: Place
    optional: bool = False


Piece = str | Placeholder


def split(text: str, place: Place) -> tuple[Piece, ...]:
    """The text's pieces in order; `place` is where it begins. `{{` and `}}` are the braces themselves.

    Raises DefinitionError with every brace that is not closed, not opened or empty.
    """
    pieces: list[Piece] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n")):
        column = place.column if number == 0 else 1
        if number:
            pieces.append("\n")
        for piece in _line(line, Place(place.file, place.line + number, column)):
            if isinstance(piece, Problem):
                problems.append(piece)
            elif isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
                pieces[-1] += piece
            else:
                pieces.append(piece)
    if problems:
        raise DefinitionError(problems)
    return tuple(piece for piece in pieces if piece != "")


def _line(line: str, begin: Place) -> Iterator[Piece | Problem]:
    index = 0
    while index < len(line):
        brace = _next_brace(line, index)
        if brace > index:
            yield line[index:brace]
        if brace == len(line):
            return
        place = Place(begin.file, begin.line, begin.column + brace)
        if line[brace + 1 : brace + 2] == line[brace]:
            yield line[brace]
            index = brace + 2
        elif line[brace] == "}":
            yield Problem(place, "stray-brace", "This `}` closes nothing", "Write `}}` if the brace itself is meant")
            index = brace + 1
        else:
            end = _closing(line, brace + 1)
            if end < 0:
                advice = "Close it with `}` on the same line, or write `{{` if the brace itself is meant"
                yield Problem(place, "unclosed-brace", "This `{` is not closed", advice)
                return
            yield _placeholder(line, brace, end, place)
            index = end + 1


def _placeholder(line: str, brace: int, end: int, place: Place) -> Placeholder | Problem:
    inner = line[brace + 1 : end]
    said = inner.strip().removesuffix("?").rstrip()
    if not said:
        advice = "Write a name between the braces, such as `{reference}`, or `{{}}` if the braces are meant"
        return Problem(place, "empty-placeholder", "Nothing stands between these braces", advice)
    skipped = len(inner) - len(inner.lstrip())
    here = Place(place.file, place.line, place.column + 1 + skipped)
    return Placeholder(said, here, inner.rstrip().endswith("?"))


def _next_brace(line: str, index: int) -> int:
    found = [at for at in (line.find("{", index), line.find("}", index)) if at >= 0]
    return min(found, default=len(line))


def _closing(line: str, index: int) -> int:
    """Where the expression that begins at `index` is closed, or -1; a brace in the expression's quotes does
    not count.
    """
    quote = ""
    while index < len(line):
        letter = line[index]
        if quote:
            if letter == "\\":
                index += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "}":
            return index
        elif letter == "{":
            return -1
        index += 1
    return -1
