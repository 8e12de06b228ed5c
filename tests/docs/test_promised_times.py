"""What the page about promised times shows is what the engine reckons: its tables row by row, its case step by step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache

import pytest

from engine.core.actors import Actor
from engine.core.deadlines import FULL, Pause, reached
from engine.core.durations import parse_duration
from engine.definition.catalog import Catalog
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.scenarios.trial import try_process
from tests.builders import Case
from tests.docs.pages import DOCS, page_of
from tests.docs.test_examples import stories, with_messages

PAGE = DOCS / "explanation" / "promised-times.md"
CLAIM = "processes/claim.yaml"
INTAKE = Actor("ida", frozenset({"intake"}))
DISPATCHER = Actor("dora", frozenset({"dispatcher"}))
ROWS_OF_PROMISES = 18


@cache
def claim() -> Catalog:
    """The page's process with all that belongs to it."""
    *_, last = stories(page_of(PAGE))
    return with_messages(last.files)


@cache
def definition() -> Definition:
    loaded = examine(claim(), CLAIM)
    assert loaded.definition is not None, loaded.errors
    return loaded.definition


def rows() -> Iterator[dict[str, str]]:
    """The rows of all tables, by the heads of their columns."""
    head: list[str] = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            head = []
        elif not head:
            head = cells
        elif set(cells[0]) != {"-"}:
            yield dict(zip(head, cells, strict=True))


PROMISES = [row for row in rows() if "promise" in row]
LATE = [row for row in rows() if "rung" in row]


def instant(shown: str) -> datetime:
    """`Fri 2026-11-20 15:00`; the weekday has to be right."""
    local = datetime.strptime(shown, "%a %Y-%m-%d %H:%M")  # noqa: DTZ007
    assert f"{local:%a}" == shown[:3], shown
    return definition().calendar.localise(local)


def pauses(shown: str) -> list[Pause]:
    found = [tuple(instant(end) for end in one.split(" to ")) for one in shown.split(", ") if one]
    return [(begin, end) for begin, end in found]


@pytest.mark.parametrize("row", PROMISES, ids=lambda row: " ".join(row.values()))
def test_a_promise_of_the_page_is_due_when_the_page_says(row: dict[str, str]) -> None:
    start, target = instant(row["received"]), parse_duration(row["promise"])
    percent = int(row.get("share", f"{FULL}%").removesuffix("%"))
    at = reached(definition().calendar, start, target, pauses(row.get("pauses", "")), percent)
    assert at == instant(row.get("due") or row["reached"])


def test_the_page_shows_promises_in_tables() -> None:
    assert len(PROMISES) == ROWS_OF_PROMISES
    assert {frozenset(row) for row in PROMISES} == {
        frozenset({"received", "promise", "due"}),
        frozenset({"received", "promise", "pauses", "due"}),
        frozenset({"received", "promise", "share", "reached"}),
    }


def test_the_case_of_the_page_goes_as_it_says() -> None:
    trial = try_process(claim(), CLAIM)
    assert trial.told and not [str(problem) for problem in trial.problems]


def late_case() -> Case:
    """A claim of S2 that nobody touches while no worker runs, and the worker's coming back."""
    case = Case(definition()).start(INTAKE, name="Clara Nowak", email="clara@post.example")
    case.do(DISPATCHER, "sort", severity="S2").at("2026-12-11 10:00")
    while waiting := [timer for timer in case.timers if timer.due_at <= case.now]:
        case.fire(waiting[0])
    return case


def test_a_late_worker_fires_each_missed_rung_once_in_order_and_tells_both_times() -> None:
    told = [
        (event.body["rung"], datetime.fromisoformat(event.body["due_at"]), event.at)
        for event in late_case().history
        if event.type == "timer-fired" and event.body["state"] == "final-answer"
    ]
    assert told == [(row["rung"], instant(row["was due"]), instant(row["fired"])) for row in LATE]


def test_the_breach_is_written_down_as_of_when_it_happened_and_repeats_are_not_made_up_for() -> None:
    case = late_case()
    clock = case.here.clocks["final-answer"]
    assert clock.missed == instant("Mon 2026-11-30 17:00")
    (again,) = [timer for timer in case.timers if timer.state == "final-answer" and timer.fired]
    assert again.due_at == instant("Fri 2026-12-11 17:00")
    assert re.search(r"its next regular time, here Friday, 17:00", " ".join(PAGE.read_text("utf-8").split()))


def test_the_rungs_of_a_promise_kept_before_the_worker_came_back_do_not_fire_but_the_breach_is_told() -> None:
    case = Case(definition()).start(INTAKE, name="Clara Nowak", email="clara@post.example")
    case.do(DISPATCHER, "sort", severity="S2").at("2026-12-11 10:00")
    case.do(Actor("ann", frozenset({"agent"})), "answer")
    assert "final-answer" in [event["clock"] for event in case.events("clock-breached")]
    assert case.here.clocks["final-answer"].missed == instant("Mon 2026-11-30 17:00") and not case.timers


def test_to_suspend_a_case_is_no_pause_and_what_was_missed_fires_when_it_is_resumed() -> None:
    case = Case(definition()).start(INTAKE, name="Clara Nowak", email="clara@post.example")
    owner = Actor("kim", frozenset({"process-owner"}))
    case.do(DISPATCHER, "sort", severity="S2").suspend(owner).at("2026-12-01 10:00").resume(owner)
    case.wait("0m")
    assert case.here.clocks["final-answer"].pauses == ()
    assert case.here.clocks["final-answer"].missed == instant("Mon 2026-11-30 17:00")
    rungs = [e.body["rung"] for e in case.history if e.type == "timer-fired" and e.body["state"] == "final-answer"]
    assert rungs == ["75%", "100%"]
