"""What has gone out already to whom something is about to be sent.

Owns these two questions to the outbox: what a letter follows, and how many came before it.
"""

from __future__ import annotations

from datetime import datetime

from engine.store.compiled import Parameter, Statement
from engine.store.database import Store
from engine.store.fields import from_micros, to_micros
from engine.store.models import Outbox
from engine.store.outbox import MESSAGE, SENT, Parcel, of_case

_SENT_TO = Statement(
    lambda: (
        Outbox.select(Outbox.sent_at)
        .where(
            (Outbox.recipient == Parameter("recipient"))
            & Outbox.sent_at.is_null(False)
            & (Outbox.sent_at > Parameter("since"))
            & (Outbox.kind == MESSAGE)
        )
        .order_by(Outbox.sent_at)
    ),
    *("recipient", "since"),
)


def earlier(store: Store, parcel: Parcel) -> list[Parcel]:
    """What the case has sent to the same reader before this one, oldest first."""
    return [
        one
        for one in of_case(store, parcel.instance)
        if (one.kind, one.recipient, one.status) == (parcel.kind, parcel.recipient, SENT) and one.id < parcel.id
    ]


def sent_to(store: Store, recipient: str, since: datetime) -> list[datetime]:
    """When messages of any case went to this reader, oldest first."""
    return [from_micros(at) for (at,) in store.rows(_SENT_TO, recipient, to_micros(since))]
