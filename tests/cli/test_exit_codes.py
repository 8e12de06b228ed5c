"""Bad input at every command: one clear line, the right exit code, never a traceback."""

from __future__ import annotations

import os

import click
import pytest

from engine.cli import COMMANDS, heard, main
from engine.store import queries
from tests.cli.shell import ONE, STUCK, Shell, there
from tests.databases import CHOSEN, SQLITE


def test_help_names_every_command_and_every_command_has_help(shell: Shell) -> None:
    told = shell.good("--help")
    for name in COMMANDS:
        assert f"  {name} " in told
        if there(name):
            assert "Usage: heard" in shell.good(name, "--help")


def test_a_misspelt_command_is_a_call_that_is_not_understood(shell: Shell) -> None:
    assert "did you mean 'complete'" in shell.refused("compleet", code=2)
    assert "No such option" in shell.refused("inbox", "--everything", code=2)
    assert shell("--version").out.startswith("heard, version ")


@pytest.mark.parametrize(
    "url",
    [
        "heard.db",
        "mysql://x/y",
        "sqlite:///nowhere/at/all.db",
        "sqlite:///home",
        "sqlite:///home/forms/parcel-sort.yaml",
        "sqlite://x",
    ],
)
def test_a_database_that_cannot_be_opened_is_told_in_a_line(
    shell: Shell, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--database", url, "cases"])
    err = capsys.readouterr().err
    assert ended.value.code == 1 and err.startswith("Expected ") and "[database-" in err


def test_a_home_that_is_none_is_refused(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "--home",
                str(shell.folder / "nowhere"),
                "--database",
                shell.url,
                "deploy",
            ]
        )
    assert ended.value.code == 1 and "[no-home]" in capsys.readouterr().err


def test_a_fault_of_our_own_is_a_line_and_exit_code_three(
    shell: Shell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(queries, "cases", broken)
    with pytest.raises(SystemExit) as ended:
        main(["--database", shell.url, "cases"])
    err = capsys.readouterr().err
    assert ended.value.code == 3 and "ZeroDivisionError: oops" in err and "HEARD_TRACEBACK" in err
    monkeypatch.setenv("HEARD_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["--database", shell.url, "cases"])


@pytest.mark.skipif(CHOSEN != SQLITE, reason="a server looks after its own files")
def test_a_damaged_database_is_told_and_not_traced(shell: Shell) -> None:
    (shell.folder / "heard.db-wal").unlink(missing_ok=True)
    path = shell.folder / "heard.db"
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 12] = os.urandom(4096 * 11)
    path.write_bytes(data)
    assert "[database-" in shell.refused("cases")


# No operating system hands over an argument with NUL; bytes that are no text arrive as halves of characters.
HOSTILE = (
    "",
    " ",
    "\udc80",
    "x" * 10_000,
    "-1",
    "PCL-2026-99999",
    "../etc",
    "'; DROP TABLE instance; --",
    "{x}",
)
SKIPPED = {"demo", "worker", "test", "draw", "calendar"}
"""They have tests of their own; `work` would go on for ever."""


def _arguments(command: click.Command) -> list[str]:
    """A value for each required parameter that is well formed and means something, so that one at a time can
    be hostile.
    """
    usual: dict[str, list[str]] = {
        "process": ["parcel"],
        "names": ["parcel"],
        "reference": [ONE],
        "name": [ONE],
        "incident": [STUCK],
        "action": ["retry"],
        "outcome": ["sort"],
        "to": ["ben"],
        "text": ["Hello"],
        "file": ["values.yaml"],
    }
    words: list[str] = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words += usual.get(parameter.name or "", ["parcel"])
        elif parameter.required:
            words += [parameter.opts[0], "values.yaml" if parameter.name == "map_file" else "x"]
        elif parameter.name == "person":
            words += ["--as", "tom"]
    return words


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in SKIPPED])
def test_no_argument_makes_a_command_fail_by_its_own_fault(shell: Shell, name: str) -> None:
    if not there(name):
        pytest.skip("the command's file is not there yet")
    (shell.folder / "values.yaml").write_text("a: 1\n")
    with click.Context(heard) as context:
        command = heard.get_command(context, name)  # type: ignore[attr-defined]
    assert command is not None
    usual = _arguments(command)
    for hostile in HOSTILE:
        for at in range(len(usual)):
            if usual[at].startswith("--"):
                continue
            words = [*usual[:at], hostile, *usual[at + 1 :]]
            said = shell(name, *words)
            assert said.code in (0, 1, 2), (words, said)
    for option in (
        "--set",
        "--values",
        "--search",
        "--received",
        "--key",
        "--external-id",
        "--note",
        "--comment",
        "--state",
        "--process",
    ):
        if not any(option in parameter.opts for parameter in command.params):
            continue
        for hostile in HOSTILE:
            said = shell(name, *usual, option, f"weight={hostile}" if option == "--set" else hostile)
            assert said.code in (0, 1, 2), (option, hostile, said)
