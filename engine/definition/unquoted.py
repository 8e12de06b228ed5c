"""Texts that need quotes, and quotes that are not closed.

Owns the guesses at a syntax error that come from a text's own signs: braces, brackets, colons, quotes. Knows
one scene at a time.
"""

from __future__ import annotations

import re

from engine.definition.quoting import in_quotes, short, text_end, text_start
from engine.definition.scene import Finding, Scene

KEY = re.compile(r"""\s*(?:- +)*(?:"[^"]*"|'[^']*'|[^\s#&*!|>'"%@`{\[][^:#]*):(?:\s+|$)""")


def unclosed_quote(scene: Scene) -> Finding | None:
    if not scene.says("quoted scalar", "double-quoted", "single-quoted") or not scene.says("end of stream", "document"):
        return None
    line, column = scene.opened
    quote = scene.row(line)[column : column + 1]
    return (
        line,
        column,
        f"The quote {quote} that opens here is never closed",
        f"Close it with {quote} at the end of the text",
    )


def escape(scene: Scene) -> Finding | None:
    if not scene.says("escape", "hexdecimal", "hexadecimal"):
        return None
    complaint = scene.complaint
    advice = "Write `\\\\` for a backslash, or put the text in single quotes"
    return (
        complaint.line,
        complaint.column,
        "After `\\` in double quotes YAML expects one of its escapes, such as `\\n`",
        advice,
    )


def start_of_text(scene: Scene) -> Finding | None:
    """A value that begins with one of YAML's own signs."""
    if scene.says(
        "cannot start any token",
        "scanning a directive",
        "directive",
        "an alias",
        "an anchor",
        "a tag",
        "a block scalar",
    ):
        line, column = scene.opened if scene.complaint.context else (scene.complaint.line, scene.complaint.column)
        row = scene.row(line)
        sign = row[column : column + 1]
        if sign and sign in "@`%*&!|>":
            shown = "a backquote" if sign == "`" else f"`{sign}`"
            return (
                line,
                column,
                f"A text that begins with {shown} needs quotes",
                in_quotes(row, column, text_end(row, column)),
            )
    return None


def after_quote(scene: Scene) -> Finding | None:
    """Text behind a closing quote: the quote closed too early, or one above was never closed."""
    before = scene.before.rstrip()
    quote = before[-1:]
    if (
        quote not in ("'", '"')
        or not scene.character
        or scene.character in ",:]}"
        or not scene.says("expected", "block end")
    ):
        return None
    opening = before.rfind(quote, 0, len(before) - 1)
    if opening < 0 or before.count(quote) % 2:
        for line in range(scene.complaint.line - 1, max(scene.complaint.line - 200, -1), -1):
            row = scene.row(line)
            if row.count(quote) % 2:
                column = row.rfind(quote)
                return (
                    line,
                    column,
                    f"The quote {quote} that opens here is not closed in its line",
                    f"Close it with {quote}",
                )
    if opening < 0:
        return None
    column = scene.complaint.column
    message = f"The quoted text ends before `{short(scene.here[column:])}`"
    closing = ",}]" if scene.says("a flow") else ""
    return (
        scene.complaint.line,
        column,
        message,
        in_quotes(scene.here, opening, text_end(scene.here, column, closing)),
    )


def text_with_colon(scene: Scene) -> Finding | None:
    key = KEY.match(scene.before)
    if key is None or not scene.says("mapping values are not allowed"):
        return None
    message = "A text with a colon and a space in it needs quotes"
    advice = scene.rewritten(key.end(), text_end(scene.here, key.end()))
    return scene.complaint.line, scene.complaint.column, message, advice


def flow(scene: Scene) -> Finding | None:
    """Inside { } or [ ]: a bracket in a text, or a bracket that is never closed."""
    if not scene.says("a flow mapping", "a flow sequence"):
        return None
    line, column = scene.opened
    sign = scene.row(line)[column : column + 1] or "{"
    close = "}" if sign == "{" else "]"
    complaint = scene.complaint
    if scene.character in ("[", "{") and scene.character:
        start = text_start(scene.here, column if line == complaint.line else 0, complaint.column)
        message = f"A text with `{scene.character}` in it needs quotes inside {sign} {close}"
        return (
            complaint.line,
            complaint.column,
            message,
            in_quotes(scene.here, start, text_end(scene.here, start, ",}]")),
        )
    if complaint.line > line or not scene.character:
        return (
            line,
            column,
            f"The `{sign}` that opens here is not closed",
            f"Close it with `{close}`, or put the text in quotes if the sign is part of it",
        )
    if scene.character == ":":
        start = text_start(scene.here, column, complaint.column)
        message = f"A text with a colon in it needs quotes inside {sign} {close}"
        return (
            complaint.line,
            complaint.column,
            message,
            in_quotes(scene.here, start, text_end(scene.here, start, ",}]")),
        )
    message = f"Expected `,` or `{close}`, but got `{short(scene.here[complaint.column :])}`"
    return (
        complaint.line,
        complaint.column,
        message,
        "Put the text in quotes if it holds commas, colons, quotes or brackets",
    )


def after_bracket(scene: Scene) -> Finding | None:
    """A value that begins with { or [ and goes on behind it, or a bracket too many."""
    if not scene.says(
        "expected key",
        "expected <block end>",
        "'-' indicator",
        "mapping values are not allowed",
        "node content",
    ):
        return None
    complaint, before = scene.complaint, scene.before.rstrip()
    if scene.character and scene.character in "}]":
        return (
            complaint.line,
            complaint.column,
            f"This `{scene.character}` closes nothing",
            "Remove it, or open it before",
        )
    if before[-1:] not in ("}", "]"):
        return None
    key = KEY.match(scene.here)
    start = key.end() if key else len(scene.here) - len(scene.here.lstrip(" -"))
    sign = scene.here[start : start + 1]
    if not sign or sign not in "{[":
        return None
    message = f"A text that begins with `{sign}` needs quotes"
    return (
        complaint.line,
        start,
        message,
        in_quotes(scene.here, start, text_end(scene.here, complaint.column)),
    )
