"""What becomes of a message after it was sent: taken back before it goes out, given up or come back, and then tried
again.

Owns these four, and how one is written again. What is given up or comes back is an incident, so that somebody hears of
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.core import calls, tasks, undoing
from engine.core.actors import plain_actor
from engine.core.commands import ComeBack, Complete, GiveUp, WithdrawMessage
from engine.core.draft import Draft
from engine.core.effects import GiveUpParcel, ResendParcel, ReturnParcel, WithdrawParcel
from engine.core.instance import CANCELLED, COMPLETED, TAKE_BACK, Sent
from engine.core.machine import next_status
from engine.definition.roles import STAFF
from engine.errors import Rejected
from engine.keywords import writing_again
from engine.reasons import stuck_on

NOT_DELIVERED, CAME_BACK = "not-delivered", "came-back"
"""The kinds of their incidents."""
SERVER_SAYS = "the mail server says: "
"""With this begins an error that is not ours, but what the other side has said."""


def take_back(draft: Draft, command: WithdrawMessage) -> None:
    """For whoever caused it, as long as it waits. What its step did is undone with it; when the case has gone on since,
    whoever sent it has to write it again.
    """
    sent = next((sent for sent in draft.sent if sent.id == command.message), None)
    if sent is None or draft.at > sent.at + TAKE_BACK:
        raise Rejected("no-longer-possible", "Expected a message that still waits, but it has gone out already")
    if sent.by != draft.actor.id:
        raise Rejected("not-allowed", f"Expected your own message to take back, but {sent.by} has sent it")
    undone = draft.undo
    if undone is not None and sent.id in undone.messages:
        for one in [one for one in draft.sent if one.id in undone.messages]:
            _withdraw(draft, one)
        undoing.undo(draft, undone, sent)
    elif draft.status == CANCELLED:
        _withdraw(draft, sent)
    else:
        if draft.status == COMPLETED:
            draft.status, draft.outcome, draft.ended_at = next_status("instance", "reopen", draft.status), "", None
            draft.record("reopened", message=sent.id)
        _withdraw(draft, sent, task=writing_again.ask(draft, sent), lines=list(sent.lines))


def _withdraw(draft: Draft, sent: Sent, **said: Any) -> None:
    draft.sent = tuple(one for one in draft.sent if one is not sent)
    draft.effects.append(WithdrawParcel(sent.id))
    draft.record("message-withdrawn", message=sent.id, template=sent.message.template, **said)


def write_again(draft: Draft, command: Complete) -> None:
    """Send it, as it is written now, or leave it; then the case ends that was only kept open for it."""
    task, move, values = tasks.handed_in(draft, command)
    message = draft.unsent[task.id]
    draft.personal |= draft.actor.kind == STAFF
    draft.close_task(replace(task, on_behalf_of=draft.on_behalf_of), move.name, command.comment)
    if move.name == writing_again.SEND:
        text = {"subject": values["subject"], "body": values["body"]}
        draft.send(replace(message, id=draft.next_id(), told={}, **text))
    state = draft.definition.states.get(draft.root.state)
    if state is not None and state.ending is not None and not draft.unsent:
        draft.complete(state.ending.outcome)
    else:
        calls.catch_up(draft)


def give_up(draft: Draft, command: GiveUp) -> None:
    """For the worker alone. A case that has ended has its incident too: what it told its customer counts."""
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the worker to give up what cannot be delivered, but a person asked")
    draft.effects.append(GiveUpParcel(command.parcel, command.error))
    draft.record("delivery-failed", message=command.parcel, to=command.to, error=command.error)
    _look_after(draft, command, NOT_DELIVERED)


def come_back(draft: Draft, command: ComeBack) -> None:
    """For the system alone. What the customer was told does not count, so somebody has to look after it."""
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the system to tell that a letter came back, but a person did")
    draft.effects.append(ReturnParcel(command.parcel, command.error))
    draft.record("message-returned", message=command.parcel, to=command.to, error=command.error)
    _look_after(draft, command, CAME_BACK)


def _look_after(draft: Draft, command: GiveUp | ComeBack, kind: str) -> None:
    """An incident; its retry sends the message once more."""
    parts = {"about": command.about, "to": command.to, "error": command.error}
    state = next((token.state for token in draft.tokens.values() if not token.done), "")
    kept = {"actor": plain_actor(command.actor), "do": "deliver", "message": command.parcel}
    draft.raise_incident(stuck_on(kind, **parts), state, kept)


def deliver_again(draft: Draft, kept: Mapping[str, Any]) -> None:
    """Whoever looked after the incident has mended what was in the way."""
    draft.effects.append(ResendParcel(kept["message"]))
