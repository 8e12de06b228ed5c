"""`heard deploy`, `heard processes`: making versions startable, and listing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.cli.context import Context
from engine.cli.people import organisation_data
from engine.cli.showing import as_json, emit, table
from engine.telling.values import local

if TYPE_CHECKING:
    from engine.definition.catalog import Catalog
    from engine.definition.loader import Loaded
    from engine.definition.model import Definition
    from engine.definition.proof import Proof, Verdict


@click.command()
@click.argument("names", metavar="[PROCESS]...", nargs=-1)
@click.option("--note", default="", help="What changed and why.")
@click.option("--as", "person", metavar="PERSON", default="", help="Who deploys; kept with the version.")
@click.pass_obj
def deploy(context: Context, names: tuple[str, ...], note: str, person: str) -> None:
    """Make process versions startable: the named ones, or all of the home folder.

    A version is the definition with its forms, tables, messages and calendar, pinned by a digest. Cases that run stay
    on theirs. The scenarios beside it are run and come along with how they went, and show what the version was made to
    do. Nothing is deployed when anything has errors.
    """
    from engine.definition.linter import lint
    from engine.errors import Rejected

    catalog = context.catalog()
    paths = chosen(names, catalog.process_files())
    checked = [lint(catalog, path) for path in paths]
    broken = [problem for result in checked for problem in result.errors]
    for problem in broken:
        click.echo(str(problem), err=True)
    if broken:
        raise Rejected(
            "has-problems", f"Expected definitions without errors, but there are {len(broken)}; nothing was deployed"
        )
    engine = context.engine()
    if not context.directory().people() and "processes/organisation.yaml" in catalog.files:
        context.directory().load_organisation(organisation_data(context))
    by = context.actor(person).id if person else "cli"
    proven = [_proven(catalog, result) for result in checked]  # before the transaction: others need not wait for it
    with engine.store.transaction():
        deployed = [
            engine.deploy(result, by, note, proof=proof, verdict=verdict)
            for result, (proof, verdict) in zip(checked, proven, strict=True)
        ]
    for done, (_proof, verdict) in zip(deployed, proven, strict=True):
        click.echo(
            f"{done.process} version {done.version} ({done.digest[:12]}) is in force since "
            f"{local(done.effective_from, 'UTC')} UTC{_how(done.process, verdict)}"
        )


def _proven(catalog: Catalog, loaded: Loaded) -> tuple[Proof | None, Verdict | None]:
    """The scenarios beside it and how they go now; nothing where there are none."""
    from engine.definition.loader import sound
    from engine.definition.proof import proof_of
    from engine.scenarios.trial import try_process

    proof = proof_of(catalog, sound(loaded)[0])
    return proof, try_process(catalog, loaded.path).verdict if proof is not None else None


def _how(process: str, verdict: Verdict | None) -> str:
    """What a line says of the scenarios; those that do not go well are looked at with `heard test`."""
    if verdict is None:
        return "; it has no scenarios"
    passed = verdict.scenarios - verdict.failed
    told = f"; {passed} of {verdict.scenarios} scenarios go as they say, {verdict.percent} % of it is reached"
    return told if verdict.ok else f"{told}: see `heard test {process}`"


def chosen(names: tuple[str, ...], paths: tuple[str, ...]) -> list[str]:
    """The process files for these names; all when there are none. Raises Rejected with a near miss."""
    from engine.definition.catalog import stem
    from engine.definition.suggest import near
    from engine.errors import Rejected

    known = {stem(path): path for path in paths}
    for name in names:
        if name not in known:
            raise Rejected(
                "no-such-process", f"Expected a process of this folder, but there is no '{name}'{near(name, known)}"
            )
    return [known[name] for name in names] if names else list(paths)


@click.command()
@click.argument("process", required=False)
@as_json
@click.pass_obj
def processes(context: Context, process: str | None, as_json: bool) -> None:
    """List what is deployed: every version, with its digest. Of one PROCESS: its versions, who may start it, and what
    its start asks.
    """
    from engine.definition.texts import localised
    from engine.store import deployments

    definition = context.engine().in_force(process) if process is not None else None
    found = [one for one in deployments.all_of(context.store()) if process in (None, one.process)]
    if as_json:
        emit(found if definition is None else {"versions": found, "start": _start_of(definition)})
        return
    if not found:
        click.echo("Nothing is deployed yet. `heard deploy` makes the processes of the home folder startable.")
        return
    rows = [
        (
            one.process,
            one.version,
            one.digest[:12],
            localised(one.title, "en"),
            local(one.effective_from, "UTC"),
            one.deployed_by,
            one.note,
        )
        for one in found
    ]
    table(("process", "version", "digest", "title", "in force since (UTC)", "by", "note"), rows)
    if definition is not None:
        _show_start(definition)


def _show_start(definition: Definition) -> None:
    from engine.cli.asking import show_fields
    from engine.definition.texts import localised

    use, language = definition.start.form, definition.languages[0]
    click.echo(f"\nStarted by {', '.join(definition.starters)} with `heard start {definition.key}`", nl=False)
    if use is None:
        click.echo("; nothing has to be filled in.")
        return
    click.echo(f", which asks for the form '{localised(use.form.title, language)}':")
    show_fields(use.form, language, "  ")


def _start_of(definition: Definition) -> dict[str, Any]:
    """The same for programs."""
    from engine.cli.asking import fields_of

    use = definition.start.form
    form = {"form": use.form.id, "fields": fields_of(use.form, definition.languages[0])} if use is not None else {}
    return {"by": definition.starters, **form}
