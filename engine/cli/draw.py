"""`heard draw`: a process as a picture, or the way of one case in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from engine.cli.context import Context
from engine.definition.suggest import near
from engine.errors import DefinitionError, Rejected

if TYPE_CHECKING:
    from engine.core.drawing import Trail
    from engine.definition.model import Definition
    from engine.definition.texts import Localised

FORMATS = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid", ".dot": "dot", ".gv": "dot"}


@click.command()
@click.argument("process", required=False)
@click.option(
    "--case",
    "reference",
    metavar="REF",
    help="Mark where this case stands and the way it took, in the version it began with.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["svg", "mermaid", "dot"]),
    help="As the file's name says, else svg.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of the screen.",
)
@click.option(
    "--language",
    default="",
    metavar="LANG",
    help="The language of the words, such as en or de; the process's first one, when nothing is said.",
)
@click.pass_obj
def draw(
    context: Context,
    process: str | None,
    reference: str | None,
    form: str | None,
    output: Path | None,
    language: str,
) -> None:
    """Draw PROCESS as its file is now, or, with --case, as the case began with it."""
    from engine.core.drawing import as_dot, as_mermaid, picture_of
    from engine.diagrams import svg_of

    roles: Mapping[str, Localised]
    if reference is not None:
        definition, trail = _of_case(context, reference, process)
        roles = context.directory().roles()
    elif process is not None:
        definition, trail = _of_file(context, process)
        roles = context.catalog().organisation.roles
    else:
        raise click.UsageError("Expected a process such as inquiry, or --case REF; see `heard processes`")
    if language and language[:2] not in definition.languages:
        raise Rejected(
            "no-such-language",
            f"Expected a language of '{definition.key}' ({', '.join(definition.languages)}), but got '{language}'",
        )
    writers = {"svg": svg_of, "mermaid": as_mermaid, "dot": as_dot}
    text = writers[form or _by_name(output)](picture_of(definition, language, trail, roles))
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Rejected("unwritable", f"Expected to write {output}, but {error.strerror}") from error
    click.echo(f"Wrote {output}.")


def _by_name(output: Path | None) -> str:
    return FORMATS.get(output.suffix.lower(), "svg") if output is not None else "svg"


def _of_file(context: Context, process: str) -> tuple[Definition, Trail]:
    from engine.core.drawing.tracing import NOWHERE
    from engine.definition.catalog import stem
    from engine.definition.loader import examine

    catalog = context.catalog()
    paths = {stem(path): path for path in catalog.process_files()}
    if process not in paths:
        known = f"there are {', '.join(paths)}" if paths else "there is none"
        raise Rejected(
            "no-such-process",
            f"Expected a process of {context.home} ({known}), but '{process}' is not one{near(process, paths)}",
        )
    loaded = examine(catalog, paths[process])
    if loaded.definition is None:
        raise DefinitionError(loaded.errors)
    return loaded.definition, NOWHERE


def _of_case(context: Context, reference: str, process: str | None) -> tuple[Definition, Trail]:
    from engine.core.drawing import trail_of
    from engine.store import history

    engine = context.engine()
    instance = engine.instance(engine.find(reference))
    if process is not None and process != instance.process:
        raise Rejected(
            "other-process",
            f"Expected a case of '{process}', but {instance.reference} is one of '{instance.process}'; "
            "leave the process out",
        )
    events = [line.event for line in history.read(engine.store, instance.id)]
    return engine.definition(instance.digest), trail_of(instance, events)
