"""Markdown as messages use it: a stranger's text made harmless, and the page and the plain text made from it.

Owns escaping and rendering. Knows neither templates nor mail; the only importer of markdown_it, which takes
its time and is loaded when first needed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from textwrap import indent as indented
from typing import TYPE_CHECKING

from engine.definition.characters import without_controls

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_SPECIAL = re.compile(r"[\\`*_\[\](){}<>&~|!]")
_LINE_START = re.compile(r"(?:[#+=:-])|\d{1,9}(?=[.)])")
_NEWLINE = re.compile(r"\r\n|[\r\n\v\f\x85\u2028\u2029]")
_BREAKS = ("softbreak", "hardbreak")


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
    """The message for a reader without HTML, as somebody would write it who has none: a link is `words (address)`, or
    `words: address` where it has a line of its own; what is emphasised is its words, and a table stands in columns.
    """
    from markdown_it.tree import SyntaxTreeNode

    return _blocks(SyntaxTreeNode(_parser().parse(markdown)).children) + "\n"


def _blocks(nodes: Sequence[SyntaxTreeNode], between: str = "\n\n") -> str:
    return between.join(map(_block, nodes))


def _block(node: SyntaxTreeNode) -> str:
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "blockquote":
        return "\n".join(f"> {line}".rstrip() for line in _blocks(node.children).split("\n"))
    if node.type == "table":
        return _table(
            [[_inline(cell.children) for cell in row.children] for part in node.children for row in part.children]
        )
    if node.type == "hr":
        return "---"
    return _inline(node.children) if node.children else node.content.rstrip("\n")


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1))
    loose = any(not one.hidden for item in node.children for one in item.children if one.type == "paragraph")
    lines = []
    for number, item in enumerate(node.children, first):
        mark = "- " if node.type == "bullet_list" else f"{number}. "
        said = _blocks(item.children, "\n\n" if loose else "\n")
        lines.append(mark + indented(said, " " * len(mark)).lstrip())
    return ("\n\n" if loose else "\n").join(lines)


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    told = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    told.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(row).rstrip() for row in told)


def _inline(nodes: Sequence[SyntaxTreeNode]) -> str:
    """What stands on the lines of a paragraph."""
    said = ""
    for before, node, after in zip((None, *nodes), nodes, (*nodes[1:], None), strict=False):
        alone = all(one is None or one.type in _BREAKS for one in (before, after))
        if node.type in _BREAKS:
            said += "\n"
        elif node.type in ("link", "image"):
            said += _link(node, alone)
        else:
            said += _inline(node.children) if node.children else node.content
    return said


def _link(node: SyntaxTreeNode, alone: bool) -> str:
    address = str(node.attrs.get("href") or node.attrs.get("src") or "").removeprefix("mailto:")
    words = _inline(node.children)
    if not words or words == address or node.info == "auto":
        return address or words
    return f"{words}: {address}" if alone else f"{words} ({address})"


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
