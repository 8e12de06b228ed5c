"""`heard copy`: everything from one database into another."""

from __future__ import annotations

import sys

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@as_json
@click.pass_obj
def copy_(context: Context, source: str, target: str, as_json: bool) -> None:
    """Copy everything from one database into another, empty one, and prove that it arrived.

    FROM and TO are addresses such as sqlite:///heard.db or postgresql://user@host/name. Every row is compared in both,
    and every history is verified in the new one; when anything differs, nothing is copied. FROM stays as it is. Stop
    what works on it first: nobody can write to it meanwhile, and what is written to it afterwards is not in TO.
    """
    from engine.errors import Rejected
    from engine.store.copying import copy
    from engine.store.database import file_of, open_database, shown

    if source == target:
        raise Rejected("same-database", "Expected two databases, but FROM and TO are the same. Name a new one as TO.")
    file = file_of(source)
    if file is not None and not file.exists():
        raise Rejected("database-file", f"Expected a database to copy from, but there is no file {file}.")

    def told(name: str, count: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"{name}: {count}", err=True)

    with open_database(source) as one, open_database(target) as other:
        copied = copy(one, other, told)
    if as_json:
        emit({"rows": copied.rows, "cases": copied.cases, "lines": copied.lines})
        return
    click.echo(
        f"{copied.rows} rows are copied and compared; the histories of {copied.cases} cases, with {copied.lines} "
        f"lines, are unbroken. From now on: HEARD_DATABASE_URL={shown(target)}"
    )
