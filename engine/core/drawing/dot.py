"""A picture as DOT text, to be laid out by Graphviz.

Owns shapes, sizes, colours of a light page (a style sheet replaces them) and the escaping. No
text of a definition ever becomes an attribute that Graphviz would follow, such as URL, href or image.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from itertools import pairwise

from engine.core.drawing.breaking import broken, even
from engine.core.drawing.picture import Box, Edge, Node, Picture, Sign, Way

CLOCK, ENVELOPE, PAUSE = "◷", "✉", "⏸"
_SIGNS: Mapping[Sign, str] = {"clock": CLOCK, "envelope": ENVELOPE, "pause": PAUSE}

INK, QUIET, PAPER, LINE, ACCENT, TINT = "#1c2733", "#5b6875", "#ffffff", "#7b8794", "#0b5cad", "#dcebfa"
"""Text, small type, the inside of a state, lines, and what belongs to a case."""

_TITLE, _BESIDE, _SMALL = 14, 12, 11
_WIDTH, _SMALL_WIDTH, _ROW_WIDTH, _ARROW_WIDTH = 20, 26, 60, 17
"""Characters on a line: of a title, of small type, of a note, and beside an arrow.

Narrow, because phones are.
"""
_MUCH, _WIDE, _WIDE_TITLE = 200, 44, 30
"""From so many characters of small type on, a state gets longer lines: a tall box tears the picture apart."""
_LONG, _LONG_WIDTH = 80, 28
"""The same for a guard beside an arrow."""

_HEAD = f"""\
  graph [rankdir=TB, newrank=true, nodesep=0.25, ranksep=0.35, bgcolor="transparent", pad=0.1]
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
    "source": 'shape=box, style="dashed", height=0.2, margin="0.12,0.02"',
}
_LINES: Mapping[str, str] = {"timer": "style=dashed", "anywhere": "style=dotted"}
_OPEN = ("message", "anywhere")
"""The styles of arrows with an open head."""


def as_dot(picture: Picture) -> str:
    """The picture as one digraph. Elements have the classes and ids that `engine.diagrams` speaks of."""
    lines = [f"digraph {_quoted(picture.key)} {{", _HEAD, f"  class={_quoted('heard')}"]
    # Named once in their order before any frame is: Graphviz puts on top what it hears of first.
    lines += [f"  {_quoted(node.id)}" for node in picture.nodes]
    lines += _boxes(picture, "", 1)
    lines += [_node(node, picture.key, 1) for node in picture.nodes if not node.box]
    lines += _below(picture)
    places = _places(picture)
    lines += [_edge(edge, number, picture.key, places) for number, edge in enumerate(picture.edges, 1)]
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


def _places(picture: Picture) -> Mapping[str, float]:
    """Where each node stands in the order of the process: its beginnings first, a join behind its branches, the ends
    last. What leads on goes down by it, and what leads back goes up, whichever way round Graphviz would see it.
    """
    inside = {box.id: box.inside for box in picture.boxes}
    last: dict[str, int] = {}
    for number, node in enumerate(picture.nodes):
        box = node.box
        while box:
            last[box] = number
            box = inside[box]
    moved = {
        **{node.id: -1 for node in picture.nodes if node.shape == "source"},
        **{node.id: last[node.box] + 0.5 for node in picture.nodes if node.shape == "join"},
        **{node.id: len(picture.nodes) for node in picture.nodes if node.shape == "final"},
    }
    return {node.id: number for number, node in enumerate(picture.nodes)} | moved


def _boxes(picture: Picture, inside: str, depth: int) -> list[str]:
    lines = []
    pad = "  " * depth
    for box in picture.boxes:
        if box.inside == inside:
            lines.append(f"{pad}subgraph {_quoted('cluster_' + box.id)} {{")
            lines.append(pad + "  " + _frame(box, picture.key))
            lines += _boxes(picture, box.id, depth + 1)
            nodes = [_titled(node, box) for node in picture.nodes if node.box == box.id]
            lines += [_node(node, picture.key, depth + 1) for node in nodes]
            lines.append(pad + "}")
    return lines


def _titled(node: Node, box: Box) -> Node:
    return replace(node, lines=(box.title, *node.lines)) if node.id == box.id else node


def _frame(box: Box, key: str) -> str:
    """The frame alone: an arrow that comes in would run through its words, so they stand in the state that has it."""
    return (
        f'graph [style="rounded,dashed", color="{LINE}", class={_quoted("box")}, id={_quoted(f"{key}-box-{box.id}")}]'
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
    if node.shape in ("join", "source"):
        return _stacked(_small(node.title, _SMALL_WIDTH))
    if node.shape == "note":
        lines = [_Line(f"<B>{escape(node.title)}</B>")]
        for way in node.ways:
            lines += [replace(line, before=_room(4)) for line in _way(way, _ROW_WIDTH)] if way.under else _row(way)
        return _stacked(lines, "LEFT")
    wide = sum(len(text) for text in node.lines) > _MUCH
    width = _WIDE if wide else _SMALL_WIDTH
    lines = [_Line(f"<B>{escape(line)}</B>") for line in even(node.title, _WIDE_TITLE if wide else _WIDTH)]
    for text in node.lines:
        lines += _small(text, width)
    for way in node.ways:
        lines += _way(way, width)
    return _stacked(lines)


def _row(way: Way) -> list[_Line]:
    return [_GAP, *_way(way, _ROW_WIDTH)]


def _edge(edge: Edge, number: int, key: str, places: Mapping[str, float]) -> str:
    about = [
        f"class={_quoted(' '.join(('move', edge.style, *(('taken',) if edge.taken else ()))))}",
        f"id={_quoted(f'{key}-move-{number}')}",
    ]
    back = places[edge.source] > places[edge.target]
    if edge.style in _LINES:
        about.append(_LINES[edge.style])
    if edge.style in _OPEN:
        about.append(f'{"arrowtail" if back else "arrowhead"}="vee"')
    if edge.taken:
        about.append(f'color="{ACCENT}", penwidth=2.5')
    lines = [line for way in edge.ways for line in _beside(way)]
    if lines:
        about.append(f"label=<{_stacked(lines)}>")
    ends = (edge.source, edge.target)
    if back:
        ends = (edge.target, edge.source)
        about.append("dir=back")
    return f"  {_quoted(ends[0])} -> {_quoted(ends[1])} [{', '.join(about)}]"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a label, escaped, and the sign before it."""

    text: str
    sign: Sign = ""
    before: str = ""
    """Room, before the sign too."""


_GAP = _Line("")


def _beside(way: Way) -> list[_Line]:
    """What stands beside an arrow, with a little room at both sides, so that the arrow does not touch the words."""
    words = [_Line(escape(line)) for line in even(way.words, _ARROW_WIDTH)]
    lines = [
        *_signed(words, way.sign),
        *_small(way.guard, _ARROW_WIDTH + 3 if len(way.guard) <= _LONG else _LONG_WIDTH),
    ]
    return [replace(line, before=_room(1), text=line.text + _room(1)) for line in lines]


def _way(way: Way, width: int) -> list[_Line]:
    """What can happen while the case stays, in small type."""
    words = [_Line(f'<FONT POINT-SIZE="{_SMALL}">{escape(line)}</FONT>') for line in broken(way.words, width)]
    return [*_signed(words, way.sign), *_small(way.guard, width)]


def _signed(lines: list[_Line], sign: Sign) -> list[_Line]:
    return [replace(lines[0], sign=sign), *lines[1:]] if lines else []


def _room(wide: int) -> str:
    """Blanks of small type, which make no line higher than it is."""
    return f'<FONT POINT-SIZE="{_SMALL}">{"&#160;" * wide}</FONT>'


def _small(text: str, width: int) -> list[_Line]:
    return [_Line(f'<FONT POINT-SIZE="{_SMALL}" COLOR="{QUIET}">{escape(line)}</FONT>') for line in broken(text, width)]


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
        words = line.before + sign + line.text
        rows.append(f'<TR><TD ALIGN="{align}" CELLPADDING="{1 if line.sign else 0}">{words}</TD></TR>')
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">{"".join(rows)}</TABLE>'


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
