"""`heard people`: who there is and what they may do."""

from __future__ import annotations

from typing import Any

import click

from engine.cli.context import Context
from engine.cli.showing import as_json, emit, table


@click.command()
@click.option("--load", is_flag=True, help="Write the people of processes/organisation.yaml into the database first.")
@as_json
@click.pass_obj
def people(context: Context, load: bool, as_json: bool) -> None:
    """List people and roles, or load them from organisation.yaml."""
    directory = context.directory()
    if load:
        count = directory.load_organisation(organisation_data(context))
        click.echo(f"Loaded {count} people from processes/organisation.yaml.", err=True)
    found = directory.people()
    if as_json:
        emit(found)
        return
    if not found:
        click.echo(
            "Nobody is known yet. `heard people --load` writes the people of processes/organisation.yaml into "
            "the database."
        )
        return
    table(("person", "name", "roles", "e-mail"), [(p.id, p.name, ", ".join(p.roles), p.email) for p in found])


def organisation_data(context: Context) -> dict[str, Any]:
    """organisation.yaml as plain data, checked. Raises DefinitionError, or Rejected when there is none."""
    from engine.definition.catalog import ORGANISATION
    from engine.definition.nodes import plain
    from engine.definition.organisation import read_organisation
    from engine.definition.reader import read
    from engine.errors import Rejected

    files = context.catalog().files
    if ORGANISATION not in files:
        raise Rejected("no-organisation", f"Expected {ORGANISATION} in {context.home}, but it is not there")
    node = read(files[ORGANISATION], ORGANISATION)
    read_organisation(node)
    data = plain(node)
    assert isinstance(data, dict)
    return data
