"""Cases that nothing and nobody will move on are found; all others are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine.core.instance import Incident, Wait
from engine.core.links import ENDED, Link
from engine.store import Store, people
from engine.store.stalled import stalled
from tests.store.conftest import NOON


def agents(store: Store, *active: bool) -> None:
    with store.transaction():
        people.put(store, [people.Person(f"p{n}", "P", active=on, roles=("agent",)) for n, on in enumerate(active)])


def test_a_case_that_waits_for_nothing_stands_still(store: Store, cases: Any) -> None:
    cases.start("c1")
    (found,) = stalled(store)
    assert (found.instance, found.reference, found.state, found.since) == ("c1", "INQ-2026-00001", "received", NOON)
    assert (found.title, found.roles, found.dismissed) == ("", (), False)
    incident = Incident("c2.1", NOON, "It divides by zero", "", "received", {"do": "begin"})
    cases.start("c2", dismissed={"c2.1": incident})
    assert [one.dismissed for one in stalled(store)] == [False, True]


def test_one_that_waits_for_anything_does_not(store: Store, cases: Any) -> None:
    agents(store, True)
    cases.start("c1", tasks={"c1.1": cases.task("c1", 1)})
    cases.start("c2", tasks={"c2.1": cases.task("c2", 1, assignee="ann", status="claimed")})
    cases.start("c3", timers={"c3.1": cases.timer("c3", 1)})
    cases.start("c4", waits=(Wait("t0", "received", "customer-replied"),))
    cases.start("c5", incidents={"c5.1": Incident("c5.1", NOON, "It divides by zero", "", "received", {"do": ""})})
    cases.start("c6", links={"1": Link("1", "capa", "capa", "spawned", reference="CAP-1", instance="c7")})
    for status in ("suspended", "completed", "cancelled"):
        cases.start(f"c-{status}", status=status)
    assert stalled(store) == []


def test_a_called_case_that_has_ended_moves_nothing_any_more(store: Store, cases: Any) -> None:
    cases.start("c1", links={"1": Link("1", "capa", "capa", "spawned", status=ENDED, outcome="done")})
    assert [one.instance for one in stalled(store)] == ["c1"]


def test_a_task_that_nobody_can_take_is_told_with_its_roles(store: Store, cases: Any) -> None:
    agents(store, False)
    cases.start("c1", tasks={"c1.1": cases.task("c1", 1), "c1.2": cases.task("c1", 2, candidates=("customer",))})
    (found,) = stalled(store)
    assert (found.instance, found.title, found.roles) == ("c1", "Task 1", ("agent",))
    agents(store, False, True)
    assert stalled(store) == []


def test_a_task_of_somebody_who_is_no_longer_here_is_told_until_somebody_else_has_it(store: Store, cases: Any) -> None:
    agents(store, True, False)
    titles = {"de": "Aufgabe"}
    cases.start("c1", tasks={"c1.1": cases.task("c1", 1, status="claimed", assignee="p1", titles=titles)})
    cases.start("c2", tasks={"c2.1": cases.task("c2", 1, status="claimed", assignee="p0")})
    (found,) = stalled(store)
    assert (found.instance, found.title, found.titles, found.assignee) == ("c1", "Task 1", titles, "p1")
    agents(store, True, True)
    assert stalled(store) == []


def test_the_longest_standing_comes_first(store: Store, cases: Any) -> None:
    agents(store, False)
    cases.start("c1")
    cases.start("c2", tasks={"c2.1": replace(cases.task("c2", 1), opened_at=NOON - timedelta(days=1))})
    assert [one.instance for one in stalled(store)] == ["c2", "c1"]
