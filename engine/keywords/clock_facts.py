"""What a clock hears: the facts that begin, stop and restart it, as an author writes them.

Owns their grammar, the check that each can happen in this process, which clock each concerns, and from when one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.definition.expressions import Expression
from engine.definition.plans import ClockPlan
from engine.definition.shapes import Got, Said, Text
from engine.definition.suggest import near
from engine.definition.types import Date, Instant
from engine.keywords.binder import Binder

START, RECEIVED, SENT, MILESTONE, STATE = "start", "received", "sent", "milestone", "state"
BY_A_PERSON = " by a person"
ID = r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*"
FACT = Text(
    "a fact such as sent complaint-decision",
    rf"start|(?:sent|received)(?: {ID})?|sent(?: {ID})?{BY_A_PERSON}|(?:milestone|state) {ID}",
    "write start, sent, sent <message>, sent by a person, received <message>, milestone <name> or state <id>",
)


def check(fact: Said, key: str, binder: Binder) -> None:
    kind, _, which = fact.text.removesuffix(BY_A_PERSON).partition(" ")
    if kind == START and key != "starts-on":
        binder.report.problem(
            fact.place, "wrong-shape", f"Expected `start` under `starts-on`, but it stands under `{key}`", "remove it"
        )
    known: Mapping[str, tuple[str, Iterable[str], str]] = {
        STATE: ("unknown-state", binder.outline.states, "a state of this process"),
        MILESTONE: ("unknown-milestone", binder.flow.milestones, "a milestone that some state or move reaches"),
        RECEIVED: ("unknown-message", binder.outline.awaited(), "a message that some `wait-for` names"),
        SENT: ("unknown-message", binder.outline.sent, "a message that this process sends"),
    }
    if kind not in known or not which:
        return
    code, names, what = known[kind]
    if which not in tuple(names):
        binder.report.problem(
            fact.place,
            code,
            f"Expected {what}, but there is no '{which}'{near(which, tuple(names))}",
            "a clock hears only what can happen in this process",
        )


def since_when(said: Said, got: Got, binder: Binder) -> Expression | None:
    """It has to be known wherever the clock may begin. In a state more is known than what the start form says."""
    found, flow = None, binder.flow
    for fact in [fact.text for fact in got.get("starts-on", ())] or [START]:
        kind, _, state = fact.partition(" ")
        scope = flow.scope_at_start()
        if kind == STATE and state in binder.outline.states:
            scope = flow.scope_opening(flow.each_of(state) or state)  # a clock is the case's: it knows no row
        found = replace(binder, scope=scope).expression(said, (Date, Instant))
    return found


def facts(clocks: Mapping[str, ClockPlan]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each fact does to which clock. What stops a clock comes first: a message may keep one promise and begin
    another.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for verb in ("stop", "restart", "start"):
        for clock in clocks.values():
            for fact in {"stop": clock.stops, "restart": clock.restarts, "start": clock.starts}[verb]:
                found.setdefault(fact, []).append((clock.name, verb))
    return {fact: tuple(doing) for fact, doing in found.items()}
