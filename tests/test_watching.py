"""Each step is counted by what it came to, and told in a line that says nothing of what was written."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest

from engine.core.actors import Actor
from engine.core.commands import Complete
from engine.errors import Rejected
from engine.runtime import Engine
from engine.watching import BOUNDS, TALLY, Tally, Watched
from tests.runtime.worlds import ANN, BROKEN, CARLA, FILES, INTAKE, LIGHT, engine_on, task_in

SECRETS = ("A vase", "Carla", "carla@example.net", "typed with care")


@pytest.fixture
def engine(url: str) -> Engine:
    return engine_on(url, FILES)


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Iterator[list[dict[str, Any]]]:
    """The facts of each step since the test began, as they come."""
    found: list[dict[str, Any]] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append({"level": record.levelname, "text": record.getMessage(), **vars(record)["facts"]})

    keep, log = Keep(), logging.getLogger("engine.watching")
    log.addHandler(keep)
    with caplog.at_level(logging.INFO, logger="engine.watching"):
        yield found
    log.removeHandler(keep)


def counted() -> dict[tuple[str, str], int]:
    return TALLY.read().steps


def sort(engine: Engine, case: str, values: Any = LIGHT, actor: Actor = ANN, **more: Any) -> Complete:
    task = task_in(engine, case, "received")
    return Complete(at=engine.clock(), actor=actor, task=task, outcome="sort", values=values, **more)


def test_steps_are_counted_by_process_and_by_what_they_came_to(engine: Engine) -> None:
    before = counted()
    case = engine.start("parcel", ANN, INTAKE).instance
    with pytest.raises(Rejected):
        engine.do(case, sort(engine, case, actor=CARLA))
    assert engine.do(case, sort(engine, case, BROKEN)).stuck
    with pytest.raises(Rejected):
        engine.do("nowhere", sort(engine, case))
    with pytest.raises(Rejected):
        engine.start("no such process", ANN, {})
    after = counted()
    assert {what: count - before.get(what, 0) for what, count in after.items() if count != before.get(what, 0)} == {
        ("parcel", "done"): 1,
        ("parcel", "refused"): 1,
        ("parcel", "stuck"): 1,
        ("", "refused"): 2,  # a process that anybody could invent is no name for a count
    }


def test_a_fault_of_ours_is_counted_as_one(engine: Engine, monkeypatch: pytest.MonkeyPatch, told: list[Any]) -> None:
    case = engine.start("parcel", ANN, INTAKE).instance
    before = counted().get(("parcel", "failed"), 0)
    monkeypatch.setattr("engine.runtime.step", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        engine.do(case, sort(engine, case))
    assert counted()["parcel", "failed"] == before + 1
    assert (told[-1]["level"], told[-1]["error"]) == ("ERROR", "ZeroDivisionError")


def test_each_step_is_told_with_its_case_its_process_and_who_did_it(engine: Engine, told: list[Any]) -> None:
    begun = engine.start("parcel", ANN, INTAKE)
    with pytest.raises(Rejected):
        engine.do(begun.instance, sort(engine, begun.instance, revision=99))
    engine.do(begun.instance, sort(engine, begun.instance, BROKEN))
    start, refused, stuck = told
    known = {"case": begun.reference, "process": "parcel", "actor": "ann", "via": "cli"}
    for line in told:
        assert {name: line[name] for name in known} == known
        assert line["duration"] > 0
    assert (start["command"], start["outcome"], start["level"]) == ("Start", "done", "INFO")
    assert (refused["command"], refused["outcome"], refused["code"]) == ("Complete", "refused", "conflict")
    assert (stuck["outcome"], stuck["level"]) == ("stuck", "WARNING")


def test_nothing_that_was_written_and_no_customer_is_told(engine: Engine, told: list[Any]) -> None:
    case = engine.start("parcel", CARLA, INTAKE).instance
    with pytest.raises(Rejected):
        engine.do(case, sort(engine, case, actor=CARLA))
    engine.do(case, sort(engine, case, BROKEN))
    assert [line["actor"] for line in told] == ["customer", "customer", "ann"]
    assert not any(secret.lower() in str(told).lower() for secret in SECRETS)


def test_a_step_prints_nothing_where_nobody_has_asked_for_a_log(
    engine: Engine, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    case = engine.start("parcel", ANN, INTAKE).instance
    assert engine.do(case, sort(engine, case, BROKEN)).stuck
    assert capfd.readouterr() == ("", "")


def test_how_long_is_sorted_with_its_bound_in_and_the_longest_last() -> None:
    tally = Tally()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.1, BOUNDS[-1], BOUNDS[-1] + 1):
        tally.add("parcel", "done", seconds)
    counts = tally.read()
    assert counts.took == (2, 1, *[0] * (len(BOUNDS) - 3), 1, 1)
    assert counts.seconds == pytest.approx(2.1 * BOUNDS[0] + 2 * BOUNDS[-1] + 1)


def test_threads_that_count_at_once_lose_nothing() -> None:
    tally = Tally()

    def count() -> None:
        for _ in range(2_000):
            with Watched("Claim", ANN, tally) as seen:
                seen.process = "parcel"

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tally.read().steps == {("parcel", "done"): 16_000}
    assert sum(tally.read().took) == 16_000
