"""Every state can come to an end: a final state, or in a branch its `join`.

Owns `no-way-to-end` and `ends-only-from-outside`.
"""

from __future__ import annotations

from engine.definition.outline import Edge
from engine.definition.rules import excused
from engine.definition.rules.graph import ANYWHERE, back, listed, spread
from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report


def _check(sight: Sight, report: Report) -> None:
    graph, states = sight.graph, sight.outline.states
    finals = [name for name, state in states.items() if state.ending is not None]
    every: dict[str, list[str]] = {}
    proper: dict[str, list[str]] = {}
    for source, edges in graph.steps.items():
        for edge in edges:
            if edge.how != "branch":
                every.setdefault(source, []).append(edge.target)
                if _proper(edge):
                    proper.setdefault(source, []).append(edge.target)
    if not finals:
        place = next(iter(states.values())).id.place if states else sight.outline.head.place
        report.problem(
            place,
            "no-way-to-end",
            "Expected a state that ends the case, but none has `final`",
            "add one, such as closed: {final: closed}",
        )
        return
    doubtful = excused.sources(sight, report)
    able, alone = back([*finals, *doubtful], every), back([*finals, *doubtful], proper)
    trapped, waiting = [], []
    for name, state in states.items():
        if name in graph.before and state.ending is None and name not in graph.belonging:
            if name not in able:
                trapped.append(name)
            elif name not in alone:
                waiting.append(name)
    for name, more in _entries(sight, trapped, every):
        report.problem(
            states[name].id.place,
            "no-way-to-end",
            f"Expected a way from '{name}' to a final state, but {_there(more)}",
            "add a move that leads on to an end",
            graph.run_to(name),
        )
    leaving = sorted(
        {
            move.name.text
            for move in sight.outline.anywhere
            if move.name is not None and not move.words.get("from") and move.targets
        }
    )
    for name, more in _entries(sight, waiting, every):
        report.warning(
            states[name].id.place,
            "ends-only-from-outside",
            f"Expected a way from '{name}' to a final state, but {_there(more)}; only {listed(leaving)} at "
            "the head of the process can end it",
            "add a move that leads on to an end, or name this state in `from`",
            graph.run_to(name),
        )
    joining = graph.joining | back(doubtful, graph.own)
    stranded = [
        name
        for name in states
        if name in graph.belonging
        and name in graph.before
        and name not in joining
        and states[name].ending is None
        and not _starves(sight, name)
    ]
    for name, more in _entries(sight, stranded, graph.own):
        report.problem(
            states[name].id.place,
            "no-way-to-end",
            f"Expected a way from '{name}' to `join`, which ends its branch, but {_there(more)}",
            "add a move that leads on to `join`",
            graph.run_to(name),
        )


def _proper(edge: Edge) -> bool:
    return edge.move.kind not in ANYWHERE or bool(edge.move.words.get("from"))


def _starves(sight: Sight, name: str) -> bool:
    """Whether no branch that this state lies in can join at all: that is the join's problem."""
    owner = sight.outline.owners.get(name)
    fork = sight.outline.states[owner].fork if owner is not None else None
    if fork is None:
        return False
    return all(start.text not in sight.graph.joining for start in fork.starts if name in sight.graph.branch(start.text))


def _entries(sight: Sight, caught: list[str], after: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    """One state for each trap, the first that a run comes to, with the others that it leads to."""
    order = {name: number for number, name in enumerate(sight.graph.before)}
    left = sorted(caught, key=lambda name: order[name])
    found: list[tuple[str, list[str]]] = []
    told: set[str] = set()
    for name in left:
        if name not in told:
            region = spread([name], after)
            found.append((name, [other for other in left if other in region and other not in told and other != name]))
            told |= region
    return found


def _there(more: list[str]) -> str:
    return f"from there it only goes to {listed(more)}" if more else "nothing leads on from there"


RULE = Rule(
    {
        "no-way-to-end": "From this state no final state can be come to, or in a branch no `join`.",
        "ends-only-from-outside": (
            "Only a move at the head of the process, such as withdraw, can end a case that stands here."
        ),
    },
    _check,
)
