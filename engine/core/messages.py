"""What can be done with a message that somebody has just caused: take it back before it goes out.

Owns this one question. The case stays where it is; what only the sending did to its clocks is undone with it.
"""

from __future__ import annotations

from engine.core.commands import WithdrawMessage
from engine.core.draft import Draft
from engine.core.effects import WithdrawParcel
from engine.core.instance import TAKE_BACK
from engine.errors import Rejected


def take_back(draft: Draft, command: WithdrawMessage) -> None:
    """For whoever caused it, as long as it waits."""
    sent = next((sent for sent in draft.sent if sent.id == command.message), None)
    if sent is None or draft.at > sent.at + TAKE_BACK:
        raise Rejected("no-longer-possible", "Expected a message that still waits, but it has gone out already")
    if sent.by != draft.actor.id:
        raise Rejected("not-allowed", f"Expected your own message to take back, but {sent.by} has sent it")
    draft.sent = tuple(one for one in draft.sent if one is not sent)
    draft.effects.append(WithdrawParcel(sent.id))
    draft.record("message-withdrawn", message=sent.id, template=sent.template)
