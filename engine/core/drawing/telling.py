"""The picture in sentences, for a reader who cannot see it.

Owns these sentences alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.drawing.picture import BEGINNING, Node, Picture, Way
from engine.core.drawing.wording import Wording


def told(picture: Picture, words: Wording) -> tuple[str, ...]:
    """One sentence for each thing the picture shows, in its order."""
    titles = {node.id: node.title for node in picture.nodes}
    titles |= {node.id: words.say("join", titles[node.box]) for node in picture.nodes if node.shape == "join"}
    lines = []
    for edge in picture.edges:
        for way in edge.ways:
            if edge.source == BEGINNING:
                lines.append(words.say("begins", titles[edge.target]))
            else:
                lines.append(words.say("leads", titles[edge.source], _said(way), titles[edge.target]))
    for node in picture.nodes:
        lines += list(_noted(node, words)) if node.shape == "note" else list(_inside(node, words))
        if node.shape == "final":
            lines.append(words.say("ended", node.title))
    here = [node.title for node in picture.nodes if "current" in node.marks]
    if picture.case and here:
        lines.insert(0, words.say("case", picture.case, ", ".join(here)))
    return tuple(lines)


def _inside(node: Node, words: Wording) -> Iterator[str]:
    """What a state says of itself; who does its task is no sentence of its own."""
    for way in node.ways:
        yield words.say("here", node.title, _said(way))


def _noted(node: Node, words: Wording) -> Iterator[str]:
    above = ""
    for way in node.ways:
        above = above if way.under else way.words
        yield words.say("noted", node.title, f"{above}: {_said(way)}" if way.under else _said(way))


def _said(way: Way) -> str:
    return f"{way.words} ({way.guard})" if way.words and way.guard else way.words or way.guard or "→"


def about(node: Node) -> str:
    """A node in one line: its title and everything that stands below it."""
    return "; ".join((node.title, *node.lines, *(_said(way) for way in node.ways)))
