"""A case that is waited for can end, and beginnings do not call one another in a circle.

Owns `child-never-ends` and `calls-in-a-circle`. Speaks only of processes whose files are at hand and can be read; what
is wrong with them is told of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definition import document
from engine.definition.catalog import Catalog, stem
from engine.definition.outline import Outline
from engine.definition.rules.graph import Graph, in_a_row
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceCall
from engine.errors import DefinitionError


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    home = _Home(sight.catalog, sight.outline)
    for state in sight.outline.states.values():
        for call in state.actions.calls:
            if call.go is not None and home.never_ends(call.process.text):
                alone = all(move.kind == "call" for move in state.moves)
                (report.problem if alone else report.warning)(
                    call.process.place,
                    "child-never-ends",
                    f"Expected '{call.process.text}' to come to an end some day, since '{state.id.text}' waits for it, "
                    "but it has no final state that can be come to",
                    f"let {call.process.text} end, or do not wait for it",
                )
    for call in sight.outline.calls:
        if call.may_block and call.go is None and home.never_ends(call.process.text):
            report.problem(
                call.process.place,
                "child-never-ends",
                f"Expected '{call.process.text}' to come to an end some day, since this case cannot end before, but it "
                "has no final state that can be come to",
                f"let {call.process.text} end, or take `blocks` away",
            )
    for call in _at_once(sight.outline):
        way = home.way_back(call.process.text)
        if way:
            report.problem(
                call.process.place,
                "calls-in-a-circle",
                f"Expected each case to begin one day, but every case of '{sight.outline.key}' calls "
                f"'{call.process.text}' as it begins, and that leads back to '{sight.outline.key}'",
                "say `when` it is called, or call it later",
                in_a_row((sight.outline.key, *way)),
            )


class _Home:
    """The processes beside the one that is looked at, each read once."""

    def __init__(self, catalog: Catalog, mine: Outline) -> None:
        self._catalog = catalog
        self._mine = mine
        self._read: dict[str, Outline | None] = {mine.key: mine}
        self._paths: Mapping[str, str] = {stem(path): path for path in catalog.process_files()}

    def outline(self, process: str) -> Outline | None:
        """A process as written; None when it is not there, or has something in it that cannot be read."""
        if process not in self._read:
            self._read[process] = self._outline(process)
        return self._read[process]

    def _outline(self, process: str) -> Outline | None:
        path = self._paths.get(process)
        if path is None:
            return None
        report = Report()
        try:
            found = document.outline(self._catalog.node(path), report)
        except DefinitionError:
            return None
        return None if report.problems else found

    def never_ends(self, process: str) -> bool:
        outline = self.outline(process)
        if outline is None:
            return False
        before = Graph(outline).before
        return not any(state.ending is not None and name in before for name, state in outline.states.items())

    def way_back(self, process: str) -> tuple[str, ...]:
        """The shortest row of processes from this one to the one that is looked at, each called as the one before
        begins; empty when there is none.
        """
        ways: dict[str, tuple[str, ...]] = {process: (process,)}
        todo = [process]
        for name in todo:
            if name == self._mine.key:
                return ways[name]
            outline = self.outline(name)
            for call in _at_once(outline) if outline is not None else ():
                if call.process.text not in ways:
                    ways[call.process.text] = (*ways[name], call.process.text)
                    todo.append(call.process.text)
        return ()


def _at_once(outline: Outline) -> Iterator[SourceCall]:
    """What every case of a process calls as it begins: with the start, and in the states it goes through at once."""
    move = outline.start
    seen: set[str] = set()
    while len(move.branches) == 1:
        for actions in (move.actions, move.branches[0].actions):
            yield from (call for call in actions.calls if call.when is None)
        name = outline.meant(move.branches[0].go)
        if not name or name in seen:
            return
        seen.add(name)
        state = outline.states[name]
        yield from (call for call in state.actions.calls if call.when is None)
        ways = [way for way in state.moves if way.kind == "go"]
        if len(ways) != 1:
            return
        move = ways[0]


RULE = Rule(
    {
        "child-never-ends": "A case waits for another, or is held back by it, that has no end it could come to.",
        "calls-in-a-circle": "Every case of a process calls another as it begins, and that in the end the first again.",
    },
    _check,
)
