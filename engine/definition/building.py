"""Nodes put together piece by piece, within limits.

Owns the stack of lists and mappings that have not ended, the limits on size and depth, and the checks of
keys, values and aliases as they come. Knows nothing of YAML's parser: the reader tells it what comes next.
"""

from __future__ import annotations

from dataclasses import replace

from engine.definition import characters
from engine.definition.aliases import Aliases, Marked
from engine.definition.keys import bare_problems, key_problem, not_a_word
from engine.definition.nodes import Mapping, Node, Scalar, Sequence
from engine.definition.scalars import plain_value
from engine.errors import Place, Problem

SCALAR = 20_000
DEPTH = 40
NODES = 50_000
ALIKE = 50
"""Limits: characters of a value, levels, values in a file, problems told of one kind."""


class Stop(Exception):
    """Reading on would make no sense: a limit is passed. The problem has been noted."""


class _Open:
    """A list or mapping whose end has not come. `height` counts the levels in it, `size` the values."""

    __slots__ = (
        "anchor",
        "bare",
        "entries",
        "height",
        "items",
        "key",
        "key_is_bare",
        "mapping",
        "place",
        "seen",
        "size",
    )

    def __init__(self, place: Place, anchor: str | None, kind: str) -> None:
        self.place = place
        self.anchor = anchor
        self.mapping = kind == "mapping"
        self.size = 1
        self.height = 1
        self.items: list[Node] = []
        self.entries: list[tuple[Scalar, Node]] = []
        self.key: Node | None = None
        self.key_is_bare = False
        self.seen: dict[object, Place] = {}
        self.bare: list[Scalar] = []


class Building:
    """One document on its way. `root` is there once it has ended; `problems` grows."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.root: Node | None = None
        self._alike: dict[str, int] = {}
        self._stack: list[_Open] = []
        self._aliases = Aliases()
        self._nodes = 0

    def add(self, problem: Problem) -> None:
        """Notes a problem; of one kind the first fifty are enough for anybody."""
        count = self._alike.get(problem.code, 0)
        self._alike[problem.code] = count + 1
        if count < ALIKE:
            self.problems.append(problem)
        elif count == ALIKE:
            last = max(index for index, each in enumerate(self.problems) if each.code == problem.code)
            self.problems[last] = replace(self.problems[last], witness=("There are more of this kind below.",))

    def report(self, place: Place, code: str, message: str, advice: str) -> None:
        self.add(Problem(place, code, message, advice))

    def awaits_value(self) -> bool:
        """Whether a mapping has its key and waits for the value."""
        return bool(self._stack) and self._stack[-1].key is not None

    def bare_key(self) -> None:
        """Tells that the key just added has no colon behind it."""
        self._stack[-1].key_is_bare = True

    def scalar(self, place: Place, text: str, anchor: str | None, quoted: bool) -> None:
        """A single value comes next."""
        self._count(place)
        if len(text) > SCALAR:
            message = f"Expected at most {SCALAR:,} characters, but this text has {len(text):,}"
            self.report(place, "too-large", message, "Shorten it, or move it into a message template")
            text = text[:SCALAR]
        node = self._quoted(place, text) if quoted else self._plain(place, text)
        if anchor is not None:
            self._refuse_second(anchor, place)
            self._aliases.mark(anchor, Marked(node, 1, 0))
        self._put(node, 1, 0)

    def start(self, place: Place, kind: str, anchor: str | None) -> None:
        """A "list" or "mapping" begins."""
        self._count(place)
        if len(self._stack) >= DEPTH:
            message = f"Expected at most {DEPTH} levels, but here begins another"
            self.report(place, "too-deep", message, "Write it flatter")
            raise Stop
        if anchor is not None:
            self._refuse_second(anchor, place)
        self._stack.append(_Open(place, anchor, kind))

    def end(self) -> None:
        """The list or mapping begun last ends."""
        closed = self._stack.pop()
        node: Node
        if closed.mapping:
            node = Mapping(closed.place, tuple(closed.entries))
            for problem in bare_problems(closed.place, closed.bare, len(closed.entries)):
                self.add(problem)
        else:
            node = Sequence(closed.place, tuple(closed.items))
        if closed.anchor is not None:
            self._aliases.mark(closed.anchor, Marked(node, closed.size, closed.height))
        self._put(node, closed.size, closed.height)

    def alias(self, place: Place, name: str) -> None:
        """What is marked with this name comes next once more."""
        self._count(place)
        opened = [each.anchor for each in self._stack]
        found = self._aliases.use(name, opened, place, DEPTH - len(self._stack))
        if isinstance(found, Marked):
            self._put(found.node, found.size, found.height)
            return
        if found is not None:
            self.add(found)
        self._put(Scalar(place, name, name), 1, 0)

    def _plain(self, place: Place, text: str) -> Scalar:
        try:
            value = plain_value(text)
        except ValueError as error:
            self.report(place, "too-large", str(error), "Put it in quotes if it is a text")
            value = text
        if not text.isascii():
            for index, letter in characters.mixed_letters(text):
                at = Place(place.file, place.line, place.column + index)
                advice = "Write the word in one alphabet, or the text in quotes if it is meant"
                self.report(at, "look-alike", characters.look_alike(letter), advice)
        return Scalar(place, value, text)

    def _quoted(self, place: Place, text: str) -> Scalar:
        # Escapes can make characters that the check of the file's own text has not seen.
        refused = characters.first_refused(text)
        if refused is not None:
            message, advice = characters.describe(refused)
            self.report(place, "bad-character", f"An escape in this text: {message}", advice)
            text = characters.replaced(text)
        return Scalar(place, text, text, True)

    def _put(self, node: Node, size: int, height: int) -> None:
        """Puts a finished node where it belongs: as the root, a list's item, a key or a value."""
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        parent.size += size
        if height >= parent.height:
            parent.height = height + 1
        if not parent.mapping:
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node
            parent.key_is_bare = False
        else:
            key, parent.key = parent.key, None
            if isinstance(key, Scalar):
                self._enter(parent, key, node)
            else:
                self.add(not_a_word(key))

    def _enter(self, parent: _Open, key: Scalar, node: Node) -> None:
        if parent.key_is_bare:
            parent.bare.append(key)
        first = parent.seen.setdefault(key.text, key.place)
        if first is key.place and key.value is not key.text:
            # `true` and `True` are one key, though the texts differ.
            first = parent.seen.setdefault((type(key.value), key.value), key.place)
        if first is not key.place:
            where = f"in line {first.line}, column {first.column}"
            message = f"The key `{key.text[:60]}` stands here already, {where}"
            advice = "Keep one of the two, or give this one another name"
            self.report(key.place, "repeated-key", message, advice)
            return
        problem = key_problem(key)
        if problem is not None:
            self.add(problem)
        parent.entries.append((key, node))

    def _refuse_second(self, anchor: str, place: Place) -> None:
        problem = self._aliases.second(anchor, [each.anchor for each in self._stack], place)
        if problem is not None:
            self.add(problem)

    def _count(self, place: Place) -> None:
        self._nodes += 1
        if self._nodes > NODES:
            message = f"Expected at most {NODES:,} values in a file, but here are more"
            self.report(place, "too-large", message, "Split the file")
            raise Stop
