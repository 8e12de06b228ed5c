"""Counting back from a date, and what happens when there is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.core.calendars import Calendar
from engine.core.durations import parse_duration
from engine.core.hours import Span
from engine.core.reckoning_back import back
from engine.errors import Rejected
from tests.builders import ANN, CUSTOMER, STRANGER, Case, define, files, problems_of

OFFICE = Calendar("office", "Office", "Europe/Berlin", (*((Span(9 * 60, 17 * 60),),) * 5, (), ()))
BODY = """
start: {by: [agent], form: loan, go: lent}
states:
  lent:
    task: {candidates: [agent]}
    on: {returned: over}
    after:
      - {time: {at: loan.back, BESIDE}, milestone: reminded}
  over: {final: {reopen: {by: [agent], go: lent}}}
"""
FORMS = {"loan": "properties: {back: {type: string, format: date}, customer: {type: string, format: person}}"}


@pytest.mark.parametrize(
    ("at", "length", "expected"),
    [
        ("2026-11-30T23:59:59+01:00", "10bd", "2026-11-16T09:00:00+01:00"),
        ("2026-11-23T12:00:00+01:00", "1bd", "2026-11-20T09:00:00+01:00"),  # over a week-end
        ("2026-11-23T10:00:00+01:00", "2bh", "2026-11-20T16:00:00+01:00"),
        ("2026-11-23T17:00:00+01:00", "8bh", "2026-11-23T09:00:00+01:00"),
        ("2026-10-26T12:00:00+01:00", "2d", "2026-10-24T12:00:00+02:00"),  # the same local time, over the clock change
        ("2026-10-26T12:00:00+01:00", "48h", "2026-10-24T13:00:00+02:00"),
        ("2026-11-23T12:00:00+01:00", "0bd", "2026-11-23T09:00:00+01:00"),
    ],
)
def test_so_long_before_a_time(at: str, length: str, expected: str) -> None:
    found = back(OFFICE, datetime.fromisoformat(at), parse_duration(length))
    assert found == datetime.fromisoformat(expected)


def test_a_reminder_some_working_days_before_a_date() -> None:
    one = Case(define(BODY.replace("BESIDE", "before: 2bd"), FORMS)).start(ANN, back="2026-12-04")
    (timer,) = one.here.timers.values()
    assert timer.due_at == datetime(2026, 12, 2, 8, 0, tzinfo=UTC)


def test_a_date_that_is_not_there_sets_no_timer() -> None:
    assert not Case(define(BODY.replace("BESIDE", "before: 2bd"), FORMS)).start(ANN).here.timers


@pytest.mark.parametrize("beside", ["bevor: 2bd", "else: 3bd", "S1: 3bd"])
def test_what_would_be_passed_over_beside_a_date_is_told(beside: str) -> None:
    (problem,) = problems_of(files(BODY.replace("BESIDE", beside), FORMS))
    assert (problem.code, problem.place.line) == ("wrong-shape", 17)


def test_who_reopens_says_why() -> None:
    one = Case(define(BODY.replace("BESIDE", "before: 2bd"), FORMS)).start(ANN).do(ANN, "returned")
    with pytest.raises(Rejected) as caught:
        one.reopen(ANN, comment=" ")
    assert caught.value.code == "comment-needed"


def test_the_customer_a_case_is_about_acts_in_it_whoever_started_it() -> None:
    body = BODY.replace("BESIDE", "before: 2bd").replace("start:", "customer: {person: loan.customer}\nstart:")
    one = Case(define(body + "on: {stop: {by: [customer], go: over}}\n", FORMS)).start(ANN, customer=CUSTOMER.id)
    with pytest.raises(Rejected):
        one.trigger(STRANGER, "stop")
    assert one.trigger(CUSTOMER, "stop").here.status == "completed"


def test_no_time_lies_before_the_first_year() -> None:
    for length in ("P100Y", "P1200M", "5200w", "36500d"):
        with pytest.raises(OverflowError):
            back(OFFICE, datetime(50, 3, 1, tzinfo=UTC), parse_duration(length))


def test_a_date_too_far_back_is_an_incident_at_the_date() -> None:
    one = Case(define(BODY.replace("BESIDE", "before: P100Y"), FORMS)).start(ANN, back="0050-03-01")
    (incident,) = one.here.incidents.values()
    assert "too far away" in incident.message and incident.place.startswith("processes/order.yaml:17:")


def test_days_that_the_calendar_never_had_are_an_incident_at_the_date() -> None:
    one = Case(define(BODY.replace("BESIDE", "before: 20000bd"), FORMS)).start(ANN, back="2026-12-04")
    (incident,) = one.here.incidents.values()
    assert "has not had them" in incident.message and incident.place.startswith("processes/order.yaml:17:")


def test_a_time_past_the_last_year_is_an_incident_of_the_process() -> None:
    body = BODY.replace("{time: {at: loan.back, BESIDE}, milestone: reminded}", "{time: P30Y, milestone: reminded}")
    (incident,) = Case(define(body, FORMS), "9990-01-01 10:00").start(ANN).here.incidents.values()
    assert "the year 9999" in incident.message and incident.place.startswith("processes/order.yaml:")


def test_a_date_that_is_there_and_cannot_be_reckoned_with_is_an_incident() -> None:
    body = BODY.replace("at: loan.back, BESIDE", "at: 'add_days(loan.back, loan.more)'")
    more = {"loan": FORMS["loan"].replace("{back", "{more: {type: integer}, back")}
    assert not Case(define(body, more)).start(ANN, back="2026-12-04").here.timers
    one = Case(define(body, more)).start(ANN, back="2026-12-04", more=10**9)
    (incident,) = one.here.incidents.values()
    assert "outside the calendar" in incident.message and incident.place.startswith("processes/order.yaml:17:")
