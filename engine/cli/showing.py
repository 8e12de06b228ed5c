"""How the command line shows things: tables that fit, times in a zone, JSON for programs.

Owns the look alone.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any

import click

from engine.logs import JSON, TEXT, VARIABLE
from engine.telling.values import clean, local, said

as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
as_person = click.option("--as", "person", metavar="PERSON", help="Who acts (else HEARD_PERSON).")
log_format = click.option(
    "--log-format",
    "log_format",
    type=click.Choice([TEXT, JSON]),
    default=TEXT,
    envvar=VARIABLE,
    help=f"Sentences for people, or a JSON object a line for programs (else {VARIABLE}, else {TEXT}).",
)


def emit(data: Any) -> None:
    """JSON on standard output: dataclasses as mappings, instants as ISO text in UTC."""
    click.echo(json.dumps(plain(data), ensure_ascii=False, indent=2, default=str))


def plain(data: Any) -> Any:
    if is_dataclass(data) and not isinstance(data, type):
        return {key: plain(value) for key, value in asdict(data).items()}
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [plain(item) for item in data]
    return data.isoformat() if isinstance(data, datetime) else data


def due(at: datetime | None, zone: str) -> str:
    """When a task is due, as a clause of a line."""
    return f"due {local(at, zone)}" if at is not None else "no time is set for it"


def say_zone(zone: str) -> None:
    """Under what has shown times: a time without its zone is a guess."""
    click.echo(f"\nTimes are those of {zone}.")


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as they need; the last one is cut to the terminal's width, never in a pipe."""
    cells = [[clean(str(value)) for value in row] for row in rows]
    widths = [max([len(heading), *(len(row[i]) for row in cells)]) for i, heading in enumerate(headings)]
    width = shutil.get_terminal_size().columns if os.isatty(1) else 0
    for number, row in enumerate([list(headings), *cells]):
        line = "  ".join(value.ljust(size) for value, size in zip(row, widths, strict=True)).rstrip()
        line = line[: width - 1] + "…" if width and len(line) > width else line
        click.secho(line, bold=number == 0)


def counted(number: int, noun: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def show_values(values: Mapping[str, Any], zone: str, indent: str = "  ") -> None:
    """A line a value; points in time in `zone`."""
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            click.echo(f"{indent}{clean(name)}:")
            for row in value:
                click.echo(f"{indent}  - {said(row, zone)}")
        else:
            click.echo(f"{indent}{clean(name)}: {said(value, zone)}")
