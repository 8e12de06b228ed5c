"""What becomes of a message after it was sent: taken back before it goes out, given up or come back, and then tried
again.

Owns these four. When one is taken back the case stays where it is; what only the sending did to its clocks is undone
with it. What is given up or comes back is an incident, so that somebody hears of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core import undoing
from engine.core.commands import ComeBack, GiveUp, WithdrawMessage, plain_actor
from engine.core.draft import Draft
from engine.core.effects import GiveUpParcel, ResendParcel, ReturnParcel, WithdrawParcel
from engine.core.instance import TAKE_BACK
from engine.errors import Rejected, Stuck


def take_back(draft: Draft, command: WithdrawMessage) -> None:
    """For whoever caused it, as long as it waits."""
    sent = next((sent for sent in draft.sent if sent.id == command.message), None)
    if sent is None or draft.at > sent.at + TAKE_BACK:
        raise Rejected("no-longer-possible", "Expected a message that still waits, but it has gone out already")
    if sent.by != draft.actor.id:
        raise Rejected("not-allowed", f"Expected your own message to take back, but {sent.by} has sent it")
    undone = draft.undo if draft.undo is not None and sent.id in draft.undo.messages else None
    gone = [one for one in draft.sent if one is sent or (undone is not None and one.id in undone.messages)]
    draft.sent = tuple(one for one in draft.sent if one not in gone)
    for one in gone:
        draft.effects.append(WithdrawParcel(one.id))
        draft.record("message-withdrawn", message=one.id, template=one.message.template)
    if undone is not None:
        undoing.undo(draft, undone, sent)


def give_up(draft: Draft, command: GiveUp) -> None:
    """For the worker alone. A case that has ended has its incident too: what it told its customer counts."""
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the worker to give up what cannot be delivered, but a person asked")
    draft.effects.append(GiveUpParcel(command.parcel, command.error))
    draft.record("delivery-failed", message=command.parcel, to=command.to, error=command.error)
    state = next((token.state for token in draft.tokens.values() if not token.done), "")
    why = Stuck(f"Expected to deliver “{command.about}” to {command.to}, but: {command.error}")
    kept = {"actor": plain_actor(command.actor), "do": "deliver", "message": command.parcel}
    draft.raise_incident(why, state, kept)


def come_back(draft: Draft, command: ComeBack) -> None:
    """For the system alone. What the customer was told does not count, so somebody has to look after it."""
    if draft.actor.kind != "system":
        raise Rejected("not-allowed", "Expected the system to tell that a letter came back, but a person did")
    draft.effects.append(ReturnParcel(command.parcel, command.error))
    draft.record("message-returned", message=command.parcel, to=command.to, error=command.error)
    state = next((token.state for token in draft.tokens.values() if not token.done), "")
    why = Stuck(f"Expected “{command.about}” to reach {command.to}, but it came back: {command.error}")
    kept = {"actor": plain_actor(command.actor), "do": "deliver", "message": command.parcel}
    draft.raise_incident(why, state, kept)


def deliver_again(draft: Draft, kept: Mapping[str, Any]) -> None:
    """Whoever looked after the incident has mended what was in the way."""
    draft.effects.append(ResendParcel(kept["message"]))
