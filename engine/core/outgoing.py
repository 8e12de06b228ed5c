"""What goes out of a step: messages to the outside, and notices to colleagues.

Owns how each is handed to the outbox and written down, and that an imported past writes to nobody. What a message says,
and to whom it goes, is decided before.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine.core.actors import IMPORT
from engine.core.effects import Notify, SendMessage, is_outside
from engine.core.instance import TAKE_BACK, Sent
from engine.core.sheet import Sheet


class Outgoing(Sheet):
    """See the module."""

    def send(self, message: SendMessage) -> None:
        """Into the outbox, and into the history as it goes out.

        What an imported case would have sent in its past is withheld.
        """
        # What the clock, the customer or the beginning of the case sends is nobody's slip of the hand.
        held = TAKE_BACK if self.personal and is_outside(message.to) else timedelta(0)
        said: dict[str, Any] = {"message": message.id, "template": message.template, "language": message.language}
        said |= {"to": message.to, "subject": message.subject, "body": message.body}
        said |= {"on_behalf_of": list(message.on_behalf_of)} if message.on_behalf_of else {}
        said |= {"told": dict(message.told)} if message.told else {}
        said |= {"attachments": [dict(one) for one in message.attachments]} if message.attachments else {}
        if self.actor.via == IMPORT:
            self.record("message-withheld", **said)
        elif not message.to:
            self.record("message-unaddressed", **said)
        else:
            self.effects.append(replace(message, held=held))
            self.record("message-sent", **said)
            if held:
                still = (sent for sent in self.sent if sent.at + TAKE_BACK > self.at)
                self.sent = (*still, Sent(message, self.actor.id, self.at, self.on_behalf_of))

    def notify(self, notice: Notify) -> None:
        """Tell colleagues. What an imported case would have told in its past is withheld."""
        said: dict[str, Any] = {"notice": notice.id, "to": notice.to, "about": dict(notice.about)}
        said |= {"say": notice.say} if notice.say else {}
        said |= {"says": dict(notice.says)} if notice.says else {}
        said |= {"urgent": True} if notice.urgent else {}
        said |= {"on_behalf_of": list(notice.on_behalf_of)} if notice.on_behalf_of else {}
        if self.actor.via == IMPORT:
            self.record("notified", **said, withheld=True)
            return
        self.effects.append(notice)
        self.record("notified", **said, not_before=notice.at.isoformat())
