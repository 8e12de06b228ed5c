"""One row a case: values, steps, time between them, refusals, and doing it twice."""

from __future__ import annotations

import pytest

from engine.store import deployments, outbox, queries, references
from tests.importing.conftest import MAP, NOW, House

HEAD = "id,when,what\n"
STEPS = (
    MAP
    + """
then:
- {do: take, as: agent, at: {column: taken, format: "%Y-%m-%d %H:%M"}, when: {column: taken, empty: false}}
- do: resolve
  as: ann
  at: {column: solved, format: "%Y-%m-%d %H:%M"}
  when: {column: solved, empty: false}
  values: {text: {text: "Said: {answer}"}}
"""
)
STEPS_HEAD = "id,when,what,taken,solved,answer\n"


def field(extra: str, column: str, cells: list[str], house: House) -> list[object]:
    """The values that the cells become, in one field; the reason for a row that is refused."""
    name = extra.partition(":")[0]
    rows = "".join(f'{number},2026-11-02 09:00,x,"{cell}"\n' for number, cell in enumerate(cells))
    report = house.bring(f"id,when,what,{column}\n{rows}", MAP + f"  {extra}\n")
    reasons = {one.external_id: one.reason for one in report.refused}
    return [
        reasons[str(number)] if str(number) in reasons else house.data(str(number)).get(name)
        for number in range(len(cells))
    ]


def test_a_decimal_comma_becomes_a_point(house: House) -> None:
    cells = ["1.234,50", "1 234,50", "1\u00a0234,50", "1'234,50", "7", "-3,05", ""]
    assert field('amount: {column: sum, decimal: ","}', "sum", cells, house) == [
        *("1234.50", "1234.50", "1234.50", "1234.50", "7", "-3.05", None)
    ]


def test_a_decimal_point_with_grouping(house: House) -> None:
    assert field('amount: {column: sum, decimal: "."}', "sum", ["1,234.50", "0.1"], house) == [
        "1234.50",
        "0.1",
    ]


def test_a_number_that_is_none_is_refused_by_the_form_at_its_field(house: House) -> None:
    (reason,) = field('amount: {column: sum, decimal: ","}', "sum", ["twelve"], house)
    assert "; amount: " in str(reason)


def test_several_values_in_a_cell_are_split_and_mapped(house: House) -> None:
    found = field(
        'topics: {column: t, split: ";", map: {App: app, Web: web}, else: post}',
        "t",
        ["App; Web", ";Web;", "Fax"],
        house,
    )
    assert found == [["app", "web"], ["web"], ["post"]]


def test_a_text_that_the_map_does_not_know_is_refused_with_a_near_miss(house: House) -> None:
    (reason,) = field("urgent: {column: u, map: {Yes: true, No: false}}", "u", ["Yess"], house)
    assert reason == "Expected one of Yes, No in the column 'u', but found 'Yess', did you mean 'Yes'?"


def test_an_empty_cell_leaves_its_field_out_or_takes_the_default(house: House) -> None:
    assert field("due_on: {column: d}", "d", ["", "2026-12-01"], house) == [None, "2026-12-01"]
    more = "a,2026-11-02 09:00,x,\n"
    report = house.bring(f"id,when,what,d\n{more}", MAP + "  due_on: {column: d, default: 2026-12-24}\n")
    assert report.added == 1
    assert house.data("a")["due_on"] == "2026-12-24"


def test_dates_that_do_not_parse_are_refused_with_an_example(house: House) -> None:
    found = field(
        'due_on: {column: d, format: "%d.%m.%Y"}',
        "d",
        ["31.12.2026", "12/31/2026", "31.02.2026", "soon"],
        house,
    )
    assert found[0] == "2026-12-31"
    assert found[1] == "Expected a date such as 23.11.2026 in the column 'd', but found '12/31/2026'"
    assert "'31.02.2026'" in str(found[2]) and "'soon'" in str(found[3])


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("2027-01-01 00:00", "lies in the future"),
        ("", "the cell is empty"),
        ("0000-00-00 00:00", "Expected a date such as 2026-11-23 14:30"),
        ("2026-11-02", "Expected a date such as"),
    ],
)
def test_a_time_of_receipt_that_cannot_be_is_refused(house: House, when: str, reason: str) -> None:
    report = house.bring(f"{HEAD}1,{when},x\n")
    assert reason in report.refused[0].reason
    assert report.refused[0].line == 2


@pytest.mark.parametrize("when", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_the_ends_of_time_are_refused_and_break_nothing(house: House, when: str) -> None:
    text = MAP.replace('M"}', 'M", zone: Pacific/Auckland}')
    report = house.bring(f"{HEAD}1,{when},x\n", text)
    assert len(report.refused) == 1


def test_iso_times_need_no_format_and_may_have_an_offset(house: House) -> None:
    text = MAP.replace(', format: "%Y-%m-%d %H:%M"', ", zone: Europe/Berlin")
    report = house.bring(f"{HEAD}1,2026-11-02T09:00:00+05:30,x\n2,2026-11-02,x\n3,20261102T0900Z,x\n", text)
    assert report.added == 3
    found = {case.external_id: case.received_at.isoformat() for case in queries.cases(house.store).rows}
    assert found == {
        "1": "2026-11-02T03:30:00+00:00",
        "2": "2026-11-01T23:00:00+00:00",
        "3": "2026-11-02T09:00:00+00:00",
    }


def test_a_row_that_the_form_refuses_says_so_field_by_field_and_keeps_nothing(house: House) -> None:
    report = house.bring(
        f"id,when,what,sum,mail\n1,2026-11-02 09:00,{'long ' * 20},much,nobody\n2,2026-11-02 09:00,short,1.00,\n",
        MAP.replace("email: a@b.example", "email: {column: mail}\n  amount: {column: sum}"),
    )
    (one,) = report.refused
    assert all(f"{name}: " in one.reason for name in ("subject", "amount", "email"))
    assert house.references() == ["TCK-2026-00001"]


def test_an_empty_external_id_is_refused(house: House) -> None:
    report = house.bring(f"{HEAD},2026-11-02 09:00,x\n{'9' * 300},2026-11-02 09:00,x\n")
    assert [one.reason[:28] for one in report.refused] == [
        "Expected an external id, but",
        "Expected an external id of a",
    ]


def test_an_id_that_a_file_gives_to_two_different_rows_is_refused_with_the_first_line(house: House) -> None:
    content = f"{HEAD}1,2026-11-02 09:00,first\n1,2026-11-02 10:00,second\n1,2026-11-02 09:00,first\n"
    for _ in range(2):
        report = house.bring(content)
        assert [(one.line, one.external_id) for one in report.refused] == [(3, "1")]
        assert "line 2 has '1' too" in report.refused[0].reason
    assert house.data("1")["subject"] == "first"


def test_importing_twice_adds_nothing(house: House) -> None:
    content = STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:00,yes\n2,2026-11-02 09:00,y,,,\n"
    assert house.bring(content, STEPS).added == 2
    before = [line for id in "12" for line in house.lines(id)]
    report = house.bring(content, STEPS)
    assert (report.added, report.known, report.refused) == (0, 2, [])
    assert [line for id in "12" for line in house.lines(id)] == before


def test_a_dry_run_keeps_nothing_and_uses_no_reference(house: House) -> None:
    content = STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,,\n2,2026-11-02 09:00,y,2026-11-01 10:00,,\n"
    report = house.bring(content, STEPS, dry_run=True)
    assert (report.added, len(report.refused)) == (1, 1)
    assert house.states() == {}
    with house.store.transaction():
        assert references.take(house.store, "TCK", 2026) == "TCK-2026-00001"


def test_a_dry_run_finds_what_the_import_will_find(house: House) -> None:
    content = STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,,\n1,2026-11-02 09:00,y,,,\n3,2026-11-99 09:00,y,,,\n"
    tried = house.bring(content, STEPS, dry_run=True)
    done = house.bring(content, STEPS)
    assert (tried.added, tried.refused) == (done.added, done.refused)


def test_steps_carry_a_case_on_at_their_times_in_their_names(house: House) -> None:
    house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:30,Restart\n", STEPS)
    assert house.states() == {"1": "resolved"}
    done = [
        (line.event.actor, line.event.at.isoformat(), line.event.via) for line in house.happened("1", "task-completed")
    ]
    assert done == [
        ("agent", "2026-11-02T10:00:00+00:00", "import"),
        ("ann", "2026-11-03T10:30:00+00:00", "import"),
    ]
    form = house.happened("1", "form-submitted")[-1]
    assert form.event.body["changes"] == {"text": [None, "Said: Restart"]}


def test_a_step_for_which_nothing_is_said_is_left_out_even_when_its_time_is_empty(house: House) -> None:
    report = house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,,\n", STEPS)
    assert report.refused == []
    assert house.states() == {"1": "working"}


def test_a_step_before_the_one_before_it_is_refused_and_the_case_with_it(house: House) -> None:
    report = house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-03 10:00,2026-11-02 10:00,n\n", STEPS)
    assert report.refused[0].reason == (
        "Expected 'resolve' after what came before it, but 2026-11-02T10:00:00+00:00 is earlier"
    )
    assert house.states() == {}


def test_a_step_in_the_future_is_refused(house: House) -> None:
    report = house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2027-11-03 10:00,,\n", STEPS)
    assert "Expected 'take' before now" in report.refused[0].reason


def test_a_step_that_the_case_does_not_offer_is_refused_or_passed_over_as_the_map_says(house: House) -> None:
    content = STEPS_HEAD + "1,2026-11-02 09:00,x,,2026-11-03 10:00,n\n"
    report = house.bring(content, STEPS)
    assert report.refused[0].reason == "Expected an open task with the outcome 'resolve', but the case is in open"
    report = house.bring(content, STEPS.replace("  values: {text", "  impossible: ignore\n  values: {text"))
    assert (report.added, dict(report.ignored)) == (1, {"do resolve": 1})
    assert house.states() == {"1": "open"}


def test_a_process_that_gets_stuck_refuses_its_row_alone_and_leaves_no_incident(house: House) -> None:
    text = STEPS.replace("  email:", "  weight: {column: kg}\n  email:")
    head = STEPS_HEAD.replace("\n", ",kg\n")
    rows = "".join(f"{id},2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:00,n,{kg}\n" for id, kg in ((1, 0), (2, 5)))
    report = house.bring(head + rows, text)
    assert len(report.refused) == 1
    assert report.refused[0].reason.startswith("Expected 'resolve' to work, but the process cannot go on: ")
    assert house.states() == {"2": "resolved"}
    assert queries.incidents(house.store) == []
    assert house.references() == ["TCK-2026-00001"]


def test_timers_between_the_steps_fire_at_their_own_time(house: House) -> None:
    house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-04 10:00,,\n", STEPS)
    fired = [line.event.at.isoformat() for line in house.happened("1", "timer-fired")]
    assert fired == ["2026-11-03T09:00:00+00:00", "2026-11-04T09:00:00+00:00"]
    assert all(line.event.via == "import" for line in house.happened("1", "timer-fired"))
    assert {timer.instance for timer in queries.due_timers(house.store, NOW)} == set()


def test_a_timer_due_in_the_instant_of_a_step_comes_after_it_if_it_is_still_there(house: House) -> None:
    taken = "{0},2026-11-02 09:00,x,2026-11-03 09:00,{1},\n"
    house.bring(STEPS_HEAD + taken.format(1, "") + taken.format(2, "2026-11-03 09:00"), STEPS)
    assert house.happened("1", "timer-fired") == [] and house.states() == {"1": "working", "2": "resolved"}


def test_what_is_due_in_the_instant_of_the_last_step_still_belongs_to_the_import(house: House) -> None:
    text = STEPS + "- {do: ask, as: agent, at: {column: asked}, when: {column: asked, empty: false}}\n"
    text += "- {note: Called them., as: agent, at: {column: noted}, when: {column: noted, empty: false}}\n"
    house.bring(
        "id,when,what,taken,solved,answer,asked,noted\n"
        "1,2026-11-02 09:00,x,2026-11-02 10:00,,,2026-11-03T10:00Z,2026-11-13T10:00Z\n",
        text,
    )
    assert [line.event.type for line in house.lines("1")][-4:] == ["commented", "timer-fired", "moved", "completed"]


def test_until_now_carries_time_on_to_now_and_no_further(house: House) -> None:
    content = (
        STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:00,n\n2,2026-11-21 "
        "09:00,y,2026-11-22 10:00,2026-11-22 11:00,n\n"
    )
    house.bring(content, STEPS + "until: now\n")
    assert house.states() == {"1": "closed", "2": "resolved"}
    assert house.lines("1")[-1].event.at.isoformat() == "2026-11-08T10:00:00+00:00"


def test_until_a_column_carries_time_on_to_that_day_but_never_beyond_now(house: House) -> None:
    text = STEPS + "until: {column: answer}\n"
    row = "{},2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:00,{}\n"
    house.bring(
        STEPS_HEAD + row.format(1, "2026-11-07") + row.format(2, "2026-11-09") + row.format(3, "2099-01-01"),
        text,
    )
    assert house.states() == {"1": "resolved", "2": "closed", "3": "closed"}


def test_what_would_have_been_sent_is_withheld_and_nothing_is_in_the_outbox(house: House) -> None:
    house.bring(STEPS_HEAD + "1,2026-11-02 09:00,x,2026-11-04 10:00,,\n", STEPS)
    withheld = house.happened("1", "message-withheld")
    assert [line.event.body["template"] for line in withheld] == [
        "ticket-received",
        "ticket-reminder",
        "ticket-reminder",
    ]
    assert house.happened("1", "message-sent") == []
    assert outbox.due(house.store, NOW.replace(year=2099)) == []


def test_after_the_import_a_case_is_like_any_other(house: House) -> None:
    from engine.core.actors import Actor
    from engine.core.commands import Complete
    from engine.runtime import Engine
    from engine.workers.timers import sweep

    house.bring(f"{HEAD}1,2026-11-23 09:00,x\n")
    engine = Engine(house.store, lambda: NOW)
    case = engine.find("TCK-2026-00001")
    (task,) = engine.instance(case).tasks
    engine.do(case, Complete(at=NOW, actor=Actor("ann", frozenset({"agent"})), task=task, outcome="take"))
    assert house.states() == {"1": "working"}
    assert sweep(engine, NOW).fired == 0


def test_a_message_and_a_move_without_a_task_carry_on_too(house: House) -> None:
    text = (
        STEPS
        + """
- {do: ask, as: agent, at: {column: solved}, when: {column: answer, is: "?"}}
- message: customer-replied
  as: intake
  at: {column: solved}
  when: {column: answer, is: "?"}
  values: {text: Here}
- {trigger: withdraw, as: agent, at: {column: solved}, when: {column: answer, in: ["?", "!"]}}
- note: {text: "Said {answer}"}
  as: agent
  at: {column: solved}
  when: [{column: answer, not-in: ["?"]}, {column: solved, empty: false}]
"""
    )
    text = text.replace(
        'format: "%Y-%m-%d %H:%M"}\n  when: {column: solved, empty: false}',
        'format: "%Y-%m-%d %H:%M"}\n  when: {column: answer, is: solved}',
    )
    report = house.bring(
        STEPS_HEAD + "".join(f"{n},2026-11-02 09:00,x,2026-11-02 10:00,2026-11-03 10:00,{n}\n" for n in "?!a"),
        text,
    )
    assert report.refused == []
    assert house.states() == {"?": "withdrawn", "!": "withdrawn", "a": "working"}
    assert house.happened("a", "commented")[0].event.body["text"] == "Said a"


def test_a_version_deployed_after_the_import_began_does_not_change_it(house: House) -> None:
    house.bring(f"{HEAD}1,2020-11-02 09:00,x\n")
    case = queries.cases(house.store).rows[0]
    assert case.digest == deployments.in_force(house.store, "ticket", NOW).digest  # type: ignore[union-attr]
    assert case.reference == "TCK-2020-00001"
