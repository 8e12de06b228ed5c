"""What a monitor reads is true of the database it is asked about, on either kind."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine import __version__
from engine.core.commands import Claim
from engine.errors import Rejected
from engine.metrics import written
from engine.receiving import receive
from engine.runtime import Engine, VirtualClock
from engine.store import workers
from engine.watching import BOUNDS, Tally
from engine.workers.delivering import Hopeless, NotNow
from engine.workers.embedded import Embedded
from engine.workers.timers import sweep
from tests.databases import BOTH, sql
from tests.mails import mail
from tests.runtime.worlds import ANN, loaded, single, task_in
from tests.workers.posting import HELD, noting, office, pass_time, write

LABEL = r'[a-z]+="(?:[^"\\\n]|\\.)*"'
LINE = re.compile(rf"[a-z_]+(?:\{{{LABEL}(?:,{LABEL})*\}})? \S+")
PROMISING = single(
    "clocks:\n  answer: {title: Answer, target: 2h, stops-on: state end}\n"
    "start: {by: agent, go: open}\nstates:\n"
    "  open: {task: {title: A, candidates: [agent]}, on: {done: end}, after: {5h: end}}\n  end: {final: done}\n"
)


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def house(url: str) -> tuple[Engine, VirtualClock]:
    return office(url)


def samples(text: str) -> dict[str, float]:
    """Each line by its name and labels; fails at one that is none."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("# "):
            assert LINE.fullmatch(line), line
            name, _, value = line.rpartition(" ")
            found[name] = float(value)
    return found


def test_of_an_empty_house_everything_is_nothing_and_is_told(house: tuple[Engine, VirtualClock]) -> None:
    told = samples(written(house[0], Tally().read()))
    assert told.pop("heard_database_up") == 1
    assert [name for name, value in told.items() if value] == [f'heard_build_info{{version="{__version__}"}}']
    assert 'heard_steps_total{process="letters",outcome="stuck"}' in told
    assert {'heard_outbox_oldest_seconds{kind="message"}', 'heard_tasks_open{process="letters"}'} <= told.keys()


def test_what_should_have_gone_out_is_told_by_its_kind_with_the_age_of_the_oldest(
    house: tuple[Engine, VirtualClock],
) -> None:
    engine, clock = house
    write(engine, clock, 2)
    pass_time(clock, timedelta(minutes=10))
    told = samples(written(engine))
    assert told['heard_outbox_pending{kind="message"}'] == 2
    assert told['heard_outbox_oldest_seconds{kind="message"}'] == 600
    Embedded(engine, noting([], NotNow("too many", clock() + timedelta(hours=1))), "me").deliver_due()
    told = samples(written(engine))
    assert told['heard_outbox_oldest_seconds{kind="message"}'] == 0 and told["heard_outbox_put_off"] == 2


def test_mail_that_waits_for_somebody_is_told_with_the_age_of_the_oldest(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    receive(engine, mail(), "cli")
    pass_time(clock, timedelta(minutes=10))
    receive(engine, mail(id="<two@x>"), "cli")
    told = samples(written(engine))
    assert (told["heard_parked_mail"], told["heard_parked_mail_oldest_seconds"]) == (2, 600)


def test_what_is_still_held_back_does_not_wait_yet(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    write(engine, clock)
    clock.set(clock() - HELD)
    assert samples(written(engine))['heard_outbox_pending{kind="message"}'] == 0


def test_open_tasks_are_counted_by_process_whether_anybody_has_them_or_not(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    name = 'heard_tasks_open{process="letters"}'
    first = write(engine, clock, 1)
    write(engine, clock, 1)
    write(engine, clock, 1, last="leave")
    engine.do(first, Claim(at=clock(), actor=ANN, task=task_in(engine, first, "open")))
    ((counted,),) = sql(engine.store, "SELECT COUNT(*) FROM task WHERE status IN ('open', 'claimed')")
    assert samples(written(engine))[name] == counted == 2


def test_a_due_timer_and_an_overdue_promise_are_told_before_and_after_a_worker_has_seen_them(
    house: tuple[Engine, VirtualClock],
) -> None:
    engine, clock = house
    engine.deploy(loaded(PROMISING, "small"), "olga")
    for _ in range(2):
        engine.start("small", ANN, {})
    overdue = 'heard_promises_overdue{process="small"}'
    pass_time(clock, timedelta(hours=2))
    assert samples(written(engine))[overdue] == 0  # on the stroke is in time
    pass_time(clock, timedelta(minutes=3))
    told = samples(written(engine))
    assert told[overdue] == 2
    assert told["heard_timers_oldest_seconds"] == 180
    sweep(engine, clock())
    told = samples(written(engine))
    assert told[overdue] == 2
    assert told["heard_timers_due"] == told["heard_timers_oldest_seconds"] == 0
    pass_time(clock, timedelta(hours=3))
    sweep(engine, clock())
    assert samples(written(engine))[overdue] == 0


def test_incidents_and_the_workers_that_live_are_counted(house: tuple[Engine, VirtualClock]) -> None:
    engine, clock = house
    write(engine, clock)
    Embedded(engine, noting([], Hopeless("550")), "me").deliver_due()
    workers.beat(engine.store, "killed", clock() - timedelta(minutes=3))
    workers.beat(engine.store, "here", clock())
    told = samples(written(engine))
    assert told["heard_incidents_open"] == told["heard_workers_alive"] == 1


def test_where_the_database_does_not_answer_the_steps_of_this_program_are_told_all_the_same(
    house: tuple[Engine, VirtualClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise Rejected("database-unreachable", "Expected to reach the database")

    monkeypatch.setattr(house[0].store, "missing", gone)
    told = samples(written(house[0]))
    assert told["heard_database_up"] == 0
    assert "heard_step_seconds_count" in told and "heard_workers_alive" not in told


def test_steps_and_how_long_they_took_are_written_as_prometheus_reads_them(house: tuple[Engine, VirtualClock]) -> None:
    tally = Tally()
    tally.add("parcel", "done", 0.002)
    tally.add("parcel", "done", 0.3)
    tally.add('odd"\n\\', "stuck", 99.0)
    text = written(house[0], tally.read())
    assert "# TYPE heard_steps_total counter\n" in text and "# TYPE heard_step_seconds histogram\n" in text
    assert 'heard_steps_total{process="odd\\"\\n\\\\",outcome="stuck"} 1\n' in text
    told = samples(text)
    assert told['heard_steps_total{process="parcel",outcome="done"}'] == 2
    buckets = [told[f'heard_step_seconds_bucket{{le="{bound}"}}'] for bound in BOUNDS]
    assert buckets == [0, *[1] * 7, *[2] * 6]
    assert told['heard_step_seconds_bucket{le="+Inf"}'] == told["heard_step_seconds_count"] == 3
    assert told["heard_step_seconds_sum"] == pytest.approx(99.302)


def test_a_monitor_asks_a_few_questions_however_much_there_is(
    house: tuple[Engine, VirtualClock], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, clock = house
    asked: list[str] = []
    original = type(engine.store)._send

    def counting(self: object, text: str, *given: object) -> object:
        asked.append(text)
        return original(self, text, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(type(engine.store), "_send", counting)
    written(engine)
    few = len(asked)
    write(engine, clock, 5)
    asked.clear()
    written(engine)
    assert len(asked) == few <= 10
