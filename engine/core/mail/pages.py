"""A mail that is only a page: its words as plain text. Nothing of it is ever shown as a page.

Owns what of a page is text. What stands in a quotation begins with `> `, as in plain mail. Takes time in proportion to
the page: the parser of the standard library does not, when somebody leaves a thousand comments open.
"""

from __future__ import annotations

import re
from html import unescape

_UNSEEN = frozenset({"script", "style", "head", "title", "template", "svg", "object", "noscript"})
_APART = frozenset({"p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote"})
_LINES = _APART | {"div", "br", "tr", "li", "hr"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b([^<>]{0,3000})>")
_ODD = re.compile(r"<[!?][^<>]{0,3000}>")
_LINK = re.compile(r"""href=(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
DEEPEST = 10


class _Words:
    """The lines so far, and the one that is being written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.unseen = ""
        self.quoted = 0
        self.link = ""
        self.said = 0

    def tag(self, closes: bool, name: str, rest: str) -> None:
        if self.unseen:
            if closes and name == self.unseen:
                self.unseen = ""
            return
        if name in _UNSEEN and not closes and not rest.endswith("/"):
            self.unseen = name
        elif name in _LINES:
            self.end(apart=name in _APART)
        if name == "blockquote":
            self.quoted = max(0, self.quoted - 1) if closes else self.quoted + 1
        elif name == "li" and not closes:
            self.line.append("- ")
        elif name == "a":
            self._link(closes, rest)

    def _link(self, closes: bool, rest: str) -> None:
        if closes:
            if self.link.startswith(("https://", "http://")) and self.link not in "".join(self.line[self.said :]):
                self.line.append(f" ({self.link[:500]})")
            self.link = ""
        else:
            found = _LINK.search(rest)
            self.link = unescape(next(filter(None, found.groups()), "")) if found is not None else ""
            self.said = len(self.line)

    def text(self, said: str) -> None:
        if said and not self.unseen:
            self.line.append(unescape(said))

    def end(self, apart: bool) -> None:
        text = " ".join("".join(self.line).split())
        self.line, self.link = [], ""
        before = "> " * min(self.quoted, DEEPEST)
        if text:
            self.lines.append(before + text)
        if apart and self.lines and self.lines[-1].strip("> "):
            self.lines.append(before.rstrip())


def in_plain_text(page: str) -> str:
    """The words of a page, in lines and paragraphs."""
    words, seen = _Words(), 0
    page = _ODD.sub("", _without_comments(page))
    for tag in _TAG.finditer(page):
        words.text(page[seen : tag.start()])
        words.tag(bool(tag[1]), tag[2].lower(), tag[3])
        seen = tag.end()
    words.text(page[seen:])
    words.end(apart=False)
    while words.lines and not words.lines[-1].strip("> "):
        words.lines.pop()
    return "\n".join(words.lines)


def _without_comments(page: str) -> str:
    first, *others = page.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)
