"""Another version deployed while cases run, and people whose roles change midway."""

from __future__ import annotations

import pytest

from engine.core.commands import Assign, Claim, Complete, Release
from engine.directory import Directory
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store import drafts, queries
from tests.invariants import assert_whole, everything
from tests.runtime.worlds import (
    BEN,
    CARLA,
    HEAVY,
    INTAKE,
    LIGHT,
    NOON,
    ORGANISATION,
    TOM,
    changed,
    loaded,
    people,
    task_in,
)


def test_cases_that_run_stay_on_their_version_and_new_ones_take_the_new(engine: Engine) -> None:
    old = engine.start("parcel", CARLA, INTAKE).instance
    engine.deploy(loaded(changed("sort.pieces > 10", "sort.pieces > 1")), "olga")
    new = engine.start("parcel", CARLA, INTAKE).instance
    for case in (old, new):
        task = task_in(engine, case, "received")
        engine.do(case, Complete(at=NOON, actor=BEN, task=task, outcome="sort", values=LIGHT))
    assert engine.instance(old).states[0] == "packing"
    assert engine.instance(new).states[0] == "heavy"
    assert [(one.process, one.version) for one in queries.deployments(engine.store)] == [
        ("parcel", 1),
        ("parcel", 2),
    ]
    assert_whole(engine.store)


def test_a_state_that_the_new_version_lacks_is_still_there_for_the_old_case(engine: Engine) -> None:
    old = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, old, "received")
    engine.do(old, Complete(at=NOON, actor=BEN, task=task, outcome="sort", values=HEAVY))
    renamed = changed("heavy", "weighty")
    engine.deploy(loaded(renamed), "olga")
    again = Engine(engine.store, engine.clock, engine.recording)  # another process, with nothing in memory
    again.do(old, Complete(at=NOON, actor=TOM, task=task_in(again, old, "heavy"), outcome="approve"))
    assert again.instance(old).states[0] == "packing"
    assert_whole(engine.store)


def test_the_same_files_again_are_the_same_version(engine: Engine) -> None:
    before = everything(engine.store)
    assert engine.deploy(loaded(changed("Parcel", "Parcel")), "tom").version == 1
    assert everything(engine.store) == before


def test_a_repeated_start_answers_with_the_first_case_whatever_was_deployed_meanwhile(engine: Engine) -> None:
    first = engine.start("parcel", CARLA, INTAKE, key="k")
    engine.deploy(loaded(changed("Look after it", "See to it")), "olga")
    assert engine.start("parcel", CARLA, INTAKE, key="k").reference == first.reference
    assert engine.start("parcel", CARLA, INTAKE).reference == "PCL-2026-00002"


def without(person: str, role: str) -> str:
    return ORGANISATION.replace(f"{person}@example.org, roles: [{role}]", f"{person}@example.org, roles: []")


def test_who_loses_the_role_midway_may_not_complete_what_they_claimed_and_keeps_what_they_typed(
    engine: Engine,
) -> None:
    directory = Directory(engine.store)
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    engine.do(case, Claim(at=NOON, actor=directory.actor("ann"), task=task))
    people(engine.store, without("ann", "agent"))
    with pytest.raises(Rejected) as refused:
        engine.do(case, Complete(at=NOON, actor=directory.actor("ann"), task=task, outcome="sort", values=LIGHT))
    assert refused.value.code == "not-allowed"
    kept = drafts.load(engine.store, task, "ann")
    assert kept is not None and kept.values == LIGHT
    with pytest.raises(Rejected):
        engine.do(case, Assign(at=NOON, actor=TOM, task=task, to="ann", to_roles=directory.actor("ann").roles))
    engine.do(case, Release(at=NOON, actor=TOM, task=task))
    engine.do(case, Complete(at=NOON, actor=directory.actor("ben"), task=task, outcome="sort", values=LIGHT))
    assert_whole(engine.store)


def test_a_team_lead_who_is_one_no_more_oversees_nothing(engine: Engine) -> None:
    directory = Directory(engine.store)
    case = engine.start("parcel", CARLA, INTAKE).instance
    task = task_in(engine, case, "received")
    people(engine.store, without("tom", "team-lead"))
    with pytest.raises(Rejected) as refused:
        engine.do(case, Assign(at=NOON, actor=directory.actor("tom"), task=task, to="ben", to_roles=BEN.roles))
    assert refused.value.code == "not-allowed"


def test_who_has_left_cannot_act_at_all(engine: Engine) -> None:
    people(engine.store, ORGANISATION.replace("{name: Ann,", "{name: Ann, active: false,"))
    with pytest.raises(Rejected) as refused:
        Directory(engine.store).actor("ann")
    assert refused.value.code == "person-left"


def test_who_sorted_it_does_not_check_it_in_another_role_either(engine: Engine) -> None:
    directory = Directory(engine.store)
    people(
        engine.store,
        ORGANISATION.replace("ann@example.org, roles: [agent]", "ann@example.org, roles: [agent, team-lead]"),
    )
    ann = directory.actor("ann")
    case = engine.start("parcel", CARLA, INTAKE).instance
    engine.do(
        case,
        Complete(at=NOON, actor=ann, task=task_in(engine, case, "received"), outcome="sort", values=HEAVY),
    )
    with pytest.raises(Rejected) as refused:
        engine.do(case, Complete(at=NOON, actor=ann, task=task_in(engine, case, "heavy"), outcome="approve"))
    assert refused.value.code == "excluded"
    assert queries.inbox(engine.store, "ann", ann.roles).rows == ()
    assert [row.state for row in queries.inbox(engine.store, "ben", BEN.roles).rows] == ["heavy"]
