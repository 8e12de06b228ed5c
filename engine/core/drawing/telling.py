"""The picture in sentences, for a reader who cannot see it.

Owns these sentences alone.
"""

from __future__ import annotations

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
        lines += [words.say("here", node.title, _said(way)) for way in node.ways]
        if node.shape == "final":
            lines.append(words.say("ended", node.title))
    here = [node.title for node in picture.nodes if "current" in node.marks]
    if picture.case and here:
        lines.insert(0, words.say("case", picture.case, ", ".join(here)))
    return tuple(lines)


def _said(way: Way) -> str:
    return f"{way.words} ({way.guard})" if way.words and way.guard else way.words or way.guard or "→"


def about(node: Node) -> str:
    """A node in one line: its title and everything that stands below it."""
    return "; ".join((node.title, *node.lines, *(_said(way) for way in node.ways)))
