"""When a case counts as received: what its form says, what whoever starts it says, or now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from engine.core import commands as c
from engine.errors import Rejected
from tests.builders import ANN, Case, define, files, problems_of

FORM = {
    "order-intake": """
    required: [came]
    properties:
      came: {title: Received, type: string, format: date-time, default: now}
      what: {title: What, type: string}
    """
}
BODY = """
start: {form: order-intake, received: came, by: [agent], go: open}
clocks: {answer: {target: 1bd, stops-on: state end}}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: true}
"""


def begun(received: datetime | None = None, **values: Any) -> Case:
    case = Case(define(BODY, FORM), "2026-11-25 10:00")
    start = c.Start(at=case.now, actor=ANN, instance="case", reference="ORD-2026-00001", values=values)
    case.run(start if received is None else c.Start(**{**_fields(start), "received_at": received}))
    return case


def _fields(start: c.Start) -> dict[str, Any]:
    return {name: getattr(start, name) for name in start.__dataclass_fields__}


def test_a_letter_counts_from_the_day_it_came_and_so_does_its_promise() -> None:
    case = begun(came="2026-11-23T09:00:00+01:00")
    assert case.here.received_at == case.now - timedelta(days=2, hours=1)
    assert case.here.clocks["answer"].started_at == case.here.received_at
    case.wait("0m")
    assert case.here.clocks["answer"].missed == case.here.clocks["answer"].due_at


def test_a_form_that_says_nothing_means_now() -> None:
    case = begun()
    assert case.here.received_at == case.now and case.here.data["intake"]["came"] == case.now.isoformat()


def test_whoever_starts_it_may_say_so_and_the_form_agrees() -> None:
    earlier = Case(define(BODY, FORM), "2026-11-24 10:00").now
    case = begun(earlier)
    assert case.here.received_at == earlier and case.here.data["intake"]["came"] == earlier.isoformat()


@pytest.mark.parametrize("came", ["2026-11-25T10:00:01+01:00", "1899-12-31T10:00:00+00:00"])
def test_a_receipt_in_the_future_or_before_anybody_can_remember_is_refused_at_its_field(came: str) -> None:
    with pytest.raises(Rejected) as caught:
        begun(came=came)
    assert caught.value.code == "invalid-values" and list(caught.value.fields) == ["came"]


def test_received_names_a_date_and_time_of_the_start_form() -> None:
    assert [p.code for p in problems_of(files(BODY.replace("received: came", "received: what"), FORM))] == [
        "unknown-field"
    ]
