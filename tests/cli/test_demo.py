"""The demo: every stage, real times, a database of its own, and commands that work when they are copied."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine.cli import heard
from engine.core.clock_explanations import explain_all
from engine.core.clocks import STOPPED
from engine.core.effects import whom
from engine.core.events import Event
from engine.core.instance import Instance
from engine.definition.loader import examine
from engine.definition.model import Definition
from engine.definition.moves import HARD_STOP
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.demo import company, ground
from engine.demo.story import VERBS, stories
from engine.demo.workdays import Times, workdays
from engine.directory import Directory
from engine.errors import Rejected
from engine.home import shipped
from engine.library import catalog_of
from engine.scenarios.trial import try_process
from engine.store import Store, deployments, history, instances, open_database, people, proofs, queries
from engine.store.promises import promises
from engine.store.verifying import every_case
from engine.telling.stages import stations

HERE = [sys.executable, "-c", "from engine.cli import main; main()"]
CATALOG = catalog_of(shipped())
PLAYED = ("inquiry", "complaint", "requirement-change", "corrective-action")
ORGANISATION = plain(read(CATALOG.files["processes/organisation.yaml"], "organisation.yaml"))
STAFF = {id for id, person in ORGANISATION["people"].items() if person["roles"] != ["customer"]}

# Berlin time: inside and outside office hours, at the edges, half days, holidays, clock changes, year's end.
MOMENTS = [
    "2026-11-23 04:24",
    "2026-11-23 09:00",
    "2026-11-25 17:00",
    "2026-11-25 16:59",
    "2026-11-28 14:00",
    "2026-12-26 20:00",
    "2026-12-24 10:00",
    "2026-11-24 12:30",
    "2027-01-01 00:00",
    "2027-01-04 11:15",
    "2027-03-28 02:30",
    "2028-02-29 23:59",
    "2026-10-25 02:30",
    "2027-05-07 15:00",
]


@cache
def definition(process: str) -> Definition:
    found = examine(CATALOG, f"processes/{process}.yaml").definition
    assert found is not None
    return found


def berlin(text: str) -> datetime:
    return definition("inquiry").calendar.localise(datetime.fromisoformat(text))


def played(now: datetime) -> tuple[Store, dict[str, str]]:
    store = ground.open_empty("sqlite:///:memory:", now)
    acts = company.told(CATALOG, now)
    company.deploy(store, CATALOG, company.first_day(acts))
    company.load_people(store, CATALOG)
    return store, company.play(store, acts, now, lambda act: None)


@pytest.fixture(scope="module", autouse=True)
def proven_once() -> Iterator[None]:
    """The scenarios of the shipped processes are run once for all demos of these tests."""
    run = cache(lambda path: try_process(CATALOG, path))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "try_process", lambda catalog, path: run(path))
        yield


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


def stages(definition: Definition) -> set[str]:
    """The states in which a case stands for a while: those that it only passes through have a `go` of their own, and
    where branches begin the branches stand.
    """
    return {state.id for state in definition.states.values() if state.go is None and state.each is None}


def test_no_stage_is_called_not_needed_whose_promise_was_kept_by_what_the_house_decided(
    stage: tuple[Store, dict[str, str]],
) -> None:
    """Where the customer withdrew, or it was put off, its promise is over too, and it is not needed all the same."""
    told = set()
    for case in queries.cases(stage[0], limit=200).rows:
        found = instances.load(stage[0], case.id)
        assert found is not None
        process = definition(found.process)
        events = [line.event for line in history.read(stage[0], case.id)]
        clocks = explain_all(process, found.clocks, events, case.received_at)
        for plan, station in zip(process.stages, stations(process, found, events, clocks, "en"), strict=True):
            clock = found.clocks.get(plan.clock)
            if clock is not None and clock.status == STOPPED and found.outcome in ("converted", "duplicate", "undone"):
                told.add((plan.name, found.outcome, station.sign in ("done", "late")))
    ways = [("board", "undone"), ("first-response", "converted"), ("first-response", "duplicate")]
    assert told >= {(*way, True) for way in ways} and not any((*way, False) in told for way in ways)


def test_every_process_is_proven_by_its_scenarios_and_written_by_who_answers_for_it(
    stage: tuple[Store, dict[str, str]],
) -> None:
    versions = deployments.all_of(stage[0])
    went = {one.process: proofs.load(stage[0], one.proof) for one in versions}
    assert len(went) == 6 and all(one and one.verdict and one.verdict.ok for one in went.values())
    for one in versions:
        assert one.deployed_by in CATALOG.organisation.holders(definition(one.process).owner)


@pytest.mark.parametrize("moment", MOMENTS)
def test_at_whatever_moment_it_is_played_every_state_has_a_case_and_nothing_lies_in_the_future(
    moment: str,
) -> None:
    now = berlin(moment)
    store, cases = played(now)
    with store:
        counted = queries.counts(store)
        for name in PLAYED:
            standing = {state for one in counted if one.process == name for state in one.states.split(", ")}
            assert stages(definition(name)) - standing == set()
        assert len(cases) >= 100
        for case in queries.cases(store, limit=500).rows:
            assert case.received_at <= case.started_at <= case.updated_at <= now
        newest = queries.cases(store, limit=1).rows[0]
        assert (now - newest.received_at).total_seconds() < 3600
        assert not queries.incidents(store)
        assert promises(store, breached=True).rows


@pytest.mark.parametrize("moment", MOMENTS)
def test_staff_work_in_office_hours_alone(moment: str) -> None:
    staff = [act for act in company.told(CATALOG, berlin(moment)) if act.who in STAFF]
    assert {act.who for act in staff} > {"ann", "dieter", "katrin", "nils", "paul"}
    for act in staff:
        assert definition("inquiry").calendar.is_open(act.at), (act.story, act.at)


def test_the_same_moment_gives_the_same_cases(stage: tuple[Store, dict[str, str]]) -> None:
    def told(store: Store) -> list[tuple[object, ...]]:
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

    again, _ = played(berlin("2026-11-24 12:30"))
    with again:
        assert told(again) == told(stage[0])


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
    assert definition("inquiry").calendar.local_time(at).strftime("%H:%M") == "17:00"


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


def of(stage: tuple[Store, dict[str, str]], story: str) -> Instance:
    store, cases = stage
    case = queries.case(store, cases[story])
    assert case is not None
    found = instances.load(store, case.id)
    assert found is not None
    return found


def told(stage: tuple[Store, dict[str, str]], story: str) -> list[Event]:
    return [line.event for line in history.read(stage[0], of(stage, story).id)]


def test_a_promise_that_nobody_kept_went_up_the_whole_ladder(stage: tuple[Store, dict[str, str]]) -> None:
    case = of(stage, "driver-phones")
    clock = case.clocks["final-response"]
    assert clock.missed is not None and {75, 100, 150, 200, HARD_STOP} <= set(clock.fired)
    assert case.priority == "urgent"
    types = Counter(event.type for event in told(stage, "driver-phones"))
    assert types["clock-breached"] >= 3 and types["notified"] >= 10
    assert [event.body["template"] for event in told(stage, "driver-phones") if event.type == "message-sent"].count(
        "complaint-delay"
    ) == 1


def test_the_company_keeps_most_of_its_promises_and_misses_some(stage: tuple[Store, dict[str, str]]) -> None:
    promised, missed = Counter[str](), Counter[str]()
    for story in stage[1]:
        case = of(stage, story)
        broken = {event.body["clock"] for event in told(stage, story) if event.type == "clock-breached"}
        promised.update(f"{case.process} {clock}" for clock in case.clocks)
        missed.update(f"{case.process} {clock}" for clock in broken)
    for clock in ("inquiry first-response", "complaint keep-in-loop", "complaint final-response"):
        assert 0 < missed[clock] <= promised[clock] / 5, clock
    assert missed.total() <= promised.total() / 8


def test_a_complaint_waited_for_its_corrective_action_until_that_had_worked(
    stage: tuple[Store, dict[str, str]],
) -> None:
    complaint, action = of(stage, "warning-sound"), of(stage, "warning-sound-action")
    (link,) = complaint.links.values()
    assert (link.instance, link.outcome, link.blocks) == (action.id, "closed-effective", True)
    assert action.parent is not None and action.parent.instance == complaint.id
    assert complaint.outcome == "closed" and complaint.ended_at == action.ended_at
    assert {"contained", "decision-communicated", "remedy-done"} <= set(complaint.milestones)


def test_an_action_that_did_not_work_begins_again_at_the_cause(stage: tuple[Store, dict[str, str]]) -> None:
    action = of(stage, "lost-orders-action")
    assert (action.states, action.variables["round"]) == (("root-cause",), 2)
    assert action.data["effectiveness"]["result"] == "not_effective"
    assert action.clocks["root-cause"].run == 2 and action.clocks["root-cause"].missed is not None


@pytest.mark.parametrize(
    ("parent", "child", "process"),
    [
        ("third-time", "third-time-complaint", "complaint"),
        ("offline-change", "hindi-notes", "requirement-change"),
        ("no-complaint", "price-list", "inquiry"),
        ("lost-orders", "lost-orders-action", "corrective-action"),
    ],
)
def test_one_case_becomes_another_and_both_know_it(
    stage: tuple[Store, dict[str, str]], parent: str, child: str, process: str
) -> None:
    first, second = of(stage, parent), of(stage, child)
    assert second.process == process
    assert second.parent is not None and second.parent.reference == first.reference
    assert second.id in [link.instance for link in first.links.values()]


@pytest.mark.parametrize(
    ("story", "move"),
    [
        ("really-a-wish", "reclassify"),
        ("coffee-on-paper", "declare-not-required"),
        ("addresses", "extend"),
        ("weekly-export", "signed-decision"),
        ("short-names", "waive"),
    ],
)
def test_what_needs_a_second_person_waits_for_one(stage: tuple[Store, dict[str, str]], story: str, move: str) -> None:
    asked = [approval.asked for approval in of(stage, story).approvals.values() if approval.asked is not None]
    assert [str(one["move"]).partition(":")[2] for one in asked] == [move]


@pytest.mark.parametrize("story", ["wrong-envelope", "backups", "offline-map", "names-in-the-export"])
def test_decisions_stand_half_decided(stage: tuple[Store, dict[str, str]], story: str) -> None:
    (approval,) = of(stage, story).approvals.values()
    assert {ballot.decision for ballot in approval.ballots} == {"approve"}


def test_a_deputy_has_decided_and_finds_what_waits_for_the_one_who_is_away(
    stage: tuple[Store, dict[str, str]],
) -> None:
    store, _ = stage
    decided = [event for event in told(stage, "hung-up") if event.type == "decision-given"]
    assert [(event.actor, event.on_behalf_of) for event in decided] == [("farid", "greta")]
    now = berlin("2026-11-24 12:30")
    actor = Directory(store, lambda: now).actor("farid")
    assert "greta" in actor.stands_in
    page = queries.inbox(store, actor.id, actor.roles, actor.stands_in, limit=100)
    assert "greta" in {row.acting_for for row in page.rows}


def test_a_deputy_is_told_what_the_one_who_is_away_would_be(stage: tuple[Store, dict[str, str]]) -> None:
    late = [
        event.body for event in told(stage, "gesture") if event.type == "notified" and event.body["about"].get("task")
    ]
    assert [whom(body) for body in late][-2:] == ["team-lead", "farid for greta"]
    assert late[-1]["about"] == late[-2]["about"]


def test_a_customer_disagreed_and_others_looked_again(stage: tuple[Store, dict[str, str]]) -> None:
    for story in ("who-changed-it", "two-licences", "broken-seal", "to-the-ombudsman"):
        assert of(stage, story).variables["appealed"] is True
    assert of(stage, "to-the-ombudsman").outcome == "referred-external"


def test_what_was_refused_is_recorded_nowhere(stage: tuple[Store, dict[str, str]]) -> None:
    store, cases = stage
    refused = [(story["story"], step) for story in stories() for step in story.get("then", ()) if "refused" in step]
    assert {step["refused"] for _, step in refused} >= {"excluded", "not-offered", "not-allowed"}
    for name, step in refused:
        case = queries.case(store, cases[name])
        assert case is not None
        at = Times(definition("inquiry").calendar, berlin("2026-11-24 12:30")).at(step["at"])
        assert not [
            line for line in history.read(store, case.id) if line.event.actor == step["as"] and line.event.at == at
        ]


def test_all_histories_hold_and_references_have_no_gaps(stage: tuple[Store, dict[str, str]]) -> None:
    store, _cases = stage
    assert [one for case in every_case(store) for one in case.found] == []
    numbered: dict[str, list[int]] = {}
    for case in queries.cases(store, limit=500).rows:
        prefix, _, number = case.reference.rpartition("-")
        numbered.setdefault(prefix, []).append(int(number))
    assert set(numbered) == {"INQ-2026", "CMP-2026", "CHG-2026", "CAP-2026"}
    for numbers in numbered.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_every_case_that_another_has_called_goes_on_in_a_story(stage: tuple[Store, dict[str, str]]) -> None:
    store, cases = stage
    assert {case.reference for case in queries.cases(store, limit=500).rows} == set(cases.values())


def test_every_story_has_a_name_of_its_own_and_known_verbs_alone() -> None:
    names = [story["story"] for story in stories()]
    assert len(names) == len(set(names))
    known = {"at", "as", "values", "comment", "text", "refused", "on-behalf-of", "move", *VERBS}
    for story in stories():
        assert set(story) <= {"process", "usual", "story", "start", "called-by", "then"}, story["story"]
        assert ("start" in story) != ("called-by" in story), story["story"]
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
    days = workdays(definition("inquiry").calendar, berlin("2026-12-24 10:00"))
    assert [day.isoformat() for day in days[:3]] == ["2026-12-28", "2026-12-23", "2026-12-22"]


@pytest.mark.parametrize("text", ["", "-3", "-3 25:00", "1 10:00", "-99 10:00", "now", "0m ago"])
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Times(definition("inquiry").calendar, datetime(2026, 11, 23, 9, tzinfo=UTC)).at(text)


def test_the_printed_commands_work_when_they_are_copied(here: Path) -> None:
    script = Path(sys.executable).parent
    environ = {**os.environ, "PATH": f"{script}{os.pathsep}{os.environ['PATH']}"}
    if shutil.which("heard", path=environ["PATH"]) is None:
        pytest.skip("the console script is not installed")

    def shell(line: str) -> str:
        done = subprocess.run(line, shell=True, cwd=here, env=environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, line + done.stdout + done.stderr
        return done.stdout

    said = shell("heard demo")
    assert "349 public complaints" in said
    assert "The inbox of Ann Keller:" in said
    commands = [line for line in said.splitlines() if line.startswith("heard ")]
    assert [line.split()[3] for line in commands] == [
        *("task", "complete", "case", "history", "draw", "clocks", "case", "history", "case", "case", "case"),
        *("absence", "inbox"),
    ]
    answers = [shell(line) for line in commands]
    assert "resolution_code" in answers[0]
    assert "→ answered" in answers[1]
    assert "Switch off live traffic" in answers[2]
    assert "chain holds" in answers[3]
    assert list(here.glob("INQ-*.svg"))
    assert "overdue" in answers[5]
    assert "working day:" in answers[6] and "[urgent]" in answers[6]
    assert "The driver's phone is empty at noon" in answers[6]
    assert "tells" in answers[7] or "told" in answers[7]
    assert "ended: closed-effective" in answers[8]
    assert "called by CMP-" in answers[9] and "effect_metric" in answers[9]
    assert "running, in root-cause" in answers[10] and "round: 2" in answers[10]
    assert "farid" in answers[11] and "nils" in answers[11]
    assert "for greta" in answers[12]


def test_running_it_twice_begins_its_own_file_afresh_with_imported_cases_among_the_others(here: Path) -> None:
    assert run("demo")[0] == 0
    assert run("--database", "sqlite:///demo.db", "comment", "INQ-2026-00001", "Mine", "--as", "ann")[0] == 0
    code, said = run("demo", "--at", "2026-11-23 09:00")
    assert code == 0
    assert "begun afresh" in said
    assert "Mine" not in run("--database", "sqlite:///demo.db", "history", "INQ-2026-00001")[1]
    with open_database("sqlite:///demo.db") as store:
        (found,) = queries.cases(store, process="referred-complaint", text="2105582").rows
        loaded = instances.load(store, found.id)
        assert loaded is not None and loaded.states == ("extended",)


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


def test_a_demo_of_an_older_version_is_begun_afresh_too(here: Path) -> None:
    ground.open_empty("sqlite:///old.db", datetime.now(UTC)).close()
    with sqlite3.connect("old.db") as old:
        old.execute("DELETE FROM schema_migration WHERE name = (SELECT max(name) FROM schema_migration)")
    old.close()
    assert ground.begin_afresh("sqlite:///old.db")
    assert not Path("old.db").exists()


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


def test_a_port_that_is_taken_is_told_before_anything_is_played_with_the_way_on(here: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, said = run("demo", "--serve", "--port", str(port))
    assert code == 1
    assert f"127.0.0.1:{port}, but another program answers there. Name another port with --port." in said
    assert run("demo", "--port", "8100")[0] == 2
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
