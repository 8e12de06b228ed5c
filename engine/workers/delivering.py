"""Delivering one parcel of the outbox: take it in hand, let the handler of its kind do it, write down what came of it.

Owns this contract, which holds whoever drives it: at least once, with a key that stays the same; what fails is tried
again later and later; what gives up is an incident of its case. Between taking it in hand and settling it no
transaction is open. Who dies over a parcel loses nothing: after `LEASE` it is anybody's again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from engine.core.actors import SYSTEM
from engine.core.commands import GiveUp
from engine.core.effects import whom
from engine.errors import Rejected
from engine.logs import facts
from engine.runtime import Engine
from engine.store import instances, outbox
from engine.store.outbox import LEFT, MESSAGE, Parcel

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long one may take. A handler has to give up before."""

MOST_TRIES = 14
"""About a day, with the pauses below."""

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=4)

TOO_OLD = timedelta(days=7)
"""What has waited so long, because no worker or no mail server was there, does not go out without somebody's knowing:
what it says may not be true any more.
"""

SENT, FAILED, GIVEN_UP, PUT_OFF, GONE = "sent", "failed", "given-up", "put-off", "gone"
"""What came of it. `GONE`: somebody else had it, or has settled it meanwhile."""


class Hopeless(Exception):
    """Trying again would not help: the other side has said no for good. The words are for people."""


@dataclass
class NotNow(Exception):
    """It was not tried, through nobody's fault, and has to wait until `until`."""

    why: str
    until: datetime

    def __str__(self) -> str:
        return self.why


Handler = Callable[[Parcel], str]
"""Does the one thing that a kind of parcel is for, and returns by what the other side knows it. It may be asked twice
for the same key. Any exception but the two above is tried again; its words are kept for people.
"""


@dataclass(frozen=True, slots=True)
class Together:
    """A handler of everything that may go to one reader at this moment, so that it is one letter and not ten."""

    handle: Callable[[Sequence[Parcel]], str]


Handlers = Mapping[str, Handler | Together]
"""By kind. What has no handler waits: nothing is dropped because something is not set up yet."""


def deliver(engine: Engine, handlers: Handlers, mine: Parcel) -> str:
    """What came of this one, which its `worker` has just taken in hand."""
    store, at = engine.store, engine.recording()
    if mine.attempts > MOST_TRIES:
        return _give_up(engine, mine, f"{mine.last_error} ({MOST_TRIES} tries)")
    if mine.kind == MESSAGE and mine.attempts == 1 and not mine.last_error and at - mine.available_at > TOO_OLD:
        waited = (at - mine.available_at).days
        return _give_up(engine, mine, f"it has waited for {waited} days, and may not be true any more")
    handler = handlers[mine.kind]
    if not isinstance(handler, Together):
        return _settle(engine, mine, do=lambda: handler(mine))[0]
    others = [outbox.claim(store, one.id, mine.worker, at, at + LEASE) for one in outbox.due_with(store, mine, at)]
    parcels = [mine, *(one for one in others if one is not None)]
    return _settle(engine, *parcels, do=lambda: handler.handle(parcels))[0]


def _settle(engine: Engine, *parcels: Parcel, do: Callable[[], str]) -> list[str]:
    """Do it, and write down what came of it for each parcel that it was done for."""
    began = perf_counter()
    came_to = _came_to(engine, *parcels, do=do)
    took = perf_counter() - began
    if log.isEnabledFor(logging.INFO):
        for parcel, outcome in zip(parcels, came_to, strict=True):
            log.info(
                "Parcel %s of case %s: %s",
                *(parcel.id, parcel.instance, outcome),
                extra=facts(
                    "delivery",
                    outcome=outcome,
                    case=_reference(engine, parcel),
                    parcel=parcel.name,
                    kind=parcel.kind,
                    attempt=parcel.attempts,
                    duration=round(took, 6),
                ),
            )
    return came_to


def _reference(engine: Engine, parcel: Parcel) -> str:
    """By what people know its case. What is delivered is, whether the database answers here or not."""
    with suppress(Exception):
        return instances.reference_of(engine.store, parcel.instance)
    return ""


def _came_to(engine: Engine, *parcels: Parcel, do: Callable[[], str]) -> list[str]:
    store = engine.store
    try:
        receipt = do()
    except NotNow as later:
        return [PUT_OFF if outbox.put_off(store, one, _why(one, later.why), later.until) else GONE for one in parcels]
    except Hopeless as hopeless:
        return [_give_up(engine, one, _why(one, str(hopeless))) for one in parcels]
    except Exception as error:  # the other side's fault or ours: it is told, and tried again
        why, ours = in_words(error), not isinstance(error, OSError)
        first = parcels[0]
        told = facts("not-delivered", case=_reference(engine, first), parcel=first.name, error=type(error).__name__)
        said = "Parcel %s of case %s was not delivered: %s"
        log.warning(said, first.id, first.instance, why, exc_info=ours, extra=told)
        return [_failed(engine, one, _why(one, why)) for one in parcels]
    return [SENT if outbox.delivered(store, one.id, engine.recording(), receipt) else GONE for one in parcels]


def _why(parcel: Parcel, why: str) -> str:
    """With what is known of an earlier hand: that it may be out already must not be forgotten over what came later."""
    return f"{LEFT}; then {why}" if parcel.last_error.startswith(LEFT) else why


def _failed(engine: Engine, parcel: Parcel, why: str) -> str:
    if parcel.attempts >= MOST_TRIES:
        return _give_up(engine, parcel, f"{why} ({parcel.attempts} tries)")
    again_at = engine.recording() + pause(parcel.attempts, random.random())
    return FAILED if outbox.failed(engine.store, parcel, why, again_at) else GONE


def pause(tries: int, chance: float) -> timedelta:
    """How long to wait after so many tries: twice as long each time, and up to a quarter more by `chance` (from 0 to
    1), so that what failed together does not come back together.
    """
    return min(FIRST_PAUSE * 2 ** min(tries - 1, 20), LONGEST_PAUSE) * (1 + chance / 4)


def in_words(error: Exception) -> str:
    """Why, on one line."""
    said = error.message if isinstance(error, Rejected) else str(error)
    return " ".join(said.split()) or type(error).__name__


def _give_up(engine: Engine, parcel: Parcel, why: str) -> str:
    """Settled and told in one step of the case. When somebody has settled it meanwhile, nothing is written."""
    command = GiveUp(
        at=engine.clock(), actor=SYSTEM, parcel=parcel.name, to=addressee(parcel), about=about(parcel), error=why
    )
    try:
        engine.do(parcel.instance, command)
    except Rejected as rejected:
        if rejected.code != "no-longer-possible":
            raise
        return GONE
    return GIVEN_UP


def addressee(parcel: Parcel) -> str:
    """To whom, for people."""
    return str(parcel.body["to"]) if parcel.kind == MESSAGE else whom(parcel.body)


def about(parcel: Parcel) -> str:
    """What it is about, on one line."""
    return str(parcel.body.get("subject") or parcel.body.get("say") or "a notice")
