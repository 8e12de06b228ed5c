"""A YAML document as data with places: what the reader gives and everything else in the language takes.

Owns the node types and nothing else; knows neither YAML nor what a document means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from engine.errors import Place

Value = str | int | Decimal | bool | None


class Scalar(NamedTuple):
    """A single value. `text` is what was written (without quotes), `quoted` whether it stood in quotes or a block.

    A tuple for the same reason as its place.
    """

    place: Place
    value: Value
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    place: Place
    items: tuple[Node, ...]

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order written; no key occurs twice."""

    place: Place
    entries: tuple[tuple[Scalar, Node], ...]

    def get(self, key: str) -> Node | None:
        for name, node in self.entries:
            if name.text == key:
                return node
        return None

    def key(self, key: str) -> Scalar | None:
        """The key itself, for its place."""
        for name, _ in self.entries:
            if name.text == key:
                return name
        return None

    def keys(self) -> tuple[str, ...]:
        return tuple(name.text for name, _ in self.entries)


Node = Scalar | Sequence | Mapping


def plain(node: Node) -> object:
    """The node as str, int, Decimal, bool, None, list and dict; keys become text."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {name.text: plain(child) for name, child in node.entries}


def kind(node: Node) -> str:
    """The node in words, for messages: `a list`, `a mapping`, `the text 'x'`, `the number 3`, `nothing`."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if node.value is None:
        return "nothing"
    if isinstance(node.value, bool):
        return f"`{node.text}`"
    if isinstance(node.value, str):
        shown = node.value if len(node.value) <= 40 else node.value[:37] + "…"
        return f"the text '{shown}'"
    return f"the number {node.text}"
