"""What a rule is, and what it looks at.

Owns the interface between the linter and its rules. Knows no particular rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.definition.catalog import Catalog
from engine.definition.flow import Flow
from engine.definition.model import Definition
from engine.definition.outline import Outline
from engine.definition.rules.graph import Graph
from engine.definition.rules.walks import Walks
from engine.definition.shapes import Report


@dataclass(frozen=True, slots=True)
class Sight:
    """One process as the rules see it. `whole` is False when binding found errors: then `bound` lacks
    whatever had one, and rules that tell what is
    not there keep silent.
    """

    path: str
    catalog: Catalog
    outline: Outline
    flow: Flow
    bound: Definition
    whole: bool
    graph: Graph
    walks: Walks


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the codes it may report, each with what it means in one sentence, and the check."""

    codes: Mapping[str, str]
    check: Callable[[Sight, Report], None]
