"""A notice to somebody who is away reaches their deputy too: named as such, once, and when they are at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import IMPORT, SYSTEM
from engine.core.effects import Notify, whom
from engine.core.roster import Roster, StandIn
from engine.core.step import Step, step
from tests.builders import ANN, BEN, LEA, Case, define

BODY = """
start: {by: [customer, agent], go: open}
people: {handler: [open]}
clocks:
  answer: {target: 1bd, stops-on: state gone, escalate: {100%: {notify: assignee}}}
states:
  open:
    task: {title: Work, candidates: [agent, expert], due: 1bd, escalate: {100%: {notify: assignee}}}
    on: {pass: checked}
    after: {1bd: {notify: assignee}}
  checked:
    task: {title: Check, candidates: [lead]}
    on: {done: gone}
  gone: {final: gone}
on:
  tell: {by: agent, notify: assignee}
  tell-at-once: {by: agent, notify: {to: assignee, urgent: true}}
  tell-leads: {by: agent, notify: lead}
  tell-all: {by: agent, notify: [assignee, lead]}
  tell-starter: {by: agent, notify: starter}
  tell-handler: {by: lead, notify: handler}
"""
"""Ann starts it and has the work."""


def stands_in(deputy: str, person: str, *roles: str) -> StandIn:
    return StandIn(person, deputy, frozenset(roles))


def case(*away: StandIn) -> Case:
    one = Case(define(BODY)).start(ANN).claim(ANN)
    one.away = away
    return one


def told(one: Case) -> list[str]:
    return [whom(body) for body in one.events("notified")]


def test_the_person_finds_it_on_their_return_and_their_deputy_is_told_on_their_behalf() -> None:
    one = case(stands_in("ben", "ann", "agent")).trigger(BEN, "tell")
    first, second = one.events("notified")
    assert first["to"] == "person:ann" and "on_behalf_of" not in first
    assert (second["to"], second["on_behalf_of"]) == ("person:ben", ["ann"])
    assert one.last is not None
    parcels = [effect for effect in one.last.effects if isinstance(effect, Notify)]
    assert [(parcel.to, parcel.on_behalf_of) for parcel in parcels] == [("person:ann", ()), ("person:ben", ("ann",))]
    assert parcels[0].id != parcels[1].id


def test_nobody_else_is_told_while_everybody_is_there() -> None:
    assert told(case(stands_in("ben", "eva", "expert")).trigger(BEN, "tell")) == ["ann"]


@pytest.mark.parametrize("word", ["clock", "escalate", "after"])
def test_clocks_tasks_and_timers_tell_the_deputy_alike(word: str) -> None:
    one = case(stands_in("ben", "ann", "agent")).at("2026-11-24 17:00")
    (timer,) = [timer for timer in one.timers if timer.word == word and timer.due_at <= one.now]
    assert told(one.fire(timer)) == ["ann", "ben for ann"]


def test_who_stands_in_for_a_role_is_told_of_the_work_of_that_role_alone() -> None:
    away = (stands_in("ben", "ann", "expert"), stands_in("eva", "ann", "lead"))
    assert told(case(*away).trigger(BEN, "tell")) == ["ann", "ben for ann"]


def test_a_notice_to_somebody_by_what_they_did_reaches_every_deputy_of_theirs() -> None:
    away = (stands_in("eva", "ann", "lead"), stands_in("ole", "ann", "agent"))
    assert told(case(*away).trigger(BEN, "tell-starter")) == ["ann", "eva for ann", "ole for ann"]
    assert told(case(*away).do(ANN, "pass").trigger(LEA, "tell-handler")) == ["ann", "eva for ann", "ole for ann"]


def test_a_notice_to_a_role_reaches_the_deputies_of_those_who_hold_it() -> None:
    one = case(stands_in("ben", "lea", "lead"), stands_in("eva", "ole", "owner")).trigger(BEN, "tell-leads")
    assert told(one) == ["lead", "ben for lea"]


def test_a_deputy_who_holds_the_role_is_told_as_one_of_them() -> None:
    one = case(stands_in("leo", "lea", "lead"))
    one.roll["lead"] = {"lea", "leo"}
    assert told(one.trigger(BEN, "tell-leads")) == ["lead"]


def test_who_stands_in_for_several_or_is_meant_twice_is_told_once() -> None:
    both = case(stands_in("ben", "lea", "lead"), stands_in("ben", "ann", "agent"))
    assert told(both.trigger(BEN, "tell-all")) == ["ann", "lead", "ben for ann and lea"]
    own = case(stands_in("ann", "lea", "lead"))
    assert told(own.trigger(BEN, "tell-all")) == ["ann", "lead"]


def test_what_was_delegated_to_somebody_is_told_to_them_alone() -> None:
    one = case().delegate(ANN, BEN)
    one.away = (stands_in("eva", "ben", "agent"), stands_in("ole", "ann", "agent"))
    assert told(one.trigger(BEN, "tell")) == ["ben"]


def asked(one: Case, command: c.Command, zones: dict[str, str], away: dict[str, Sequence[StandIn]]) -> Step:
    """One step in a house where people live in zones, and are away from a day on until the next that is named."""

    def at(moment: datetime) -> Sequence[StandIn]:
        days = [day for day in away if day <= f"{one.definition.calendar.local_time(moment):%Y-%m-%d %H:%M}"]
        return away[max(days)] if days else ()

    return step(one.definition, one.here, command, Roster(zones=lambda who: zones.get(who, ""), stand_ins=at))


def notices(done: Step) -> dict[str, Any]:
    return {whom(event.body): event.body["not_before"] for event in done.events if event.type == "notified"}


FRIDAY, MONDAY = "2026-11-27T17:30:00+00:00", "2026-11-30T08:00:00+00:00"
AWAY = stands_in("ben", "ann", "agent")


def on_friday_evening(trigger: str, away: dict[str, Sequence[StandIn]], **zones: str) -> dict[str, Any]:
    one = case().at("2026-11-27 18:30")
    return notices(asked(one, c.Trigger(at=one.now, actor=BEN, name=trigger), zones, away))


def test_who_is_away_is_asked_for_the_moment_at_which_the_notice_reaches_them() -> None:
    assert on_friday_evening("tell", {"2026-11-30": [AWAY]}) == {"ann": MONDAY, "ben for ann": MONDAY}
    assert on_friday_evening("tell", {"2026-11-25": [AWAY], "2026-11-30": []}) == {"ann": MONDAY}
    assert on_friday_evening("tell-at-once", {"2026-11-30": [AWAY]}) == {"ann": FRIDAY}
    urgent = on_friday_evening("tell-at-once", {"2026-11-25": [AWAY], "2026-11-30": []})
    assert urgent == {"ann": FRIDAY, "ben for ann": FRIDAY}


def test_each_is_told_in_their_own_working_hours() -> None:
    there = on_friday_evening("tell", {"2026-11-25": [AWAY]}, ann="Europe/Berlin", ben="America/New_York")
    assert there == {"ann": MONDAY, "ben for ann": FRIDAY}


def test_an_imported_past_knows_no_deputies_of_today() -> None:
    one = case(AWAY)
    ben, system = replace(BEN, via=IMPORT), replace(SYSTEM, via=IMPORT)
    one.trigger(ben, "tell")
    assert told(one) == ["ann"] and one.events("notified")[0]["withheld"] is True
    one.at("2026-11-24 17:00")
    (timer,) = [timer for timer in one.timers if timer.word == "clock" and timer.due_at <= one.now]
    one.run(c.FireTimer(at=one.now, actor=system, timer=timer.id, due_at=timer.due_at))
    assert told(one) == ["ann"]


def test_of_free_work_the_deputies_of_those_who_may_take_it_are_told() -> None:
    one = case(stands_in("ole", "eva", "expert")).release(ANN)
    assert told(one.trigger(BEN, "tell")) == ["agent", "expert", "ole for eva"]
