"""What went out of a case: the messages to its customer, and the notices to colleagues.

Owns how they are told apart and laid out.
"""

from __future__ import annotations

from collections.abc import Sequence

import click

from engine.core.effects import whom
from engine.store.outbox import MESSAGE, NOTICE, Parcel
from engine.telling.promises import occasion
from engine.telling.sentences import Teller
from engine.telling.values import clean, local


def show_messages(parcels: Sequence[Parcel], teller: Teller) -> None:
    """What went to the customer, each message; then what colleagues were told, the same words to the same ones once."""
    zone = teller.zone

    def inside(parcel: Parcel) -> bool:
        return parcel.kind == NOTICE or str(parcel.body["to"]).startswith(("role:", "person:"))

    parcels = [parcel for parcel in parcels if parcel.kind in (MESSAGE, NOTICE)]  # a notice says as much as its letters
    told: dict[tuple[str, str], list[Parcel]] = {}
    outside = [parcel for parcel in parcels if not inside(parcel)]
    if outside:
        click.secho("\nmessages to the customer", bold=True)
    for parcel in outside:
        click.echo(_sent(parcel, str(parcel.body["to"]), str(parcel.body["subject"]), zone))
    for parcel in filter(inside, parcels):
        to, body = whom(parcel.body), parcel.body
        about = body.get("subject") or body.get("say") or occasion(teller, body.get("about", {}))
        told.setdefault((to, str(about)), []).append(parcel)
    if told:
        click.secho("\nnotices to colleagues", bold=True)
    for (to, about), same in told.items():
        often = f" ({len(same)} times, last {local(same[-1].created_at, zone)})" if len(same) > 1 else ""
        click.echo(_sent(same[0], to, about, zone) + often)


def _sent(parcel: Parcel, to: str, about: str, zone: str) -> str:
    why = f" ({clean(parcel.last_error)})" if parcel.last_error else ""
    status = "in hand" if parcel.in_hand else "held back" if parcel.put_off else parcel.status
    return f"  {local(parcel.created_at, zone)}  {status:9}  to {clean(to)}  {clean(about)}{why}"
