"""What step of a scenario would reach something: advice for whoever has to write it.

Owns these sentences. Decides nothing about what was reached.
"""

from __future__ import annotations

from engine.definition.decisions import Decision
from engine.definition.decisions.table import Row
from engine.definition.model import Definition, State
from engine.definition.moves import Branch, Due, Move, RuleBranch
from engine.definition.plans import After


def move_words(state: str, move: Move, branch: Branch) -> str:
    """The transition in words: from, by what, to."""
    source = f"from `{state}` " if state else ""
    target = f"to `{branch.go}`" if branch.go else "that stays"
    names = {
        "on": f"by `{move.name}`",
        "anywhere": f"by `{move.name}`",
        "after": f"by timer number {int(move.name) + 1 if move.name.isdigit() else move.name}",
        "wait-for": f"by the message `{move.name}`",
        "heed": f"by the message `{move.name}`",
        "start": "from the start",
        "reopen": "by reopening",
        "join": "once its branches have joined",
        "go": "by itself",
        "clock": f"at {move.name} of the clock `{move.within}`",
        "escalate": f"at {move.name} of its task's time",
        "beside": f"by `{move.name}` of the task `{move.within}`",
        "rung": f"at {move.name} of the time of the task `{move.within}`",
        "call": f"once `{move.name}` has ended",
    }
    return f"the way {source}{names.get(move.kind, move.kind)} {target}"


def move_hint(definition: Definition, state: str, move: Move) -> str:
    """A step that takes this move."""
    here = f" while the case is in `{state}`" if state else ""
    who = _who(definition, state, move)
    if move.kind == "on" and state and definition.states[state].approval is not None:
        return decide_hint(definition.states[state], move.name)
    if move.needs is not None:
        return confirming_hint(definition, state, move, "approved")
    if move.kind in ("on", "anywhere", "beside"):
        return _asking(definition, state, move)
    if move.kind in ("wait-for", "heed"):
        where = here or f" while the case is in `{definition.anywhere_sources(move)[0]}`"
        return f"`{{message: {move.name}}}`{where}"
    if move.kind == "after":
        return timer_hint(definition.states[state], definition.states[state].after[int(move.name)])
    if move.kind in ("clock", "escalate", "rung"):
        return f"`{{wait: …}}` until {move.name} of `{move.within or state}` are used up"
    if move.kind == "call":
        return f"`{{child: {move.name}, outcome: …}}`{here}"
    if move.kind == "start":
        return f"`start: {{as: {who}, …}}`"
    if move.kind == "reopen":
        return f"`{{as: {who}, reopen: …}}` once the case has ended in `{state}`"
    if move.kind == "join":
        return f"bring the branches of `{state}` to their `join`"
    return f"lead a case into `{state}`"


def _asking(definition: Definition, state: str, move: Move) -> str:
    """The step in which somebody chooses an outcome or asks for a move."""
    step = f"`{{as: {_who(definition, state, move)}, do: {move.name}}}`"
    if move.kind == "beside":
        return f"{step} while the task `{move.within}` is open"
    return f"{step} while the case is in `{state or definition.anywhere_sources(move)[0]}`"


def confirming_hint(definition: Definition, state: str, move: Move, outcome: str) -> str:
    """The steps in which a move is asked for, and confirmed or not."""
    assert move.needs is not None
    rule = move.needs.rules[0].rule
    until = ", until enough have said yes" if outcome == "approved" and rule.mode != "any" else ""
    decision = _DECIDING.get(outcome, "approve")
    return f"{_asking(definition, state, move)}, then `{{as: {rule.of[0]}, decide: {decision}}}`{until}"


def _who(definition: Definition, state: str, move: Move) -> str:
    if move.by:
        return move.by[0]
    place = state or (move.within if move.kind == "beside" else "")
    task = definition.place_of(place).task if place else None
    if task is None:
        return "…"
    return next((role for roles in task.candidates.all() for role in roles), "…")


_DECIDING = {"rejected": "reject, comment: …", "changes-requested": "request-changes, comment: …"}


def decide_hint(state: State, outcome: str) -> str:
    """The decision that brings about an outcome of an approval."""
    assert state.approval is not None
    who = state.approval.rules[0].rule.of[0]
    until = ", until enough have said yes," if outcome == "approved" else ""
    return f"`{{as: {who}, decide: {_DECIDING.get(outcome, 'approve')}}}`{until} while the case is in `{state.id}`"


def rule_hint(state: State, rule: RuleBranch) -> str:
    """The case that a rule of an approval is for."""
    case = f"where `{rule.when.text}` holds" if rule.when is not None else "that no earlier rule is for"
    only = "" if len(state.approval.rules if state.approval else ()) < 2 else f" a case {case}:"
    return f"decide in{only} `{{as: {rule.rule.of[0]}, decide: approve}}` while it is in `{state.id}`"


def timer_hint(state: State, after: After) -> str:
    """The waiting that makes a timer fire."""
    return f"`{{wait: {_length(after.due)}}}` while the case is in `{state.id}`"


def _length(due: Due | None) -> str:
    if due is None:
        return "… until the task is due"
    if due.at is not None:
        return f"… until {due.at.text}"
    assert due.length is not None
    return str(next(due.length.all(), "…"))


def state_hint(definition: Definition, state: State) -> str:
    """A move that leads into a state."""
    for source, move in definition.moves():
        if any(branch.go == state.id for branch in move.branches):
            step = move_hint(definition, source.id if source is not None else "", move)
            return f"add a step that leads there: {step}"
    if state.owner:
        return f"lead a case into `{state.owner}`, whose branches begin there"
    return "nothing leads there; lead something there, or remove it"


def end_hint(state: State) -> str:
    return f"add a scenario that ends in `{state.id}`"


def row_hint(decision: Decision, row: Row) -> str:
    """The case that a row of a decision table is for."""
    if row.is_else:
        return "add a case that fits no other row"
    pairs = zip(decision.inputs, row.cells, strict=True)
    wanted = [f"{given.text} is {cell.text}" for given, cell in pairs if cell.alternatives]
    return f"add a case where {' and '.join(wanted)}" if wanted else "add a case that no earlier row fits"
