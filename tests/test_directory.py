"""Who people are and which roles they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from engine.core.actors import Actor
from engine.directory import Directory
from engine.errors import Rejected
from engine.store import open_database
from tests.databases import throwaway

BRIGHTWATER: dict[str, Any] = {
    "organisation": {"en": "Brightwater Software"},
    "languages": ["de", "en"],
    "zone": "Europe/Berlin",
    "roles": {"agent": {"title": {"en": "Agent"}}, "team-lead": {}, "customer": {}},
    "people": {
        "ann": {"name": "Ann Keller", "email": "ann@brightwater.example", "roles": ["agent", "team-lead"]},
        "bob": {"name": "Bob", "language": "en", "zone": "UTC", "roles": ["agent"]},
        "carla": {"name": "Carla", "roles": ["customer"]},
        "dave": {"name": "Dave", "roles": ["agent"], "active": False},
    },
}


@pytest.fixture
def directory() -> Iterator[Directory]:
    with open_database(throwaway()) as store:
        store.upgrade()
        directory = Directory(store)
        directory.load_organisation(BRIGHTWATER)
        yield directory


def test_a_person_acts_with_the_roles_held_now(directory: Directory) -> None:
    assert directory.actor("ann", "web") == Actor("ann", frozenset({"agent", "team-lead"}), "staff", "web")
    assert directory.actor("carla") == Actor("carla", frozenset({"customer"}), "customer", "cli")
    assert directory.actor("system", "worker") == Actor("system", frozenset({"system"}), "system", "worker")


def test_an_unknown_person_is_refused_with_the_nearest_name(directory: Directory) -> None:
    with pytest.raises(Rejected, match="Did you mean ann") as refused:
        directory.actor("anna")
    assert refused.value.code == "unknown-person"


def test_who_left_cannot_act_and_holds_no_role(directory: Directory) -> None:
    with pytest.raises(Rejected) as refused:
        directory.actor("dave")
    assert refused.value.code == "person-left"
    assert directory.holders("agent") == ["ann", "bob"]
    assert directory.holders("auditor") == []


def test_people_get_the_organisations_language_and_zone_unless_they_have_their_own(
    directory: Directory,
) -> None:
    ann, bob = directory.person("ann"), directory.person("bob")
    assert (ann.language, ann.zone, ann.roles) == ("de", "Europe/Berlin", ("agent", "team-lead"))
    assert (bob.language, bob.zone) == ("en", "UTC")
    assert [person.id for person in directory.people()] == ["ann", "bob", "carla", "dave"]
    assert directory.organisation()["zone"] == "Europe/Berlin"
    assert "people" not in directory.organisation()


def test_loading_again_changes_roles_and_leaves_who_is_not_named(directory: Directory) -> None:
    directory.load_organisation(BRIGHTWATER)
    assert directory.load_organisation({"people": {"ann": {"name": "Ann Keller", "roles": ["agent"]}}}) == 1
    assert directory.actor("ann").roles == {"agent"}
    assert directory.actor("bob").roles == {"agent"}


@pytest.mark.parametrize(
    ("people", "path"),
    [
        ([], "people"),
        ({"eve": "agent"}, "people.eve"),
        ({"eve": {"roles": "agent"}}, "people.eve.roles"),
        ({"eve": {"roles": ["agnet"]}}, "people.eve.roles"),
        ({"eve": {"roles": [3]}}, "people.eve.roles"),
        ({"eve": {"name": 7}}, "people.eve.name"),
        ({"eve": {"active": "no"}}, "people.eve.active"),
        ({"system": {"roles": []}}, "people.system"),
    ],
)
def test_a_faulty_organisation_is_refused_with_each_place_and_nothing_is_written(
    directory: Directory, people: Any, path: str
) -> None:
    with pytest.raises(Rejected) as refused:
        directory.load_organisation({**BRIGHTWATER, "people": people})
    assert refused.value.code == "invalid-organisation"
    assert path in refused.value.fields and refused.value.reason.count(path) == 1
    assert len(directory.people()) == 4


def test_a_text_names_colleagues_who_are_active_each_once(directory: Directory) -> None:
    assert directory.mentioned("Hello @Bob, and @ann. Again @bob: (@ann)") == ("bob", "ann")


def test_customers_those_who_left_and_addresses_are_not_named(directory: Directory) -> None:
    assert directory.mentioned("@carla @dave @nobody mail x@bob.example, a.@ann, @@bob") == ()
