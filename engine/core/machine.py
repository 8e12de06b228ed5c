"""The state machine: the one file that knows the `transitions` library.

It compiles a definition into one machine that every instance and thread shares, moves tokens on it, tells every
transition there is, and runs the lifecycle tables. The library is used with three rules (each a wound of somebody
else): models are never registered, so nothing is kept of an instance; `queued` and `auto_transitions` are off, so
nothing moves past a guard; no text of a definition ever becomes a callback, only functions made here, because the
library would import and run a string.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial
from typing import Any

from transitions import Machine, MachineError

from engine.core.draft import Draft
from engine.core.instance import Token
from engine.core.lifecycles import LIFECYCLES
from engine.core.links import blocking
from engine.definition.model import BEGIN, JOIN, Definition
from engine.definition.moves import Actions, Branch, Move
from engine.errors import Rejected
from engine.keywords import words
from engine.keywords.doing import perform
from engine.reasons import stuck_on


class _Held(Exception):
    """The guard says yes, but the way leads to the end, and a called case that blocks it is still open, or a message is
    to be written again first.
    """


class _Standing:
    """What the library moves: a token's state, for the length of one move."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


@lru_cache(maxsize=256)
def machine_of(definition: Definition) -> Machine:
    """The definition's machine.

    Triggers are `<kind>:<name>`, as the moves have them; `branch:<state>` starts a branch there.
    """
    machine = Machine(
        model=None,
        states=[
            BEGIN,
            {"name": JOIN, "on_enter": [_join]},
            *({"name": name, "on_enter": [partial(_enter, name)], "on_exit": [_leave]} for name in definition.states),
        ],
        initial=BEGIN,
        auto_transitions=False,
        queued=False,
        send_event=False,
    )
    for state, move in definition.moves():
        if move.kind == "start":
            sources: tuple[str, ...] = (BEGIN,)
        elif state is not None:
            sources = (state.id,)
        else:
            sources = definition.anywhere_sources(move)
        for source in sources:
            for branch in move.branches:
                machine.add_transition(
                    move.trigger,
                    source,
                    branch.go or None,
                    conditions=_conditions(definition, branch),
                    before=[partial(_along, move, branch)],
                )
    for state in definition.states.values():
        if state.owner:
            machine.add_transition(
                f"branch:{state.id}", state.owner, state.id, before=[partial(_branch_begins, state.id)]
            )
    return machine


def fire(draft: Draft, token: str, trigger: str) -> None:
    """Move a token: the first transition whose guard holds; actions, exit words, state, entry words, all into the
    draft. A way into a final state is held instead as long as a called case blocks the end.

    Raises Rejected("no-transition") when the token's state has no such trigger, Stuck when no guard holds or one cannot
    be worked out.
    """
    machine = machine_of(draft.definition)
    standing = _Standing(draft.tokens[token].state)
    draft.decided = []
    try:
        moved = machine.events[trigger].trigger(standing, draft, token)
    except (KeyError, MachineError):
        raise Rejected(
            "no-transition",
            f"Expected {trigger.partition(':')[2] or trigger} to be possible, but it is not in the state "
            f"{standing.state}",
        ) from None
    except _Held:
        draft.hold(token, trigger)
        return
    if not moved:
        seen = {path: value for decided in draft.decided for path, value in decided["values"].items()}
        raise stuck_on("no-way", draft.definition.place, seen, trigger=trigger, state=standing.state)


def transitions_of(definition: Definition) -> tuple[tuple[str, str, str], ...]:
    """Every transition as (trigger, from, to); `to` is empty where the case stays. In the order of the definition."""
    machine = machine_of(definition)
    return tuple(
        (trigger, transition.source, transition.dest or "")
        for trigger, event in machine.events.items()
        for found in event.transitions.values()
        for transition in found
    )


@cache
def _lifecycle(noun: str) -> Machine:
    rows = LIFECYCLES[noun]
    states = sorted({status for _, source, target in rows for status in (source, target)})
    machine = Machine(model=None, states=states, initial=rows[0][1], auto_transitions=False)
    for verb, source, target in rows:
        machine.add_transition(verb, source, target)
    return machine


@cache
def next_status(noun: str, verb: str, status: str) -> str:
    """The status after a verb. Raises Rejected("not-now") when the lifecycle does not allow it."""
    standing = _Standing(status)
    try:
        _lifecycle(noun).events[verb].trigger(standing)
    except (KeyError, MachineError):
        raise Rejected("not-now", f"Expected to {verb} the {noun}, but it is {status}") from None
    return standing.state


def _holds(branch: Branch, draft: Draft, token: str) -> bool:
    assert branch.when is not None
    values = draft.values(token)
    result = bool(branch.when.evaluate(values))
    draft.decided.append({"when": branch.when.text, "result": result, "values": branch.when.why(values)})
    return result


def _conditions(definition: Definition, branch: Branch) -> list[str | Callable[..., bool | None]]:
    found: list[str | Callable[..., bool | None]] = [partial(_holds, branch)] if branch.when is not None else []
    target = definition.states.get(branch.go)
    return [*found, _free] if target is not None and target.ending is not None else found


def _free(draft: Draft, token: str) -> bool:
    if draft.unsent or (draft.links and blocking(draft.links)):
        raise _Held
    return True


def _along(move: Move, branch: Branch, draft: Draft, token: str) -> None:
    standing = draft.tokens[token]
    body: dict[str, Any] = {
        "token": token,
        "from": standing.state,
        "to": branch.go or standing.state,
        "trigger": move.trigger,
    }
    if draft.decided:
        body["decided"] = draft.decided
        draft.decided = []
    elif branch.when is None and len(move.branches) > 1:
        body["decided"] = [{"when": "else", "result": True, "values": {}}]
    if branch.go:
        draft.record("moved", **body)
    elif "decided" in body or move.kind == "anywhere" or _is_asked_for(draft, move, standing.state):
        idle = {"nothing": True} if move.guarded and branch is move.branches[1] else {}
        draft.stay(token, move.trigger, **({"decided": body["decided"]} if "decided" in body else {}), **idle)
    for actions in (move.actions, branch.actions):
        if actions != _NOTHING:
            perform(draft, token, actions)


def _is_asked_for(draft: Draft, move: Move, state: str) -> bool:
    """Whether it belongs to no task whose outcome would name it."""
    standing = draft.definition.states.get(state)
    return move.kind == "on" and standing is not None and standing.work is None


_NOTHING = Actions()


def _branch_begins(state: str, draft: Draft, token: str) -> None:
    begun = draft.tokens[token]
    row = {"row": next(iter(begun.row.values()))} if begun.row is not None else {}
    draft.record("branch-started", token=token, state=state, branch=begun.branch, **row)


def _enter(state: str, draft: Draft, token: str) -> None:
    draft.arrive(token, state)
    meanings = draft.definition.states[state].words
    for key, word in words("state").items():
        if word.enter is not None and key in meanings:
            word.enter(draft, token, meanings[key])


def _leave(draft: Draft, token: str) -> None:
    for child in draft.children(token):
        _drop(draft, child)
    draft.held.pop(token, None)
    state = draft.definition.states.get(draft.tokens[token].state)
    if state is None:
        return
    for key, word in words("state").items():
        if word.leave is not None and key in state.words:
            word.leave(draft, token, state.words[key])
    draft.withdraw_confirmations(token)


def _drop(draft: Draft, child: Token) -> None:
    """A branch that is no longer needed; one that has joined simply goes."""
    if not child.done:
        _leave(draft, child.id)
        draft.record("branch-ended", branch=child.branch, how="cancelled")
    draft.tokens.pop(child.id, None)


def stop(draft: Draft, token: str) -> None:
    """Take down everything that is open at a token, without moving it: the case ends here."""
    _leave(draft, token)
    draft.changed()


def _join(draft: Draft, token: str) -> None:
    """A branch has reached its end: the owner goes on as soon as enough of them have."""
    draft.end_branch(token)
    parent = draft.tokens[token].parent
    owner = draft.definition.states[draft.tokens[parent].state]
    fork = owner.fork or owner.each
    assert fork is not None
    branches = draft.children(parent)
    done = sum(1 for branch in branches if branch.done)
    need = min(fork.need, len(branches)) or len(branches)
    if done == need and (parent, "join:") not in draft.todo:
        draft.todo.append((parent, "join:"))
