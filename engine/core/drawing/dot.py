"""A picture as DOT text, to be laid out by Graphviz.

Owns shapes, sizes, colours of a light page (a style sheet replaces them), line breaks and the escaping. No text of a definition ever becomes an attribute that Graphviz would
follow, such as URL, href or image.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from html import escape

from engine.core.drawing.picture import Box, Edge, Node, Picture, Sign, Way

CLOCK, ENVELOPE = "◷", "✉"
_SIGNS: Mapping[Sign, str] = {"clock": CLOCK, "envelope": ENVELOPE}

INK, QUIET, PAPER, LINE, ACCENT, TINT = "#1c2733", "#5b6875", "#ffffff", "#7b8794", "#0b5cad", "#dcebfa"
"""Text, small type, the inside of a state, lines, and what belongs to a case."""

_TITLE, _SMALL = 13, 10
_WIDTH, _SMALL_WIDTH, _ARROW_WIDTH = 22, 30, 22
"""Characters on a line: of a title, of small type, and beside an arrow."""

_HEAD = f"""\
  graph [rankdir=TB, nodesep=0.3, ranksep=0.4, bgcolor="transparent", fontname="Arial", fontsize=11, pad=0.1]
  node [fontname="Arial", fontsize={_TITLE}, color="{LINE}", fontcolor="{INK}", fillcolor="{PAPER}", shape=box, margin="0.12,0.07", height=0.3]
  edge [fontname="Arial", fontsize={_SMALL + 1}, color="{LINE}", fontcolor="{INK}", arrowsize=0.7]
"""

_SHAPES: Mapping[str, str] = {
    "begin": f'shape=circle, style=filled, fillcolor="{INK}", width=0.17, height=0.17, fixedsize=true',
    "task": 'shape=box, style="rounded,filled"',
    "wait": 'shape=box, style="rounded,filled"',
    "automatic": 'shape=box, style="rounded,filled"',
    "split": 'shape=box, style="rounded,filled"',
    "final": 'shape=box, style="rounded,filled", peripheries=2',
    "join": f'shape=box, style=filled, height=0.2, margin="0.12,0.02", fontsize={_SMALL}',
    "anywhere": 'shape=box, style="dashed"',
}
_STYLES: Mapping[str, str] = {"timer": "style=dashed", "message": 'arrowhead="vee"', "anywhere": 'style=dotted, arrowhead="vee"'}


def as_dot(picture: Picture) -> str:
    """The picture as one digraph. Elements have the classes and ids that `engine.diagrams` speaks of."""
    lines = [f"digraph {_quoted(picture.key)} {{", _HEAD, f"  class={_quoted('heard')}"]
    lines += _boxes(picture, "", 1)
    lines += [_node(node, picture.key, 1) for node in picture.nodes if not node.box]
    lines += [_edge(edge, number, picture.key) for number, edge in enumerate(picture.edges, 1)]
    return "\n".join([*lines, "}", ""])


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
        f'graph [label=<{_small([box.title], _SMALL_WIDTH)}>, labeljust=l, style="rounded,dashed", color="{LINE}", '
        f"class={_quoted('box')}, id={_quoted(f'{key}-box-{box.id}')}]"
    )


def _node(node: Node, key: str, depth: int) -> str:
    accent = f', color="{ACCENT}"' if node.marks else ""
    if "current" in node.marks:
        accent += f', penwidth=2.5, fillcolor="{TINT}"'
    label = "" if node.shape == "begin" else f"<{_label(node)}>"
    about = [_SHAPES[node.shape] + accent, f"class={_quoted(' '.join(('state', node.shape, *node.marks)))}", f"id={_quoted(element(key, node.id))}"]
    return f"{'  ' * depth}{_quoted(node.id)} [label={label or _quoted('')}, {', '.join(about)}]"


def element(key: str, node: str) -> str:
    """The id of a node in a page: `inquiry-received`, or `inquiry-.begin` for a sign."""
    return f"{key}-{node}"


def _label(node: Node) -> str:
    if node.shape == "join":
        return _small([node.title], _SMALL_WIDTH)
    rows = [f"<B>{_broken(node.title, _WIDTH)}</B>"]
    if node.shape == "anywhere":
        return _left(rows[0], [_way(way, _SMALL_WIDTH + 8) for way in node.ways])
    rows += [_small([line], _SMALL_WIDTH) for line in node.lines]
    rows += [_way(way, _SMALL_WIDTH) for way in node.ways]
    return "<BR/>".join(rows)


def _left(title: str, rows: Iterable[str]) -> str:
    """A note: its title, and rows that begin at the left."""
    cells = "".join(f'<TR><TD ALIGN="LEFT" BALIGN="LEFT">{row}</TD></TR>' for row in (title, *rows))
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{cells}</TABLE>'


def _edge(edge: Edge, number: int, key: str) -> str:
    about = [f"class={_quoted(' '.join(('move', edge.style, *(('taken',) if edge.taken else ()))))}", f"id={_quoted(f'{key}-move-{number}')}"]
    if edge.style in _STYLES:
        about.append(_STYLES[edge.style])
    if edge.taken:
        about.append(f'color="{ACCENT}", penwidth=2.5')
    labels = [label for label in (_beside(way) for way in edge.ways) if label]
    if labels:
        about.append(f"label=<{'<BR/>'.join(labels)}>")
    return f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [{', '.join(about)}]"


def _beside(way: Way) -> str:
    sign = _sign(way)
    said = sign + _broken(way.words, _ARROW_WIDTH) if way.words else sign
    guard = _small([way.guard], _ARROW_WIDTH + 4) if way.guard else ""
    return "<BR/>".join(part for part in (said, guard) if part)


def _way(way: Way, width: int) -> str:
    """What can happen while the case stays, in small type."""
    said = f'<FONT POINT-SIZE="{_SMALL}">{_sign(way)}{_broken(way.words, width)}</FONT>'
    return f"{said}<BR/>{_small([way.guard], width)}" if way.guard else said


def _sign(way: Way) -> str:
    # In a run of its own, so that the sign can be replaced by a drawn one.
    return f'<FONT COLOR="{INK}">{_SIGNS[way.sign]}</FONT> ' if way.sign else ""


def _small(texts: Iterable[str], width: int) -> str:
    said = "<BR/>".join(_broken(text, width) for text in texts)
    return f'<FONT POINT-SIZE="{_SMALL}" COLOR="{QUIET}">{said}</FONT>'


def _broken(text: str, width: int) -> str:
    """The text escaped, in lines of about so many characters."""
    return "<BR/>".join(escape(line) for line in textwrap.wrap(text, width)) or " "


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
