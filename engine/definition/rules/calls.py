"""A called case can hold back the end, and a state that waits for one knows where to go.

Owns `blocks-too-late` and `call-without-go`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceCall, SourceMove


def _check(sight: Sight, report: Report) -> None:
    for call, end in _at_the_end(sight):
        if call.blocks is not None and call.may_block:
            report.problem(
                call.blocks.place,
                "blocks-too-late",
                f"Expected '{call.process.text}' to be called before the way to the end is taken, but it is called on "
                f"the way into the final state '{end}'",
                "call it earlier, or lead this way into a state of its own that goes on to the end by itself",
            )
    for _, move in sight.graph.moves():
        if move.kind != "call":
            continue
        for branch in move.branches:
            if branch.go is None:
                report.problem(
                    branch.place,
                    "call-without-go",
                    "Expected every way on from a called case to lead somewhere, but this one stays where nothing is "
                    "waited for any more",
                    "add `go` with a state",
                )


def _at_the_end(sight: Sight) -> Iterator[tuple[SourceCall, str]]:
    """Calls that are made when it is already decided that the case ends, each with the final state."""
    for name, state in sight.outline.states.items():
        if state.ending is not None:
            yield from ((call, name) for call in state.actions.calls)
    for _, move in sight.graph.moves():
        for branch in move.branches:
            end = sight.outline.meant(branch.go)
            if end and sight.outline.states[end].ending is not None:
                yield from ((call, end) for call in branch.actions.calls)
        end = _first_end(sight, move)
        if end:
            yield from ((call, end) for call in move.actions.calls)


def _first_end(sight: Sight, move: SourceMove) -> str:
    """A final state that one of the move's branches leads to; empty when none does."""
    for target in move.targets:
        end = sight.outline.meant(target)
        if end and sight.outline.states[end].ending is not None:
            return end
    return ""


RULE = Rule(
    {
        "blocks-too-late": "A case that would hold back the end is called when the way into a final state is taken.",
        "call-without-go": "A state waits for a called case, and one of the ways on from there leads nowhere.",
    },
    _check,
)
