"""The reference page of the command line says what the commands say of themselves.

`python tests/cli/test_reference.py` writes the page anew.
"""

from __future__ import annotations

import inspect
import re
import sys
import textwrap
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from engine.cli import COMMANDS, heard  # noqa: E402

PAGE = ROOT / "docs/reference/cli.md"
MARK = "<!-- From here on the page is written from the commands themselves. -->\n"


def of_command(name: str, command: click.Command, context: click.Context) -> str:
    """One command: how it is called, what it does, its options."""
    inner = click.Context(command, parent=context, info_name=name.split()[-1])
    lines = [f"{'###' if ' ' in name else '##'} heard {name}", ""]
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    usage = " ".join(["heard", name, *command.collect_usage_pieces(inner)])
    lines += ["```text", re.sub(r"\s+", " ", usage), "```", ""]
    for paragraph in paragraphs:
        lines += [textwrap.fill(re.sub(r"\s+", " ", paragraph), 139, break_on_hyphens=False), ""]
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    rows = [record for option in options if (record := option.get_help_record(inner)) is not None]
    if rows:
        lines += ["| option | meaning |", "|---|---|"]
        lines += [f"| `{_cell(said)}` | {_cell(meaning)} |" for said, meaning in rows]
        lines.append("")
    if isinstance(command, click.Group):
        lines += [of_command(f"{name} {part}", sub, inner) for part, sub in sorted(command.commands.items())]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def generated() -> str:
    context = click.Context(heard, info_name="heard")
    parts = []
    for name in COMMANDS:
        try:
            command = heard.get_command(context, name)
        except ModuleNotFoundError:  # its file is still to come
            continue
        assert command is not None
        parts.append(of_command(name, command, context))
    return "\n".join(parts).rstrip() + "\n"


def test_the_page_is_what_the_commands_say() -> None:
    before, mark, after = PAGE.read_text(encoding="utf-8").partition(MARK)
    assert mark
    assert after.strip() == generated().strip(), "Run python tests/cli/test_reference.py to write the page anew."


def test_the_line_of_the_overview_is_the_command_s_own_first_sentence() -> None:
    context = click.Context(heard)
    for name in COMMANDS:
        try:
            command = heard.get_command(context, name)
        except ModuleNotFoundError:
            continue
        assert command is not None and (command.help or "").strip(), f"`heard {name}` has no help"


@pytest.mark.parametrize("code", ["0", "1", "2", "3", "130"])
def test_every_exit_code_is_explained(code: str) -> None:
    assert f"| {code} |" in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(text + MARK + "\n" + generated(), encoding="utf-8")
