"""The ways into a final state can be taken.

Owns `closing-guard-unsatisfiable`. What no way to a place sets is not there, so a guard that asks for it cannot hold;
what a guard says of itself alone is told by `guards`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.definition.expressions import Expression, guards_exhaustive
from engine.definition.expressions.domains import Narrowed
from engine.definition.moves import Move
from engine.definition.rules.graph import listed
from engine.definition.rules.happening import Step
from engine.definition.rules.possible import Known, Possible
from engine.definition.rules.rule import Rule, Sight
from engine.definition.rules.walks import Walks
from engine.definition.shapes import Report

MOST_GUARDS = 100
MOST_WORK = 50_000
"""Cases that are tried for one process; what would take more cannot be told."""


@dataclass(frozen=True, slots=True)
class _Way:
    """A way into a final state; with the guard that bars it and the source that was looked at, if it is barred."""

    end: str
    barred_by: Expression | None = None
    source: str = ""
    known: Known = frozenset()


class _Judge:
    """Judges the guards of a move where something may be known, each set once, until the work is used up."""

    def __init__(self, walks: Walks) -> None:
        self.walks = walks
        self.left = MOST_WORK
        self.found: dict[tuple[int, Known], frozenset[int]] = {}

    @property
    def possible(self) -> Possible:
        return self.walks.possible

    def never(self, move: Move, known: Known) -> frozenset[int]:
        """The branches of a move, by number, whose guards never are the first that holds here, though they are
        elsewhere.
        """
        key = (id(move), known)
        if key not in self.found:
            numbers = [number for number, branch in enumerate(move.branches) if branch.when is not None]
            guards = [branch.when for branch in move.branches if branch.when is not None]
            self.found[key] = frozenset(numbers[at] for at in self.only_here(guards, known))
        return self.found[key]

    def only_here(self, guards: list[Expression], known: Known) -> frozenset[int]:
        here = self._never(guards, self.possible.narrowed(known))
        return here - self._never(guards) if here else here

    def _never(self, guards: list[Expression], narrowed: Narrowed | None = None) -> frozenset[int]:
        if len(guards) > MOST_GUARDS or self.left < len(guards):
            return frozenset()
        verdict = guards_exhaustive(guards, self.left // len(guards), narrowed)
        self.left -= (verdict.cases + 1) * len(guards)
        return frozenset(verdict.never)


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole or not sight.walks.happening.whole:
        return
    ways = list(_ways(sight))
    for way in ways:
        guard = way.barred_by
        if guard is None:
            continue
        lacking = sight.walks.possible.lacking(guard.names, guard.paths, way.known)
        why = f"no way to '{way.source}' sets {listed(lacking)}" if lacking else "no way there sets the values for it"
        only = all(other.barred_by is not None for other in ways if other.end == way.end)
        (report.problem if only else report.warning)(
            guard.place,
            "closing-guard-unsatisfiable",
            f"Expected a way into '{way.end}' that can be taken, but `{guard.text}` can never hold there: {why}"
            + ("; nothing else leads there" if only else ""),
            "correct the guard, or set what it asks for on a way that leads there",
            sight.graph.run_to(way.source),
        )


def _ways(sight: Sight) -> Iterator[_Way]:
    """Each move's branch into a final state, once for all the states it can be taken from."""
    judge = _Judge(sight.walks)
    found: dict[tuple[int, int], tuple[Move, list[Step]]] = {}
    for step in sight.walks.happening.all():
        if step.how == "stays" or step.branch is None or step.source not in sight.graph.before:
            continue
        move = sight.walks.happening.meaning(step)
        if move is not None and sight.outline.states[step.target].ending is not None:
            found.setdefault((id(move), step.number), (move, []))[1].append(step)
    for (_, number), (move, steps) in found.items():
        yield _judged(judge, move, number, steps)


def _judged(judge: _Judge, move: Move, number: int, steps: list[Step]) -> _Way:
    """The way from the first state it can be taken from; barred when it can be taken from none."""
    guard, offered = move.branches[number].when, move.only_when
    if guard is None and offered is None:
        return _Way(steps[0].target)
    barred: list[_Way] = []
    for step in steps:
        before = judge.possible.inside(step.source)
        after = judge.possible.along(step.source, step.move)
        if offered is not None and judge.only_here([offered], before):
            barred.append(_Way(step.target, offered, step.source, before))
        elif guard is not None and number in judge.never(move, after):
            barred.append(_Way(step.target, guard, step.source, after))
        else:
            return _Way(step.target)
    return barred[0]


RULE = Rule(
    {
        "closing-guard-unsatisfiable": (
            "The guard of a way into a final state asks for something that no way to there sets."
        ),
    },
    _check,
)
