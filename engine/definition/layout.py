"""Lines that begin in the wrong place, and signs without their space.

Owns the guesses at a syntax error that come from how lines stand below each other. Knows one scene at a time.
"""

from __future__ import annotations

import re

from engine.definition.quoting import short, without_comment
from engine.definition.scene import Finding, Scene

_TIGHT = re.compile(r"(\s*(?:- +)*)([A-Za-z][\w-]*):([^\s:/][^:]*)$")


def tab(scene: Scene) -> Finding | None:
    indentation = scene.here[: len(scene.here) - len(scene.here.lstrip(" \t"))]
    if "\t" not in indentation:
        return None
    column = indentation.index("\t")
    return (
        scene.complaint.line,
        column,
        "A tab stands in the indentation",
        "Indent with spaces, two for each level",
    )


def dash_behind_key(scene: Scene) -> Finding | None:
    if not scene.says("sequence entries are not allowed"):
        return None
    complaint = scene.complaint
    advice = "Begin the list on the next line, or put the text in quotes if the dash belongs to it"
    return complaint.line, complaint.column, "A list cannot begin behind a key on the same line", advice


def colon_out_of_place(scene: Scene) -> Finding | None:
    if not scene.says("mapping values are not allowed"):
        return None
    above = scene.line_above()
    tight = _TIGHT.match(scene.row(above))
    if tight is not None:
        return _no_space(above, tight)
    return _deeper_than_above(scene, above) if above >= 0 else None


def _deeper_than_above(scene: Scene, above: int) -> Finding | None:
    row = scene.row(above)
    first = len(scene.here) - len(scene.here.lstrip(" "))
    expected = len(row) - len(row.lstrip(" "))
    dash = row[expected:].startswith("- ")
    expected += 2 if dash else 0
    if first <= expected:
        return None
    message = f"This line is indented deeper than line {above + 1}, which has its value already"
    advice = f"Begin it in column {expected + 1}, or write nothing behind the colon in line {above + 1}"
    return scene.complaint.line, first, message, advice


def no_colon(scene: Scene) -> Finding | None:
    if not scene.says("could not find expected ':'"):
        return None
    line, column = scene.opened
    row = scene.row(line)
    tight = _TIGHT.match(row)
    if tight is not None:
        return _no_space(line, tight)
    return _no_dash_space(line, row) or (
        line,
        column,
        f"Expected `key: value`, but `{short(row[column:])}` has no colon",
        "Write a colon and a space after the key; a text of several lines needs quotes or `|` before it",
    )


def indentation(scene: Scene) -> Finding | None:
    complaint = scene.complaint
    if scene.before.strip() or not scene.says("expected key", "expected <block end>", "'-' indicator", "a block"):
        return None
    tight_dash = _no_dash_space(complaint.line, scene.here)
    if tight_dash is not None:
        return tight_dash
    line, column = scene.opened
    dash = scene.character == "-"
    if complaint.column == column and complaint.line > line:
        if dash:
            message = "A list item stands here among keys"
            return (
                complaint.line,
                complaint.column,
                message,
                "Indent it under the key that it belongs to, and write nothing behind that key's colon",
            )
        advice = "Write `- ` before it, or indent it to the item above"
        return complaint.line, complaint.column, f"Expected another `- ` item as in line {line + 1}", advice
    wanted = sorted({*_columns(scene, column)})
    words = " or ".join(str(number + 1) for number in wanted[:4])
    message = f"Expected this line to begin in column {words}, but it begins in column {complaint.column + 1}"
    return (
        complaint.line,
        complaint.column,
        message,
        "Begin it where its neighbours begin; if it belongs to the text above, put that text in quotes",
    )


def _columns(scene: Scene, column: int) -> list[int]:
    """The columns in which the levels above begin, from the line above outwards to where the block was
    opened.
    """
    found = [column]
    line, edge = scene.line_above(), 10**6
    while line >= scene.opened[0] and len(found) < 4:
        row = scene.row(line)
        first = len(row) - len(row.lstrip(" "))
        if row.strip() and first < edge:
            edge = first
            if first >= column:
                found.append(first)
        line -= 1
    return found


def _no_space(line: int, tight: re.Match[str]) -> Finding:
    key, value = tight[2], without_comment(tight[3])
    return (
        line,
        tight.start(3),
        f"A space is missing after the colon of `{key}:`",
        f"Write `{key}: {short(value)}`",
    )


def _no_dash_space(line: int, row: str) -> Finding | None:
    text = row.lstrip(" ")
    if len(text) > 1 and text[0] == "-" and text[1] not in " -":
        return line, len(row) - len(text), "A space is missing after the dash", f"Write `- {short(text[1:])}`"
    return None
