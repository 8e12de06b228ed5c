"""Nothing goes round by itself without end: neither states that move on at once nor timers without time.

Owns `automatic-loop` and `repeat-without-time`.
"""

from __future__ import annotations

from engine.core.durations import Duration
from engine.definition.rules.graph import back, in_a_row, spread
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceAfter, SourceState


def _check(sight: Sight, report: Report) -> None:
    states = sight.outline.states
    at_once = {name: [to for to in _at_once(state) if to in states] for name, state in states.items()}
    told: set[str] = set()
    for name in states:
        if name in told or not at_once[name]:
            continue
        round_trip = _round(name, at_once)
        if round_trip:
            told |= spread([name], at_once) & back([name], at_once)
            report.problem(
                states[name].id.place,
                "automatic-loop",
                f"Expected the case to come to rest, but from '{name}' it can go round by itself without "
                "anybody doing anything",
                "put a task, a `wait-for` or an `after` with some time into the round",
                in_a_row(round_trip),
            )
    _repeats(sight, report)


def _repeats(sight: Sight, report: Report) -> None:
    of_states = (move for state in sight.outline.states.values() for move in state.moves)
    for move in (*of_states, *sight.outline.anywhere):
        repeat = move.words.get("repeat")
        if isinstance(repeat, Duration) and _zero(repeat):
            report.problem(
                move.place,
                "repeat-without-time",
                f"Expected some time between the repetitions, but `repeat` is {repeat}",
                "write how long to wait before it happens again, such as 1bd",
            )


def _at_once(state: SourceState) -> list[str]:
    """The states that may follow without anybody doing anything and without time passing."""
    found = [target.text for move in state.moves if move.kind == "go" for target in move.targets]
    fork = state.fork
    if fork is not None and fork.rows is not None:
        found += [target.text for target in fork.move.targets]  # a table without rows joins at once
    for after in state.words.get("after", ()):
        if _immediate(after):
            found += [target.text for target in after.move.targets]
    return found


def _immediate(after: SourceAfter) -> bool:
    lengths = after.time.all() if after.time is not None else ()
    return any(isinstance(length, Duration) and _zero(length) for length in lengths)


def _zero(length: Duration) -> bool:
    return all(part.amount == 0 for part in length.parts)


def _round(begin: str, after: dict[str, list[str]]) -> list[str]:
    """The shortest way from a state back to it, both ends included; empty when there is none."""
    before: dict[str, str] = {}
    todo = [begin]
    for here in todo:
        for name in after[here]:
            if name == begin:
                way = [begin, here]
                while way[-1] != begin:
                    way.append(before[way[-1]])
                return way[::-1]
            if name not in before:
                before[name] = here
                todo.append(name)
    return []


RULE = Rule(
    {
        "automatic-loop": "States that move on by themselves lead round in a circle.",
        "repeat-without-time": "A timer that repeats without any time in between would never stop firing.",
    },
    _check,
)
