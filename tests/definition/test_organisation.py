"""The organisation's file."""

from __future__ import annotations

import pytest

from engine.definition.organisation import read_organisation
from engine.definition.reader import read
from engine.errors import DefinitionError

FILE = """organisation: Brightwater
zone: Europe/Berlin
roles: {agent: {}}
people:
  ann: {name: Ann, roles: [agent]}
  ben: {name: Ben, roles: [agent], zone: Europe/London}
"""


def problems(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DefinitionError) as caught:
        read_organisation(read(text, "organisation.yaml"))
    return [(problem.place.line, problem.code, problem.message) for problem in caught.value.problems]


def test_who_has_no_zone_of_their_own_has_that_of_the_house() -> None:
    people = read_organisation(read(FILE, "organisation.yaml")).people
    assert {person.id: person.zone for person in people.values()} == {"ann": "Europe/Berlin", "ben": "Europe/London"}


def test_a_misspelt_zone_of_the_house_is_told_once_where_it_stands() -> None:
    ((line, code, message),) = problems(FILE.replace("Europe/Berlin", "Europe/Berln"))
    assert (line, code) == (2, "unknown-zone") and "did you mean 'Europe/Berlin'" in message


def test_a_misspelt_zone_of_a_person_is_told_where_it_stands() -> None:
    ((line, code, _),) = problems(FILE.replace("Europe/London", "Europe/Londn"))
    assert (line, code) == (6, "unknown-zone")
