"""Promises on the command line: of all cases, and of one with its tasks, timers and priority."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from engine.runtime import wall_clock
from tests import builders
from tests.builders import files
from tests.cli.shell import Shell

YEAR = wall_clock().year
HEAD = f"""{builders.HEAD}subject: "Order of {{starter}}"
"""
BODY = """
start: {by: [agent], go: received}
clocks:
  answer:
    title: The answer
    target: 2d
    hard-stop: 9d
    pauses-in: [waiting]
    stops-on: [state closed]
    escalate:
      50%: {notify: lead}
      100%: {open: letter, priority: high}
  first-word:
    target: 4d
    stops-on: [state waiting]
tasks:
  letter: {title: Explain it, candidates: [agent], on: {send-it: {}, burn: {title: Burn it, needs: lead}}}
states:
  received:
    task: {title: Answer, candidates: [agent]}
    on: {ask: waiting, answer: closed}
    after: {8d: closed}
  waiting: {wait-for: {customer-replied: received}}
  closed: {final: closed}
"""


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Two cases: the first received three days ago and overdue, the second now."""
    for name in ("HEARD_HOME", "HEARD_DATABASE_URL", "HEARD_PERSON", "HEARD_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    for path, text in files(BODY, head=HEAD).items():
        (tmp_path / "home" / path).parent.mkdir(parents=True, exist_ok=True)
        people = "people: {ann: {name: Ann, roles: [agent]}, lea: {name: Lea, roles: [lead]}}\n"
        text += people if path.endswith("organisation.yaml") else ""
        (tmp_path / "home" / path).write_text(text, encoding="utf-8")
    (tmp_path / "home" / "forms").mkdir()
    made = Shell(tmp_path, capsys)
    made.good("deploy")
    made.good("start", "order", "--as", "ann", "--received", f"{wall_clock() - timedelta(days=3):%Y-%m-%dT%H:%M}+00:00")
    made.good("start", "order", "--as", "ann")
    made.good("worker", "--once")
    return made


ONE, TWO = (f"ORD-{YEAR}-{number:05d}" for number in (1, 2))


def cases(told: str) -> list[str]:
    return [line.split("  ")[0] for line in told.splitlines() if line.startswith("ORD-")]


def test_promises_come_overdue_first_with_what_is_late_counted(shell: Shell) -> None:
    told = shell.good("clocks")
    assert cases(told) == [ONE, ONE, TWO, TWO]
    first = told.splitlines()[1]
    assert "The answer" in first and "late" in first and "[high] Order of ann" in first and "received" in first
    assert "4 promises, 1 overdue." in told


def test_only_what_was_missed_what_is_near_or_a_process_s_own(shell: Shell) -> None:
    assert cases(shell.good("clocks", "--breached")) == [ONE]
    assert cases(shell.good("clocks", "--due-within", "36h")) == [ONE, ONE]
    assert cases(shell.good("clocks", "--due-within", "1m")) == [ONE]
    assert cases(shell.good("clocks", "--limit", "1", "--process", "order")) == [ONE]
    assert "There are more" in shell.good("clocks", "--limit", "1")
    assert shell.good("clocks", "--process", "other") == "No promise is due.\n"
    assert shell.good("clocks", "--breached", "--status", "suspended") == "No promise is overdue.\n"
    shell.good("suspend", ONE, "--reason", "x", "--as", "lea")
    assert "received (suspended)" in shell.good("clocks", "--breached", "--status", "suspended")


@pytest.mark.parametrize("length", ["1bd", "tomorrow", "P1Y", "9999999w"])
def test_a_length_that_is_none_that_passes_is_a_wrong_call(shell: Shell, length: str) -> None:
    assert f"'{length}'" in shell.refused("clocks", "--due-within", length, code=2)


def test_programs_get_every_promise_with_its_case(shell: Shell) -> None:
    first = shell.json("clocks", "--breached")[0]
    assert (first["reference"], first["clock"], first["status"], first["priority"]) == (
        ONE,
        "answer",
        "running",
        "high",
    )
    assert first["missed_at"] == first["due_at"]


def test_a_clock_that_stands_still_is_told_when_it_was_missed(shell: Shell) -> None:
    shell.good("complete", f"{ONE}.{task_of(shell, 'received')}", "ask", "--as", "ann")
    assert "stands still" in shell.good("clocks", "--breached")
    assert cases(shell.good("clocks")) == [TWO, TWO]


def task_of(shell: Shell, state: str) -> str:
    tasks = shell.json("case", ONE)["case"]["tasks"]
    return next(id for id, task in tasks.items() if task["state"] == state).rpartition(".")[2]


def test_a_case_shows_each_promise_in_a_line_and_with_explain_the_steps(shell: Shell) -> None:
    brief, whole = shell.good("case", ONE), shell.good("case", ONE, "--explain")
    assert f"{ONE} — Order of ann  [high]" in brief
    told = brief.partition("\npromises\n")[2].partition("\n\n")[0].splitlines()
    assert [line.strip().partition(":")[0] for line in told] == ["The answer", "First word"]
    assert "missed" in told[0] and "late)" in told[0] and "(in " in told[1]
    assert "hard stop" not in brief.partition("timers")[0] and "hard stop" in whole.partition("timers")[0]
    assert len(whole.splitlines()) > len(brief.splitlines())


def test_a_case_shows_what_its_timers_are_for_and_what_is_special_about_its_tasks(shell: Shell) -> None:
    letter = f"{ONE}.{task_of(shell, 'letter')}"
    shell.good("complete", letter, "burn", "--as", "ann")
    told = shell.good("case", ONE)
    assert "  received, after 8 days: goes to closed" in told
    assert "  The answer at its hard stop" in told
    assert "  First word is due: the promise counts as not kept" in told
    assert "to lead  50% of The answer used up" in told
    lines = [line for line in told.splitlines() if line.startswith(f"  {ONE}.")]
    assert "[" not in lines[0]
    assert lines[1].endswith("[beside the case's own work, waits for a second person]")
    assert lines[2].endswith("[a second person for 'Burn it', which ann asks for]")


def test_work_beside_the_case_s_own_is_saved_and_done_like_any_other(shell: Shell) -> None:
    letter = f"{ONE}.{task_of(shell, 'letter')}"
    shell.good("save", letter, "--as", "ann")
    assert "ORD" in shell.good("complete", letter, "send-it", "--as", "ann")


def test_the_inbox_marks_what_has_priority(shell: Shell) -> None:
    told = shell.good("inbox", "--as", "ann").splitlines()
    assert "[high] Answer" in told[1] + told[2] and "[high]" not in told[3]
    assert {row["priority"] for row in shell.json("inbox", "--as", "ann")} == {"high", ""}
