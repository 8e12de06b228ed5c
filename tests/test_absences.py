"""Absences: who may say them, when they hold, and what a deputy finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.absences import Absences
from engine.core.absences import Absence, moment, stand_ins
from engine.core.actors import Actor
from engine.core.commands import Claim, Complete, Decide, Trigger
from engine.core.effects import whom
from engine.core.roster import StandIn
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine, VirtualClock
from engine.store import absences as rows
from engine.store import inbox, outbox
from engine.store import people as people_rows
from engine.store.inbox_parts import Only
from tests.databases import throwaway
from tests.invariants import assert_whole
from tests.runtime.worlds import AGREEING, ANN, BEN, CARLA, INTAKE, LIGHT, NOON, OLGA, TOM, engine_on, single, task_in

DAY = timedelta(days=1)


@dataclass
class House:
    engine: Engine
    clock: VirtualClock
    absences: Absences

    def away(self, who: str, deputy: str, days: int = 2, start: int = 0, **more: Any) -> Absence:
        begin = NOON + start * DAY
        by = more.pop("by", OLGA)
        return self.absences.add(by, who, deputy, begin, begin + days * DAY, **more)[0]

    def actor(self, person: str) -> Actor:
        return self.absences.directory.actor(person)

    def inbox(self, person: str) -> dict[str, str]:
        """The state of each task that waits for somebody, and on whose behalf."""
        actor = self.actor(person)
        page = inbox.inbox(self.engine.store, actor.id, actor.roles, actor.stands_in)
        assert inbox.waiting(self.engine.store, actor.id, actor.roles, actor.stands_in) == len(page.rows)
        return {row.state: row.acting_for for row in page.rows}


@pytest.fixture
def house() -> Iterator[House]:
    clock = VirtualClock(NOON)
    engine = engine_on(throwaway(), AGREEING, clock=clock)
    yield House(engine, clock, Absences(engine, Directory(engine.store, clock)))
    assert_whole(engine.store)
    engine.store.close()


def refused(attempt: Any, *arguments: Any, **more: Any) -> str:
    with pytest.raises(Rejected) as caught:
        attempt(*arguments, **more)
    return caught.value.code


def test_somebody_stands_in_from_the_first_moment_to_the_last_and_no_longer(house: House) -> None:
    house.away("tom", "ben", start=1, days=2)
    assert house.actor("ben").stands_in == {}
    for at in (NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY):
        house.clock.set(at)
        assert house.actor("ben").stands_in == {"tom": frozenset({"team-lead"})}
    house.clock.set(NOON + 3 * DAY + timedelta(microseconds=1))
    assert house.actor("ben").stands_in == {} and house.absences.listed() == []


def test_an_absence_that_is_ended_holds_no_longer(house: House) -> None:
    number = house.away("tom", "ben").id
    assert house.actor("ben").stands_in
    assert refused(house.absences.end, BEN, number) == "not-allowed"
    ended = house.absences.end(TOM, number)
    assert (ended.ended_by, ended.ended_at) == ("tom", NOON)
    assert house.actor("ben").stands_in == {} and house.absences.listed() == []
    assert refused(house.absences.end, TOM, number) == "no-such-absence"
    assert refused(house.absences.end, TOM, 99) == "no-such-absence"
    house.away("tom", "ann")
    assert house.actor("ann").stands_in


def test_the_roles_are_those_the_absent_person_holds_at_that_moment(house: House) -> None:
    store = house.engine.store
    tom = house.absences.directory.person("tom")
    house.away("tom", "ben", role="team-lead")
    with store.transaction():
        people_rows.put(store, [people_rows.Person("tom", tom.name, roles=("agent", "team-lead"))])
    assert house.actor("ben").stands_in == {"tom": frozenset({"team-lead"})}
    with store.transaction():
        people_rows.put(store, [people_rows.Person("tom", tom.name, roles=("agent",))])
    assert house.actor("ben").stands_in == {}
    house.absences.end(OLGA, 1)
    house.away("tom", "ben")
    assert house.actor("ben").stands_in == {"tom": frozenset({"agent"})}
    with store.transaction():
        people_rows.put(store, [people_rows.Person("tom", tom.name, active=False, roles=("agent",))])
    assert house.actor("ben").stands_in == {}


def test_oneself_or_who_oversees_a_process_says_who_is_away(house: House) -> None:
    assert house.away("ben", "ann", by=BEN).recorded_by == "ben"
    assert house.away("ann", "tom", by=TOM, start=5).recorded_by == "tom"  # Tom supervises the process
    for by in (BEN, CARLA):
        assert refused(house.away, "tom", "ben", by=by) == "not-allowed"


@pytest.mark.parametrize(
    ("who", "deputy", "more"),
    [
        ("tom", "tom", {}),
        ("tom", "carla", {}),
        ("carla", "ben", {}),
        ("tom", "ben", {"role": "agent"}),
        ("tom", "ben", {"days": -1}),
        ("tom", "ben", {"start": -9}),
    ],
)
def test_an_absence_that_makes_no_sense_is_refused(house: House, who: str, deputy: str, more: dict[str, Any]) -> None:
    assert refused(house.away, who, deputy, **more) == "invalid-absence"
    assert house.absences.listed() == []


def test_who_only_reads_is_nobodys_deputy(house: House) -> None:
    store = house.engine.store
    roles = {"agent": {}, "team-lead": {}, "auditor": {"only-reads": True}}
    people = {"vera": {"name": "Vera", "roles": ["auditor"]}}
    Directory(store).load_organisation({"organisation": "Sample", "roles": roles, "people": people})
    with pytest.raises(Rejected, match="vera only reads and changes nothing"):
        house.away("tom", "vera")
    assert house.absences.listed() == []


def test_two_absences_at_once_for_the_same_role_are_refused(house: House) -> None:
    house.away("tom", "ben", role="team-lead")
    assert refused(house.away, "tom", "ann", start=2) == "absence-overlaps"
    assert refused(house.away, "tom", "ann", start=1, role="team-lead") == "absence-overlaps"
    house.away("tom", "ann", start=3)
    assert refused(house.away, "tom", "ann", days=9) == "absence-overlaps"


def test_each_role_can_have_its_own_deputy(house: House) -> None:
    store = house.engine.store
    with store.transaction():
        people_rows.put(store, [people_rows.Person("tom", "Tom", roles=("agent", "team-lead"))])
    house.away("tom", "ben", role="team-lead")
    house.away("tom", "ann", role="agent")
    assert house.actor("ben").stands_in == {"tom": frozenset({"team-lead"})}
    assert house.actor("ann").stands_in == {"tom": frozenset({"agent"})}


def test_nobody_who_is_away_becomes_a_deputy_and_a_deputy_who_goes_is_told_of(house: House) -> None:
    house.away("ben", "ann")
    assert refused(house.away, "tom", "ben", start=1) == "deputy-away"
    house.away("tom", "ben", start=3)
    added, without = house.absences.add(OLGA, "ben", "ann", NOON + 4 * DAY, NOON + 5 * DAY)
    assert [one.person for one in without] == ["tom"] and added.person == "ben"
    house.clock.set(NOON + 4 * DAY)
    assert house.actor("ann").stands_in == {"ben": frozenset({"agent"})}  # and not for Tom: nobody follows further


def test_a_customer_stands_in_for_nobody_and_an_import_knows_no_deputies_of_today(house: House) -> None:
    house.away("tom", "ben")
    assert house.actor("carla").stands_in == {}
    assert house.absences.directory.actor("ben", "import").stands_in == {}


def test_the_inbox_shows_what_one_may_do_for_others_and_for_whom(house: House) -> None:
    engine = house.engine
    case = engine.start("parcel", ANN, INTAKE).instance
    assert house.inbox("olga") == {}
    house.away("ben", "olga", by=BEN)
    assert house.inbox("olga") == {"received": "ben"}
    assert house.inbox("ann") == {"received": ""}
    engine.do(case, Claim(at=NOON, actor=BEN, task=task_in(engine, case, "received")))
    assert house.inbox("olga") == {"received": "ben"}
    assert house.inbox("ann") == {}
    olga = house.actor("olga")
    engine.do(case, Complete(at=NOON, actor=olga, task=task_in(engine, case, "received"), outcome="sort", values=LIGHT))
    assert engine.instance(case).doers == (("received", "olga"), ("received", "ben"))
    house.clock.set(NOON + 3 * DAY)
    assert house.inbox("olga") == {}


def test_what_is_held_under_another_role_or_as_somebodys_deputy_is_not_shown(house: House) -> None:
    engine, store = house.engine, house.engine.store
    case = engine.start("parcel", ANN, INTAKE).instance
    with store.transaction():
        people_rows.put(store, [people_rows.Person("ben", "Ben", roles=("agent", "team-lead"))])
    house.away("ben", "olga", role="team-lead")
    engine.do(case, Claim(at=NOON, actor=BEN, task=task_in(engine, case, "received")))
    assert house.inbox("olga") == {}
    with pytest.raises(Rejected) as caught:
        engine.do(case, Claim(at=NOON, actor=house.actor("olga"), task=task_in(engine, case, "received")))
    assert caught.value.code == "claimed-by-other"


def test_what_either_is_excluded_from_is_not_shown(house: House) -> None:
    engine = house.engine
    case = engine.start("parcel", ANN, INTAKE).instance
    sort = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON, actor=ANN, task=sort, outcome="confer", values=LIGHT))
    house.away("ann", "olga")
    assert house.inbox("olga") == {}
    house.away("ben", "olga")
    assert house.inbox("olga") == {"agreed": "ben"}
    house.absences.end(OLGA, 2)
    house.absences.end(OLGA, 1)
    house.away("ben", "ann")
    assert house.inbox("ann") == {}


def test_a_deputys_decision_ends_with_the_absence(house: House) -> None:
    engine = house.engine
    case = engine.start("parcel", ANN, INTAKE).instance
    sort = task_in(engine, case, "received")
    engine.do(case, Complete(at=NOON, actor=ANN, task=sort, outcome="confer", values=LIGHT))
    agreed = task_in(engine, case, "agreed")
    house.away("ben", "olga")
    engine.do(case, Decide(at=NOON, actor=house.actor("olga"), task=agreed, decision="approve"))
    assert house.inbox("olga") == {}
    (ballot,) = engine.instance(case).approvals[agreed].ballots
    assert (ballot.person, ballot.by) == ("ben", "olga")
    house.clock.set(NOON + 3 * DAY)
    late = Decide(at=house.clock.at, actor=house.actor("olga"), task=agreed, decision="approve", on_behalf_of="tom")
    assert refused(engine.do, case, late) == "not-allowed"
    assert_whole(engine.store)


REMINDING = """
start: {by: agent, go: open}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: end}
on: {remind: {by: team-lead, notify: assignee}}
"""


def test_a_notice_to_the_absent_goes_out_to_their_deputy_too() -> None:
    clock = VirtualClock(NOON)
    with engine_on(throwaway(), single(REMINDING), clock=clock, process="small").store as store:
        engine = Engine(store, clock)
        house = House(engine, clock, Absences(engine, Directory(store, clock)))
        case = engine.start("small", ANN, {}).instance
        engine.do(case, Claim(at=NOON, actor=BEN, task=task_in(engine, case, "open")))
        house.away("ben", "olga", days=1)
        engine.do(case, Trigger(at=NOON, actor=TOM, name="remind"))
        assert [whom(parcel.body) for parcel in outbox.of_case(store, case)] == ["ben", "olga for ben"]
        engine.do(case, Trigger(at=NOON + 2 * DAY, actor=TOM, name="remind"))
        assert [whom(parcel.body) for parcel in outbox.of_case(store, case)[2:]] == ["ben"]
        assert_whole(store)


def test_the_store_says_who_stands_in_as_the_rules_do_and_as_each_deputy_finds_it(house: House) -> None:
    store = house.engine.store
    with store.transaction():
        people_rows.put(store, [people_rows.Person("tom", "Tom", roles=("agent", "team-lead"))])
    house.away("tom", "ben", role="team-lead")
    house.away("tom", "olga", role="agent")
    house.away("ann", "ben", start=1)
    written = house.absences.listed()
    house.away("ben", "olga", start=9)
    house.absences.end(OLGA, 4)
    for at in (NOON - DAY, NOON, NOON + DAY, NOON + 3 * DAY, NOON + 4 * DAY):
        house.clock.set(at)
        together = {(one.deputy, one.person): one.roles for one in rows.stand_ins(store, at)}
        alone = {(who, one): held for who in ("ben", "olga") for one, held in house.actor(who).stands_in.items()}
        assert together == alone
        assert rows.stand_ins(store, at) == stand_ins(
            written, lambda who: house.absences.directory.person(who).roles, at
        )
    assert rows.stand_ins(store, NOON + DAY) == [
        StandIn("ann", "ben", frozenset({"agent"})),
        StandIn("tom", "ben", frozenset({"team-lead"})),
        StandIn("tom", "olga", frozenset({"agent"})),
    ]


def test_an_inbox_with_many_to_stand_in_for_is_read_page_by_page(house: House) -> None:
    engine = house.engine
    for _ in range(5):
        engine.start("parcel", ANN, INTAKE)
    house.away("ben", "olga")
    house.away("tom", "olga")
    actor = house.actor("olga")
    seen: list[str] = []
    after, parcels = None, Only(process="parcel")
    while True:
        page = inbox.inbox(engine.store, actor.id, actor.roles, actor.stands_in, only=parcels, limit=2, after=after)
        seen += [row.task for row in page.rows]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_days_are_those_of_the_person_and_the_last_one_is_whole() -> None:
    assert moment("2026-12-01", "Europe/Berlin", last=False) == datetime(2026, 11, 30, 23, tzinfo=UTC)
    last = moment("2026-12-01", "Europe/Berlin", last=True)
    assert last == datetime(2026, 12, 1, 22, 59, 59, 999999, tzinfo=UTC)
    assert moment("2026-12-01 12:00", "Europe/Berlin", last=True) == datetime(2026, 12, 1, 11, tzinfo=UTC)
    assert moment("2026-12-01T12:00+00:00", "Europe/Berlin", last=True) == datetime(2026, 12, 1, 12, tzinfo=UTC)
    # the night in which the clocks go back has 25 hours
    whole = moment("2026-10-25", "Europe/Berlin", last=True) - moment("2026-10-25", "Europe/Berlin", last=False)
    assert whole == timedelta(hours=25) - timedelta(microseconds=1)


@pytest.mark.parametrize("wrong", ["tomorrow", "2026-13-01", "9999-12-31", "2026-12-01 25:00", ""])
def test_a_day_that_there_is_not_is_refused(wrong: str) -> None:
    assert refused(moment, wrong, "UTC", last=True) == "invalid-moment"
