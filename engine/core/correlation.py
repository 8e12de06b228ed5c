"""Moves asked for from outside a task: messages that a state waits for, and what may be asked for anywhere."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core import authority, confirming
from engine.core.commands import Correlate, Trigger
from engine.core.draft import Draft
from engine.core.effects import DropDraft, move_in
from engine.core.instance import COMPLETED, RUNNING
from engine.core.machine import fire, next_status
from engine.core.submitting import judged, keep
from engine.core.tasks import not_offered
from engine.definition.moves import Move
from engine.definition.roles import CUSTOMER, STAFF
from engine.definition.suggest import near
from engine.errors import Rejected


def correlate(draft: Draft, command: Correlate) -> None:
    """The first token that waits for the message gets it, else the process's own `wait-for`.

    Nobody waiting is a refusal, so that the sender can be told.
    """
    if draft.status != COMPLETED or next(heard_now(draft), None) is None:
        authority.running(draft)
    token, move = _waiting(draft, command.message)
    authority.may_ask(draft, token, move, f"bring '{command.message}'")
    if not move.by and draft.actor.kind == CUSTOMER and not authority.theirs(draft, draft.actor):
        raise Rejected("not-allowed", "Expected the customer of this case, but it is somebody else's")
    values = judged(draft, token, move.form, command.values)
    next_status("message", "correlate", "expected")
    draft.occasion = {"state": draft.tokens[token].state, "message": command.message}
    state = draft.tokens[token].state
    seen = len(draft.events)
    keep(draft, token, move.form, values)
    unheeded = {"unheeded": True} if move.guarded and not _heeded(draft, token, move) else {}
    by_mail = {"mail": dict(command.mail)} if command.mail is not None else {}
    draft.record("message-received", message=command.message, state=state, **unheeded, **by_mail)
    draft.events.insert(seen, draft.events.pop())  # what came in is told before what it brought
    fire(draft, token, move.trigger)


def _heeded(draft: Draft, token: str, move: Move) -> bool:
    """Whether the message's own `when` holds: an automatic reply is no word from the customer."""
    guard = move.branches[0].when
    return guard is None or bool(guard.evaluate(draft.values(token)))


def _waiting(draft: Draft, message: str) -> tuple[str, Move]:
    definition = draft.definition
    for wait in draft.waits:
        if wait.message == message:
            return wait.token, definition.states[wait.state].waits[message]
    root = draft.root
    heeded = {name: move for name, move in definition.heeded.items() if root.state in definition.anywhere_sources(move)}
    if message in heeded:
        return root.id, heeded[message]
    known = sorted({*heeded, *(wait.message for wait in draft.waits)})
    here = f"it waits for {', '.join(known)}" if known else "it waits for nothing"
    raise Rejected("not-waiting", f"Expected a case that waits for '{message}', but {here}{near(message, known)}")


def customers_message(draft: Draft) -> Move | None:
    """The message by which the customer writes to us now: what the case waits for, else what it always hears. None when
    it takes none.
    """
    return next((move for _token, move in heard_now(draft) if not move.by), None)


def asked_of_customer(draft: Draft) -> list[Move]:
    """The messages of their own kind that the customer may bring now, such as how content they are; each once."""
    heard = (move for _token, move in heard_now(draft) if CUSTOMER in move.by and move.form is not None)
    return [move for move in heard if move.form is not None and move.form.alias not in draft.data]


def trigger(draft: Draft, command: Trigger) -> None:
    """A process-level move, or the `on` of a state that has no task."""
    authority.running(draft)
    token, move = _asked(draft, command.name)
    authority.may_ask(draft, token, move, f"ask for '{command.name}'")
    if move.comment and not command.comment.strip():
        raise Rejected(
            "comment-needed",
            f"Expected a comment with '{command.name}', but there is none",
            {"comment": ("Please say why.",)},
        )
    why = not_offered(draft, token, move)
    if why:
        raise Rejected("not-offered", why)
    values = judged(draft, token, move.form, command.values)
    asked = {"do": "trigger", "name": command.name, "values": values, "comment": command.comment}
    if confirming.held(draft, token, move, asked):
        return
    draft.personal |= draft.actor.kind == STAFF
    draft.occasion = {"state": draft.tokens[token].state, "move": move.name}
    keep(draft, token, move.form, values)
    if move.form is not None:
        draft.effects.append(DropDraft(move_in(draft.before.id, move.name), draft.actor.id))
    if command.comment:
        draft.record("commented", text=command.comment)
    fire(draft, token, move.trigger)


def _asked(draft: Draft, name: str) -> tuple[str, Move]:
    definition = draft.definition
    root = draft.root
    move = definition.anywhere.get(name)
    if move is not None:
        if root.state not in definition.anywhere_sources(move):
            raise Rejected("not-now", f"Expected '{name}' to be possible, but it is not in the state {root.state}")
        return root.id, move
    # What has been confirmed was asked for at one token, and others may have come to its state since.
    tokens = draft.tokens.values() if draft.confirmed is None else (draft.tokens[draft.confirmed.token],)
    for token in tokens:
        state = definition.states.get(token.state)
        if state is not None and not token.done and state.work is None and name in state.on:
            return token.id, state.on[name]
    known = (*definition.anywhere, *(way for token in draft.tokens.values() for way in _ways(draft, token.state)))
    raise Rejected(
        "no-such-move",
        f"Expected one of {', '.join(known) or 'no move'}, but there is no '{name}' here{near(name, known)}",
    )


def ways(draft: Draft) -> Iterator[tuple[str, Move]]:
    """The moves that belong to no task here, each with its token: process-level ones, and those of a state where nobody
    works. Whether it may be asked for, and by whom, is judged when somebody asks.
    """
    root = draft.root
    for move in draft.definition.anywhere.values():
        if root.state in draft.definition.anywhere_sources(move):
            yield root.id, move
    for token in draft.tokens.values():
        state = draft.definition.states.get(token.state)
        if state is not None and not token.done and state.work is None:
            yield from ((token.id, move) for move in state.on.values())


def heard_now(draft: Draft) -> Iterator[tuple[str, Move]]:
    """The messages from outside that the case would take now, each with its token: what it waits for comes first. One
    that has ended takes those that name its final state.
    """
    if draft.status not in (RUNNING, COMPLETED):
        return
    for wait in draft.waits:
        yield wait.token, draft.definition.states[wait.state].waits[wait.message]
    for move in draft.definition.heeded.values():
        if draft.root.state in draft.definition.anywhere_sources(move):
            yield draft.root.id, move


def _ways(draft: Draft, state: str) -> tuple[str, ...]:
    found = draft.definition.states.get(state)
    return tuple(found.on) if found is not None and found.work is None else ()
