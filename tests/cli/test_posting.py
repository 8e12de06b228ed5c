"""What went out of a case, as `heard case` shows it; and points in time as every value of a form is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.cli.posting import show_messages
from engine.cli.showing import show_values
from engine.store.outbox import MESSAGE, NOTICE, Parcel
from engine.telling.sentences import Teller
from tests.builders import define

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
TELLER = Teller(
    define("""
start: {by: agent, go: open}
clocks: {answer: {title: Answer, target: 2d, stops-on: [state end], escalate: {75%: {notify: agent}}}}
states:
  open: {task: {candidates: [agent]}, on: {done: end}}
  end: {final: done}
"""),
    "Europe/Berlin",
)


def parcel(kind: str, day: int, **body: Any) -> Parcel:
    at = AT + timedelta(days=day)
    return Parcel(day, "1", day, kind, str(day), body, "sent", 1, at, at, at, "")


def test_messages_to_the_customer_and_notices_stand_apart_and_the_same_notice_stands_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    about = {"clock": "answer", "rung": "75%", "due_at": AT.isoformat()}
    notices = [parcel(NOTICE, day, to="role:lead", say="", about=about) for day in range(3)]
    other = parcel(NOTICE, 4, to="person:ben", say="", about=about)
    inside = parcel(MESSAGE, 5, to="role:lead", subject="It is late")
    message = parcel(MESSAGE, 6, to="a@b.example", subject="Your parcel")
    show_messages([*notices, other, inside, message, message], TELLER)
    assert capsys.readouterr().out == (
        "\nmessages to the customer\n"
        "  2026-11-29 13:00  sent       to a@b.example  Your parcel\n"
        "  2026-11-29 13:00  sent       to a@b.example  Your parcel\n"
        "\nnotices to colleagues\n"
        "  2026-11-23 13:00  sent       to lead  75% of Answer used up (3 times, last 2026-11-25 13:00)\n"
        "  2026-11-27 13:00  sent       to ben  75% of Answer used up\n"
        "  2026-11-28 13:00  sent       to lead  It is late\n"
    )


def test_nothing_is_said_of_messages_where_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    show_messages([], TELLER)
    assert capsys.readouterr().out == ""


def test_a_point_in_time_of_a_form_is_shown_in_the_zone_in_a_table_too(capsys: pytest.CaptureFixture[str]) -> None:
    at = "2026-11-20T14:00:00+00:00"
    show_values({"received_at": at, "calls": [{"at": at, "text": "None"}], "day": "2026-11-20"}, "Europe/Berlin")
    assert capsys.readouterr().out == (
        "  received_at: 2026-11-20 15:00\n  calls:\n  - at: 2026-11-20 15:00, text: None\n  day: 2026-11-20\n"
    ).replace("  - at", "    - at")
