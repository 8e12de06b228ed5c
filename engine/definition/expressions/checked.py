"""A tree with everything the checking found out about it.

Owns that record only.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.definition.expressions.tree import Node
from engine.definition.types import Type


@dataclass(frozen=True, slots=True)
class Checked:
    """A tree with what is known of it: the type of each node, the values of bare words and quoted dates, the
    dotted paths used.

    `uncertain` are the paths that are asked whether they are set, or given a default, and may in fact be
    missing.
    """

    root: Node
    type: Type
    types: dict[Node, Type]
    constants: dict[Node, object]
    names: frozenset[str]
    paths: frozenset[str]
    uncertain: frozenset[str]
