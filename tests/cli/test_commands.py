"""Every command of the command line on its good way, and what it says when a person errs."""

from __future__ import annotations

import csv
import json
import signal
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import runtime
from engine.store import open_database
from tests.cli.shell import ONE, STUCK, TWO, Shell
from tests.databases import Databases, sql, tamper
from tests.runtime.worlds import FILES

SORT = ("--set", "weight=50", "--set", "pieces=1")


# --- deploying, people


def test_deploying_into_a_new_database_loads_the_people_and_says_the_version(
    shell: Shell, databases: Databases
) -> None:
    shell.url = databases.bare()
    assert shell.good("deploy", "--as", "olga", "--note", "First").startswith("parcel version 1 (")
    assert shell.good("deploy").startswith("parcel version 1 (")
    (row,) = shell.json("processes")
    assert (row["process"], row["version"], row["deployed_by"], row["note"]) == ("parcel", 1, "olga", "First")
    assert "parcel" in shell.good("processes")
    assert "did you mean 'parcel'" in shell.refused("deploy", "parcle")


def test_a_definition_with_problems_is_not_deployed(shell: Shell) -> None:
    home = shell.folder / "home"
    home.unlink()
    for path, text in FILES.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text.replace("go: heavy", "go: haevy"), encoding="utf-8")
    err = shell.refused("deploy")
    assert "processes/parcel.yaml:19:" in err and "heavy" in err and "nothing was deployed" in err
    assert len(shell.json("processes")) == 1


def test_people_are_listed_and_loaded(shell: Shell) -> None:
    assert {one["id"] for one in shell.json("people")} == {"ann", "ben", "tom", "olga", "carla", "dora"}
    said = shell("people", "--load")
    assert said.code == 0 and "Loaded 6 people" in said.err and "team-lead" in said.out


# --- from start to end


def test_a_case_goes_from_start_to_end(shell: Shell) -> None:
    out = shell.good("start", "parcel", "--as", "carla", "--set", "subject=A clock", "--set", "email=c@example.net")
    reference = out.split()[0]
    assert "→ received" in out and f"next: {reference}.1" in out
    assert shell.good("claim", reference, "--as", "ann") == "You have it.\n"
    assert "ann has claimed" in shell.refused("claim", reference, "--as", "ben")
    assert shell.good("release", reference, "--as", "ann") == "It is free again.\n"
    assert shell.good("assign", reference, "ben", "--as", "tom") == "ben has it.\n"
    assert shell.good("delegate", reference, "ann", "--as", "ben") == "ann acts on your behalf.\n"
    assert shell.good("claim", reference, "--as", "ben") == "You have it.\n"
    later = ("--from", "2999-12-01", "--until", "2999-12-03 12:00")
    told = "ann acts on your behalf from 2999-12-01 00:00 on, until 2999-12-03 12:00 (UTC).\n"
    assert shell.good("delegate", reference, "ann", "--as", "ben", *later) == told
    assert "claimed by ben, for ann from 2999-12-01" in shell.good("task", reference, "--as", "ben")
    assert "over already" in shell.refused("delegate", reference, "ann", "--as", "ben", "--until", "2020-01-01")
    assert shell.good("delegate", reference, "ann", "--as", "ben") == "ann acts on your behalf.\n"
    assert "→ heavy" in shell.good("complete", reference, "sort", "--as", "ann", *SORT)
    assert "four eyes" in shell.refused("complete", reference, "approve", "--as", "ben")
    assert "→ packing" in shell.good("complete", reference, "approve", "--as", "tom")
    assert "several open: name one of" in shell.refused("complete", reference, "done", "--as", "ann")
    numbers = {
        task["state"]: task["id"].rpartition(".")[2] for task in shell.json("case", reference)["case"]["tasks"].values()
    }
    table = ("--set", "lines.0.item=clock", "--set", "lines.0.qty=1", "--set", "lines[1].qty=2")
    shell.good("complete", f"{reference}.{numbers['packed']}", "done", "--as", "ann", *table)
    assert "completed (shipped)" in shell.good("complete", f"{reference}.{numbers['billed']}", "done", "--as", "tom")
    assert "→ received" in shell.good("reopen", reference, "--as", "carla", "--set", "text=Another")
    assert "completed (lost)" in shell.good("trigger", reference, "withdraw", "--as", "carla", "--set", "reason=Enough")
    assert "chain holds" in shell.good("history", reference, "--verify")
    data = shell.json("history", reference, "--verify")
    assert data["verified"]["ok"] and data["events"][0]["event"]["type"] == "case-started"
    found = shell.json("case", reference)["case"]
    assert found["data"]["pack"]["lines"] == [{"item": "clock", "qty": 1}, {"qty": 2}]
    assert "shipped" not in shell.good("case", reference)


def test_what_shows_times_of_a_case_says_in_which_zone_they_are(shell: Shell) -> None:
    for words in (("case", ONE), ("history", ONE), ("task", ONE, "--as", "ann")):
        assert shell.good(*words).endswith("\n\nTimes are those of UTC.\n"), words


def test_what_was_typed_is_never_lost_to_a_refusal(shell: Shell) -> None:
    shell.good("save", ONE, "--as", "ann", "--set", "weight=50", "--set", "note=A long story")
    assert "did you mean 'sort'" in shell.refused("complete", ONE, "sotr", "--as", "ann", "--set", "pieces=0")
    (draft,) = [one for one in shell.json("drafts", "--as", "ann") if one["task"] == f"{ONE}.1"]
    assert draft["values"] == {"weight": 50, "note": "A long story", "pieces": 0}
    assert "reason" in shell.refused("complete", ONE, "spam", "--as", "ann", "--set", "reason=")
    assert "A long story" in shell.good("drafts", "--as", "ann")
    assert "Your draft" in shell.good("task", ONE, "--as", "ann")
    out = shell("complete", ONE, "sort", "--as", "ann")
    assert out.code == 1 and "your work is kept" in out.err and "divides by zero" in out.err
    assert "→ heavy" in shell.good("complete", ONE, "sort", "--as", "ann", "--set", "pieces=1")
    assert [one["task"] for one in shell.json("drafts", "--as", "ann")] == [f"{STUCK}.1"]
    assert shell.good("drafts", "--as", "tom") == "tom has handed in everything.\n"


def test_a_draft_of_a_task_that_is_gone_is_still_listed(shell: Shell) -> None:
    shell.good("save", ONE, "--as", "ben", "--set", "weight=7")
    shell.good("complete", ONE, "sort", "--as", "ann", *SORT)
    assert f"{ONE}.1" in (told := shell.good("drafts", "--as", "ben")) and "the task is completed" in told


def test_values_come_from_a_file_exactly_as_written(shell: Shell) -> None:
    (shell.folder / "values.yaml").write_text('weight: 50\npieces: 1\nnote: "1.10"\n')
    assert "→ heavy" in shell.good("complete", ONE, "sort", "--as", "ann", "--values", "values.yaml")
    (shell.folder / "values.json").write_text('{"weight": 1.50, "pieces": 1, "note": "x"}')
    assert "weight" in shell.refused("complete", TWO, "sort", "--as", "ann", "--values", "values.json")
    (draft,) = [one for one in shell.json("drafts", "--as", "ann") if one["task"] == f"{TWO}.1"]
    assert draft["values"]["weight"] == "1.50"
    for name, text in (
        ("list.yaml", "- 1\n"),
        ("broken.yaml", "a: [1\n"),
        ("tag.yaml", "a: !!python/object:os.system x\n"),
    ):
        (shell.folder / name).write_text(text)
        shell.refused("save", TWO, "--as", "ann", "--values", name)
    shell.refused("save", TWO, "--as", "ann", "--values", "nowhere.yaml")
    shell.refused("save", TWO, "--as", "ann", "--values", ".")
    assert "NAME=VALUE" in shell.refused("save", TWO, "--as", "ann", "--set", "weight", code=2)


def test_the_same_key_starts_once_and_the_same_external_id_too(shell: Shell) -> None:
    start = ("start", "parcel", "--as", "carla", "--set", "subject=A clock", "--key", "k1")
    assert shell.good(*start) == shell.good(*start)
    assert "[key-reused]" in shell.refused(*start, "--set", "name=Carla")
    assert "[external-id-known]" in shell.refused(
        "start", "parcel", "--as", "carla", "--set", "subject=x", "--external-id", "T-1"
    )
    shell.good("start", "parcel", "--as", "carla", "--set", "subject=x", "--received", "2024-02-29 23:30")
    assert "PCL-2024-00001" in shell.good("cases")
    for time in ("yesterday", "2024-02-30", "0001-01-01"):
        assert shell("start", "parcel", "--as", "carla", "--set", "subject=x", "--received", time).code in (
            1,
            2,
        )


def test_a_customer_sees_and_moves_their_own_case_alone(shell: Shell) -> None:
    assert "→ received" in shell.good("message", ONE, "customer-replied", "--as", "carla", "--set", "text=Hello")
    assert "not-allowed" in shell.refused("message", ONE, "customer-replied", "--as", "dora", "--set", "text=Hello")
    assert "did you mean" in shell.refused("message", ONE, "customer-repleid", "--as", "carla", "--set", "text=Hello")
    assert "not-allowed" in shell.refused("comment", ONE, "Mine", "--as", "dora")
    shell.good("comment", ONE, "Mine", "--as", "carla")
    shell.good("comment", ONE, "--as", "carla", "--", "--a comment that begins with strokes")
    assert "invalid-values" in shell.refused("comment", ONE, "  ", "--as", "carla")


def test_a_case_is_halted_goes_on_and_is_ended(shell: Shell) -> None:
    assert "not-allowed" in shell.refused("suspend", ONE, "--reason", "x", "--as", "ann")
    shell.good("suspend", ONE, "--reason", "A strike", "--as", "tom")
    assert "[suspended]" in shell.refused("claim", ONE, "--as", "ann")
    shell.good("resume", ONE, "--reason", "It is over", "--as", "tom")
    assert "[not-now]" in shell.refused("resume", ONE, "--reason", "again", "--as", "tom")
    assert "cancelled" in shell.good("cancel", ONE, "--reason", "A mistake", "--as", "olga")
    assert "[ended]" in shell.refused("trigger", ONE, "withdraw", "--as", "ann", "--set", "reason=x")
    assert "[not-" in shell.refused("reopen", ONE, "--as", "carla", "--set", "text=x")
    assert "--reason" in shell.refused("suspend", TWO, "--as", "tom", code=2)
    assert "did you mean 'withdraw'" in shell.refused("trigger", TWO, "withdrow", "--as", "ann")


def test_an_incident_is_listed_corrected_and_retried(shell: Shell) -> None:
    (row,) = shell.json("incidents")
    assert row["reference"] == STUCK and "divides by zero" in shell.good("incidents")
    assert "[still-stuck]" in shell.refused("resolve", STUCK, "retry", "--reason", "Again", "--as", "tom")
    assert "pieces" in shell.refused("resolve", STUCK, "retry", "--reason", "x", "--as", "tom", "--set", "pieces=few")
    assert "not-allowed" in shell.refused("resolve", STUCK, "retry", "--reason", "x", "--as", "ann")
    assert "retry" in shell.refused("resolve", STUCK, "forget", "--reason", "x", "--as", "tom", code=2)
    assert "→ heavy" in shell.good("resolve", STUCK, "retry", "--reason", "Counted", "--as", "tom", "--set", "pieces=2")
    assert shell.json("case", STUCK)["case"]["data"]["sort"] == {
        "weight": 50,
        "pieces": 2,
        "note": "typed with care",
    }
    assert "pieces: 0 → 2" in shell.good("history", STUCK)
    assert shell.good("incidents") == "No incident is open.\n"
    assert [one["status"] for one in shell.json("incidents", "--all")] == ["resolved"]
    assert "resolved by tom: Counted (it was: " in shell.good("incidents", "--all")
    assert "[no-such-incident]" in shell.refused("resolve", STUCK, "dismiss", "--reason", "x", "--as", "tom")


def test_all_incidents_are_resolved_at_once_and_what_still_fails_stays_open(shell: Shell) -> None:
    failed = shell("resolve", "all", "retry", "--reason", "Again", "--as", "tom")
    assert (failed.code, failed.out) == (1, "0 of 1 incidents resolved\n")
    assert STUCK in failed.err and "divides by zero" in failed.err
    shell.refused("resolve", "all", "retry", "--reason", "Again", "--as", "tom", "--set", "pieces=2", code=2)
    assert "1 of 1" in shell.good("resolve", "all", "dismiss", "--reason", "Typed anew", "--as", "olga")
    assert shell.good("resolve", "all", "dismiss", "--reason", "x", "--as", "olga") == "0 of 0 incidents resolved\n"


def test_an_incident_that_was_dismissed_is_listed_as_such_and_can_be_opened_again(shell: Shell) -> None:
    shell.good("resolve", STUCK, "dismiss", "--reason", "The wrong one", "--as", "tom")
    (row,) = shell.json("incidents", "--all")
    listed = shell.good("incidents", "--all")
    assert row["status"] == "dismissed" and "dismissed by tom: The wrong one" in listed
    assert "`heard resolve INCIDENT reopen --reason …`" in listed and "retry" not in listed
    shell.refused("resolve", "all", "reopen", "--reason", "x", "--as", "tom", code=2)
    assert "[not-allowed]" in shell.refused("resolve", STUCK, "reopen", "--reason", "x", "--as", "ann")
    shell.good("resolve", STUCK, "reopen", "--reason", "Sorry", "--as", "tom")
    assert "opened again: Sorry" in shell.good("history", STUCK)
    (row,) = shell.json("incidents")
    assert (row["status"], row["resolved_by"], row["resolved_at"]) == ("open", "", None)
    shell.good("verify")


def test_cases_that_stand_still_are_listed(shell: Shell) -> None:
    assert shell.good("incidents", "--stalled") == "No case stands still.\n"
    with open_database(shell.url) as store:
        store.database.execute_sql("UPDATE person SET active = 0 WHERE id IN ('ann', 'ben')")
    assert "3 cases stand still" in shell.good("incidents")
    assert "which nobody can take: no one here is agent" in shell.good("incidents", "--stalled")
    assert [one["roles"] for one in shell.json("incidents", "--stalled")] == [["agent"]] * 3


def test_an_incident_can_be_dismissed(shell: Shell) -> None:
    shell.good("resolve", f"{STUCK}.4", "dismiss", "--reason", "Typed anew", "--as", "olga")
    assert shell.json("incidents") == []


def test_a_file_is_attached_and_one_that_is_too_large_is_not(shell: Shell) -> None:
    (shell.folder / "evidence.txt").write_text("Seen.")
    assert shell.good("attach", ONE, "evidence.txt", "--as", "ann", "--note", "A photo").startswith(
        "Attached evidence.txt"
    )
    assert "evidence.txt" in shell.good("history", ONE)
    with (shell.folder / "large.bin").open("wb") as large:
        large.truncate(21 * 1024 * 1024)
    assert "[file-too-large]" in shell.refused("attach", ONE, "large.bin", "--as", "ann")
    assert "does not exist" in shell.refused("attach", ONE, "nowhere.txt", "--as", "ann", code=2)
    assert "not-allowed" in shell.refused("attach", ONE, "evidence.txt", "--as", "dora")
    with open_database(shell.url) as store:
        assert sql(store, "SELECT COUNT(*) FROM blob") == [(1,)]


def test_lists_are_filtered_and_counted(shell: Shell) -> None:
    assert len(shell.json("cases")) == 3
    assert [one["reference"] for one in shell.json("cases", "--search", "T-1")] == [TWO]
    assert shell.json("cases", "--process", "nothing") == []
    assert "There are more" in shell.good("cases", "--limit", "2")
    assert "0 cases" in shell.good("cases", "--status", "cancelled")
    shell.refused("cases", "--status", "broken", code=2)
    shell.refused("cases", "--limit", "0", code=2)
    assert len(shell.json("inbox", "--as", "ann")) == 3
    assert "There are more" in shell.good("inbox", "--as", "ann", "--limit", "1")
    assert shell.good("inbox", "--as", "dora") == "Nothing waits for dora.\n"
    assert shell.json("inbox", "--as", "ann", "--process", "nothing") == []


def test_a_task_is_shown_with_its_form_and_outcomes(shell: Shell) -> None:
    told = shell.good("task", ONE, "--as", "ann")
    assert "weight: " in told and "sort → heavy, packing" in told and "spam" in told
    data = shell.json("task", ONE, "--as", "ann")
    assert [one["outcome"] for one in data["outcomes"]] == ["sort", "spam"]
    assert "[no-such-task]" in shell.refused("task", f"{ONE}.77", "--as", "ann")
    assert "[no-such-task]" in shell.refused("task", f"{ONE}.x", "--as", "ann")


def test_who_acts_must_be_known(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "[no-person]" in shell.refused("inbox")
    assert "Did you mean ann" in shell.refused("inbox", "--as", "anm")
    monkeypatch.setenv("HEARD_PERSON", "ann")
    assert len(shell.json("inbox")) == 3
    assert "[unknown-person]" in shell.refused("assign", ONE, "nobody", "--as", "tom")


def test_work_fires_what_is_due_and_stops(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)]
    real = runtime.wall_clock
    assert "fired 0 timers" in shell.good("worker", "--once")
    monkeypatch.setattr(runtime.Engine.__init__, "__defaults__", (lambda: real() + timedelta(hours=5), real))
    assert "fired 3 timers" in shell.good("worker", "--once")
    assert shell("worker", "--until", "2020-01-01").code == 0
    assert "such as" in shell.refused("worker", "--until", "soon", code=2)
    shell.refused("worker", "--every", "0", code=2)
    for one, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(one, handler)


def test_a_history_that_was_tampered_with_is_told_with_exit_code_one(shell: Shell) -> None:
    _tamper(shell, "UPDATE history SET body = replace(body, 'A vase', 'A cup') WHERE type = 'form-submitted'")
    assert "chain is" not in shell.good("history", ONE)
    assert "[chain-broken]" in shell.refused("history", ONE, "--verify")
    _tamper(shell, "UPDATE history SET body = 'no json' WHERE type = 'moved'")
    for more in ((), ("--verify",), ("--json",)):
        assert "[chain-broken]" in shell.refused("history", ONE, *more)


def test_a_case_that_was_tampered_with_is_told_with_what_differs(shell: Shell) -> None:
    assert "The case itself is what its last step left.\n" in shell.good("history", ONE, "--verify")
    _tamper(shell, "UPDATE instance SET priority = 'urgent'")
    answer = shell("history", ONE, "--verify")
    assert answer.code == 1 and "chain holds" in answer.out and "NOT what its history says" in answer.out
    assert "[case-changed]" in answer.err and 'priority is "urgent", by its snapshot it is ""' in answer.err
    assert shell.json("history", ONE)["events"][-1]["case_hash"].startswith("1:")


def test_all_cases_are_verified_at_once_and_the_doctor_knows_of_it(shell: Shell) -> None:
    assert "of history checked." in shell.good("verify")
    _tamper(shell, "UPDATE instance SET priority = 'urgent'")
    answer = shell("verify")
    assert answer.code == 1 and f"{ONE}: the case is not what" in answer.out and "[not-as-written]" in answer.err
    findings = json.loads(shell("verify", "--json").out)["findings"]
    assert ONE in [one["reference"] for one in findings]
    assert f"{len(findings)} findings among" in shell("doctor").out


def _tamper(shell: Shell, statement: str) -> None:
    with open_database(shell.url) as store:
        tamper(store, statement)


# --- importing


def test_an_import_reports_each_refused_row_and_adds_nothing_twice(shell: Shell) -> None:
    with (shell.folder / "rows.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ["id", "about", "mail"],
                ["A", "Vase", "a@example.org"],
                ["B", "", "b@example.org"],
                ["C", "Cup", "nobody"],
            ]
        )
    (shell.folder / "map.yaml").write_text(
        "map: parcel\nprocess: parcel\nexternal-id: id\nas: carla\nform: {subject: about, email: mail}\n"
    )
    said = shell("import", "parcel", "rows.csv", "--map", "map.yaml")
    assert said.code in (0, 1) and "Traceback" not in said.err
    shell.refused("import", "parcel", "nowhere.csv", "--map", "map.yaml", code=2)
    shell.refused("import", "other", "rows.csv", "--map", "map.yaml")


def test_every_listing_gives_json(shell: Shell) -> None:
    listings: dict[str, Callable[[], tuple[str, ...]]] = {
        "inbox": lambda: ("--as", "ann"),
        "task": lambda: (ONE, "--as", "ann"),
        "drafts": lambda: ("--as", "ann"),
        "cases": lambda: (),
        "case": lambda: (STUCK,),
        "history": lambda: (STUCK,),
        "incidents": lambda: (),
        "people": lambda: (),
        "processes": lambda: (),
    }
    for name, words in listings.items():
        assert shell.json(name, *words()) is not None


def test_a_case_is_tagged_and_found_by_it(shell: Shell) -> None:
    assert "call-back, vip" in shell.good("tag", ONE, "VIP", "call-back", "--as", "ann")
    assert "tag call-back   tag vip" in shell.good("case", ONE)
    assert ONE in shell.good("cases", "--search", "tag:vip")
    assert ONE not in shell.good("cases", "--search", "tag:other")
    told = shell("cases", "--search", "subjekt:cup").err
    assert "No process has a field 'subjekt', did you mean 'subject'? There are, among others: severity, tag." in told
    assert "none → call-back, vip" in shell.good("history", ONE)
    assert "no tags" in shell.good("tag", ONE, "vip", "call-back", "--remove", "--as", "ann")
    assert "invalid-values" in shell.refused("tag", ONE, "<b>", "--as", "ann")
    assert "not-allowed" in shell.refused("tag", ONE, "mine", "--as", "carla")
