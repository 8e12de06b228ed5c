"""What the file says of a promise, beside what the clock says: the same, another, or nothing that can be compared."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from engine.errors import DefinitionError
from engine.home import shipped
from engine.importing.cases import sources
from engine.importing.comparing import Comparison
from engine.importing.reading import read_map
from engine.importing.running import Importer, Report
from engine.importing.table import Table
from engine.store import instances
from tests.importing.conftest import NOW, House

IMPORTS = shipped() / "processes" / "imports"
SHIPPED = (IMPORTS / "consumer-complaints.map.yaml").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(io.StringIO((IMPORTS / "consumer-complaints.csv").read_text(encoding="utf-8"))))
DATED = """
import: referred-complaint
external-id: {column: id}
received: {column: sent, time: "09:00"}
by: regulator-desk
values: {regulator_reference: {column: id}, product: Loan, issue: Fees, channel: web, language: en}
then:
- {do: forward, as: regulator-desk, at: {column: sent, time: "10:00"}, values: {sent_on: {column: sent}}}
- do: answer
  as: investigator
  at: {column: answered, time: "17:00"}
  when: {column: answered, empty: false}
  values: {response: closed, answer_text: Not in the file.}
until: now
compare: {clock: first-answer, column: timely, kept: ["Yes"], missed: ["No"]}
"""
HEAD = "id,sent,answered,timely\n"


def dated(house: House, rows: str, text: str = DATED) -> Comparison:
    report = house.bring(HEAD + rows, text)
    assert not report.refused
    return report.compared["first-answer timely"]


def bureau(**cells: str) -> str:
    """One row of the bureau's file with these cells changed."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(ROWS[0]))
    writer.writeheader()
    writer.writerow({**ROWS[0], **cells})
    return out.getvalue()


def test_an_answer_with_its_day_is_judged_and_the_file_agrees(house: House) -> None:
    found = dated(house, "1,2016-09-12,2016-09-20,Yes\n2,2016-09-12,2016-10-20,No\n")
    assert (found.same, found.differing, found.not_comparable) == (2, [], 0)


def test_the_last_minute_of_the_fifteenth_day_is_in_time_and_the_first_of_the_next_is_not(house: House) -> None:
    in_time = DATED.replace('time: "17:00"', 'time: "21:59"')  # the office is in Berlin, where it is summer
    assert dated(house, "1,2016-09-12,2016-09-27,Yes\n", in_time).same == 1
    late = dated(house, "2,2016-09-12,2016-09-27,Yes\n", DATED.replace('time: "17:00"', 'time: "22:00"'))
    assert [case.verdict for case in late.differing] == ["missed"]


def test_done_on_the_stroke_is_in_time_and_the_smallest_moment_later_is_not(house: House) -> None:
    text = DATED.replace('{column: answered, time: "17:00"}', '{column: answered, format: "%Y-%m-%d %H:%M:%S.%f"}')
    assert dated(house, "1,2016-09-12,2016-09-27 21:59:59.000000,Yes\n", text).same == 1
    late = dated(house, "2,2016-09-12,2016-09-27 21:59:59.000001,Yes\n", text)
    assert [case.verdict for case in late.differing] == ["missed"]


def test_where_the_two_differ_both_are_told_with_the_times_of_the_clock(house: House) -> None:
    found = dated(house, "1,2016-09-12,2016-09-20,No\n2,2016-09-12,2016-10-20,Yes\n")
    assert found.same == 0
    kept, missed = found.differing
    assert (kept.line, kept.external_id, kept.said, kept.verdict) == (2, "1", "missed", "kept")
    assert kept.why == "begun 2016-09-12 21:59, done 2016-09-20 17:00"
    assert (missed.said, missed.verdict) == ("kept", "missed")
    assert missed.why == "due 2016-09-27 21:59, done 2016-10-20 17:00"
    assert instances.by_reference(house.store, missed.reference) is not None


def test_a_row_without_an_answer_runs_out_of_time_and_that_is_a_verdict(house: House) -> None:
    found = dated(house, "1,2016-09-12,,No\n2,2016-09-12,,Yes\n3,2016-09-12,,\n")
    assert (found.same, len(found.differing), found.not_comparable) == (1, 1, 1)
    assert found.differing[0].why == "due 2016-09-27 21:59, not done since"


def test_what_still_runs_has_no_verdict_yet(house: House) -> None:
    found = dated(house, f"1,{NOW:%Y-%m-%d},,Yes\n")
    assert found.counted == {("kept", "", "it still runs"): 1}


def test_cases_that_are_known_already_are_compared_again(house: House) -> None:
    dated(house, "1,2016-09-12,2016-09-20,Yes\n")
    again = house.bring(HEAD + "1,2016-09-12,2016-09-20,No\n", DATED)
    assert (again.added, again.known) == (0, 1)
    assert len(again.compared["first-answer timely"].differing) == 1


def test_a_dry_run_compares_and_keeps_nothing(house: House) -> None:
    report = house.bring(HEAD + "1,2016-09-12,2016-09-20,Yes\n", DATED, dry_run=True)
    assert report.compared["first-answer timely"].same == 1
    assert house.references("referred-complaint") == []


def test_a_clock_that_the_process_does_not_have_is_told_with_its_place(house: House) -> None:
    with pytest.raises(DefinitionError) as refused:
        dated(house, "", DATED.replace("first-answer", "first-anwser"))
    (problem,) = refused.value.problems
    assert problem.code == "unknown-clock"
    assert "did you mean 'first-answer'?" in problem.message


def test_a_column_that_the_file_does_not_have_is_told(house: House) -> None:
    with pytest.raises(DefinitionError, match="there is no 'in time'"):
        dated(house, "", DATED.replace("column: timely", "column: in time"))


def test_the_bureau_gives_a_verdict_on_every_row_and_no_day_so_no_clock_claims_one(house: House) -> None:
    mapping = read_map(SHIPPED, "map.yaml")
    table, report = Table(IMPORTS / "consumer-complaints.csv", mapping), Report()
    list(Importer(house.store, mapping, NOW).bring_in(sources(table.lines(), mapping), report))
    (found,) = report.compared.values()
    assert {row["Timely response?"] for row in ROWS} == {"Yes"}
    assert not [heading for heading in ROWS[0] if "answer" in heading.lower() or "responded" in heading.lower()]
    assert found.counted == {("kept", "", "it promises nothing for this answer"): 349}
    for row in ROWS:
        case = instances.by_external_id(house.store, "referred-complaint", row["Complaint ID"])
        loaded = instances.load(house.store, case or "")
        assert loaded is not None
        assert loaded.clocks["first-answer"].missed is None
        assert loaded.clocks["first-answer"].status != "stopped"


def test_a_complaint_that_the_bureau_says_nobody_answered_is_missed_by_the_clock_too(house: House) -> None:
    row = bureau(**{"Company response to consumer": "Untimely response", "Timely response?": "No"})
    (found,) = house.bring(row, SHIPPED).compared.values()
    assert (found.same, found.not_comparable) == (1, 0)
    case = instances.load(
        house.store, instances.by_external_id(house.store, "referred-complaint", ROWS[0]["Complaint ID"]) or ""
    )
    assert case is not None and case.states == ("with-us",)
    assert case.clocks["first-answer"].missed == datetime(2016, 9, 27, 21, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("answer", sorted({row["Company response to consumer"] for row in ROWS}))
def test_an_answer_that_the_bureau_calls_late_is_not_called_anything_here(house: House, answer: str) -> None:
    row = bureau(**{"Company response to consumer": answer, "Timely response?": "No"})
    (found,) = house.bring(row, SHIPPED).compared.values()
    assert (found.same, len(found.differing), found.not_comparable) == (0, 0, 1)
