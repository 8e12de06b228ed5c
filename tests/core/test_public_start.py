"""A page that begins a case for anybody: what it sets, what it does not ask, and what nobody can slip in."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.actors import GUEST, Actor
from engine.core.authority import guest_of
from engine.definition.catalog import Catalog
from engine.definition.loader import Loaded, examine
from engine.errors import Rejected
from engine.runtime import Engine
from engine.store.database import open_database
from tests.databases import throwaway

PROCESS = """
process: wish
title: Wish
owner: owner
reference: WSH
languages: [en]
retention: {class: note, years: 1}
customer: {person: intake.account, name: intake.name, email: intake.email}
start: {by: [BY], form: wish-intake, PUBLIC, go: open}
states:
  open: {title: Open, task: {title: Grant it, candidates: clerk}, on: {done: {go: granted}}}
  granted: {title: Granted, final: granted}
"""
FORM = """
form: wish-intake
title: Wish
order: [name, email, account, channel, wish]
required: [name, channel, wish]
properties:
  name: {title: Name, type: string}
  email: {title: E-mail, type: string, format: email}
  account: {title: Account, type: string, format: person}
  channel: {title: Channel, enum: [web, phone]}
  wish: {title: Wish, type: string}
"""
ORGANISATION = """
organisation: Test
roles: {customer: {title: C}, clerk: {title: K}, owner: {title: O}}
people: {kim: {name: Kim, roles: [clerk, owner]}, lena: {name: Lena, roles: [customer]}}
"""
FINE = "public: {set: {channel: web}, hide: [account]}"


def loaded(public: str = FINE, by: str = "customer, clerk") -> Loaded:
    process = PROCESS.replace("PUBLIC, ", f"{public}, " if public else "").replace("BY", by)
    files = {
        "processes/wish.yaml": process,
        "forms/wish-intake.yaml": FORM,
        "processes/organisation.yaml": ORGANISATION,
    }
    return examine(Catalog(files), "processes/wish.yaml")


def codes(public: str, by: str = "customer, clerk") -> set[str]:
    return {problem.code for problem in loaded(public, by).errors}


@pytest.fixture
def engine() -> Engine:
    store = open_database(throwaway())
    store.upgrade()
    return Engine(store)


def started(engine: Engine, values: dict[str, Any], public: str = FINE, actor: Actor = GUEST) -> Any:
    engine.deploy(loaded(public), "kim")
    case = engine.start("wish", actor, values)
    return engine.instance(case.instance)


def test_a_guest_starts_a_case_with_what_the_page_sets(engine: Engine) -> None:
    case = started(engine, {"name": "Otto", "email": "otto@example.org", "wish": "A bell"})
    assert case.data["intake"]["channel"] == "web"
    assert case.starter == "guest"


def test_what_the_page_does_not_ask_cannot_be_slipped_in(engine: Engine) -> None:
    values = {"name": "Otto", "wish": "A bell", "account": "lena", "channel": "phone"}
    case = started(engine, values)
    assert "account" not in case.data["intake"] and case.data["intake"]["channel"] == "web"
    assert not case.customer.get("person")


def test_a_guest_starts_nothing_where_there_is_no_page(engine: Engine) -> None:
    with pytest.raises(Rejected, match="no public page"):
        started(engine, {"name": "Otto", "wish": "A bell", "channel": "web"}, public="")


def test_staff_fill_in_the_whole_form(engine: Engine) -> None:
    clerk = Actor("kim", frozenset({"clerk"}))
    case = started(engine, {"name": "Otto", "wish": "A bell", "channel": "phone", "account": "lena"}, actor=clerk)
    assert case.data["intake"]["channel"] == "phone" and case.customer["person"] == "lena"


def test_a_guest_is_the_customer_of_their_own_case_by_account_or_address_or_as_a_guest() -> None:
    assert guest_of({"person": "lena", "email": "lena@example.org"}).id == "lena"
    assert guest_of({"email": "otto@example.org"}).id == "otto@example.org"
    assert guest_of({}).id == "guest"


@pytest.mark.parametrize(
    ("public", "code"),
    [
        ("public: {set: {channel: fax}}", "preset-unfit"),
        ("public: {hide: [chanel]}", "unknown-field"),
        ("public: {hide: [channel]}", "hidden-but-required"),
        ("public: {set: {colour: red}}", "unknown-field"),
    ],
)
def test_a_page_that_could_not_work_is_a_problem(public: str, code: str) -> None:
    assert codes(public) == {code}


def test_a_page_is_for_customers() -> None:
    assert codes(FINE, "clerk") == {"public-not-by-customers"}


def test_without_a_word_about_it_a_process_has_no_page() -> None:
    definition = loaded("").definition
    assert definition is not None and definition.public is None
