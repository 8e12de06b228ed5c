"""Markdown as messages use it: a stranger's text made harmless, and the page and the plain text made from it.

Owns escaping and rendering. Knows neither templates nor mail; the only importer of markdown_it, which takes
its time and is loaded when first needed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from engine.definition.characters import without_controls

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_SPECIAL = re.compile(r"[\\`*_\[\](){}<>&~|!]")
_LINE_START = re.compile(r"(?:[#+=:-])|\d{1,9}(?=[.)])")
_NEWLINE = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_BOLD = re.compile(r"(?<![\\*])\*\*(?=\S)([^*\n]*[^*\s\\])\*\*(?!\*)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def escape(text: str, indent: str = "") -> str:
    """The text so that Markdown shows it letter by letter: no link, picture, heading, list or HTML can come
    out of it.

    Its line breaks stay; `indent` begins each further line, so that the text stays in the quotation or list
    it began in.
    """
    lines = [_escape_line(line) for line in _NEWLINE.split(text)]
    shown = lines[0]
    for before, line in zip(lines, lines[1:], strict=False):
        # A backslash at the end of a line is a line break, but not before an empty line, where a paragraph
        # ends anyway.
        shown += ("\\" if before and line else "") + f"\n{indent if line else indent.rstrip()}{line}"
    return shown


def escape_in_row(text: str) -> str:
    """The same within a table's row, where a line cannot break."""
    return _escape_line(" ".join(_NEWLINE.split(text)))


def to_html(markdown: str) -> str:
    """The page of a message. HTML in the source is shown as text; `javascript:` and the like are no links."""
    return str(_parser().render(markdown))


def to_text(markdown: str) -> str:
    """The message for a reader without HTML: the source, without the backslashes and the signs for what is bold."""
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"\1", markdown.replace("\\\n", "\n")))


def _escape_line(line: str) -> str:
    line = _SPECIAL.sub(r"\\\g<0>", without_controls(line).strip())
    start = _LINE_START.match(line)
    if start is None:
        return line
    if start[0].isdigit():
        return f"{start[0]}\\{line[start.end() :]}"
    return f"\\{line}"


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")
