"""`heard calendar`: answers, JSON, and one clear line instead of a traceback."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli.calendar import calendar

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Home:
    home: Path


def run(*arguments: str, home: Path = ROOT) -> Result:
    return CliRunner().invoke(calendar, list(arguments), obj=Home(home))


def test_add_says_when_it_is_due_in_the_calendars_zone() -> None:
    result = run("add", "office", "2026-11-20 16:30", "1bh")
    assert (result.exit_code, result.output) == (0, "Mon 2026-11-23 09:30 CET\n")


@pytest.mark.parametrize(
    "start", ["2026-11-20T15:30Z", "2026-11-20T16:30+01:00", "2026-11-20 10:30:00-05:00", "2026-11-20T16:30"]
)
def test_a_time_may_have_an_offset(start: str) -> None:
    assert run("add", "office", start, "1bh").output == "Mon 2026-11-23 09:30 CET\n"


def test_add_explains_in_two_languages() -> None:
    english = run("add", "office", "2026-12-24 11:00", "2bh", "--explain").output
    assert "special hours on Thu 2026-12-24: 09:00-12:00 (Christmas Eve)" in english
    assert "not counted: Fri 2026-12-25, closed (Christmas Day)" in english
    german = run("add", "office", "2026-12-24 11:00", "2bh", "--explain", "--language", "de").output
    assert "geschlossen (Erster Weihnachtstag)" in german


def test_add_gives_json() -> None:
    data = json.loads(run("add", "office", "2026-11-20 16:30", "1bh", "--json").output)
    assert data["due"] == "2026-11-23T09:30:00+01:00"
    assert [step["minutes"] for step in data["steps"]] == [30, 30]


def test_between_counts_open_time_without_pauses() -> None:
    asked = ("between", "office", "2026-11-23 10:00", "2026-11-25 15:00")
    assert run(*asked).output == "21 h 0 min open\n"
    pauses = (
        "--pause",
        "2026-11-23 12:00..2026-11-24 12:00",
        "--pause",
        "2026-11-24 11:00..2026-11-24 12:30",
    )
    assert run(*asked, *pauses).output == "12 h 30 min open\n"
    data = json.loads(run(*asked, "--pause", "2026-11-24 12:00..", "--json").output)
    assert data["open_minutes"] == 600
    assert data["pauses"] == [["2026-11-24T12:00:00+01:00", None]]


def test_show_lists_a_month_with_its_holidays() -> None:
    lines = run("show", "office", "--month", "2026-12").output.splitlines()
    assert lines[0] == "Office hours (Europe/Berlin), 2026-12"
    assert lines[24] == "Thu 2026-12-24  09:00-12:00  Christmas Eve"
    assert lines[25] == "Fri 2026-12-25  closed  Christmas Day"
    data = json.loads(run("show", "office", "--month", "2026-12", "--json").output)
    assert len(data["days"]) == 31
    assert run("show", "office").exit_code == 0


def test_a_calendar_may_be_a_file(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text('calendar: shop\nzone: Asia/Tokyo\nhours: {mon-sun: ["10:00-20:00"]}\n')
    assert run("add", str(file), "2026-11-20 19:30", "1bh").output == "Sat 2026-11-21 10:30 JST\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add", "nowhere", "2026-11-20", "1bd"], 1, "There are: office."),
        (["add", "../secret", "2026-11-20", "1bd"], 1, "There is no calendar"),
        (["add", "office\x00", "2026-11-20", "1bd"], 2, "Expected a calendar's name"),
        (["add", "a/\x00.yaml", "2026-11-20", "1bd"], 1, "calendar"),
        (["add", "/tmp", "2026-11-20", "1bd"], 1, "There is no calendar"),
        (["add", "office", "tomorrow", "1bd"], 2, "Expected a time such as"),
        (["add", "office", "2026-02-30 10:00", "1bd"], 2, "Expected a time such as"),
        (["add", "office", "2026-11-20 25:00", "1bd"], 2, "Expected a time such as"),
        (["add", "office", "0000-11-20", "1bd"], 2, "Expected a time such as"),
        (["add", "office", "2026-11-20", "1 day"], 2, "write 1d"),
        (["add", "office", "2026-11-20", "-1d"], 2, ""),
        (["add", "office", "9999-12-31 23:59", "1d"], 1, "9999"),
        (["add", "office", "9999-12-31 23:59", "1bd"], 1, "Error"),
        (["between", "office", "2026-11-20", "2026-11-19"], 1, "later one"),
        (["between", "office", "1001-01-01", "9999-12-31"], 1, "Error"),
        (["between", "office", "2026-11-20", "2026-11-21", "--pause", "x"], 2, "Expected a pause"),
        (
            ["between", "office", "2026-11-20", "2026-11-21", "--pause", "2026-11-21..2026-11-20"],
            1,
            "Expected a pause",
        ),
        (["show", "office", "--month", "2026-13"], 2, "Expected a month"),
        (["show", "office", "--month", "9999-12"], 2, "Expected a month"),
    ],
)
def test_bad_input_gets_one_clear_line(arguments: list[str], code: int, said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_a_wrong_calendar_is_told_with_its_places(tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text('calendar: shop\nzone: Berlin\nhours: {mon: ["9-5"]}\n')
    result = run("show", str(file))
    assert result.exit_code == 1
    assert f"{file}:2:7: calendar-zone" in result.output
    assert f"{file}:3:16: calendar-hours" in result.output
