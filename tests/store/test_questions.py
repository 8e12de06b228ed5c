"""Questions to colleagues as rows: found by whoever was asked, gone from there once answered, remembered for ever."""

from __future__ import annotations

from typing import Any

from engine.core.instance import Question
from engine.store import Store, projections, questions
from tests.store.conftest import NOON

ASKED = Question("c1.7", "ann", "bob", "Do you know?", NOON)


def asked_of(store: Store, person: str) -> list[str]:
    return [one.id for one in questions.of_person(store, person)]


def test_whoever_is_asked_finds_the_question_with_its_case(store: Store, cases: Any) -> None:
    old = cases.start()
    cases.step(old, questions={ASKED.id: ASKED})
    (found,) = questions.of_person(store, "bob")
    assert (found.by, found.text, found.instance, found.subject, found.at) == (
        *("ann", "Do you know?", "c1", "About c1"),
        NOON,
    )
    assert asked_of(store, "ann") == []


def test_an_answered_question_is_no_longer_found_but_the_person_was_asked(store: Store, cases: Any) -> None:
    old = cases.step(cases.start(), questions={ASKED.id: ASKED})
    cases.step(old, questions={})
    assert asked_of(store, "bob") == []
    assert questions.was_asked(store, "c1", "bob") and not questions.was_asked(store, "c1", "ann")


def test_the_rows_can_be_made_again_from_the_snapshot(store: Store, cases: Any) -> None:
    case = cases.step(cases.start(), questions={ASKED.id: ASKED})
    store.database.execute_sql("DELETE FROM question")
    with store.transaction():
        projections.rebuild(store, case)
    assert asked_of(store, "bob") == ["c1.7"]
