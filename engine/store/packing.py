"""What lies in a parcel of the outbox: a message or a notice as plain JSON. Knows no row and no status."""

from __future__ import annotations

from typing import Any

from engine.core.effects import Notify, SendMessage


def packed(message: SendMessage | Notify) -> dict[str, Any]:
    """See `engine.store.outbox.Parcel.body`."""
    if isinstance(message, Notify):
        return {
            "id": message.id,
            "to": message.to,
            "say": message.say,
            **({"says": dict(message.says)} if message.says else {}),
            "about": message.about,
            "urgent": message.urgent,
            **({"on_behalf_of": list(message.on_behalf_of)} if message.on_behalf_of else {}),
        }
    return {
        "id": message.id,
        "template": message.template,
        "language": message.language,
        "to": message.to,
        "name": message.name,
        "subject": message.subject,
        "body": message.body,
        **({"personal": True} if message.held else {}),
        **({"on_behalf_of": list(message.on_behalf_of)} if message.on_behalf_of else {}),
        **({"attachments": [dict(one) for one in message.attachments]} if message.attachments else {}),
    }
