"""What is in a picture of a process: nodes, edges and boxes, each with its words and the transitions it
stands for.

Owns the shapes alone. Knows neither DOT nor Mermaid, and nothing of how a definition becomes one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Sign = Literal["", "clock", "envelope", "pause"]
Shape = Literal["begin", "task", "approval", "wait", "automatic", "split", "final", "join", "note", "source"]
Style = Literal["outcome", "timer", "message", "automatic", "anywhere"]

BEGINNING, SOURCE, ANYWHERE, BESIDE, PROMISED = ".begin", ".source", ".anywhere", ".beside", ".promised"
"""The ids of the signs that are there once; no state is called so."""

NOTES = (ANYWHERE, BESIDE, PROMISED)
"""The notes at the foot: what is possible from anywhere, the work beside the case's own, and what is promised."""

Transition = tuple[str, str, str]
"""(trigger, from, to) as the machine has it; `to` is empty where the case stays."""


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that can happen, or one row of a note: its words, the guard under which it does (of a clock: what it
    hangs on), and the transitions that it stands for.
    """

    words: str
    guard: str = ""
    sign: Sign = ""
    stands_for: tuple[Transition, ...] = ()
    under: bool = False
    """Whether it belongs to the row above it, in a note."""


@dataclass(frozen=True, slots=True)
class Node:
    """A state, or one of the signs beside them. `lines` is small type; `ways` is what can happen here while
    the case stays.

    `id` is the state's own for a state; the signs' begin with a dot, which no state's does. `box` is the id
    of the box it lies in.
    """

    id: str
    shape: Shape
    title: str
    lines: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    box: str = ""
    marks: tuple[str, ...] = ()
    """`current` or `visited`, when a case is shown."""


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes, for every way of one style that leads from the one to the other."""

    source: str
    target: str
    style: Style
    ways: tuple[Way, ...]
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """The frame around the branches of a state, which has its id."""

    id: str
    title: str
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it. `key` names the process; `told` is the picture in sentences, one a line."""

    key: str
    title: str
    language: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    boxes: tuple[Box, ...]
    told: tuple[str, ...] = ()
    case: str = ""
    """The reference of the case that is shown in it; empty when it is the process alone."""

    def parted(self) -> tuple[Picture, Picture]:
        """The flow and the notes, each to be laid out by itself. Where a note's arrows come from, the flow has a small
        sign of the same name.
        """
        notes = tuple(node for node in self.nodes if node.shape == "note")
        leading = {edge.source for edge in self.edges} & {node.id for node in notes}
        signs = tuple(Node(SOURCE, "source", note.title) for note in notes if note.id in leading)
        nodes = (*(node for node in self.nodes if node.shape != "note"), *signs)
        edges = tuple(replace(edge, source=SOURCE) if edge.source in leading else edge for edge in self.edges)
        return replace(self, nodes=nodes, edges=edges), replace(self, nodes=notes, edges=(), boxes=())

    def ways(self) -> Iterator[Way]:
        """Every way in it, those of nodes first."""
        for node in self.nodes:
            yield from node.ways
        for edge in self.edges:
            yield from edge.ways
