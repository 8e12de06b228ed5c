"""One row an event: the rows of a case together, in the order of time, whatever their order in the file."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import DefinitionError
from engine.importing.reading import read_map
from tests.importing.conftest import House

LOG = """
import: ticket
case: {column: case id}
activity: {column: Activity}
time: {column: Timestamp, format: "%Y/%m/%d %H:%M:%S.%f"}
by: intake
values:
  subject: {text: "Ticket {case id}"}
  topics: {column: Topic, split: "/", map: {App: app, Web: web}, default: post}
on:
  Create ticket: ignore
  Take in charge ticket:
    do: take
    as: {column: Resource, map: {Value 1: ann, Value 2: ben}, else: agent, default: agent}
  Wait: {do: ask, as: agent}
  Reply: {message: customer-replied, as: intake, values: {text: {column: Text}}}
  Resolve ticket:
  - {note: {text: "{Resource} wrote {Text}"}, as: agent, when: {column: Text, empty: false}}
  - {do: resolve, as: agent, impossible: ignore}
  Closed: {note: {text: "{Activity} by {Resource}"}, as: agent}
else: ignore
"""
HEAD = ["case id", "Activity", "Timestamp", "Resource", "Topic", "Text", "seriousness"]


def log(*rows: tuple[str, ...]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for row in rows:
        case, activity, at, *more = row
        cells = [case, activity, f"2026/11/{at}:00.000" if len(at) == 8 else at, *more]
        writer.writerow(cells + [""] * (len(HEAD) - len(cells)))
    return text.getvalue()


def test_the_rows_of_a_case_become_its_steps_at_their_times(house: House) -> None:
    report = house.bring(
        log(
            ("7", "Create ticket", "02 09:00", "Value 1", "App/Web"),
            ("7", "Take in charge ticket", "02 10:00", "Value 1"),
            ("7", "Resolve ticket", "03 11:00", "Value 2", "", "Done"),
        ),
        LOG,
    )
    assert (report.added, report.refused, dict(report.ignored)) == (1, [], {"Create ticket": 1})
    assert house.states() == {"7": "resolved"}
    assert house.data("7") == {
        "subject": "Ticket 7",
        "topics": ["app", "web"],
        "weight": 1,
        "language": "en",
    }
    done = [(line.event.actor, line.event.at.isoformat()) for line in house.happened("7", "task-completed")]
    assert done == [("ann", "2026-11-02T10:00:00+00:00"), ("agent", "2026-11-03T11:00:00+00:00")]
    assert house.happened("7", "commented")[0].event.body["text"] == "Value 2 wrote Done"
    assert house.lines("7")[0].event.at.isoformat() == "2026-11-02T09:00:00+00:00"


def test_rows_in_any_order_and_cases_woven_into_each_other_are_put_in_order(house: House) -> None:
    report = house.bring(
        log(
            ("b", "Resolve ticket", "05 10:00"),
            ("a", "Take in charge ticket", "04 10:00"),
            ("b", "Create ticket", "01 10:00"),
            ("a", "Create ticket", "02 10:00"),
            ("b", "Take in charge ticket", "03 10:00"),
        ),
        LOG,
    )
    assert report.refused == []
    assert house.states() == {"a": "working", "b": "resolved"}
    assert [line.event.body["reference"] for id in "ba" for line in house.happened(id, "case-started")] == [
        "TCK-2026-00001",
        "TCK-2026-00002",
    ]


def test_rows_of_the_same_moment_keep_the_order_of_the_file(house: House) -> None:
    report = house.bring(
        log(
            ("1", "Create ticket", "02 09:00"),
            ("1", "Take in charge ticket", "02 09:00"),
            ("1", "Wait", "02 09:00"),
        ),
        LOG,
    )
    assert report.refused == []
    assert house.states() == {"1": "waiting"}


def test_timers_fire_between_the_events_of_a_case(house: House) -> None:
    house.bring(
        log(
            ("1", "Create ticket", "02 09:00"),
            ("1", "Take in charge ticket", "02 10:00"),
            ("1", "Wait", "02 11:00"),
            ("1", "Closed", "16 09:00"),
        ),
        LOG,
    )
    assert house.states() == {"1": "closed"}
    last = house.lines("1")
    assert [line.event.type for line in last[-3:]] == ["moved", "completed", "commented"]
    assert last[-2].event.at.isoformat() == "2026-11-12T11:00:00+00:00"


def test_an_activity_that_nobody_named_refuses_its_case_unless_the_map_ignores_it(house: House) -> None:
    content = log(
        ("1", "Create ticket", "02 09:00"),
        ("1", "Schedule intervention", "02 10:00"),
        ("2", "Create ticket", "02 09:00"),
    )
    report = house.bring(content, LOG.replace("else: ignore\n", ""))
    assert [(one.external_id, one.reason) for one in report.refused] == [
        ("1", "Expected an activity that the map names under `on`, but line 3 has 'Schedule intervention'")
    ]
    report = house.bring(content, LOG)
    assert (report.added, report.known) == (1, 1)
    assert report.ignored == Counter({"Create ticket": 1, "Schedule intervention": 1})


def test_what_the_case_does_not_offer_refuses_it_unless_the_step_may_be_passed_over(house: House) -> None:
    report = house.bring(
        log(
            ("1", "Create ticket", "02 09:00"),
            ("1", "Reply", "02 10:00"),
            ("2", "Create ticket", "02 09:00"),
            ("2", "Resolve ticket", "02 10:00"),
        ),
        LOG,
    )
    assert [(one.external_id, one.reason) for one in report.refused] == [
        ("1", "Expected a case that waits for 'customer-replied', but the case is in open")
    ]
    assert house.states() == {"2": "open"}
    assert report.ignored["do resolve"] == 1


def test_a_case_with_a_row_that_cannot_be_read_is_refused_as_a_whole(house: House) -> None:
    report = house.bring(
        log(
            ("1", "Create ticket", "02 09:00"),
            ("1", "Take in charge ticket", "soon"),
            ("2", "Create ticket", "02 09:00"),
            ("3", "", "02 09:00"),
        ),
        LOG,
    )
    assert [(one.line, one.external_id) for one in report.refused] == [(3, "1"), (5, "3")]
    assert "Expected a date such as 2026/11/23 14:30:00.000000" in report.refused[0].reason
    assert house.states() == {"2": "open"}


def test_a_row_of_which_nobody_knows_the_case_stops_the_whole_import(house: House) -> None:
    report = house.bring(log(("1", "Create ticket", "02 09:00"), ("", "Wait", "02 09:00")) + "2,Wait\n", LOG)
    assert [one.line for one in report.refused] == [3, 4]
    assert "before it is known to which case this row belongs" in report.refused[0].reason
    assert house.states() == {}


def test_an_event_in_the_future_or_before_the_receipt_refuses_its_case(house: House) -> None:
    early = LOG + 'received: {column: Text, format: "%d.%m.%Y", default: 2026-11-02T09:00}\n'
    content = log(
        ("1", "Create ticket", "02 09:00"),
        ("1", "Take in charge ticket", "2027/11/02 10:00:00.000"),
        ("2", "Create ticket", "02 09:00", "", "", "05.11.2026"),
        ("2", "Take in charge ticket", "03 10:00", "", "", "05.11.2026"),
        ("3", "Create ticket", "03 09:00"),
    )
    report = house.bring(content, early)
    assert [one.reason.split(",")[0] for one in report.refused] == [
        "Expected 'take' before now",
        "Expected 'take' after what came before it",
    ]
    assert house.states() == {"3": "open"}


def test_somebody_whom_the_organisation_does_not_know_refuses_the_case(house: House) -> None:
    text = LOG.replace("map: {Value 1: ann, Value 2: ben}, else: agent, ", "")
    report = house.bring(
        log(("1", "Create ticket", "02 09:00"), ("1", "Take in charge ticket", "02 10:00", "Jimmy")), text
    )
    assert "there is no 'Jimmy'" in report.refused[0].reason


def test_a_log_of_two_thousand_events_in_odd_orders_is_imported_once_and_wholly(house: House) -> None:
    chance = random.Random(42)
    begin = datetime(2026, 1, 5, 8, tzinfo=UTC)
    rows: list[tuple[str, ...]] = []
    expected: dict[str, str] = {}
    number = 0
    while len(rows) < 2_000:
        number += 1
        key, at = f"Case {number}", begin + timedelta(minutes=chance.randrange(200_000))
        path = chance.choice(
            [
                (["Create ticket"], "open"),
                (["Create ticket", "Assign seriousness", "Take in charge ticket"], "working"),
                (
                    [
                        "Create ticket",
                        "Assign seriousness",
                        "Take in charge ticket",
                        "Wait",
                        "Reply",
                        "Resolve ticket",
                    ],
                    "resolved",
                ),
                (
                    [
                        "Create ticket",
                        "Take in charge ticket",
                        "Resolve ticket",
                        "Reply",
                        "Resolve ticket",
                        "Closed",
                    ],
                    "resolved",
                ),
                (["Create ticket", "Take in charge ticket", "Wait"], "waiting"),
            ]
        )
        for activity in path[0]:
            at += timedelta(minutes=chance.choice([0, 1, 7, 60, 1000]))
            rows.append((key, activity, f"{at:%Y/%m/%d %H:%M:%S}.000", f"Value {chance.randrange(1, 4)}"))
        expected[key] = path[1]
    order = {id(row): number for number, row in enumerate(rows)}
    chance.shuffle(rows)
    # Rows of the same moment are told apart only by their order in the file, as in real logs.
    rows.sort(key=lambda row: (row[2], order[id(row)]))
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    chance.shuffle(blocks)
    content = log(*(row for block in blocks for row in block))

    report = house.bring(content, LOG)
    assert report.refused == []
    assert report.added == len(expected)
    states = {}
    for page in range(len(expected)):
        key = f"Case {page + 1}"
        moved = [line.event.body["to"] for line in house.happened(key, "moved")]
        states[key] = moved[-1]
        stamps = [line.event.at for line in house.lines(key)]
        assert stamps == sorted(stamps)
    assert states == expected
    numbers = sorted(
        int(one.rsplit("-", 1)[1])
        for key in expected
        for one in [str(house.happened(key, "case-started")[0].event.body["reference"])]
    )
    assert numbers == list(range(1, len(expected) + 1))
    again = house.bring(content, LOG)
    assert (again.added, again.known) == (0, len(expected))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("case: {column: case id}\n", "external-id: {column: case id}\n"),
            "Expected no `activity` in a map without `case`",
        ),
        (("else: ignore\n", "else: maybe\n"), "Expected `ignore` or `refuse`"),
        (("Create ticket: ignore", "Create ticket: skip"), "Expected `ignore`"),
        (("time: {column: Timestamp", "tim: {column: Timestamp"), "did you mean 'time'?"),
        (("activity: {column: Activity}\n", ""), "Expected 'activity' in a map with `case`"),
        (("else: ignore\n", "else: ignore\nexternal-id: {column: x}\n"), "Expected no `external-id`"),
        (("impossible: ignore", "impossible: perhaps"), "Expected `ignore` or `refuse`"),
        (("as: agent}\nelse", "as: agent, values: {a: b}}\nelse"), "Expected no values with a note"),
    ],
)
def test_a_map_that_mixes_or_misspells_its_words_is_refused_with_the_place(
    change: tuple[str, str], message: str
) -> None:
    assert change[0] in LOG
    with pytest.raises(DefinitionError) as raised:
        read_map(LOG.replace(*change), "map.yaml")
    assert any(message in problem.message for problem in raised.value.problems), raised.value.problems
    assert all(problem.place.line > 0 for problem in raised.value.problems)
