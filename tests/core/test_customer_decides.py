"""The role `customer` in an approval: the customer of this case, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import commands as c
from engine.core.actors import Actor
from engine.errors import Rejected
from tests.builders import ANN, BEN, CUSTOMER, LEA, STRANGER, Case, define

BODY = """
start: {by: [customer, agent], form: order, go: offered}
customer: {email: order.email, person: order.person}
states:
  offered:
    approval:
      title: Accept {reference}
      by: RULE
      exclude: EXCLUDE
      binds: order
    on: {approved: accepted, rejected: refused}
  accepted: {final: accepted}
  refused: {final: refused}
"""
FORMS = {
    "order": "properties: {email: {type: string, format: email}, person: {type: string, format: person}}",
}


def case(starter: Actor = CUSTOMER, rule: str = "{any: customer}", exclude: str = "[]", **values: Any) -> Case:
    body = BODY.replace("RULE", rule).replace("      exclude: EXCLUDE\n", exclude and f"      exclude: {exclude}\n")
    one = Case(define(body.replace("      exclude: []\n", ""), FORMS))
    one.roll["customer"] = {"cleo", "stan"}
    return one.start(starter, **values)


def refused(one: Case, who: Actor, **more: Any) -> str:
    with pytest.raises(Rejected) as caught:
        one.decide(who, "approve", **more)
    return caught.value.code


def test_the_customer_who_started_it_decides_and_another_does_not() -> None:
    one = case()
    assert refused(one, STRANGER) == "not-allowed"
    assert one.decide(CUSTOMER, "approve").here.outcome == "accepted"


def test_the_person_it_is_about_decides_and_not_the_customer_who_started_it() -> None:
    one = case(STRANGER, person="cleo")
    assert refused(one, STRANGER) == "not-allowed"
    assert one.decide(CUSTOMER, "approve").here.outcome == "accepted"


def test_somebody_of_the_house_never_decides_as_the_customer() -> None:
    one = case()
    assert refused(one, Actor("ann", frozenset({"agent", "customer"}))) == "not-allowed"
    assert refused(one, Actor("cleo", frozenset({"agent", "customer"}))) == "not-allowed"


@pytest.mark.parametrize("values", [{}, {"email": "cleo@example.org"}])
def test_a_customer_without_an_account_is_waited_for_and_not_missing(values: dict[str, str]) -> None:
    one = case(ANN, **values)
    assert one.here.incidents == {} and len(one.here.approvals) == 1
    assert refused(one, CUSTOMER) == "not-allowed"
    assert refused(one, Actor("customer", frozenset({"customer"}), "customer")) == "not-allowed"


def test_the_customer_and_somebody_of_the_house_agree() -> None:
    one = case(rule="{all: [customer, lead]}").decide(LEA, "approve")
    assert one.here.states == ("offered",)
    assert one.decide(CUSTOMER, "approve").here.outcome == "accepted"


def test_a_no_of_the_customer_counts_as_theirs_alone() -> None:
    assert case(rule="{any: [customer, lead], veto: customer}").decide(CUSTOMER, "reject").here.outcome == "refused"
    one = case(rule="{any: [customer, lead], veto: customer}").decide(LEA, "reject")
    assert one.here.states == ("offered",)


def test_a_customer_names_nobody_of_the_house_to_decide_for_them() -> None:
    one = case()
    task = next(iter(one.here.approvals))
    with pytest.raises(Rejected) as caught:
        one.run(c.Delegate(at=one.now, actor=CUSTOMER, task=task, to="ben", to_roles=BEN.roles))
    assert caught.value.code == "not-allowed"


def test_a_customer_who_is_excluded_leaves_nobody_and_that_is_told() -> None:
    one = case(exclude="[starter]")
    assert "Too few people" in next(iter(one.here.incidents.values())).message


@pytest.mark.parametrize(
    ("rule", "told"), [("{any: customer}", ["role:owner"]), ("{all: [customer, lead]}", ["role:lead"])]
)
def test_what_a_customer_writes_while_they_are_asked_is_told_to_colleagues_and_to_no_other_customer(
    rule: str, told: list[str]
) -> None:
    one = case(rule=rule)
    one.run(c.Comment(at=one.now, actor=CUSTOMER, text="What does it include?"))
    assert [notice["to"] for notice in one.events("notified")] == told
