"""The demo: every stage, real times, a database of its own, and commands that work when they are copied."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import heard
from engine.definition.loader import examine
from engine.demo import company, ground
from engine.demo.story import VERBS, stories
from engine.demo.workdays import Times, workdays
from engine.errors import Rejected
from engine.home import shipped
from engine.library import catalog_of
from engine.store import Store, history, instances, open_database, people, queries

HERE = [sys.executable, "-c", "from engine.cli import main; main()"]
CATALOG = catalog_of(shipped())
INQUIRY = examine(CATALOG, "processes/inquiry.yaml").definition
assert INQUIRY is not None

# Berlin time: inside and outside office hours, at the edges, half days, holidays, clock changes, year's end.
MOMENTS = [
    "2026-11-23 04:24",
    "2026-11-23 09:00",
    "2026-11-24 12:30",
    "2026-11-25 16:59",
    "2026-11-25 17:00",
    "2026-11-28 14:00",
    "2026-12-24 10:00",
    "2026-12-26 20:00",
    "2027-01-01 00:00",
    "2027-01-04 11:15",
    "2027-03-28 02:30",
    "2026-10-25 02:30",
    "2028-02-29 23:59",
    "2027-05-07 15:00",
]


def berlin(text: str) -> datetime:
    return INQUIRY.calendar.localise(datetime.fromisoformat(text))


def played(now: datetime) -> tuple[Store, dict[str, str]]:
    store = ground.open_empty("sqlite:///:memory:", now)
    acts = company.told(CATALOG, now)
    company.deploy(store, CATALOG, company.first_day(acts))
    company.load_people(store, CATALOG)
    return store, company.play(store, acts, now, lambda act: None)


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[Store, dict[str, str]]]:
    store, cases = played(berlin("2026-11-24 12:30"))
    yield store, cases
    store.close()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HEARD_DATABASE_URL", raising=False)
    monkeypatch.delenv("HEARD_HOME", raising=False)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(heard, arguments)
    if isinstance(done.exception, Rejected):
        return 1, f"{done.exception.code}: {done.exception.message}"
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_whatever_moment_it_is_played_every_state_has_a_case_and_nothing_lies_in_the_future(
    moment: str,
) -> None:
    now = berlin(moment)
    store, cases = played(now)
    with store:
        standing = Counter(one.states for one in queries.counts(store) if one.process == "inquiry")
        assert set(INQUIRY.states) == set(standing)
        assert len(cases) >= 36
        for case in queries.cases(store, limit=500).rows:
            assert case.received_at <= case.started_at <= case.updated_at <= now
        newest = queries.cases(store, limit=1).rows[0]
        assert (now - newest.received_at).total_seconds() < 3600


@pytest.mark.parametrize("moment", MOMENTS)
def test_staff_work_in_office_hours_alone(moment: str) -> None:
    staff = [act for act in company.told(CATALOG, berlin(moment)) if act.who in ("ann", "dieter", "emma", "greta")]
    assert staff
    for act in staff:
        assert INQUIRY.calendar.is_open(act.at), (act.story, act.at)


def test_the_same_moment_gives_the_same_cases() -> None:
    now = berlin("2026-11-24 12:30")

    def told() -> list[tuple[object, ...]]:
        store, _ = played(now)
        with store:
            return [
                (
                    case.reference,
                    case.states,
                    case.received_at,
                    case.updated_at,
                    line.event.at,
                    line.event.type,
                    line.event.actor,
                )
                for case in queries.cases(store, limit=500).rows
                for line in history.read(store, case.id)
            ]

    assert told() == told()


def test_timers_fire_at_their_time_and_not_when_somebody_next_does_something(
    stage: tuple[Store, dict[str, str]],
) -> None:
    store, cases = stage
    case = queries.case(store, cases["battery-life"])
    assert case is not None and case.states == "waiting-for-customer"
    sent = [
        (line.event.at, line.event.body["template"])
        for line in history.read(store, case.id)
        if line.event.type == "message-sent"
    ]
    at, template = sent[-1]
    assert template == "inquiry-reminder"
    assert INQUIRY.calendar.local_time(at).strftime("%H:%M") == "17:00"


def test_the_stories_hold_what_a_support_desk_knows(stage: tuple[Store, dict[str, str]]) -> None:
    store, cases = stage
    found = {story: queries.case(store, reference) for story, reference in cases.items()}
    lines = {story: history.read(store, case.id) for story, case in found.items() if case is not None}
    types = Counter(line.event.type for read in lines.values() for line in read)
    assert {"commented", "file-attached", "task-delegated", "task-assigned", "suspended", "reopened"} <= set(types)
    assert any(
        case is not None and case.next_due_at and case.next_due_at < berlin("2026-11-24 12:30")
        for case in found.values()
    )
    languages = Counter(
        line.event.body["language"] for read in lines.values() for line in read if line.event.type == "message-sent"
    )
    assert languages["de"] > 20 and languages["en"] > 20
    approved = [line.event.actor for line in lines["ten-licences"] if line.event.type == "decision-given"]
    assert approved == ["farid", "mara", "katrin"]


def test_what_was_refused_is_recorded_nowhere(stage: tuple[Store, dict[str, str]]) -> None:
    store, cases = stage
    refused = [(story["story"], step) for story in stories() for step in story.get("then", ()) if "refused" in step]
    assert {step["refused"] for _, step in refused} >= {"excluded", "not-offered", "not-allowed"}
    for name, step in refused:
        case = queries.case(store, cases[name])
        assert case is not None
        at = Times(INQUIRY.calendar, berlin("2026-11-24 12:30")).at(step["at"])
        assert not [
            line for line in history.read(store, case.id) if line.event.actor == step["as"] and line.event.at == at
        ]


def test_all_histories_hold_and_references_have_no_gaps(stage: tuple[Store, dict[str, str]]) -> None:
    store, cases = stage
    for reference in cases.values():
        case = queries.case(store, reference)
        assert case is not None and history.verify(store, case.id).ok
    numbers = sorted(int(reference.rsplit("-", 1)[1]) for reference in cases.values())
    assert numbers == list(range(1, len(cases) + 1))


def test_every_story_has_a_name_of_its_own_and_known_verbs_alone() -> None:
    names = [story["story"] for story in stories()]
    assert len(names) == len(set(names))
    known = {"at", "as", "values", "comment", "text", "refused", "on-behalf-of", *VERBS}
    for story in stories():
        for step in story.get("then", ()):
            assert set(step) <= known, story["story"]


def test_a_process_that_was_changed_under_the_stories_is_told_in_a_sentence() -> None:
    files = dict(CATALOG.files)
    text = files["processes/inquiry.yaml"].decode().replace("candidates: [dispatcher]", "candidates: [auditor]")
    files["processes/inquiry.yaml"] = text.encode()
    now = berlin("2026-11-24 12:30")
    changed = type(CATALOG)(files)
    store = ground.open_empty("sqlite:///:memory:", now)
    acts = company.told(changed, now)
    company.deploy(store, changed, company.first_day(acts))
    company.load_people(store, changed)
    with pytest.raises(Rejected, match="sample stories fit the processes as they are shipped"):
        company.play(store, acts, now, lambda act: None)
    store.close()


def test_working_days_leave_out_half_days_weekends_and_holidays() -> None:
    days = workdays(INQUIRY.calendar, berlin("2026-12-24 10:00"))
    assert [day.isoformat() for day in days[:3]] == ["2026-12-28", "2026-12-23", "2026-12-22"]


@pytest.mark.parametrize("text", ["", "-3", "-3 25:00", "1 10:00", "-99 10:00", "now", "0m ago"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Times(INQUIRY.calendar, datetime(2026, 11, 23, 9, tzinfo=UTC)).at(text)


def test_the_printed_commands_work_when_they_are_copied(here: Path) -> None:
    begun = time.monotonic()
    script = Path(sys.executable).parent
    environ = {**os.environ, "PATH": f"{script}{os.pathsep}{os.environ['PATH']}"}
    if shutil.which("heard", path=environ["PATH"]) is None:
        pytest.skip("the console script is not installed")

    def shell(line: str) -> str:
        done = subprocess.run(line, shell=True, cwd=here, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, line + done.stdout + done.stderr
        return done.stdout

    said = shell("heard demo")
    assert time.monotonic() - begun < 30
    assert "349 public complaints" in said
    assert "The inbox of Ann Keller:" in said
    commands = [line for line in said.splitlines() if line.startswith("heard ")]
    assert [line.split()[3] for line in commands] == ["task", "complete", "case", "history", "draw"]
    answers = [shell(line) for line in commands]
    assert "resolution_code" in answers[0]
    assert "→ answered" in answers[1]
    assert "Switch off live traffic" in answers[2]
    assert "chain holds" in answers[3]
    assert list(here.glob("INQ-*.svg"))


def test_running_it_twice_begins_its_own_file_afresh(here: Path) -> None:
    assert run("demo")[0] == 0
    assert run("--database", "sqlite:///demo.db", "comment", "INQ-2026-00001", "Mine", "--as", "ann")[0] == 0
    code, said = run("demo")
    assert code == 0
    assert "begun afresh" in said
    assert "Mine" not in run("--database", "sqlite:///demo.db", "history", "INQ-2026-00001")[1]


def test_a_database_that_holds_anything_else_is_refused_and_left_as_it_is(here: Path) -> None:
    with open_database("sqlite:///work.db") as store:
        store.upgrade()
        company.load_people(store, CATALOG)
    before = Path("work.db").read_bytes()
    for arguments in (
        ("demo", "--database", "sqlite:///work.db"),
        ("--database", "sqlite:///work.db", "demo", "--reset"),
    ):
        code, said = run(*arguments)
        assert code == 1
        assert "holds something else" in said
    assert Path("work.db").read_bytes() == before


def test_a_foreign_database_called_demo_db_is_refused_and_left_as_it_is(here: Path) -> None:
    with sqlite3.connect("demo.db") as foreign:
        foreign.execute("CREATE TABLE recipes (name TEXT)")
        foreign.execute("INSERT INTO recipes VALUES ('soup')")
    foreign.close()
    code, said = run("demo")
    assert code == 1
    assert "another program's tables" in said
    with sqlite3.connect("demo.db") as foreign:
        assert foreign.execute("SELECT name FROM recipes").fetchall() == [("soup",)]
    foreign.close()


def test_a_file_that_is_no_database_is_refused(here: Path) -> None:
    Path("demo.db").write_text("a letter to my mother, which is long enough")
    code, said = run("demo")
    assert code == 1
    assert "another kind of file" in said
    assert Path("demo.db").read_text().startswith("a letter")


def test_an_earlier_demo_in_a_named_database_asks_for_reset(here: Path) -> None:
    now = datetime.now(UTC)
    ground.open_empty("sqlite:///named.db", now).close()
    code, said = run("demo", "--database", "sqlite:///named.db")
    assert code == 1
    assert "--reset" in said
    assert ground.begin_afresh("sqlite:///named.db")
    assert not Path("named.db").exists()


def test_the_database_of_the_environment_is_used_only_when_it_is_empty(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARD_DATABASE_URL", "sqlite:///real.db")
    with open_database("sqlite:///real.db") as store:
        store.upgrade()
        company.load_people(store, CATALOG)
    code, said = run("demo")
    assert code == 1
    assert "real.db" in said
    assert not Path("demo.db").exists()


def test_a_time_that_cannot_be_read_is_a_wrong_call(here: Path) -> None:
    code, said = run("demo", "--at", "yesterday")
    assert code == 2
    assert "Expected a time such as" in said
    assert not Path("demo.db").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("after", [0.3, 0.9, 1.4])
def test_stopping_it_shows_no_traceback_and_the_next_run_works(here: Path, after: float) -> None:
    running = subprocess.Popen([*HERE, "demo"], cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=30)
    if after > 0.5:  # before, Python itself may still be starting
        assert "Traceback" not in errors
    with open_database("sqlite:///demo.db") if Path("demo.db").exists() else open_database("sqlite:///new.db") as store:
        store.upgrade()
        assert people.setting(store, "nothing") is None
    code, said = run("demo")
    assert code == 0
    assert "349 public complaints" in said


def test_an_imported_case_is_among_the_others(here: Path) -> None:
    assert run("demo", "--at", "2026-11-23 09:00")[0] == 0
    with open_database("sqlite:///demo.db") as store:
        found = queries.cases(store, process="referred-complaint", text="2105582").rows
        assert len(found) == 1
        loaded = instances.load(store, found[0].id)
        assert loaded is not None and loaded.states == ("extended",)
