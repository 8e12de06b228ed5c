"""Whom a field of a form names for a task is somebody who could do it."""

from __future__ import annotations

from tests.definition.planting import FORM, linted, the_one

BODY = """
states:
  received: {task: {title: Do it, candidates: [CANDIDATE], assignee: intake.by_whom}, on: {done: closed}}
  closed: {final: done}
"""


def test_a_field_for_customers_names_nobody_for_the_work_of_colleagues() -> None:
    asked = {"order-intake": FORM.replace("format: person}", "format: person, of: customer}")}
    body = BODY.replace("CANDIDATE", "agent")
    assert linted(body) == ()
    found = the_one(linted(body, forms=asked), "names-others")
    assert found.severity == "warning"
    assert found.message == (
        "Expected intake.by_whom to name colleagues, for whom the task in 'received' is, but it is for customers: "
        "nobody whom it offers can have the task"
    )


def test_a_field_for_colleagues_names_nobody_for_what_customers_do() -> None:
    found = [one.code for one in linted(BODY.replace("CANDIDATE", "customer"))]
    assert "names-others" in found
