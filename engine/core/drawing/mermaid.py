"""A picture as Mermaid text: a flowchart, which wikis and code hosts draw by themselves.

Owns the escaping: every character that could mean something to Mermaid is written as its number, so no text
of a definition can become syntax, a link or a callback.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.drawing.dot import CLOCK, ENVELOPE, PAUSE
from engine.core.drawing.picture import Edge, Node, Picture, Sign, Style, Way

_SIGNS: Mapping[Sign, str] = {"": "", "clock": f"{CLOCK} ", "envelope": f"{ENVELOPE} ", "pause": f"{PAUSE} "}
_SHAPES: Mapping[str, tuple[str, str]] = {
    "begin": ("((", "))"),
    "approval": ("{{", "}}"),
    "final": ("(((", ")))"),
    "join": ("[", "]"),
    "note": ("[", "]"),
}
_ROUNDED = ("(", ")")
_ARROWS: Mapping[Style, str] = {"timer": "-.->", "anywhere": "-.->"}
_BREAK = "<br/>"


def as_mermaid(picture: Picture) -> str:
    """The picture as one flowchart."""
    lines = ["flowchart TB", f"  accTitle: {_safe(picture.title)}"]
    lines += _boxes(picture, "", 1)
    lines += [f"  {_node(node)}" for node in picture.nodes if not node.box]
    lines += [f"  {_edge(edge)}" for edge in picture.edges]
    for name, look in (("current", "stroke-width:4px,stroke:#0b5cad"), ("visited", "stroke:#0b5cad")):
        marked = [_name(node.id) for node in picture.nodes if name in node.marks]
        if marked:
            lines += [f"  classDef {name} {look}", f"  class {','.join(marked)} {name}"]
    taken = [str(number) for number, edge in enumerate(picture.edges) if edge.taken]
    if taken:
        lines.append(f"  linkStyle {','.join(taken)} stroke:#0b5cad,stroke-width:3px")
    return "\n".join([*lines, ""])


def _boxes(picture: Picture, inside: str, depth: int) -> list[str]:
    pad = "  " * depth
    lines = []
    for box in picture.boxes:
        if box.inside == inside:
            lines.append(f'{pad}subgraph box_{_name(box.id)} ["{_safe(box.title)}"]')
            lines += _boxes(picture, box.id, depth + 1)
            lines += [f"{pad}  {_node(node)}" for node in picture.nodes if node.box == box.id]
            lines.append(f"{pad}end")
    return lines


def _node(node: Node) -> str:
    left, right = _SHAPES.get(node.shape, _ROUNDED)
    said = (
        " "
        if node.shape == "begin"
        else _BREAK.join([_safe(node.title), *(_safe(line) for line in node.lines), *(_said(way) for way in node.ways)])
    )
    return f'{_name(node.id)}{left}"{said}"{right}'


def _edge(edge: Edge) -> str:
    label = _BREAK.join(said for said in (_said(way) for way in edge.ways) if said)
    arrow = _ARROWS.get(edge.style, "-->")
    return f"{_name(edge.source)} {arrow}{f'|{chr(34)}{label}{chr(34)}|' if label else ''} {_name(edge.target)}"


def _said(way: Way) -> str:
    return (
        ("– " if way.under else "")
        + _SIGNS[way.sign]
        + " · ".join(_safe(part) for part in (way.words, way.guard) if part)
    )


def _name(id: str) -> str:
    """A name that is no word of Mermaid's: `s_in_progress` for a state, `x_begin` for a sign. Two ids never
    get the same one.
    """
    prefix = "x_" if id.startswith(".") else "s_"
    return prefix + id.removeprefix(".").replace("_", "__").replace("-", "_")


def _safe(text: str) -> str:
    """The text with everything but letters, digits and harmless marks written as `#number;`."""
    return "".join(char if char.isalnum() or char in " .,→·…" else f"#{ord(char)};" for char in text)
