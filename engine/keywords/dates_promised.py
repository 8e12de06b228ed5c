"""The dates that a message tells of the case's own promises: `{promises.answer?}`.

Owns these names in a message, and what they say. Clocks follow a step when all else of it is done, but a message is
written in its middle: what begins with the step counts from it already, and what it changes is told as changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from engine.core.arming import RUNS, reached
from engine.core.draft import Draft
from engine.core.promised import Clock
from engine.definition.expressions import Name, Scope
from engine.definition.messages import Template
from engine.definition.moves import BREACH, Sending
from engine.definition.outline import Outline
from engine.definition.plans import ClockPlan
from engine.definition.types import Field, Instant, Record

PROMISES = "promises"
SENT, START = "sent", "start"


def with_promises(scope: Scope, outline: Outline) -> Scope:
    """What a message knows besides: each clock by its name, though it may promise nothing now."""
    clocks = {name.text: Field(Instant(), always=False) for name, _ in outline.head.get("clocks", ())}
    return scope.with_names({PROMISES: Name(Record(clocks, PROMISES))}) if clocks else scope


def named_in(templates: Mapping[str, Template]) -> tuple[str, ...]:
    """The clocks whose dates these texts tell."""
    paths = {path for one in templates.values() for found in one.expressions for path in found.paths}
    return tuple(sorted(path.partition(".")[2] for path in paths if path.startswith(f"{PROMISES}.")))


def dates(draft: Draft, sending: Sending) -> dict[str, Any]:
    """When the promises that the message names run out, as the value of `promises`; without what promises nothing."""
    return {PROMISES: dict(_dates(draft, sending.promises, sending.message))} if sending.promises else {}


def _dates(draft: Draft, clocks: Iterable[str], message: str) -> Iterator[tuple[str, str]]:
    values = draft.values(draft.root.id)
    for name in clocks:
        plan, clock = draft.definition.clocks[name], draft.clocks.get(name)
        anew = not {SENT, f"{SENT} {message}"}.isdisjoint(plan.restarts)
        runs = clock is not None and clock.live and not anew
        at = _as_it_runs(draft, plan, clock, values) if clock is not None and runs else _begun_now(draft, plan, values)
        if at is not None:
            yield name, at.isoformat()


def _begun_now(draft: Draft, plan: ClockPlan, values: Mapping[str, Any]) -> datetime | None:
    """When it is due if it begins with this step; what counts from a date of the case is told once it runs."""
    length = plan.target.choose(values)
    if length is None or plan.since is not None:
        return None
    first = plan.name not in draft.clocks and START in plan.starts
    return draft.add(draft.before.received_at if first else draft.at, length)


def _as_it_runs(draft: Draft, plan: ClockPlan, clock: Clock, values: Mapping[str, Any]) -> datetime | None:
    """When it is due by what is answered now; None while it stands still."""
    if clock.status != RUNS:
        return None
    target = str(plan.target.choose(values) or "")
    if target == clock.target:
        return clock.due_at
    return reached(draft, replace(clock, target=target), BREACH) if target else None
