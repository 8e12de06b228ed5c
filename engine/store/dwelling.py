"""How long cases have stood in each state: for whoever wants to know where a process is slow.

Owns this one question, asked of the latest cases of a process. Reads the history; writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.store.database import Store
from engine.store.fields import decode, from_micros
from engine.store.models import History, Instance

LATEST = 200
"""So many cases, the last received, are asked."""

Stay = tuple[str, datetime, datetime]
"""A state, and from when until when a case stood in it."""


def stays(store: Store, process: str, now: datetime, most: int = LATEST) -> list[Stay]:
    """Every stay of the latest cases; one that still lasts is counted until `now`."""
    ids = (
        Instance.select(Instance.id)
        .where(Instance.process == process)
        .order_by(Instance.received_at.desc(), Instance.id.desc())
        .limit(most)
    )
    latest = ids.alias("latest")
    rows = store.select(
        History.select(History.instance, History.at, History.body, Instance.states, Instance.ended_at)
        .join(latest, on=(latest.c.id == History.instance))
        .join(Instance, on=(Instance.id == History.instance))
        .where(History.type << ("moved", "step-undone"))
        .order_by(History.instance, History.seq)
    )
    found: list[Stay] = []
    standing: dict[str, dict[str, datetime]] = {}
    still: dict[str, tuple[set[str], bool]] = {}
    for instance, at, body, states, ended in rows:
        moved: Mapping[str, Any] = decode(body)
        here = standing.setdefault(instance, {})
        still[instance] = (set(states.split(", ")), ended is not None)
        if "tokens" in moved:  # a step was undone: the case stands where it stood
            again = {state for _token, state in moved["tokens"]}
            left, entered = here.keys() - again, again - here.keys()
        else:
            left, entered = {moved["from"]} & here.keys(), {moved["to"]}
        found += [(state, here.pop(state), from_micros(at)) for state in sorted(left)]
        here.update(dict.fromkeys(entered, from_micros(at)))
    for instance, here in standing.items():
        now_in, over = still[instance]
        if not over:
            found += [(state, since, now) for state, since in here.items() if state in now_in]
    return found
