"""`heard absence`, and the inbox of somebody who stands in for others."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from engine.runtime import wall_clock
from tests.cli.shell import Shell, deployed
from tests.cli.test_decide import HOME

TODAY = wall_clock().date()
TODAY_AND_ON = ("--from", str(TODAY - timedelta(days=1)), "--until", str(TODAY + timedelta(days=9)))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return deployed(tmp_path, capsys, HOME)


def test_a_deputy_finds_the_tasks_of_the_absent_person_and_does_them(shell: Shell) -> None:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    assert shell.json("inbox", "--as", "lea") == []
    said = shell.good("absence", "add", "ben", *TODAY_AND_ON, "--deputy", "lea", "--as", "ben")
    assert re.fullmatch(r"Number 1: lea stands in for ben from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d \(.+\)\.\n", said)
    assert "for ben" in shell.good("inbox", "--as", "lea")
    assert [row["acting_for"] for row in shell.json("inbox", "--as", "lea")] == ["ben"]
    shell.good("complete", reference, "propose", "--as", "lea")
    history = shell.good("history", reference)
    assert "lea on behalf of ben (cli)  task-completed" in history


def test_absences_are_listed_and_ended(shell: Shell) -> None:
    assert "Nobody is away" in shell.good("absence", "list")
    shell.good("absence", "add", "lea", *TODAY_AND_ON, "--deputy", "ann", "--role", "lead", "--as", "ole")
    listed = shell.good("absence", "list")
    assert "lea" in listed and "ann" in listed and "lead" in listed and "ole" in listed
    assert re.search(r" {2}\d{4}-\d\d-\d\d {2}\d{4}-\d\d-\d\d {2}", listed)
    (one,) = shell.json("absence", "list")
    assert (one["person"], one["deputy"], one["role"], one["recorded_by"]) == ("lea", "ann", "lead", "ole")
    assert "ann" in shell.refused("absence", "end", "1", "--as", "ann")
    assert "lea is back" in shell.good("absence", "end", "1", "--as", "lea")
    assert "Nobody is away" in shell.good("absence", "list")


def test_what_cannot_be_is_refused_and_a_gap_is_told(shell: Shell) -> None:
    assert "2026-12-01" in shell.refused(
        "absence", "add", "ben", "--from", "soon", "--until", "later", "--deputy", "ann", "--as", "ben"
    )
    shell.good("absence", "add", "ben", *TODAY_AND_ON, "--deputy", "lea", "--as", "ben")
    assert "number 1" in shell.refused("absence", "add", "ben", *TODAY_AND_ON, "--deputy", "eva", "--as", "ben")
    assert "away then too" in shell.refused("absence", "add", "ann", *TODAY_AND_ON, "--deputy", "ben", "--as", "ann")
    told = shell("absence", "add", "lea", *TODAY_AND_ON, "--deputy", "eva", "--as", "lea")
    assert told.code == 0 and "lea stands in for ben then (number 1)" in told.err


def test_a_task_says_on_whose_behalf_the_deputy_would_do_it(shell: Shell) -> None:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    assert shell.json("task", reference, "--as", "lea")["acting_for"] == ""
    shell.good("absence", "add", "ben", *TODAY_AND_ON, "--deputy", "lea", "--as", "ben")
    assert "You would do it on behalf of ben." in shell.good("task", reference, "--as", "lea")
    assert shell.json("task", reference, "--as", "lea")["acting_for"] == "ben"
    assert "on behalf of" not in shell.good("task", reference, "--as", "ann")
    shell.good("claim", reference, "--as", "ann")
    assert shell.json("task", reference, "--as", "lea")["acting_for"] == ""
    shell.good("delegate", reference, "zoe", "--as", "ann")
    assert shell.json("task", reference, "--as", "ann")["acting_for"] == ""


def test_an_approval_says_on_whose_behalf_the_deputy_would_decide(shell: Shell) -> None:
    reference = shell.good("start", "order", "--as", "ann", "--set", "price=100").split()[0]
    shell.good("complete", reference, "propose", "--as", "ann")
    shell.good("absence", "add", "eva", *TODAY_AND_ON, "--deputy", "ben", "--as", "eva")
    assert "You would decide on behalf of eva." in shell.good("task", reference, "--as", "ben")
    shown = shell.json("task", reference, "--as", "ben")
    assert (shown["acting_for"], shown["approval"]["may_act_for"]) == ("eva", ["eva"])
    shell.good("absence", "add", "zoe", *TODAY_AND_ON, "--deputy", "ben", "--as", "zoe")
    shown = shell.json("task", reference, "--as", "ben")
    assert (shown["acting_for"], shown["approval"]["may_act_for"]) == ("eva", ["eva", "zoe"])
    several = "You would decide on behalf of eva; with --on-behalf-of, for zoe."
    assert several in shell.good("task", reference, "--as", "ben")
    assert "You would decide" not in shell.good("task", reference, "--as", "lea")
    shell.good("decide", reference, "approve", "--as", "ben", "--reauthenticated")
    assert shell.json("task", reference, "--as", "ben")["approval"]["may_act_for"] == []
