"""`heard schema`: what an editor needs to complete words and to mark the first mistakes while somebody types.

Owns which files have a schema and where it is written. The schemas come from the same shapes that read the
files.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from engine.definition import document, organisation
from engine.definition.editor_schemas import DRAFT, calendar_schema, form_schema
from engine.errors import Rejected
from engine.scenarios import reading as scenarios

Schema = dict[str, Any]


def _shaped(shape: Any, name: str, title: str) -> Schema:
    return {
        "$schema": DRAFT,
        "$id": f"https://heard.example/{name}.schema.json",
        "title": title,
        **shape.schema(),
    }


SCHEMAS: dict[str, Callable[[], Schema]] = {
    "process": document.schema,
    "form": form_schema,
    "calendar": calendar_schema,
    "organisation": lambda: _shaped(organisation.SHAPE, "organisation", "Heard organisation"),
    "scenarios": lambda: _shaped(scenarios.SHAPE, "scenarios", "Heard scenarios"),
}


def text_of(kind: str) -> str:
    """The schema of a kind of file as JSON text: the same every time."""
    return json.dumps(SCHEMAS[kind](), ensure_ascii=False, indent=1) + "\n"


@click.command("schema")
@click.argument("kind", type=click.Choice(list(SCHEMAS)), default="process")
@click.option(
    "--output",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=("Write it there instead of showing it."),
)
def schema(kind: str, output: Path | None) -> None:
    """Write the JSON Schema for editors.

    With a YAML language server, put `# yaml-language-server: $schema=schema.json` at the top of a file.
    """
    text = text_of(kind)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Rejected("unwritable", f"Expected to write {output}, but {error.strerror}") from error
    click.echo(f"Wrote {output}.")
