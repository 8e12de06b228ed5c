"""`heard lint` and `heard schema`: what a person sees, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli import heard
from tests.definition.planting import TASK, home
from tests.pace import at_most

ROOT = Path(__file__).resolve().parents[2]
SOUND = f"states:\n  received: {{{TASK}, on: {{done: closed}}}}\n  closed: {{final: done}}\n"
WRONG = SOUND.replace("done: closed", "done: clsoed")


def write(folder: Path, body: str = SOUND, **more: str) -> Path:
    for path, text in home(body, **more).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(heard, ["--home", str(folder), *arguments])


def test_a_sound_home_has_nothing_to_mend(tmp_path: Path) -> None:
    result = run(write(tmp_path), "lint")
    assert (result.exit_code, result.output) == (0, "1 process checked: nothing to mend.\n")


def test_an_error_is_told_with_its_place_and_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, WRONG))
    result = run(tmp_path, "lint")
    assert result.exit_code == 1
    first, last = result.output.splitlines()
    assert first.startswith(
        "processes/order.yaml:12:66: unknown-state Expected a state of this process, "
        "but there is no 'clsoed', did you mean 'closed'? — "
    )
    assert last == "1 process checked: 1 error."


def test_a_witness_stands_below_its_problem(tmp_path: Path) -> None:
    body = SOUND.replace("{done: closed}", "{done: closed, again: round}") + (
        f"  round: {{{TASK}, on: {{again: round}}}}\n"
    )
    assert "\n    start → received → round\n" in run(write(tmp_path, body), "lint").output


def test_warnings_alone_do_not_fail(tmp_path: Path) -> None:
    result = run(write(tmp_path, "variables: {spare: 1}\n" + SOUND), "lint")
    assert result.exit_code == 0
    assert "unused-variable warning:" in result.output
    assert result.output.endswith("1 process checked: 1 warning.\n")


def test_problems_as_json_are_for_programs(tmp_path: Path) -> None:
    result = run(write(tmp_path, WRONG), "lint", "--format", "json")
    told = json.loads(result.output)
    assert (result.exit_code, told["errors"], told["warnings"]) == (1, 1, 0)
    problem = told["problems"][0]
    assert problem["file"].endswith("processes/order.yaml")
    assert (problem["line"], problem["column"], problem["code"], problem["severity"]) == (
        12,
        66,
        "unknown-state",
        "error",
    )
    assert set(problem) == {"file", "line", "column", "code", "severity", "message", "advice", "witness", "also"}


def test_a_process_can_be_named_and_a_wrong_name_is_told(tmp_path: Path) -> None:
    write(tmp_path)
    assert run(tmp_path, "lint", "order").output == "1 file checked: nothing to mend.\n"
    assert run(tmp_path, "lint", "processes/order.yaml").exit_code == 0
    result = run(tmp_path, "lint", "ordr")
    assert result.exit_code == 2
    assert "there is no 'ordr', did you mean 'order'?" in result.output


def test_a_form_is_judged_by_itself_and_as_it_is_used(tmp_path: Path) -> None:
    write(tmp_path)
    form = tmp_path / "forms/order-intake.yaml"
    assert run(tmp_path, "lint", str(form)).exit_code == 0
    form.write_text(form.read_text(encoding="utf-8").replace("type: integer", "type: integr"), encoding="utf-8")
    result = run(tmp_path, "lint", str(form))
    assert result.exit_code == 1
    assert "did you mean" in result.output and "order.yaml" not in result.output


def test_a_broken_file_that_nothing_uses_is_told_too(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "processes/calendars/shop.yaml").write_text("calendar: shop\nzone: UTC\nhours: {}\n", encoding="utf-8")
    result = run(tmp_path, "lint")
    assert result.exit_code == 1
    assert "calendar-never-opens" in result.output and "unused-file" in result.output


def test_scenarios_are_checked_with_their_process(tmp_path: Path) -> None:
    write(tmp_path)
    scenarios = tmp_path / "processes/order.scenarios.yaml"
    steps = "start: {as: agnt, values: {kind: goods, amount: 1}}\n  steps:\n  - {as: agent, do: dnoe}\n"
    scenarios.write_text(f"scenarios:\n- scenario: a day\n  {steps}", encoding="utf-8")
    result = run(tmp_path, "lint")
    assert result.exit_code == 1
    assert "unknown-person" in result.output and "did you mean 'agent'" in result.output
    assert "unknown-outcome" in result.output and "did you mean 'done'" in result.output
    assert run(tmp_path, "lint", str(scenarios)).exit_code == 1


def test_a_file_from_elsewhere_finds_the_forms_of_the_home(tmp_path: Path) -> None:
    write(tmp_path / "home")
    drafts = tmp_path / "drafts"
    drafts.mkdir()
    (drafts / "order.yaml").write_text(
        (tmp_path / "home/processes/order.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    result = run(tmp_path / "home", "lint", str(drafts / "order.yaml"))
    assert result.exit_code == 0, result.output


def test_a_file_from_elsewhere_finds_the_forms_beside_it_first(tmp_path: Path) -> None:
    write(tmp_path / "home")
    (tmp_path / "drafts/sketches").mkdir(parents=True)
    (tmp_path / "drafts/forms").mkdir()
    process = tmp_path / "drafts/sketches/order.yaml"
    process.write_text((tmp_path / "home/processes/order.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    result = run(tmp_path / "home", "lint", str(process))
    assert result.exit_code == 1
    assert "unknown-form" in result.output
    assert str(process) in result.output


def test_a_folder_that_holds_processes_is_checked_as_a_home(tmp_path: Path) -> None:
    write(tmp_path / "home")
    write(tmp_path / "other", WRONG)
    assert run(tmp_path / "home", "lint", str(tmp_path / "other")).exit_code == 1
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "home", "lint", str(tmp_path / "empty")).exit_code == 2


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 100, b"a: &a [*a]", b"x" * 3_000_000, b""])
def test_any_bytes_get_an_answer_and_no_traceback(tmp_path: Path, content: bytes) -> None:
    write(tmp_path)
    file = tmp_path / "processes/order.yaml"
    file.write_bytes(content)
    for arguments in (["lint"], ["lint", str(file)], ["lint", "--format", "json"]):
        result = run(tmp_path, *arguments)
        assert result.exit_code == 1
        assert result.exception is None or isinstance(result.exception, SystemExit)


def test_what_a_file_holds_cannot_play_tricks_on_the_terminal(tmp_path: Path) -> None:
    write(tmp_path, SOUND + '"\\e[31mred": 1\n"\\u202eder": 2\n')
    output = run(tmp_path, "lint").output
    assert "\x1b" not in output and "\u202e" not in output


# --- the shipped ones


def test_the_shipped_processes_have_nothing_to_mend_and_are_checked_within_a_second() -> None:
    run(ROOT, "lint")  # what is imported the first time
    with at_most(1):
        result = run(ROOT, "lint")
    assert (result.exit_code, result.output) == (0, "6 processes checked: nothing to mend.\n")


# --- schema


@pytest.mark.parametrize("kind", ["process", "form", "calendar", "organisation", "scenarios"])
def test_each_schema_is_written_as_json(tmp_path: Path, kind: str) -> None:
    shown = json.loads(run(ROOT, "schema", kind).output)
    assert shown["$schema"].startswith("http://json-schema.org/")
    output = tmp_path / "schema.json"
    result = run(ROOT, "schema", kind, "--output", str(output))
    assert (result.exit_code, json.loads(output.read_text(encoding="utf-8"))) == (0, shown)


def test_a_schema_without_a_kind_is_the_one_of_processes() -> None:
    assert json.loads(run(ROOT, "schema").output)["title"] == "Heard process definition"


def test_a_schema_that_cannot_be_written_is_refused_and_an_unknown_kind_too(tmp_path: Path) -> None:
    from engine.errors import Rejected

    assert isinstance(run(ROOT, "schema", "--output", str(tmp_path)).exception, Rejected)
    assert run(ROOT, "schema", "proces").exit_code == 2
