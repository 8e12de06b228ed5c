"""A branch keeps to itself: it ends with `join` and nowhere else, and nothing else comes into it.

Owns `branch-escapes`, `branch-entered`, `branch-shared` and `final-in-branch`.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definition.model import JOIN
from engine.definition.rules.graph import ANYWHERE, Graph, spread
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report, Said
from engine.definition.sources import SourceMove


def _check(sight: Sight, report: Report) -> None:
    graph, states = sight.graph, sight.outline.states
    starts = {start.text: start for owner in graph.forks() for start in _starts(owner.fork)}
    inside = graph.inside
    _entered_at_start(sight, starts, report)
    disputed = inside & graph.main
    branchy = disputed & graph.belonging
    told: set[tuple[str, str]] = set()
    for name, move, target in _steps(graph):
        if target.text not in disputed or (name, target.text) in told:
            continue
        if name in inside and name not in graph.main and target.text not in branchy and move.kind not in ANYWHERE:
            told.add((name, target.text))
            report.problem(
                target.place,
                "branch-escapes",
                f"Expected the branch of '{name}' to end with `join`, but it goes to '{target.text}' outside",
                "go to `join`; where the case goes on stands under `go` beside the branches",
            )
        elif name not in inside and target.text in branchy and target.text not in starts:
            told.add((name, target.text))
            report.problem(
                target.place,
                "branch-entered",
                f"Expected '{target.text}' to be come to only within its branch, but a move from outside goes there",
                "go to the state that begins the branches, or to a state of its own",
            )
    _shared(sight, report)
    for name in inside - graph.main:
        if states[name].ending is not None:
            report.problem(
                states[name].words.places["final"],
                "final-in-branch",
                f"Expected the branch to end with `join`, but '{name}' ends the whole case from within it",
                "go to `join`, and decide there under `go` whether the case ends",
            )


def _starts(fork: object) -> tuple[Said, ...]:
    found: tuple[Said, ...] = getattr(fork, "starts", ())
    return found


def _steps(graph: Graph) -> Iterator[tuple[str, SourceMove, Said]]:
    for state, move in graph.moves():
        for target in move.targets:
            if target.text != JOIN:
                yield (state.id.text if state is not None else ""), move, target


def _entered_at_start(sight: Sight, starts: dict[str, Said], report: Report) -> None:
    for name, _, target in _steps(sight.graph):
        if target.text in starts and not any(name in sight.graph.branch(start) for start in starts):
            report.problem(
                target.place,
                "branch-entered",
                f"Expected '{target.text}' to be begun only by its branches, but a move goes there directly",
                "go to the state that begins the branches, or to a state of its own",
            )


def _shared(sight: Sight, report: Report) -> None:
    """States that the branches of two different forks come to: they could not tell where to join."""
    owner_of: dict[str, str] = {}
    told: set[str] = set()
    for owner in sight.graph.forks():
        reached = spread([start.text for start in _starts(owner.fork)], sight.graph.own)
        for name in sorted(reached & set(sight.outline.states)):
            first = owner_of.setdefault(name, owner.id.text)
            if first != owner.id.text and name not in told and name not in sight.graph.main:
                told.add(name)
                report.problem(
                    sight.outline.states[name].id.place,
                    "branch-shared",
                    f"Expected '{name}' to belong to the branches of one state, but those of '{first}' and "
                    f"of '{owner.id.text}' both come there",
                    "give each its own state",
                )


RULE = Rule(
    {
        "branch-escapes": "A branch leads to a state outside it otherwise than by `join`.",
        "branch-entered": "A move from outside leads into the middle of a branch.",
        "branch-shared": "A state lies in the branches of two different states.",
        "final-in-branch": "A branch ends the whole case.",
    },
    _check,
)
