"""Moves at the head of the process can be asked for where they say, and under a name of their own.

Owns `from-final`, `from-branch` and `move-twice`.
"""

from __future__ import annotations

from engine.definition.rules.rule import Rule, Sight
from engine.definition.shapes import Report
from engine.definition.sources import SourceMove


def _check(sight: Sight, report: Report) -> None:
    states = sight.outline.states
    for move in sight.outline.anywhere:
        named = move.words.get("from", ())
        name = move.name.text if move.name is not None else ""
        for said in named:
            state = states.get(said.text)
            if state is None:
                continue
            if state.ending is not None and not (move.kind == "heed" and _is_only_kept(move)):
                report.problem(
                    said.place,
                    "from-final",
                    f"Expected a state in which the case still runs, but '{said.text}' is final",
                    "remove it; the way back from an end is `reopen` under `final`, and a message without `go` may be "
                    "heard there",
                )
            elif said.text in sight.graph.belonging and said.text in sight.outline.owners:
                report.problem(
                    said.place,
                    "from-branch",
                    f"Expected a state of the case itself, but '{said.text}' lies in a branch of "
                    f"'{sight.outline.owners[said.text]}'",
                    f"name '{sight.outline.owners[said.text]}' instead: it moves the whole case, its branches too",
                )
        if move.kind != "anywhere":
            continue
        for source in sight.outline.sources_of(move):
            for own in states[source].moves if source in states else ():
                if own.kind == "on" and own.name is not None and own.name.text == name:
                    report.warning(
                        own.name.place,
                        "move-twice",
                        f"Expected one move called '{name}' in '{source}', but the head of the process has one too",
                        "rename one of them, or leave this state out of the other's `from`",
                    )


def _is_only_kept(move: SourceMove) -> bool:
    """Whether what it brings is kept and told, and no work comes of it: a case that has ended stays so."""
    return not move.targets and not any(actions.openings or actions.calls for actions in move.doing)


RULE = Rule(
    {
        "from-final": "A move at the head of the process names a final state under `from`, but no message merely kept.",
        "from-branch": "A move at the head of the process names a state of a branch under `from`.",
        "move-twice": "A state has an outcome with the same name as a move at the head of the process.",
    },
    _check,
)
