"""Of the branches of a move one is always taken, and each is taken sometimes; so it is with the rules of an
approval.

Owns `no-else`, `branch-never-taken`, `else-never-taken` and `never-offered`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.definition.expressions import Expression, Verdict, guards_exhaustive, tree
from engine.definition.moves import ApprovalPlan, Move
from engine.definition.rules.graph import listed
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceMove
from engine.definition.types import ListOf, Record
from engine.errors import Place

MOST_WORK = 100_000
"""Guards times cases that are tried for one process; what would take more cannot be told."""


@dataclass
class _Judge:
    """Judges sets of guards, each set once, until the work is used up."""

    left: int = MOST_WORK
    known: dict[tuple[object, ...], Verdict] = field(default_factory=dict)

    def verdict(self, guards: list[Expression]) -> Verdict:
        key = tuple(_meaning(guard) for guard in guards)
        if key not in self.known:
            found = guards_exhaustive(guards, self.left // max(1, len(guards)))
            self.left -= found.cases * len(guards)
            self.known[key] = found
        return self.known[key]


def _meaning(guard: Expression) -> tuple[object, ...]:
    """What a guard says and about what: two with the same are judged alike, wherever they stand."""
    kinds = {
        node.dotted: repr(kind)
        for node, kind in guard.checked.types.items()
        if isinstance(node, tree.Path) and not isinstance(kind, Record | ListOf)
    }
    return guard.text, tuple(sorted(kinds.items())), guard.checked.uncertain


def _check(sight: Sight, report: Report) -> None:
    written = {move.place: move for _, move in sight.graph.moves()}
    judge = _Judge()
    for _, move in sight.bound.moves():
        source = written.get(move.place)
        if source is None:
            continue
        if move.only_when is not None and judge.verdict([move.only_when]).never:
            report.problem(
                move.only_when.place,
                "never-offered",
                f"Expected a condition that can hold, but `{move.only_when.text}` never does, so that "
                f"'{move.name}' is never offered",
                "correct the condition, or remove the move",
            )
        if _compiled(move, source):
            _judged(move, judge, report)
    for name, state in sight.bound.states.items():
        if state.approval is not None:
            written_rules = sight.outline.states[name].words["approval"].get("by", ())
            if len(written_rules) == len(state.approval.rules):
                _rules(state.approval, judge, report)


def _compiled(move: Move, source: SourceMove) -> bool:
    """Whether every guard that was written could be compiled."""
    return len(move.branches) == len(source.branches) and all(
        (branch.when is None) == (said.when is None)
        for branch, said in zip(move.branches, source.branches, strict=True)
    )


def _judged(move: Move, judge: _Judge, report: Report) -> None:
    guards = [branch.when for branch in move.branches if branch.when is not None]
    if not guards:
        return
    verdict = judge.verdict(guards)
    for number in verdict.never:
        _never(guards[number], judge.verdict([guards[number]]), report)
    last = move.branches[-1]
    if all(branch.when is not None for branch in move.branches):
        _gap(move.branches[0].place, "branch", verdict, report)
    elif last.when is None and verdict.proven and not move.guarded:
        report.warning(
            last.place,
            "else-never-taken",
            "Expected `else` to be for something, but the guards before it cover every case",
            "leave it out; then an answer that is added later shows up as a gap",
        )


def _rules(plan: ApprovalPlan, judge: _Judge, report: Report) -> None:
    """Of the rules of an approval one always counts, and each does sometimes."""
    guards = [rule.when for rule in plan.rules if rule.when is not None]
    if not guards:
        return
    verdict = judge.verdict(guards)
    for number in verdict.never:
        _never(guards[number], judge.verdict([guards[number]]), report)
    last = plan.rules[-1]
    if last.when is not None:
        _gap(last.place, "rule", verdict, report)
    elif verdict.proven:
        report.warning(
            last.place,
            "else-never-taken",
            "Expected `else` to be for something, but the guards before it cover every case",
            "leave it out; then an answer that is added later shows up as a gap",
        )


def _never(guard: Expression, alone: Verdict, report: Report) -> None:
    why = "it can never hold" if alone.never else "whenever it holds, an earlier one holds too"
    report.problem(
        guard.place,
        "branch-never-taken",
        f"Expected a guard that can decide, but with `{guard.text}` {why}",
        "correct it, move it further up, or remove the branch",
    )


def _gap(place: Place, what: str, verdict: Verdict, report: Report) -> None:
    if verdict.proven:
        return
    message = f"Expected a {what} for every case, but "
    example = in_words(verdict.witness)
    if verdict.proven is None:
        message += "it cannot be told whether one of these guards always holds"
    else:
        message += f"none is taken when {example}" if example else "it can be that none is taken"
    report.problem(
        place,
        "no-else",
        message,
        f"add a {what} for what is left, or end the list with {{else: …}}",
        *([f"for example: {example}"] if example else []),
    )


def in_words(witness: Mapping[str, object]) -> str:
    """The example as a person says it: `triage.impact is team and triage.urgency is not set`."""
    return listed(f"{path} is {_value(value)}" for path, value in sorted(witness.items()))


def _value(value: object) -> str:
    if value is None:
        return "not set"
    return str(value).lower() if isinstance(value, bool) else str(value)


RULE = Rule(
    {
        "no-else": "The guards of a list of branches do not cover everything, and there is no `else`.",
        "branch-never-taken": ("This branch is never taken: its guard cannot hold, or an earlier one holds too."),
        "else-never-taken": "The guards before `else` already cover everything.",
        "never-offered": "The condition under `only-when` can never hold.",
    },
    _check,
)
