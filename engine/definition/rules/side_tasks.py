"""A task beside the case's own work is opened, and early enough for somebody to do it.

Owns `unused-task` and `open-too-late`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import BEGIN
from engine.definition.rules.graph import listed, spread
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceMove, SourceOpening

OF_TASKS = ("beside", "rung")
"""The kinds of moves that belong to a task beside the case's own work."""


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    _unused(sight, report)
    _too_late(sight, report)


# --- opened somewhere


def _unused(sight: Sight, report: Report) -> None:
    opened = _opened(sight)
    for said, _ in sight.outline.head.get("tasks", ()):
        if said.text in opened:
            continue
        lost, kept = _only_by(sight, said.text), _stopped_only_by(sight, said.text)
        (report.problem if lost or kept else report.warning)(
            said.place,
            "unused-task",
            f"Expected something to open the task '{said.text}', but nothing "
            + ("that can happen does" if _named(sight, said.text) else "does")
            + (f"; only it leads to {listed(lost)}" if lost else "")
            + (f"; only it keeps the promise of {listed(kept)}" if kept else ""),
            f"write open: {said.text} where it is needed, or remove the task",
        )


def _opened(sight: Sight) -> set[str]:
    """The tasks that something opens which can happen itself."""
    found = _by_states(sight)
    while True:
        more = {
            one.task.text
            for move in sight.outline.anywhere
            if move.kind not in OF_TASKS or move.within in found
            for one in _by(move)
        }
        if more <= found:
            return found
        found |= more


def _by_states(sight: Sight) -> set[str]:
    found = {one.task.text for one in _by(sight.outline.start)}
    for name, state in sight.outline.states.items():
        if name in sight.graph.before:
            found.update(one.task.text for one in state.actions.openings)
            found.update(one.task.text for move in state.moves for one in _by(move))
    return found


def _by(move: SourceMove) -> Iterator[SourceOpening]:
    for actions in move.doing:
        yield from actions.openings


def _named(sight: Sight, task: str) -> bool:
    return any(one.task.text == task for actions in sight.outline.doing for one in actions.openings)


def _only_by(sight: Sight, task: str) -> list[str]:
    """The states that are come to only with the outcomes of this task."""
    after: dict[str, list[str]] = {}
    for edges in sight.graph.steps.values():
        for edge in edges:
            if edge.move.kind not in OF_TASKS or edge.move.within != task:
                after.setdefault(edge.source, []).append(edge.target)
    reached = spread([BEGIN], after)
    return [name for name in sight.graph.before if name not in reached]


def _stopped_only_by(sight: Sight, task: str) -> list[str]:
    """The clocks that nothing stops but what happens with this task."""
    found = []
    for plan in sight.bound.clocks.values():
        stops = set(plan.stops)
        by = [
            step.move.kind in OF_TASKS and step.move.within == task
            for step in sight.walks.happening.all()
            if any(not stops.isdisjoint((*event.facts, *event.personal)) for event in step.events)
        ]
        if by and all(by):
            found.append(plan.name)
    return found


# --- early enough


def _too_late(sight: Sight, report: Report) -> None:
    for opening, end in _at_the_end(sight):
        report.problem(
            opening.task.place,
            "open-too-late",
            f"Expected '{opening.task.text}' to be opened while somebody can still do it, but the case comes to the "
            f"final state '{end}' in the same moment, and the task is withdrawn",
            "open it earlier, or remove this",
        )


def _at_the_end(sight: Sight) -> Iterator[tuple[SourceOpening, str]]:
    """What is opened when it is already decided that the case ends, each with the final state."""
    if not sight.outline.tasks:
        return
    ends = _at_once(sight)
    for name, state in sight.outline.states.items():
        if name in ends:
            yield from ((opening, ends[name]) for opening in state.actions.openings)
    for _, move in sight.graph.moves():
        there = [ends.get(sight.outline.meant(branch.go), "") for branch in move.branches]
        for branch, end in zip(move.branches, there, strict=True):
            if end:
                yield from ((opening, end) for opening in branch.actions.openings)
        if there and all(there):
            yield from ((opening, there[0]) for opening in move.actions.openings)


def _at_once(sight: Sight) -> dict[str, str]:
    """The states from which the case comes to a final state before anything else can happen, each with that state."""
    states = sight.outline.states
    ends = {name: name for name, state in states.items() if state.ending is not None}
    if sight.walks.happening.held_back:
        return ends
    ways = {
        name: [sight.outline.meant(branch.go) for move in state.moves if move.kind == "go" for branch in move.branches]
        for name, state in states.items()
        if "go" in state.words.places
    }
    left = {name: len(targets) for name, targets in ways.items()}
    before: dict[str, list[str]] = {}
    for name, targets in ways.items():
        for target in targets:
            before.setdefault(target, []).append(name)
    todo = list(ends)
    for end in todo:
        for name in before.get(end, ()):
            left[name] -= 1
            if not left[name] and name not in ends:
                ends[name] = ends[end]
                todo.append(name)
    return ends


RULE = Rule(
    {
        "unused-task": "Nothing opens this task, so that nobody ever gets it.",
        "open-too-late": "A task is opened in the moment in which the case ends, so that nobody can do it.",
    },
    _check,
)
