"""Where cases stood at an earlier moment, folded from their histories.

Owns this one question, asked for the cases of a page. Reads alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from engine.core.instance import CANCELLED, COMPLETED, RUNNING, SUSPENDED
from engine.store.database import Store
from engine.store.fields import decode, from_micros, to_micros
from engine.store.models import History, Instance

_TELLING = ("moved", "completed", "cancelled", "suspended", "resumed", "reopened", "step-undone")


@dataclass(frozen=True, slots=True)
class Stood:
    """How a case stood: its status, the states of its tokens, the outcome when it had ended, and when that was."""

    status: str = RUNNING
    tokens: tuple[tuple[str, str], ...] = ()
    outcome: str = ""
    ended_at: datetime | None = None

    @property
    def states(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(state for _token, state in self.tokens))


def had_begun(at: datetime) -> Any:
    """The condition that a case was written down by this moment: its history had begun."""
    first = (History.instance == Instance.id) & (History.seq == 1) & (History.recorded_at <= to_micros(at))
    return fn.EXISTS(History.select(SQL("1")).where(first))


def stood(store: Store, instances: Sequence[str], at: datetime) -> dict[str, Stood]:
    """Each case as its history says that it stood at this moment; one that had not begun is left out."""
    if not instances:
        return {}
    rows = store.select(
        History.select(History.instance, History.type, History.at, History.body)
        .where(
            (History.instance << list(instances)) & (History.type << _TELLING) & (History.recorded_at <= to_micros(at))
        )
        .order_by(History.instance, History.seq)
    )
    found: dict[str, Stood] = {}
    for instance, type, happened, body in rows:
        found[instance] = _after(found.get(instance, Stood()), type, from_micros(happened), decode(body))
    return found


def _after(was: Stood, type: str, at: datetime, body: dict[str, Any]) -> Stood:
    if type == "moved":
        token = str(body.get("token", "0"))
        # What the branches of a fork did is over once the case itself moves on.
        kept = () if token == "0" else tuple(one for one in was.tokens if one[0] != token)
        return replace(was, tokens=(*kept, (token, body["to"])))
    if type == "completed":
        return replace(was, status=COMPLETED, outcome=body["outcome"], ended_at=at)
    if type == "cancelled":
        return replace(was, status=CANCELLED, outcome=CANCELLED, ended_at=at)
    if type == "suspended":
        return replace(was, status=SUSPENDED)
    again = replace(was, status=RUNNING, outcome="", ended_at=None)
    if type == "step-undone":
        return replace(again, tokens=tuple((token, state) for token, state in body["tokens"]))
    return again
