"""A notice to whoever has the work finds somebody who has it.

Owns `nobody-to-notify`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report, Said
from engine.definition.sources import SourceActions, SourceMove
from engine.keywords.doing import ASSIGNEE


def _check(sight: Sight, report: Report) -> None:
    if not sight.whole:
        return
    for said, why in _nobody(sight):
        report.warning(
            said.place,
            "nobody-to-notify",
            f"Expected somebody to have the case's work when `{ASSIGNEE}` is told, but {why}",
            "name a role, `starter` or a name of `people`",
        )


def _nobody(sight: Sight) -> Iterator[tuple[Said, str]]:
    """Each `assignee` that can mean nobody, and why."""
    for name, state in sight.outline.states.items():
        if state.work is None:
            yield from ((said, f"'{name}' has no task or approval") for said in _told(state.actions))
        for move in state.moves:
            why = _why(sight, name, move)
            if why:
                yield from ((said, why) for said in _told(*move.doing))
    for said in _told(*sight.outline.start.doing):
        yield said, "no case has any before it begins"
    for move in sight.outline.anywhere:
        places = _places(sight, move)
        if not any(_has_work(sight, place) for place in places):
            yield from ((said, "no state in which this can happen has any") for said in _told(*move.doing))


def _why(sight: Sight, name: str, move: SourceMove) -> str:
    """Why nobody has the work while this move of a state is taken; empty when somebody may have it."""
    state = sight.outline.states[name]
    if move.kind == "on" and state.work is not None:
        return "it is done by then" if "task" in state.words else "the approval is decided by then"
    if move.kind == "join" and state.fork is not None and state.fork.need:
        return ""  # other branches may still be open
    if move.kind in ("join", "reopen", "go"):
        return f"'{name}' has no task or approval"
    return "" if _has_work(sight, name) else f"'{name}' has no task or approval"


def _has_work(sight: Sight, name: str) -> bool:
    """Whether the state, or a branch that is open beneath it, has work."""
    below = {name}
    while more := {one for one, owner in sight.outline.owners.items() if owner in below} - below:
        below |= more
    return any(sight.outline.states[one].work is not None for one in below)


def _places(sight: Sight, move: SourceMove) -> Iterable[str]:
    """The states in which a move of the whole process can happen; the rung of a clock only while that is on."""
    sources = [name for name in sight.outline.sources_of(move) if name in sight.graph.before]
    plan = sight.bound.clocks.get(move.within) if move.kind == "clock" else None
    run = sight.walks.clocks.of(plan) if plan is not None else None
    if run is None:
        return [name for name in sources if name in sight.outline.states]
    return [name for name in sources if name in run.running] if run.running else sources


def _told(*doing: SourceActions) -> Iterator[Said]:
    for actions in doing:
        for notice in actions.notices:
            yield from (said for said in notice.to if said.text == ASSIGNEE)


RULE = Rule(
    {"nobody-to-notify": "A notice goes to whoever has the case's work, where nobody can have any."},
    _check,
)
