"""A form's values from the command line: `--set name=value`, `--file name=path` for what a form asks to upload, a YAML
or JSON file, or standard input.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

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
        help="A field's value; may be repeated. Tables: lines.0.qty=2.",
    ),
    click.option(
        "--file",
        "attached",
        metavar="NAME=PATH",
        multiple=True,
        help="A file for a field that asks for one; may be repeated where it asks for several.",
    ),
    click.option("--values", "file", metavar="FILE", help="A YAML or JSON file with the values; - for standard input."),
]


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody typed behind --set, --file (NAME=…, each) and --values."""

    pairs: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    file: str | None = None

    def __bool__(self) -> bool:
        return bool(self.pairs or self.attached or self.file)


def value_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --set, --file and --values, which the command gets as `given`."""

    @wraps(command)
    def called(*args: Any, pairs: tuple[str, ...], attached: tuple[str, ...], file: str | None, **others: Any) -> Any:
        return command(*args, given=Given(pairs, attached, file), **others)

    decorated: Callable[..., Any] = called
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def gather(
    context: Context, forms: Sequence[Form], given: Given, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values of a draft, of the file, of the pairs and of the files; later ones win. Files are kept in the store.

    Texts become what the fields of the first form that has them ask for.
    """
    values: dict[str, Any] = dict(typed or {})
    if given.file is not None:
        values.update(_from_file(given.file))
    texts: dict[str, Any] = dict(_named(given.pairs, "--set", "NAME=VALUE"))
    texts = {**_rows(values, texts), **texts}
    for form in forms:
        theirs = {name: text for name, text in texts.items() if form.field(re.split(r"[.\[]", name)[0]) is not None}
        values.update(form.parse_text(theirs))
        texts = {name: text for name, text in texts.items() if name not in theirs}
    values.update(texts)
    return _kept(context, forms, given, values)


def _named(pairs: Sequence[str], option: str, wanted: str) -> Iterator[tuple[str, str]]:
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"Expected {wanted} after {option}, but got '{pair}'")
        yield name.strip(), value


def _kept(context: Context, forms: Sequence[Form], given: Given, values: dict[str, Any]) -> dict[str, Any]:
    """The values with the files in their places: all of them, or the last where a field takes one."""
    from engine.cli.attaching import keep

    asked = {path: form for form in reversed(forms) for path in form.files}
    fresh: set[str] = set()
    for name, path in _named(given.attached, "--file", "NAME=PATH"):
        general, row = re.sub(r"\.\d+\.", ".", name), re.fullmatch(r"(\w+)\.(\d+)\.(\w+)", name)
        if general not in asked or ("." in general and row is None):
            known = f"; this asks for {', '.join(asked)}" if asked else "; this asks for none"
            raise click.UsageError(f"Expected a field for a file after --file, but '{name}' is none{known}")
        one = keep(context.engine(), Path(path))
        if row is not None:
            rows = values.setdefault(row[1], [])
            if int(row[2]) > len(rows):
                raise click.UsageError(f"Expected the next row, {row[1]}.{len(rows)}, but got '{name}'")
            if int(row[2]) == len(rows):
                rows.append({})
            rows[int(row[2])][row[3]] = one
            continue
        field = asked[general].field(name)
        before = values.get(name, ()) if name in fresh else ()
        values[name] = [*before, one] if field is not None and field.is_list else one
        fresh.add(name)
    return values


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
