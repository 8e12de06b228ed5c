"""A form's values from the command line: `--set name=value`, a YAML or JSON file, or standard input."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.cli.attaching import with_files
from engine.definition.nodes import plain
from engine.definition.reader import read
from engine.errors import Rejected

if TYPE_CHECKING:
    from engine.cli.context import Context
    from engine.definition.forms import Form
    from engine.definition.moves import FormUse

options: list[Callable[..., Any]] = [
    click.option(
        "--set",
        "pairs",
        metavar="NAME=VALUE",
        multiple=True,
        help="A field's value; may be repeated. Tables: lines.0.qty=2. Files: the path of one.",
    ),
    click.option("--values", "file", metavar="FILE", help="A YAML or JSON file with the values; - for standard input."),
]


def value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --set and --values."""
    for option in reversed(options):
        command = option(command)
    return command


def gather(
    context: Context,
    forms: Sequence[Form],
    pairs: tuple[str, ...],
    file: str | None,
    typed: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The values of a draft, of the file and of the pairs; later ones win.

    Texts become what the fields of the first form that has them ask for; where that is a file, it is kept.
    """
    values: dict[str, Any] = dict(typed or {})
    if file is not None:
        values.update(_from_file(file))
    texts: dict[str, Any] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"Expected NAME=VALUE after --set, but got '{pair}'")
        texts[name.strip()] = value
    texts = {**_rows(values, texts), **texts}
    for form in forms:
        theirs = {name: text for name, text in texts.items() if form.field(re.split(r"[.\[]", name)[0]) is not None}
        values.update(form.parse_text(theirs))
        texts = {name: text for name, text in texts.items() if name not in theirs}
    values.update(texts)
    return with_files(context, forms, values)


def _rows(values: Mapping[str, Any], texts: Mapping[str, Any]) -> dict[str, Any]:
    """The cells that the tables named in `texts` have already: a new row or cell joins the old ones."""
    tables = {re.split(r"[.\[]", name)[0] for name in texts if re.search(r"[.\[]\d", name)}
    return {
        f"{table}.{number}.{column}": cell
        for table in tables
        if isinstance(rows := values.get(table), list)
        for number, row in enumerate(rows)
        if isinstance(row, Mapping)
        for column, cell in row.items()
    }


def forms_of(*uses: FormUse | None) -> list[Form]:
    """The forms of these, as far as there are any."""
    return [use.form for use in uses if use is not None]


def _from_file(file: str) -> dict[str, Any]:
    name = "standard input" if file == "-" else file
    try:
        text = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise Rejected("unreadable", f"Expected to read {file}, but {error.strerror}") from error
    data = _exact(plain(read(text, name)))
    if not isinstance(data, dict):
        raise Rejected("invalid-values", f"Expected names and values in {name}, but it holds something else")
    return data


def _exact(data: Any) -> Any:
    """Numbers with a point as the text that was written: decimals and money are kept exactly so."""
    if isinstance(data, Mapping):
        return {key: _exact(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_exact(value) for value in data]
    return str(data) if isinstance(data, Decimal) else data
