"""What a word of the language is: one `Keyword` a file, found through the registry in `engine.keywords`.

Owns the interface between words and the rest: how a word is read (its shape), bound (names looked up), and what it does
when a token enters or leaves its state. Knows no particular word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.core.draft import Draft
from engine.definition.shapes import Shape

if TYPE_CHECKING:
    from engine.definition.sources import SourceMove
    from engine.keywords.binder import Binder

Where = Literal["process", "state", "task"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word. `page` is its reference page in Markdown (the file's docstring); its first line is an editor's hover
    text. `where` says of what the word is a part by itself; a move, or a word that takes it up in its own shape, needs
    no such entry.

    `bind(source, binder)` gives the word's meaning, or None after reporting problems. `moves(source)` lists the ways on
    that the word holds. `enter` and `leave` change the draft when a token (its id) enters or leaves a state that has
    the word.
    """

    name: str
    where: tuple[Where, ...]
    shape: Shape
    page: str
    required: bool = False
    bind: Callable[[Any, Binder], Any] | None = None
    moves: Callable[[Any], Iterable[SourceMove]] | None = None
    enter: Callable[[Draft, str, Any], None] | None = None
    leave: Callable[[Draft, str, Any], None] | None = None

    @property
    def line(self) -> str:
        """What the word means, in one line."""
        return self.page.strip().splitlines()[0]
