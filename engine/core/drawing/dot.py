"""A picture as DOT text, to be laid out by Graphviz.

Owns shapes, sizes, colours of a light page (a style sheet replaces them), line breaks and the escaping. No
text of a definition ever becomes an attribute that Graphviz would follow, such as URL, href or image.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from engine.core.drawing.picture import NOTES, Box, Edge, Node, Picture, Sign, Way

CLOCK, ENVELOPE, PAUSE = "◷", "✉", "⏸"
_SIGNS: Mapping[Sign, str] = {"clock": CLOCK, "envelope": ENVELOPE, "pause": PAUSE}

INK, QUIET, PAPER, LINE, ACCENT, TINT = "#1c2733", "#5b6875", "#ffffff", "#7b8794", "#0b5cad", "#dcebfa"
"""Text, small type, the inside of a state, lines, and what belongs to a case."""

_TITLE, _BESIDE, _SMALL = 14, 12, 11
_WIDTH, _SMALL_WIDTH, _ROW_WIDTH, _ARROW_WIDTH = 20, 26, 60, 17
"""Characters on a line: of a title, of small type, of a note, and beside an arrow.

Narrow, because phones are.
"""
_MUCH, _WIDE = 200, 44
"""From so many characters on, small type in a state gets longer lines: a tall box tears the picture apart."""

_HEAD = f"""\
  graph [rankdir=TB, newrank=true, nodesep=0.2, ranksep=0.35, bgcolor="transparent", pad=0.1]
  graph [fontname="Arial", fontsize={_SMALL}]
  node [fontname="Arial", fontsize={_TITLE}, color="{LINE}", fontcolor="{INK}", fillcolor="{PAPER}"]
  node [shape=box, margin="0.1,0.06", height=0.3]
  edge [fontname="Arial", fontsize={_BESIDE}, color="{LINE}", fontcolor="{INK}", arrowsize=0.7]
"""

_SHAPES: Mapping[str, str] = {
    "begin": f'shape=circle, style=filled, fillcolor="{INK}", width=0.17, height=0.17, fixedsize=true',
    "task": 'shape=box, style="rounded,filled"',
    "approval": 'shape=box, style="diagonals,filled"',
    "wait": 'shape=box, style="rounded,filled"',
    "automatic": 'shape=box, style="rounded,filled"',
    "split": 'shape=box, style="rounded,filled"',
    "final": 'shape=box, style="rounded,filled", peripheries=2',
    "join": f'shape=box, style=filled, height=0.2, margin="0.12,0.02", fontsize={_SMALL}',
    "note": 'shape=box, style="dashed"',
}
_STYLES: Mapping[str, str] = {
    "timer": "style=dashed",
    "message": 'arrowhead="vee"',
    "anywhere": 'style=dotted, arrowhead="vee"',
}


def as_dot(picture: Picture) -> str:
    """The picture as one digraph. Elements have the classes and ids that `engine.diagrams` speaks of."""
    lines = [f"digraph {_quoted(picture.key)} {{", _HEAD, f"  class={_quoted('heard')}"]
    lines += _boxes(picture, "", 1)
    lines += [_node(node, picture.key, 1) for node in picture.nodes if not node.box]
    lines += _below(picture)
    lines += [_edge(edge, number, picture.key) for number, edge in enumerate(picture.edges, 1)]
    return "\n".join([*lines, "}", ""])


def _below(picture: Picture) -> list[str]:
    """What keeps the notes at the bottom, out of the way of the flow: one under the other, below everything."""
    notes = [_quoted(node.id) for node in picture.nodes if node.shape == "note"]
    if not notes:
        return []
    above = [_quoted(node.id) for node in picture.nodes if node.shape not in ("note", "begin")]
    return [
        *(f"  {id} -> {notes[0]} [style=invis, weight=0]" for id in above),
        *(f"  {upper} -> {lower} [style=invis, weight=9]" for upper, lower in pairwise(notes)),
    ]


def _boxes(picture: Picture, inside: str, depth: int) -> list[str]:
    lines = []
    pad = "  " * depth
    for box in picture.boxes:
        if box.inside == inside:
            lines.append(f"{pad}subgraph {_quoted('cluster_' + box.id)} {{")
            lines.append(pad + "  " + _frame(box, picture.key))
            lines += _boxes(picture, box.id, depth + 1)
            lines += [_node(node, picture.key, depth + 1) for node in picture.nodes if node.box == box.id]
            lines.append(pad + "}")
    return lines


def _frame(box: Box, key: str) -> str:
    return (
        f"graph [label=<{_stacked(_small(box.title, _SMALL_WIDTH))}>, labeljust=l, "
        f'style="rounded,dashed", color="{LINE}", '
        f"class={_quoted('box')}, id={_quoted(f'{key}-box-{box.id}')}]"
    )


def _node(node: Node, key: str, depth: int) -> str:
    accent = f', color="{ACCENT}"' if node.marks else ""
    if "current" in node.marks:
        accent += f', penwidth=2.5, fillcolor="{TINT}"'
    label = "" if node.shape == "begin" else f"<{_label(node)}>"
    about = [
        _SHAPES[node.shape] + accent,
        f"class={_quoted(' '.join(('state', node.shape, *node.marks)))}",
        f"id={_quoted(element(key, node.id))}",
    ]
    return f"{'  ' * depth}{_quoted(node.id)} [label={label or _quoted('')}, {', '.join(about)}]"


def element(key: str, node: str) -> str:
    """The id of a node in a page: `inquiry-received`, or `inquiry--begin` for a sign."""
    return f"{key}-{node.replace('.', '-')}"


def _label(node: Node) -> str:
    if node.shape == "join":
        return _stacked(_small(node.title, _SMALL_WIDTH))
    if node.shape == "note":
        lines = [_Line(f"<B>{escape(node.title)}</B>")]
        for way in node.ways:
            lines += [replace(line, inset=True) for line in _way(way, _ROW_WIDTH)] if way.under else _row(way)
        return _stacked(lines, "LEFT")
    lines = [_Line(f"<B>{line}</B>") for line in _broken(node.title, _WIDTH)]
    width = _SMALL_WIDTH if sum(len(text) for text in node.lines) <= _MUCH else _WIDE
    for text in node.lines:
        lines += _small(text, width)
    for way in node.ways:
        lines += _way(way, width)
    return _stacked(lines)


def _row(way: Way) -> list[_Line]:
    return [_GAP, *_way(way, _ROW_WIDTH)]


def _edge(edge: Edge, number: int, key: str) -> str:
    about = [
        f"class={_quoted(' '.join(('move', edge.style, *(('taken',) if edge.taken else ()))))}",
        f"id={_quoted(f'{key}-move-{number}')}",
    ]
    if edge.style in _STYLES:
        about.append(_STYLES[edge.style])
    if edge.taken:
        about.append(f'color="{ACCENT}", penwidth=2.5')
    lines = [line for way in edge.ways for line in _beside(way)]
    if lines:
        about.append(f"label=<{_stacked(lines)}>")
    ends = (edge.source, edge.target)
    if edge.source in NOTES:  # which lie at the bottom
        ends = (edge.target, edge.source)
        about.append("dir=back")
    return f"  {_quoted(ends[0])} -> {_quoted(ends[1])} [{', '.join(about)}]"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a label, escaped, and the sign before it."""

    text: str
    sign: Sign = ""
    inset: bool = False


_GAP = _Line("")


def _beside(way: Way) -> list[_Line]:
    words = [_Line(line) for line in _broken(way.words, _ARROW_WIDTH)]
    lines = [*_signed(words, way.sign), *_small(way.guard, _ARROW_WIDTH + 3)]
    # A little room at both sides, so that the arrow does not touch the words.
    return [
        replace(line, text=f"{line.text}&#160;") if line.sign else replace(line, text=f"&#160;{line.text}&#160;")
        for line in lines
    ]


def _way(way: Way, width: int) -> list[_Line]:
    """What can happen while the case stays, in small type."""
    words = [_Line(f'<FONT POINT-SIZE="{_SMALL}">{line}</FONT>') for line in _broken(way.words, width)]
    return [*_signed(words, way.sign), *_small(way.guard, width)]


def _signed(lines: list[_Line], sign: Sign) -> list[_Line]:
    return [replace(lines[0], sign=sign), *lines[1:]] if lines else []


def _small(text: str, width: int) -> list[_Line]:
    return [_Line(f'<FONT POINT-SIZE="{_SMALL}" COLOR="{QUIET}">{line}</FONT>') for line in _broken(text, width)]


def _stacked(lines: Iterable[_Line], align: str = "CENTER") -> str:
    """The lines of a label as rows of a table: in one text Graphviz sets lines of several fonts closer than
    others.
    """
    rows = []
    for line in lines:
        if line is _GAP:
            rows.append('<TR><TD HEIGHT="4"></TD></TR>')
            continue
        # A sign in a run of its own can be replaced by a drawn one; it also makes the row lower, which the
        # padding makes good.
        sign = f'<FONT POINT-SIZE="{_SMALL}" COLOR="{INK}">{_SIGNS[line.sign]} </FONT>' if line.sign else ""
        inset = "&#160;&#160;&#160;" if line.inset else ""
        rows.append(f'<TR><TD ALIGN="{align}" CELLPADDING="{1 if line.sign else 0}">{inset}{sign}{line.text}</TD></TR>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>'


def _broken(text: str, width: int) -> list[str]:
    """The text escaped, in lines of about so many characters."""
    return [escape(line) for line in textwrap.wrap(text, width)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
